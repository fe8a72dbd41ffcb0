"""Figures for Prometheus, for who holds the token: loopback is shared with every member's notebook.

Labels name parts of the platform and states, never a bank, a person or a book.
"""

from __future__ import annotations

import asyncio
import hmac

from prometheus_client import REGISTRY, CollectorRegistry, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from tornado.web import HTTPError, RequestHandler

__all__ = ["MetricsHandler", "count_request"]

REQUESTS = Histogram(
    "plimsoll_request_seconds",
    "Time in which this service's requests were answered, by the first digit of the status.",
    ["status"],
    buckets=(0.025, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


def count_request(status: int, seconds: float) -> None:
    """Count one answered request."""
    REQUESTS.labels(f"{status // 100}xx").observe(seconds)


class MetricsHandler(RequestHandler):
    """`/metrics`: refused without the token of the installation (`secrets/metrics_token`)."""

    def initialize(self, token: str, registry: CollectorRegistry = REGISTRY) -> None:
        """Take the token that must be shown, and what is told then."""
        self._token = token
        self._registry = registry

    async def get(self) -> None:
        """Answer in Prometheus' own format."""
        kind, _, shown = self.request.headers.get("Authorization", "").partition(" ")
        right = hmac.compare_digest(shown.encode(), self._token.encode())
        if not self._token or kind.lower() not in {"bearer", "token"} or not right:
            raise HTTPError(403, reason="Metrics are for who holds the token")
        # A scrape may ask the database: not on the loop that answers people.
        text = await asyncio.to_thread(generate_latest, self._registry)
        self.set_header("Content-Type", CONTENT_TYPE_LATEST)
        self.set_header("Cache-Control", "no-store")
        self.finish(text)
