"""The schema's history: each revision runs `.sql` files that a database administrator can read."""

from __future__ import annotations

__all__: list[str] = []
