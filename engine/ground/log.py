"""What an administrator reads: JSON lines that say what happened where, and nothing about anybody.

structlog is loaded with the first line: with what it brings along it takes a tenth of the time in
which a process gets ready, and many a process has nothing to tell.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

Event = MutableMapping[str, Any]


class Log:
    """Lines under one name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def info(self, event: str, **facts: Any) -> None:
        self._logger().info(event, **facts)

    def warning(self, event: str, **facts: Any) -> None:
        self._logger().warning(event, **facts)

    def error(self, event: str, **facts: Any) -> None:
        self._logger().error(event, **facts)

    def exception(self, event: str, **facts: Any) -> None:
        """The error that is being handled: its kind and its way, never its message."""
        self._logger().error(event, exc_info=True, **facts)

    def _logger(self) -> Any:
        import structlog

        configure()
        return structlog.get_logger(self.name)


def configure() -> None:
    """Set up the product's log format, unless the process has one already."""
    import structlog

    if structlog.is_configured():
        return
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            where_it_failed,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        # Looked up for each line: whoever redirects or captures the stream later gets the rest,
        # and a stream that was closed meanwhile breaks no answer.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def where_it_failed(_logger: Any, _name: str, event: Event) -> Event:
    """The kind of an error and the lines it went through, never its message: that may quote what
    a person wrote, and a log is read by those who may not see the case."""
    if not event.pop("exc_info", None):
        return event
    kind, _, trace = sys.exc_info()
    if kind is not None:
        event["error"] = kind.__name__
        frames = traceback.extract_tb(trace)
        event["trace"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event
