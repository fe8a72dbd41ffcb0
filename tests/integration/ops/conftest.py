"""A whole platform for these tests."""

from __future__ import annotations

from tests.platform_fixture import running_platform

__all__ = ["running_platform"]
