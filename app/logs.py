"""Structured logs on stderr: static event names with key=value, for our code and for the libraries we run.

Texts of articles never get in: exceptions are written as type and frames, and with their message only where that is
written by us, by the operating system, or by Python about our code.
"""

from __future__ import annotations

import logging
import sys
import traceback
from types import TracebackType

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.typing import EventDict, Processor, WrappedLogger

__all__ = ["bound_contextvars", "configure", "get_logger"]

_MESSAGES_ARE_OURS = ("app.domain.errors", "procrastinate.exceptions")
_TELL_NO_TEXT = (OSError, ImportError, NameError, AttributeError, TypeError)
_QUIET = {
    "alembic": logging.WARNING,
    "httpx": logging.WARNING,
    "procrastinate": logging.WARNING,
    "uvicorn": logging.WARNING,
    "uvicorn.error": logging.WARNING,
    "uvicorn.access": logging.WARNING,
}


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger for static event names: ``get_logger(__name__).info("article_analysed", claims=12)``."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def configure(*, level: str, format: str) -> None:
    """Route structlog and the standard library's loggers to stderr, as ``json`` or ``console`` lines."""
    shared: list[Processor] = [
        merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_frames),
    ]
    is_json = format == "json"
    render: Processor = (
        structlog.processors.JSONRenderer() if is_json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_name_foreign_event, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(max(least, logging.getLevelName(level)))
    logging.captureWarnings(True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _name_foreign_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Libraries write sentences; Procrastinate's ``action`` is a static name, and its job has an id."""
    record: logging.LogRecord = event["_record"]
    action, job = getattr(record, "action", None), getattr(record, "job", None)
    if action:
        event["event"] = str(action)
    if isinstance(job, dict):
        event["job_id"] = job.get("id")
    return event


def _frames(exc_info: tuple[type[BaseException], BaseException, TracebackType | None]) -> str:
    """The chain of exceptions with the lines they came through."""
    lines: list[str] = []
    error: BaseException | None = exc_info[1]
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        kind = type(error)
        is_safe = kind.__module__ in _MESSAGES_ARE_OURS or isinstance(error, _TELL_NO_TEXT)
        lines.append(f"{kind.__module__}.{kind.__qualname__}{f': {error}' if is_safe else ''}")
        frames = traceback.extract_tb(error.__traceback__)
        lines += [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n".join(lines)
