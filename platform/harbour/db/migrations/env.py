"""How Alembic runs a revision: on the connection that `harbour.db.migrate` opened, in its one transaction."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"], version_table_schema="harbour")
context.run_migrations()
