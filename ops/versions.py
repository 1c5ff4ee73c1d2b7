"""Which versions of packages are installed here."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def installed(*packages: str) -> dict[str, str]:
    """Return the versions of those packages that are installed; Sayline is not where it runs from its sources."""
    found = ((package, _version(package)) for package in packages)
    return {package: version for package, version in found if version is not None}


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
