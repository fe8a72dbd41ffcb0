"""Whether definitions and dictionary name the same tables, rows, columns, sheets, keys and members."""

from __future__ import annotations

from plimsoll.dictionary import Module, Table
from plimsoll.errors import NotInDictionary, ReturnError
from plimsoll.returns.definitions import Definitions, TableDefinition

__all__ = ["check_definitions"]


def check_definitions(definitions: Definitions, module: Module) -> None:
    """Raise unless definitions and dictionary name the same tables, rows, columns, sheets and keys.

    Raises
    ------
    ReturnError
        A definition names what the dictionary lacks, or a reportable row or column is neither defined nor
        left out with a reason.
    """
    for definition in definitions.tables.values():
        try:
            table = module.table(definition.table)
        except NotInDictionary as error:
            raise ReturnError(f"a definition names a table the dictionary lacks: {error}") from error
        _check_axes(definition, table)
        _check_sheets(definition, table)
        _check_keys(definition, table)
        _check_choices(definition, table)


def _check_axes(definition: TableDefinition, table: Table) -> None:
    reportable = {f"row {cell.row}" for cell in table.cells.values() if cell.row is not None}
    reportable |= {f"column {cell.column}" for cell in table.cells.values()}
    defined = {f"row {row}" for row in definition.rows}
    defined |= {f"column {column}" for column in definition.columns}
    named = defined | set(definition.left_out)
    if unknown := sorted(named - reportable):
        raise ReturnError(f"{definition.table}: the dictionary has no reportable {', '.join(unknown)}")
    if silent := sorted(reportable - named):
        raise ReturnError(f"{definition.table}: {', '.join(silent)} is neither defined nor left out")
    if both := sorted(defined & set(definition.left_out)):
        raise ReturnError(f"{definition.table}: {', '.join(both)} is both defined and left out")


def _check_sheets(definition: TableDefinition, table: Table) -> None:
    key = table.open_key("sheet")
    members = {member.name for member in key.members} if key else set()
    unknown = [sheet.member for sheet in definition.sheets if sheet.member not in members]
    if unknown:
        raise ReturnError(f"{definition.table}: the dictionary has no sheet {', '.join(unknown)}")


def _check_keys(definition: TableDefinition, table: Table) -> None:
    """Raise unless the rows of an open table are named by its own keys, and their members are allowed."""
    known = {key.header: key for key in table.row_keys}
    named = {key.header: key for key in definition.keys}
    if known.keys() != named.keys():
        raise ReturnError(
            f"{definition.table} names its rows by {', '.join(named) or 'codes'}, "
            f"the dictionary by {', '.join(known) or 'codes'}"
        )
    for header, key in named.items():
        allowed = {member.name for member in known[header].members}
        unknown = sorted(set(key.members.values()) - allowed)
        if unknown or (allowed and not key.members):
            raise ReturnError(
                f"{definition.table}, key {header} may not hold {', '.join(unknown) or 'nothing'}"
            )


def _check_choices(definition: TableDefinition, table: Table) -> None:
    for cell, formula in definition.cells.items():
        if formula.shape == "choice" and not formula.prefix:
            allowed = table.cell(cell.row or None, cell.column).allowed_values
            unknown = sorted(set(formula.members.values()).difference(allowed))
            if unknown or not formula.members:
                raise ReturnError(f"{cell} may not hold {', '.join(unknown) or 'nothing'}")
