"""The parts of a `multipart/form-data` body: UTF-8, no more and no larger than is taken.

https://www.rfc-editor.org/rfc/rfc7578
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from producers.bodies import LimitedRequest
from producers.problems import ProblemError

if TYPE_CHECKING:
    from fastapi import Request
    from starlette.datastructures import FormData

    from schemas.kinds import AnyKind

#: More than any request has: a few that are too many are let through, to be named to the caller.
MAX_PARTS = 32
#: Boundaries and headers of so many parts.
_FRAME_BYTES = 16_384


async def parsed(request: Request, kind: AnyKind) -> FormData:
    """Return the form's parts, to be closed; until then a file of more than 64 KB is on disk.

    Raises:
        ProblemError: it is no form, not UTF-8, or too large.
    """
    limit = sum(field.max_bytes for field in kind.files.values()) + kind.request_max_bytes + _FRAME_BYTES
    parser = _Parser(
        request.headers,
        LimitedRequest(request, limit).stream(),
        max_files=MAX_PARTS,
        max_fields=MAX_PARTS,
        max_part_size=kind.request_max_bytes,
    )
    try:
        return await parser.parse()
    except (MultiPartException, ClientDisconnect):
        detail = (
            f"Send a whole form in UTF-8 with at most {MAX_PARTS} fields, "
            f"each but for files of at most {kind.request_max_bytes} bytes."
        )
        raise ProblemError("malformed_form", detail, headers={"Connection": "close"}) from None


class _Parser(MultiPartParser):
    """Refuses text that is not UTF-8, which would be taken for Latin-1, and what breaks off before its end."""

    #: Many small files would fill the memory together.
    spool_max_size = 65_536
    #: Whatever the header says: a charset may stand there twice, and the route has looked at the first.
    _charset = property(lambda _: "utf-8", lambda _self, _value: None)
    _has_ended = False

    async def parse(self) -> FormData:
        form = await super().parse()
        if not self._has_ended:
            for file in self._files_to_close_on_error:
                file.close()
            raise MultiPartException("breaks off")
        return form

    def on_end(self) -> None:
        self._has_ended = True

    def on_part_end(self) -> None:
        if self._current_part.file is None:
            try:
                self._current_part.data.decode("utf-8")
            except UnicodeDecodeError:
                raise MultiPartException("not UTF-8") from None
        super().on_part_end()
