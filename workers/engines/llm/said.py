"""What a model says, read from its text: JSON, maybe with a fence or thoughts around it, and as far as it has come."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import from_json

from workers.engines.llm.texts import from_data

if TYPE_CHECKING:
    from schemas.job import JsonObject

#: Around the reasoning that some servers leave in the text; some leave out the first.
_THINKS, _THOUGHT = "<think>", "</think>"
#: Control characters may stand within its strings, as some models write line breaks.
_DECODER = json.JSONDecoder(strict=False)


class Said(BaseModel):
    """The form of an answer; more than was asked for is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True, str_strip_whitespace=True)

    @classmethod
    def read(cls, text: str) -> Self:
        """Read an answer.

        Raises:
            UnreadableError: it is not of this form.
        """
        try:
            value, _ = _DECODER.raw_decode(_object(text))
            return cls.model_validate(_unmarked(value))
        except json.JSONDecodeError as error:
            raise UnreadableError(["it is no JSON object"]) from error
        except (ValidationError, RecursionError) as error:
            raise UnreadableError(_faults(error)) from error

    @classmethod
    def read_cut(cls, text: str) -> Self:
        """Read an answer that ends where its model had no tokens left: what is there is to be enough.

        Raises:
            UnreadableError: it is not.
        """
        # A string that was cut is worse than none, unless it is what the answer is about.
        with suppress(UnreadableError):
            return cls._whole_of(so_far(text, cut_string=False))
        return cls._whole_of(so_far(text))

    @classmethod
    def _whole_of(cls, value: JsonObject) -> Self:
        while True:
            try:
                return cls.model_validate(value)
            except ValidationError as error:
                if not _drop(value, error.errors(include_url=False)[0]["loc"]):
                    raise UnreadableError(_faults(error)) from error


class UnreadableError(Exception):
    """An answer is not of the form that was asked for; the faults say where, without what stood there."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(faults)
        self.faults = faults


def so_far(text: str, *, cut_string: bool = True) -> JsonObject:
    """Return what is there of an object that is still being written; its last string may be cut, or is left out."""
    try:
        value = from_json(_object(text), allow_partial="trailing-strings" if cut_string else True)
    except (ValueError, RecursionError):
        return {}
    return _unmarked(value) if isinstance(value, dict) else {}


def _object(text: str) -> str:
    """Return the text from the object's beginning."""
    if text.lstrip().startswith(_THINKS) and _THOUGHT not in text:
        return ""
    told = text.rpartition(_THOUGHT)[2]
    return told[max(0, told.find("{")) :]


def _unmarked(value: Any) -> Any:  # noqa: ANN401 - JSON
    match value:
        case str():
            return from_data(value)
        case list():
            return [_unmarked(each) for each in value]
        case dict():
            return {key: _unmarked(each) for key, each in value.items()}
    return value


def _drop(value: JsonObject, place: tuple[int | str, ...]) -> bool:
    """Drop what is not whole: a list's item, else the object's own field; return whether there was anything."""
    last = max((depth for depth, key in enumerate(place) if isinstance(key, int)), default=0)
    holder: Any = value
    for key in place[:last]:
        holder = holder[key]
    key = place[last]
    if isinstance(holder, dict) and key not in holder:
        return False
    del holder[key]
    return True


def _faults(error: ValidationError | RecursionError) -> list[str]:
    if not isinstance(error, ValidationError):
        return ["it is nested too deeply"]
    faults = error.errors(include_input=False, include_context=False, include_url=False)
    return [f"{'.'.join(map(str, fault['loc'])) or 'the object'}: {fault['msg']}" for fault in faults[:20]]
