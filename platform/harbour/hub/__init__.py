"""The Hub: who signs in, what each may open, and how a member's server is started."""

from __future__ import annotations

from harbour.hub.configuration import configure

__all__ = ["configure"]
