"""What the services tell those who run them: log lines with one request's id, and figures for Prometheus."""

from __future__ import annotations

from harbour.telemetry.logs import json_formatter, start_logging
from harbour.telemetry.metrics import MetricsHandler, count_request
from harbour.telemetry.requests import REQUEST_HEADER, bind, log_request, new_request_id, request_id_of

__all__ = [
    "REQUEST_HEADER",
    "MetricsHandler",
    "bind",
    "count_request",
    "json_formatter",
    "log_request",
    "new_request_id",
    "request_id_of",
    "start_logging",
]
