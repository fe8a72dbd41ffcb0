"""One JSON object per line, from our own code and from the libraries it runs on; no secret and no figure.

The text of an exception can quote what somebody typed or what a book says. So of an exception a line keeps its
type and where it happened, never what it said; of a library's own message that comes with one, the first line.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

__all__ = ["json_formatter", "start_logging"]

LONGEST = 2000
FRAMES = 12
SECRET = re.compile(
    r"(?i)(\b(?:token|bearer|password|passwd|secret|api_key|_xsrf|code|state)\b[\"']?\s*[=: ]\s*[\"']?)"
    r"([0-9A-Za-z+/_.\-]{12,})"
)
"""A word that announces a secret, and what could be one."""

Line = MutableMapping[str, Any]


def start_logging(service: str) -> None:
    """Let everything this process logs go to standard error as JSON, one object per line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(json_formatter(service))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in list(logging.root.manager.loggerDict):
        library = logging.getLogger(
            name
        )  # some bring a handler of their own, or keep their lines to themselves
        library.handlers, library.propagate = [], True
    for loud in ("bokeh", "httpx", "procrastinate.worker"):
        logging.getLogger(loud).setLevel(logging.WARNING)


def json_formatter(service: str, **_: object) -> logging.Formatter:
    """Return the formatter of a service's lines; what else a logging configuration passes is not needed."""

    def name(_logger: object, _method: str, line: Line) -> Line:
        return {"service": service, **line}

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            _without_what_was_said,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _without_secrets,
            name,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=repr),
        ],
    )


def _without_what_was_said(_logger: object, _method: str, line: Line) -> Line:
    record: logging.LogRecord = line["_record"]
    raised = line.pop("exc_info", None)
    if not isinstance(raised, tuple) or raised[0] is None:
        return line
    kind, _, trace = raised
    where = traceback.extract_tb(trace)[-FRAMES:]
    line["error"] = kind.__name__
    line["where"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in where]
    if not record.name.startswith("harbour"):
        line["event"] = str(record.msg).partition("\n")[0]  # not filled in: its arguments quote what came in
    return line


def _without_secrets(_logger: object, _method: str, line: Line) -> Line:
    for key, value in line.items():
        if isinstance(value, str):
            line[key] = SECRET.sub(r"\1[secret]", value)[:LONGEST]
    return line
