"""Every error that a client command can meet, as a sentence and an exit code; no traceback for a user's error."""

from __future__ import annotations

import re
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, NoReturn

import httpx2
from pydantic import ValidationError
from pydantic_settings import SettingsError
from typer import Abort

from ops.cli.client import NO_CODE, ProblemError, UnreachableError
from ops.cli.output import Exit, fail
from ops.cli.waiting import StillOpenError
from schemas.errors import NotSetUpError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

JOB_GOES_ON = "A job that was submitted goes on."

#: What to do about AWS's refusals, by what their codes have in common; the first that fits.
_REMEDIES = (
    (
        r"Expired|UnrecognizedClient|InvalidClientToken|InvalidAccessKey|Signature|SSO",
        "Log in again: AWS knows them not.",
    ),
    (r"AccessDenied|Authorization|Forbidden|^403$", "This role may not do that: `sayline doctor` says what it lacks."),
    (
        r"NotFound|NonExistent|NoSuch|no queue|^404$",
        "SAYLINE_ENVIRONMENT and SAYLINE_REGION say which stack is meant; `sayline deploy` makes one.",
    ),
    (
        r"Throttl|Throughput|TooMany|LimitExceeded|OverLimit|SlowDown|Unprocessed|not sent",
        "AWS is asked too often: try again in a minute.",
    ),
    (r"Internal|ServiceUnavailable|ServiceFailure|^5\d\d$", "AWS itself is out of order: try again in a minute."),
    (r"", "Is the local stack running? `sayline up` starts one; SAYLINE_AWS says which AWS is meant."),
)

_NO_API = "Start one with `sayline up`, or name another by SAYLINE_API_URL."
_NO_SUCH_JOB = frozenset({"job_not_found", "file_not_found", "conversation_not_found"})


@contextmanager
def reported(interrupted: str | None = None) -> Iterator[None]:
    """End the command with a message for the user where the API, the settings or the user's patience end it.

    Args:
        interrupted: what to know about what was begun, where the user interrupts it.
    """
    try:
        yield
    except ProblemError as problem:
        _fail_by(problem)
    except UnreachableError as error:
        fail(f"No API answers at {error.url}.", _NO_API, Exit.UNAVAILABLE)
    except StillOpenError as error:
        hint = f"It goes on. Wait again with `sayline job wait {error.job['id']}`."
        fail(f"The job is still {error.job['status']}.", hint, Exit.STILL_OPEN)
    except (ValidationError, SettingsError) as error:
        _fail_by_settings(error)
    except UnavailableError as error:
        _fail_by_aws(error)
    except httpx2.InvalidURL:
        fail("SAYLINE_API_URL is no URL.", code=Exit.USAGE)
    except OSError as error:
        _fail_by_file(error)
    except (KeyboardInterrupt, Abort):  # Click makes one of a Ctrl-C or Ctrl-D at a prompt
        fail("Interrupted.", interrupted, Exit.INTERRUPTED)
    except Exception as error:
        _fail_by_index(error)
        raise


@contextmanager
def explained_for(files: Collection[str]) -> Iterator[None]:
    """Say of a request with files why its kind has not taken it, where that is for the files."""
    try:
        yield
    except ProblemError as problem:
        if not files or problem.code != "unsupported_media_type":
            raise
        hint = "Leave --upload out, or choose another kind: `sayline kinds` shows which take files."
        fail("This kind takes no files.", hint, Exit.REFUSED)


def _fail_by_aws(error: UnavailableError) -> NoReturn:
    if isinstance(error, NotSetUpError):
        fail(f"{error}.", error.remedy, Exit.USAGE)
    fail(f"{error}.", next(hint for codes, hint in _REMEDIES if re.search(codes, error.reason)), Exit.UNAVAILABLE)


def _fail_by_settings(error: ValidationError | SettingsError) -> NoReturn:
    title, *why = _setting(error)
    fail(title, "\n".join([*why, "Look at the SAYLINE_* variables and at .env."]), Exit.USAGE)


def _fail_by_index(error: Exception) -> None:
    """End the command where the table lacks an index, which DynamoDB takes for a request that is wrong by itself."""
    if found := re.search(r"specified index: (\w+)", str(error)):
        hint = "`sayline deploy` makes it; `sayline doctor` says what else is not as it should be."
        fail(f"The table has no index {found[1]}.", hint, Exit.UNAVAILABLE)


def _fail_by_file(error: OSError) -> NoReturn:
    if isinstance(error, BrokenPipeError):
        raise error  # whoever read the output has enough; the framework ends quietly
    where = f"{error.filename}: " if error.filename else ""
    hint = "Name a new one: nothing is written over." if isinstance(error, FileExistsError) else None
    fail(f"{where}{error.strerror or error}.", hint, Exit.USAGE)


def _setting(error: ValidationError | SettingsError) -> list[str]:
    """Name the variables and what is wrong with each, not their values: they may be secrets."""
    if isinstance(error, ValidationError):
        found = error.errors(include_input=False)
        names = [f"SAYLINE_{'.'.join(map(str, each['loc'])).upper()}" for each in found if each["loc"]]
        # What is wrong with settings together names them itself.
        title = f"{', '.join(names)} is not valid." if names else "The settings don't fit together."
        return [title, *(f"  {each['msg'].removeprefix('Value error, ')}" for each in found)]
    field = re.search(r'field "(\w+)"', str(error))
    return [f"{f'SAYLINE_{field[1].upper()}' if field else 'A setting'} is not valid."]


def _fail_by(problem: ProblemError) -> NoReturn:
    lines = [f"  {error.field or 'request'}: {error.message}" for error in problem.errors]
    hint = "\n".join(lines or [problem.detail])
    if problem.code in _NO_SUCH_JOB:
        fail(f"{problem.title}.", hint, Exit.NO_SUCH_JOB)
    refused = problem.status < HTTPStatus.INTERNAL_SERVER_ERROR and problem.code != NO_CODE
    fail(f"{problem.title}.", hint, Exit.REFUSED if refused else Exit.UNAVAILABLE)
