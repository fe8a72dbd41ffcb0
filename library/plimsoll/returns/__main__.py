"""Draws the page of coverage from the definitions: `python -m plimsoll.returns > docs/coverage.md`."""

from __future__ import annotations

import datetime
import sys
import tomllib
from collections.abc import Iterator
from importlib.resources import files

from plimsoll.dictionary import Dictionary, Module, open_dictionary
from plimsoll.errors import ReturnError
from plimsoll.returns.definitions import Definitions, TableDefinition
from plimsoll.returns.parsing import list_modules, read_definitions

__all__ = ["draw"]

_DAY = datetime.date(2026, 6, 30)
_HEAD = """# Coverage of the returns

What Plimsoll fills of each table, drawn from its definitions and the supervisor's dictionary (do not edit
this page). A cell counts once however many sheets it has. A cell that is left out is not reported, which a
supervisor reads as zero: the reasons say why it is left out, and whether it is zero for your bank."""


def draw(dictionary: Dictionary | None = None) -> str:
    """Return the page, in Markdown."""
    known = dictionary or open_dictionary()
    parts = [_HEAD]
    for code in list_modules():
        module = known.module(code, on=_DAY)
        definitions = read_definitions(module.code, module.version)
        parts.append(f"## {module.code} {module.version}, reference date {_DAY}")
        parts += _tables(definitions, module)
        parts += ["### Left out of these tables, and why", *_reasons(definitions)]
        if unfilled := _unfilled(definitions, module):
            parts += ["### Tables not filled", unfilled]
    return "\n\n".join(parts) + "\n"


def _tables(definitions: Definitions, module: Module) -> Iterator[str]:
    rows = ["| table | reportable cells | defined | left out |", "| --- | ---: | ---: | ---: |"]
    for code, definition in sorted(definitions.tables.items()):
        table = module.table(code)
        defined = {(cell.row or None, cell.column) for cell in definition.cells}
        held = sum((cell.row, cell.column) in defined for cell in table.cells.values())
        rows.append(f"| {code} {table.label} | {len(table.cells)} | {held} | {len(table.cells) - held} |")
    yield "\n".join(rows)


def _unfilled(definitions: Definitions, module: Module) -> str:
    """Return the tables that no definition fills, the empty text where there are none.

    Raises
    ------
    ReturnError
        A table has no reason.
    """
    text = files("plimsoll.returns").joinpath("unfilled.toml").read_text("utf-8")
    reasons: dict[str, str] = tomllib.loads(text).get(module.code, {})
    rows = ["| table | cells | why |", "| --- | ---: | --- |"]
    for code in module.tables:
        if code in definitions.tables:
            continue
        fitting = [start for start in reasons if code.startswith(start)]
        if not fitting:
            raise ReturnError(f"unfilled.toml gives no reason why {code} is not filled")
        table = module.table(code)
        rows.append(f"| {code} {table.label} | {len(table.cells)} | {reasons[max(fitting, key=len)]} |")
    return "\n".join(rows) if len(rows) > 2 else ""


def _reasons(definitions: Definitions) -> Iterator[str]:
    for code, definition in sorted(definitions.tables.items()):
        yield "\n".join([f"**{code}**", "", *_of_table(definition)])


def _of_table(definition: TableDefinition) -> Iterator[str]:
    if not definition.left_out:
        yield "- nothing"
    grouped: dict[str, list[str]] = {}
    for place, reason in sorted(definition.left_out.items()):
        grouped.setdefault(reason, []).append(place)
    for reason, places in grouped.items():
        yield f"- {', '.join(places)}: {reason}"


if __name__ == "__main__":
    sys.stdout.write(draw())
