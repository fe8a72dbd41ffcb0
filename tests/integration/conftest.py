"""A real Postgres for these tests."""

from __future__ import annotations

from tests.database import banks, postgres, record

__all__ = ["banks", "postgres", "record"]
