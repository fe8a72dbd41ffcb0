"""Draw docs/book.md, the page of the book's tables, from the schema."""

from __future__ import annotations

import sys
from pathlib import Path

from plimsoll.data.schema import Column, Table, read_schema

PAGE = Path(__file__).resolve().parents[1] / "docs" / "book.md"
_HEAD = """# The book

A book is one reporting entity's position on one date: the tables below, checked on the way in. Every bad
value is reported with table, row, column, value and reason; nothing is dropped and nothing is guessed.

`plimsoll.load(path)` reads a folder with `book.toml` and one `<table>.parquet` or `<table>.csv` for each
table it has. Absent tables are empty; absent optional columns take their default. In CSV, decimals are
written with a point, dates as `2026-06-30`, truth as `true` and `false`. `book.toml` says who and when:

```toml
reference_date = 2026-06-30

[entity]
name = "Banque du Port"
lei = "969500DEMOPORT000140"
scope = "CON"        # or IND
country = "FR"
currency = "EUR"
```

A FIRE document (JSON), or a folder of them, loads the same way; `notebooks/examples/fire_bank` is a
complete one. Amounts are in the reporting currency, to the cent, up to 35 trillion; ratios are
fractions.

Drawn from `library/plimsoll/data/schema.toml` by `python tools/draw_book_docs.py`.
"""


def draw() -> str:
    """Return the page."""
    return "\n".join([_HEAD, *(_draw_table(table) for table in read_schema().values())])


def _draw_table(table: Table) -> str:
    head = ["| column | type | needed | FIRE | meaning |", "| --- | --- | --- | --- | --- |"]
    rows = [_draw_column(column) for column in table.columns.values()]
    return "\n".join([f"## {table.name}", "", f"{table.about} Key: `{table.key}`.", "", *head, *rows, ""])


def _draw_column(column: Column) -> str:
    default = str(column.default).lower() if isinstance(column.default, bool) else column.default
    needed = "yes" if column.required else "" if column.default is None else f"default {default}"
    meaning = [column.about]
    if column.values:
        meaning.append("One of " + ", ".join(f"`{value}`" for value in column.values) + ".")
    if column.pattern:
        meaning.append(f"Form `{column.pattern}`.")
    if column.references:
        meaning.append(f"Names a row of `{column.references[0]}`.")
    fire = f"`{column.fire}`" if column.fire else ""
    text = " ".join(meaning).replace("|", "\\|")
    return f"| `{column.name}` | {column.kind} | {needed} | {fire} | {text} |"


if __name__ == "__main__":
    PAGE.write_text(draw(), encoding="utf-8")
    print(f"drawn: {PAGE.name}", file=sys.stderr)
