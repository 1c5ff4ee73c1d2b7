"""What an operator changes of a request before it is sent again, checked against the kind's model."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError

from schemas.errors import MissingObjectError
from schemas.kinds import registry
from schemas.moves import Amended
from schemas.retention import REQUESTS_PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable

    from ops.desk import Desk
    from schemas.job import Job, JsonObject
    from schemas.kind import Request


class UnfitError(ValueError):
    """The request can't be sent like this; `fields` says why, by field, without what stands in it."""

    def __init__(self, job_id: str, fields: dict[str, str]) -> None:
        super().__init__(job_id)
        self.job_id = job_id
        self.fields = fields


@dataclass(frozen=True, kw_only=True)
class Amendment:
    """Changes requests, or where they go."""

    desk: Desk
    to: str | None = None
    """Another kind, on whose queue they go, and whose model they have to fit."""
    change: Callable[[str, JsonObject], JsonObject] | None = None
    """From a job's id and request to the request that it is to have."""

    @property
    def is_none(self) -> bool:
        """Whether everything stays as it is."""
        return self.to is None and self.change is None

    def check(self, job: Job) -> Request:
        """Return the request as it would be sent.

        Raises:
            UnfitError: it does not fit the kind, or is gone.
        """
        try:
            document = self.desk.payloads.load(job.request)
        except MissingObjectError:
            raise UnfitError(job.id, {"request": "it is no longer kept"}) from None
        kind = registry().get(self.to or job.kind)
        if kind is None:
            raise UnfitError(job.id, {"kind": "there is no such kind here"})
        try:
            changed = self.change(job.id, document) if self.change else document
            request: Request = kind.request.model_validate(changed)
        except ValidationError as error:
            raise UnfitError(job.id, _fields(error)) from None
        return request

    def amend(self, job: Job) -> Amended | None:
        """Return what is to be written, its request saved; None where nothing changes.

        The request's key has its content in it: two operators who amend the same job don't write over one another.

        Raises:
            UnfitError: as above.
        """
        if self.is_none:
            return None
        request = self.check(job)
        digest = hashlib.sha256(request.model_dump_json().encode()).hexdigest()[:32]
        payload = self.desk.payloads.save(f"{REQUESTS_PREFIX}/{job.id}-{digest}.json", request)
        return Amended(kind=self.to or job.kind, request=payload)


def _fields(error: ValidationError) -> dict[str, str]:
    found = error.errors(include_input=False, include_url=False)
    return {".".join(map(str, each["loc"])) or "request": each["msg"] for each in found}
