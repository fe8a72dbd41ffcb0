"""What changed in a module between two of its versions: tables, rows, columns, cells, allowed values, rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import pandas as pd

from plimsoll.dictionary.model import Cell, Header, Module, Rule, Table
from plimsoll.dictionary.reading import Dictionary, open_dictionary

__all__ = ["Change", "Changes", "list_changes"]

Action = Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class Change:
    """One difference.

    Attributes
    ----------
    kind
        `template`, `table`, `row`, `column`, `sheet`, `cell`, `key`, `member` or `rule`.
    action
        Whether it was added, removed or changed.
    table
        The table it belongs to; empty for a rule or a template.
    code
        Its own code: a cell's is `row/column`, a member's `key/member`.
    what
        Which property changed: `label`, `datapoint`, `sign`, …; empty where it was added or removed.
    before, after
        As text; empty where there is none.
    """

    kind: str
    action: Action
    table: str
    code: str
    what: str = ""
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        """Return a line for a person."""
        where = f"{self.table} " if self.table and self.table != self.code else ""
        line = f"{self.action:8}{self.kind} {where}{self.code}"
        if self.what:
            return f"{line}, {self.what}: {self.before or 'none'} → {self.after or 'none'}"
        shown = self.before or self.after
        return f"{line}: {shown}" if shown else line


@dataclass(frozen=True)
class Changes:
    """Every difference between two versions of a module, in the order of kind, table and code."""

    module: str
    before: str
    after: str
    items: tuple[Change, ...] = field(repr=False)

    def counts(self) -> Mapping[tuple[str, str], int]:
        """Return how many there are by kind and action."""
        found: dict[tuple[str, str], int] = {}
        for change in self.items:
            found[change.kind, change.action] = found.get((change.kind, change.action), 0) + 1
        return found

    def frame(self) -> pd.DataFrame:
        """Return them as a table, a row a change."""
        names = ("kind", "action", "table", "code", "what", "before", "after")
        return pd.DataFrame({name: [getattr(change, name) for change in self.items] for name in names})


def list_changes(module: str, before: date, after: date, dictionary: Dictionary | None = None) -> Changes:
    """Return what changed in a module between the versions two reference dates are reported with.

    Parameters
    ----------
    module
        The module's code, such as `COREP_OF`.
    before, after
        The reference dates; with one version for both there are no changes.
    dictionary
        The supervisor's dictionary; the built one when omitted.

    Raises
    ------
    NotInDictionary
        The dictionary has no version of the module for one of the dates.
    """
    known = dictionary or open_dictionary()
    old, new = known.module(module, on=before), known.module(module, on=after)
    items = (
        () if old.vid == new.vid else (*_templates(old, new), *_tables(old, new), *_rules(known, old, new))
    )
    return Changes(old.code, old.version, new.version, tuple(items))


def _compared(
    kind: str, table: str, old: Mapping[str, Mapping[str, str]], new: Mapping[str, Mapping[str, str]]
) -> Iterator[Change]:
    """Yield the differences between two sets of things, each a mapping of what can change.

    Of what was added or removed the label is shown, a rule's expression.
    """
    for code in sorted(old.keys() | new.keys()):
        if code not in new:
            yield Change(kind, "removed", table, code, before=_shown(old[code]))
        elif code not in old:
            yield Change(kind, "added", table, code, after=_shown(new[code]))
        else:
            for what in sorted(old[code].keys() | new[code].keys()):
                had, has = old[code].get(what, ""), new[code].get(what, "")
                if had != has:
                    yield Change(kind, "changed", table, code, what, had, has)


def _shown(properties: Mapping[str, str]) -> str:
    return properties.get("label", properties.get("expression", ""))


def _templates(old: Module, new: Module) -> Iterator[Change]:
    told = [
        {template.code: {"label": template.label, "tables": ", ".join(template.tables)} for template in held}
        for held in (old.templates, new.templates)
    ]
    yield from _compared("template", "", *told)


def _tables(old: Module, new: Module) -> Iterator[Change]:
    labels = [{code: {"label": held.table(code).label} for code in held.tables} for held in (old, new)]
    for change in _compared("table", "", *labels):
        yield Change(
            "table", change.action, change.code, change.code, change.what, change.before, change.after
        )
    for code in sorted(set(old.tables) & set(new.tables)):
        yield from _table(old.table(code), new.table(code))


def _table(old: Table, new: Table) -> Iterator[Change]:
    for kind, had, has in (
        ("row", old.rows, new.rows),
        ("column", old.columns, new.columns),
        ("sheet", old.sheets, new.sheets),
    ):
        yield from _compared(kind, old.code, _headers(had), _headers(has))
    yield from _compared("cell", old.code, _cells(old), _cells(new))
    yield from _compared("key", old.code, _keys(old), _keys(new))
    yield from _compared("member", old.code, _members(old), _members(new))


def _headers(headers: tuple[Header, ...]) -> dict[str, dict[str, str]]:
    return {header.code: {"label": header.label} for header in headers}


def _cells(table: Table) -> dict[str, dict[str, str]]:
    return {
        "/".join(code for code in (cell.row, cell.column, cell.sheet) if code): _cell(cell)
        for cell in table.cells.values()
    }


def _cell(cell: Cell) -> dict[str, str]:
    """Return what can change of a cell; names of dimensions are compared without their release."""
    dimensions = sorted(f"{_bare(name)} = {member}" for name, member in cell.dimensions.items())
    return {
        "datapoint": cell.datapoint,
        "data type": cell.data_type,
        "sign": cell.sign or "",
        "concept": _bare(cell.concept),
        "dimensions": ", ".join(dimensions),
        "allowed values": ", ".join(sorted(cell.allowed_values)),
    }


def _bare(name: str) -> str:
    return name.rpartition(":")[2]


def _keys(table: Table) -> dict[str, dict[str, str]]:
    return {key.code: {"label": key.label, "axis": key.axis} for key in table.open_keys}


def _members(table: Table) -> dict[str, dict[str, str]]:
    return {
        f"{key.code}/{member.name}": {"label": member.label}
        for key in table.open_keys
        for member in key.members
    }


def _rules(dictionary: Dictionary, old: Module, new: Module) -> Iterator[Change]:
    told = [{rule.code: _rule(rule) for rule in dictionary.rules(module)} for module in (old, new)]
    yield from _compared("rule", "", *told)


def _rule(rule: Rule) -> dict[str, str]:
    return {
        "expression": rule.expression,
        "precondition": rule.precondition or "",
        "severity": rule.severity,
        "active": "yes" if rule.active else "no",
    }
