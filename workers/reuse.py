"""Finished work is not paid for again: an owner's deterministic request is answered with the result that it had before.

Kept as an object right after the handler has succeeded and before the job's finish is written, so that an attempt that
dies in between has not paid in vain. Only for kinds that are `reusable` and engines that are `metered`: for all others
nothing is asked nor written. See docs/adr/0009.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

import structlog
from pydantic import ValidationError

from schemas.errors import MissingObjectError, UnavailableError
from schemas.model import Model
from schemas.retention import reuse_folder
from schemas.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from schemas.job import Job
    from schemas.kind import Request, Result
    from schemas.kinds import AnyKind
    from schemas.ports import ObjectStore

log = structlog.get_logger(__name__)


class Metered(Protocol):
    """An engine whose calls cost money says so, and what its results depend on."""

    @property
    def name(self) -> str:
        """The engine's name, as its results have it."""

    @property
    def metered(self) -> bool:
        """Whether a call costs money; an engine without this attribute is free."""

    @property
    def identity(self) -> str:
        """Engine, model, version and settings: all that its results depend on beside the request."""


class Place(Protocol):
    """What is needed of an attempt: its engine, and where its files go."""

    engine: Any
    files: dict[str, str]
    usage: Usage | None

    def key(self, name: str) -> str:
        """Return the key under which a file of this attempt is about to be written."""

    def delete_files(self) -> None:
        """Delete what this attempt has written."""


class KeptWork(Model):
    """Finished work as it is kept: the result, and the files of the job that has it."""

    v: Literal[1] = 1
    job: str
    """Who paid."""
    result: dict[str, Any]
    files: dict[str, str]
    """Name to key."""
    usage: Usage | None


@dataclass(frozen=True)
class Answer:
    """A result, and whether the engine was spared: then the attempt says nothing of how the engine does."""

    result: Result
    reused: bool


@dataclass(frozen=True)
class Reuse:
    """Finds and keeps finished work, each owner's for that owner alone."""

    objects: ObjectStore

    def answer(self, job: Job, kind: AnyKind, request: Request, attempt: Place, work: Callable[[], Result]) -> Answer:
        """Return what the owner has had for this request, copied to the attempt's place, or do the work and keep it.

        A hit costs a read and a copy of each file, a miss a read and a write.

        Raises:
            UnavailableError: the bucket is out of reach; nothing was paid, as the work could not be stored either.
        """
        key = _key(job, kind, request, attempt.engine)
        if key is None:
            return Answer(work(), reused=False)
        kept = self._find(key)
        if kept and (found := self._give(key, kept, job, kind, attempt)):
            return Answer(found, reused=True)
        result = work()
        # An engine that stood in for this one has answered for itself only.
        if result.engine == attempt.engine.name:
            self._keep(key, _kept(job.id, result, attempt.files, attempt.usage))
        return Answer(result, reused=False)

    def _find(self, key: str) -> KeptWork | None:
        try:
            return KeptWork.model_validate_json(self.objects.get(key))
        except MissingObjectError:
            return None
        except ValidationError:  # of another version of Sayline; it is overwritten
            log.info("kept_work_unreadable")
            return None

    def _give(self, key: str, kept: KeptWork, job: Job, kind: AnyKind, attempt: Place) -> Result | None:
        """Copy the files and return the result as it is with them; None where either is no more what it was."""
        targets = {source: attempt.key(name) for name, source in kept.files.items()}
        try:
            result: Result = kind.result.model_validate(_moved(kept.result, targets))
            for source, target in targets.items():
                self.objects.copy(source, target)
        except (MissingObjectError, ValidationError) as error:
            log.info("kept_work_gone", error=type(error).__name__)
            attempt.delete_files()
            return None
        attempt.files.update({name: targets[source] for name, source in kept.files.items()})
        own = kept.job == job.id
        if own:
            # The files of the attempt that paid are deleted when this one succeeds; its bill is in no record yet.
            self._keep(key, _kept(job.id, result, attempt.files, kept.usage))
        attempt.usage = kept.usage if own else _reused(kept.usage)
        log.info("work_reused", of_own_attempt=own)
        return result

    def _keep(self, key: str, kept: KeptWork) -> None:
        try:
            self.objects.put(key, kept.model_dump_json().encode(), mime="application/json")
        except UnavailableError as error:  # the work is done: what is lost is a saving
            log.warning("work_not_kept", service=error.service, reason=error.reason)


def _key(job: Job, kind: AnyKind, request: Request, engine: Metered | None) -> str | None:
    """Return where such work of this owner is kept; None where it is not to be.

    The digest has every field, defaults too: a default that changes between versions changes what is asked.
    """
    if not (kind.reusable and getattr(engine, "metered", False) and engine and request.is_deterministic):
        return None
    asked = {"engine": engine.identity, "request": request.model_dump(mode="json")}
    text = json.dumps(asked, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:32]
    return f"{reuse_folder(job.kind, job.owner)}{job.request_digest}-{digest}.json"


def _kept(job_id: str, result: Result, files: Mapping[str, str], usage: Usage | None) -> KeptWork:
    return KeptWork(job=job_id, result=result.model_dump(mode="json"), files=dict(files), usage=usage)


def _reused(usage: Usage | None) -> Usage:
    return (usage or Usage()).model_copy(update={"cost_microusd": 0, "reused": True})


def _moved(document: Any, targets: Mapping[str, str]) -> Any:  # noqa: ANN401 - any JSON
    """Return the document with each stored file's key replaced."""
    match document:
        case {"key": str(key), "sha256": str()} if key in targets:
            return {**document, "key": targets[key]}
        case dict():
            return {name: _moved(value, targets) for name, value in document.items()}
        case list():
            return [_moved(value, targets) for value in document]
    return document
