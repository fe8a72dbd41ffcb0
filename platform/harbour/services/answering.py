"""How a service says that it is well: no sign-in and no data, but what is wrong and what to do about it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import psycopg
from tornado.web import RequestHandler

__all__ = ["HealthHandler", "database_fault"]

KEPT_SECONDS = 2.0
"""How long an answer holds: anybody may ask, and as often as he likes."""


def database_fault(dsn: str) -> Callable[[], str]:
    """Return the function that says what is wrong between this service and its database; "" when nothing is."""
    last = (-KEPT_SECONDS, "")

    def find() -> str:
        nonlocal last
        if time.monotonic() - last[0] >= KEPT_SECONDS:
            last = (time.monotonic(), _try(dsn))
        return last[1]

    return find


def _try(dsn: str) -> str:
    try:
        with psycopg.connect(dsn, connect_timeout=2, application_name="harbour health") as connection:
            connection.execute("SELECT 1")
    except psycopg.Error:
        return "it cannot reach the database: see whether postgres runs with `harbour doctor`"
    return ""


class HealthHandler(RequestHandler):
    """`/health`: 200 with `ok`, or 503 with a sentence."""

    def initialize(self, find_fault: Callable[[], str]) -> None:
        """Take what finds the fault."""
        self._find_fault = find_fault

    async def get(self) -> None:
        """Answer once the event loop has had its turn."""
        fault = await asyncio.to_thread(self._find_fault)
        self.set_status(503 if fault else 200)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(f"{fault or 'ok'}\n")
