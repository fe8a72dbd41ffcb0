"""The id that one request has in every log, from where it comes in to the run it asked for."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import structlog

from harbour.telemetry.metrics import count_request

__all__ = ["REQUEST_HEADER", "bind", "log_request", "new_request_id", "request_id_of"]

REQUEST_HEADER = "X-Request-Id"
FORM = re.compile(r"[0-9a-f-]{8,36}")
QUIET = ("/health", "/metrics", "/static/")
"""Asked all the time: written down only when they fail."""

log = logging.getLogger("harbour.requests")


def new_request_id() -> str:
    """Return an id nothing else has."""
    return uuid.uuid4().hex


def request_id_of(headers: Mapping[str, str]) -> str:
    """Return the id that came with a request, from the bank's own proxy, or a new one.

    One that is no id is not taken: it would be written into logs.
    """
    given = headers.get(REQUEST_HEADER, "")
    return given if FORM.fullmatch(given) else new_request_id()


def bind(**values: object) -> AbstractContextManager[None]:
    """Give every line that is logged inside these values: a run, a request."""
    return structlog.contextvars.bound_contextvars(**{name: value for name, value in values.items() if value})


def log_request(handler: Any) -> None:  # noqa: ANN401  # tornado calls it with its handler
    """Write one line for a request that was answered: its id, path, status and time; never its query."""
    request, status = handler.request, handler.get_status()
    seconds = request.request_time()
    count_request(status, seconds)
    if status < 400 and any(quiet in request.path for quiet in QUIET):
        return
    log.log(
        logging.ERROR if status >= 500 else logging.INFO,
        "request",
        extra={
            "request": request_id_of(request.headers),
            "method": request.method,
            "path": request.path,
            "status": status,
            "milliseconds": round(seconds * 1000, 1),
        },
    )
