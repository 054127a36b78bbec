"""Logs as lines of JSON that say what happened where, and nothing about anybody."""

from __future__ import annotations

import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

Event = MutableMapping[str, Any]


def configure() -> None:
    """Set the house's log format up, unless the process has one already."""
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
