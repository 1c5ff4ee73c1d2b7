"""Logging for the API, workers and CLI alike: structlog events, foreign records through the same formatter."""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from typing import TextIO

    from structlog.typing import EventDict, Processor

    from ops.settings import Settings

#: Libraries whose INFO lines repeat ours or hold a caller's data.
_QUIET = (
    "botocore",
    "celery.app.trace",
    "celery.worker.consumer.connection",
    "celery.worker.strategy",
    "httpcore",
    "httpx2",
    "urllib3",
    "uvicorn.access",
    "uvicorn.error",
)


def configure(settings: Settings, *, process: str, stream: TextIO | None = None) -> None:
    """Send every log record of this process to a stream (stderr), as coloured text on a terminal or JSON lines."""
    to = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(to)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder(allow=())],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderers(settings, to)],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(process=process)


def _renderers(settings: Settings, stream: TextIO) -> list[Processor]:
    console = settings.log_format == "console" or (settings.log_format == "auto" and stream.isatty())
    if console:
        # A supervised process writes to a pipe that ends at a terminal: https://force-color.org
        colours = stream.isatty() or bool(os.environ.get("FORCE_COLOR"))
        return [
            _for_people,
            structlog.dev.ConsoleRenderer(
                colors=colours,
                pad_event_to=0,
                pad_level=False,
                exception_formatter=structlog.dev.plain_traceback,
            ),
        ]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]


def _for_people(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Leave out what a reader of a terminal knows or can do without: the date, the logger, the process."""
    event.pop("logger", None)
    event.pop("process", None)
    event["timestamp"] = event["timestamp"][11:23]
    return event
