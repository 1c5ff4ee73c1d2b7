"""Several calls at once, all of them within one deadline: a call that hangs is left to its own time-out."""

from __future__ import annotations

from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any, Self, TypeVar

from schemas.errors import EngineUnavailableError, TransientError
from workers.engines.polly.service import NAME

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from workers.engines.calling import Clock

T = TypeVar("T")


def late() -> TransientError:
    """Make the error of an attempt that took too long."""
    return TransientError("engine_timeout", "Speaking the text took too long.", engine=NAME)


class Calls:
    """Carries out calls in threads of its own, from `with` to the end of `with`."""

    def __init__(self, at_once: int, clock: Clock) -> None:
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="polly")
        self._clock = clock
        self._begun: list[Future[Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        # What runs still is paid for: it ends by itself and nobody waits for it; what has not begun never does.
        if error is not None:
            self._clock.end()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def begin(self, call: Callable[[], T], *, again: bool = False) -> Future[T]:
        """Carry it out as soon as there is a thread; `again` is whether to do so once more where Polly has failed."""
        future = self._pool.submit(self._again, call) if again else self._pool.submit(call)
        self._begun.append(future)
        return future

    def _again(self, call: Callable[[], T]) -> T:
        try:
            return call()
        except EngineUnavailableError:
            self._clock.check()
            return call()

    def wait(self) -> None:
        """Wait until all are done, or one has failed.

        Raises:
            TransientError: `engine_timeout`, or a call's.
            PermanentError: a call's.
        """
        done, pending = wait(self._begun, timeout=self._clock.remaining_s(), return_when=FIRST_EXCEPTION)
        for future in done:
            future.result()
        if pending:
            raise late()
