"""The history of the tables: each revision runs `.sql` files that a database administrator can read.

Tables, and what is in them, belong to revisions. Functions, triggers, policies and rights do not: they stand once, in
`sql/guard`, and are built as a whole whenever they changed (`harbour.db.guard`).
"""

from __future__ import annotations

__all__: list[str] = []
