"""espeak-ng's own process: each request names in `ask` what is wanted of the library.

It imports the standard library and espeak-ng alone. Run by process.py as `python -m workers.engines.espeak.server PID`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workers.engines.child.server import serve
from workers.engines.espeak.library import Library, LibraryError, Utterance

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workers.engines.child.server import Answer, Send

    _Asked = Callable[[Library, dict[str, Any], bytes, Send], Mapping[str, Any]]

#: espeak and Python take about 100 MB of addresses; the audio is passed on as it is made.
MAX_ADDRESS_BYTES = 1024**3


def main() -> None:
    """Serve the parent whose process id is the first argument."""
    serve(_start, max_address_bytes=MAX_ADDRESS_BYTES)


def _start() -> tuple[Mapping[str, Any], Answer]:
    import espeakng_loader  # noqa: PLC0415 - after the limits

    library = Library(espeakng_loader.get_library_path(), espeakng_loader.get_data_path())

    def answer(header: dict[str, Any], body: bytes, send: Send) -> Mapping[str, Any]:
        try:
            return _ASKED[header.pop("ask")](library, header, body, send)
        except LibraryError as error:
            return {"refused": str(error)}

    hello = {"version": library.version, "sample_rate_hz": library.sample_rate_hz, "variants": library.variants}
    return {**hello, "voices": library.voices()}, answer


def _speak(library: Library, header: dict[str, Any], text: bytes, send: Send) -> Mapping[str, Any]:
    outcome = library.speak(Utterance(text=text.decode(), **header), send)
    return {"events": outcome.events, "truncated": outcome.truncated}


def _phonemes(library: Library, header: dict[str, Any], text: bytes, _send: Send) -> Mapping[str, Any]:
    return {"ipa": library.phonemes(text.decode(), **header)}


_ASKED: Mapping[str, _Asked] = {"speak": _speak, "phonemes": _phonemes}

if __name__ == "__main__":
    main()
