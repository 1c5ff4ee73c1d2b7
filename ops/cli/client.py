"""The HTTP API as the command line speaks to it: where it is, and what it answers."""

from __future__ import annotations

import json
import mimetypes
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import httpx2

from ops.local import stack_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ops.settings import Settings
    from schemas.job import JsonObject

#: Stands for the code of an answer that is no problem of the API's.
NO_CODE = "none"

_TIMEOUT_S = httpx2.Timeout(30, connect=3)
_TRIES = 3
#: Most entries that a page of a list has.
_PAGE = 100
_LONGEST_RETRY_AFTER_S = 5.0
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class UnreachableError(Exception):
    """Nothing answers at this URL."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


@dataclass(frozen=True)
class FieldProblem:
    """What is wrong with one field of a request."""

    field: str
    message: str


class ProblemError(Exception):
    """The API answers with a problem."""

    def __init__(self, response: httpx2.Response) -> None:
        super().__init__(response.status_code)
        self.status = response.status_code
        problem = _json_object(response)
        self.code = str(problem.get("code", NO_CODE))
        self.title = str(problem.get("title", f"{_origin(str(response.url))} answers with HTTP {self.status}"))
        self.detail = str(problem.get("detail", ""))
        self.errors = tuple(
            FieldProblem(str(error.get("field", "")), str(error.get("message", "")))
            for error in problem.get("errors", ())
        )
        self.retry_after_s = _retry_after_s(response)


@dataclass(frozen=True)
class Seen:
    """A job as it was seen, and the tag that tells whether it has changed."""

    job: JsonObject
    etag: str | None


class ApiClient:
    """Asks the API; what is safe to ask twice is, where the API asks to try again."""

    def __init__(
        self,
        url: str,
        *,
        owner: str | None = None,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url = url.rstrip("/")
        # As bytes: what is no ASCII is for the API to refuse.
        headers = {b"X-Sayline-Owner": owner.encode()} if owner else {}
        self._transport = transport
        self._http = self._open(self.url, base_url=self.url, headers=headers)
        self._sleep = sleep

    def submit(
        self,
        kind: str,
        request: JsonObject,
        *,
        idempotency_key: str,
        run_at: str | None = None,
        files: Mapping[str, Path] | None = None,
    ) -> JsonObject:
        """Ask for a job, to start at once or at a time; the key makes it one job, however often this is tried.

        Files are sent as a form, each as the request's field of its name.
        """
        headers = {b"Idempotency-Key": idempotency_key.encode()}
        params = {"run_at": run_at} if run_at else {}
        body: Any = {"files": _form(request, files)} if files else {"json": request}
        path = f"/v1/jobs/{_segment(kind)}"
        return self._document(self._ask("POST", path, headers=headers, params=params, **body), "id")

    def cancel(self, job_id: str) -> JsonObject:
        """Cancel a job, and return it; more than once changes nothing."""
        return self._document(self._ask("POST", f"/v1/jobs/{_segment(job_id)}/cancel"), "id")

    def redrive(self, job_id: str) -> JsonObject:
        """Run a job again, and return it; tried once, for a second time would be refused."""
        return self._document(self._ask("POST", f"/v1/jobs/{_segment(job_id)}/redrive", tries=1), "id")

    def show(self, job_id: str) -> JsonObject:
        """Return a job."""
        return self._document(self._ask("GET", f"/v1/jobs/{_segment(job_id)}"), "id")

    def look(self, job_id: str, etag: str | None) -> Seen | None:
        """Return a job, or None where it is still as the tag has it; tried once."""
        headers = {"If-None-Match": etag} if etag else {}
        answer = self._ask("GET", f"/v1/jobs/{_segment(job_id)}", headers=headers, tries=1)
        if answer.status_code == HTTPStatus.NOT_MODIFIED:
            return None
        return Seen(self._document(answer, "id"), answer.headers.get("ETag"))

    def list_jobs(self, *, limit: int) -> list[JsonObject]:
        """Return the caller's latest jobs."""
        return list(self._document(self._ask("GET", "/v1/jobs", params={"limit": limit}), "jobs")["jobs"])

    def list_conversations(self, *, limit: int) -> list[JsonObject]:
        """Return the caller's conversations, the latest turn first, each once; read by pages."""
        found: dict[str, JsonObject] = {}
        cursor: dict[str, str] = {}
        while len(found) < limit:
            params = {"limit": min(limit - len(found), _PAGE), **cursor}
            page = self._document(self._ask("GET", "/v1/conversations", params=params), "conversations")
            found |= {one["id"]: one for one in page["conversations"] if one["id"] not in found}
            if not page["next"]:
                break
            cursor = {"cursor": page["next"]}
        return list(found.values())

    def show_conversation(self, conversation_id: str) -> JsonObject:
        """Return a conversation with all that was said."""
        return self._document(self._ask("GET", f"/v1/conversations/{_segment(conversation_id)}"), "history")

    def delete_conversation(self, conversation_id: str) -> None:
        """Delete a conversation; tried once, for a second time would find none."""
        self._ask("DELETE", f"/v1/conversations/{_segment(conversation_id)}", tries=1)

    def kinds(self) -> list[JsonObject]:
        """Return the kinds of jobs."""
        return list(self._document(self._ask("GET", "/v1/kinds"), "kinds")["kinds"])

    def upload(self, path: Path, *, media: str, mime: str) -> str:
        """Write a file into the bucket by a form of the API's, and return the reference by which requests name it."""
        body = {"media": media, "bytes": path.stat().st_size, "mime": mime}
        form = self._document(self._ask("POST", "/v1/uploads", json=body), "ref")
        # Without the headers of the API: the form's signature is all that the bucket wants. The file comes last.
        try:
            with self._open(form["url"]) as http, path.open("rb") as file:
                answer = http.post(form["url"], data=form["fields"], files={"file": ("file", file, mime)})
        except httpx2.TransportError as error:
            raise UnreachableError(_origin(form["url"])) from error
        if not answer.is_success:
            raise ProblemError(answer)
        return str(form["ref"])

    def save(self, href: str, path: Path) -> None:
        """Write a result's file; `path` appears once it is complete."""
        url = self._ask("GET", href).headers.get("Location", self.url)
        part = path.with_name(f"{path.name}.part")
        # Without the headers of the API: the URL's signature is all that the bucket wants.
        try:
            with self._open(url) as http, http.stream("GET", url) as answer:
                _write(answer, part)
            part.replace(path)
        except httpx2.TransportError as error:
            raise UnreachableError(_origin(url)) from error
        finally:
            part.unlink(missing_ok=True)

    def _open(self, url: str, **options: Any) -> httpx2.Client:  # noqa: ANN401 - httpx2's options
        # A proxy of the environment can't reach this machine's own addresses.
        beyond = urlsplit(url).hostname not in _LOOPBACK
        return httpx2.Client(transport=self._transport, timeout=_TIMEOUT_S, trust_env=beyond, **options)

    def _ask(self, method: str, path: str, *, tries: int = _TRIES, **request: Any) -> httpx2.Response:  # noqa: ANN401
        """Return an answer that is no problem.

        Raises:
            ProblemError: the API refuses, or is unavailable even after a few tries.
            UnreachableError: nothing answers.
        """
        for left in reversed(range(tries)):
            try:
                return self._ask_once(method, path, **request)
            except ProblemError as problem:
                if problem.status != HTTPStatus.SERVICE_UNAVAILABLE or not left:
                    raise
                self._sleep(problem.retry_after_s)
            except httpx2.TransportError as error:
                if isinstance(error, httpx2.ConnectError) or not left:
                    raise UnreachableError(self.url) from error
        raise UnreachableError(self.url)

    def _document(self, answer: httpx2.Response, member: str) -> JsonObject:
        """Return the answer's JSON; without this member it is no answer of the API's, but of another server there."""
        document = _json_object(answer)
        if member not in document:
            raise UnreachableError(self.url)
        return document

    def _ask_once(self, method: str, path: str, **request: Any) -> httpx2.Response:  # noqa: ANN401
        answer = self._http.request(method, path, **request)
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            raise ProblemError(answer)
        return answer


def connect(settings: Settings, *, owner: str | None) -> ApiClient:
    """Return a client of the API that the settings, or the running local stack, name."""
    return ApiClient(address(settings), owner=owner)


def address(settings: Settings) -> str:
    """Return the API's URL: the setting, else the running local stack's, else this machine's usual one."""
    if settings.api_url:
        return settings.api_url
    stack = stack_file.read(settings)
    return stack.api_url if stack else f"http://127.0.0.1:{settings.api_port}"


def _write(answer: httpx2.Response, path: Path) -> None:
    if not answer.is_success:
        answer.read()
        raise ProblemError(answer)
    with path.open("wb") as out:
        for chunk in answer.iter_bytes():
            out.write(chunk)


def _form(request: JsonObject, files: Mapping[str, Path]) -> list[tuple[str, tuple[str | None, bytes, str]]]:
    """Return the parts of a form: the request as JSON, then the files, without the names that they have here."""
    document = json.dumps(request, ensure_ascii=False).encode()
    parts = [(name, (name, path.read_bytes(), _mime(path))) for name, path in files.items()]
    return [("request", (None, document, "application/json")), *parts]


def _mime(path: Path) -> str:
    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def _segment(text: str) -> str:
    return quote(text, safe="")


def _json_object(response: httpx2.Response) -> JsonObject:
    """Return the response's JSON object; an empty one where it is something else."""
    try:
        document = response.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _retry_after_s(response: httpx2.Response) -> float:
    try:
        return min(_LONGEST_RETRY_AFTER_S, max(0.0, float(response.headers.get("Retry-After", 1))))
    except ValueError:
        return 1.0


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
