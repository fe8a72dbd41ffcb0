"""Manual adjustments: deltas on cells, each with an owner, a reason, evidence, an end and another's approval.

An adjustment never overwrites: it is added to what the definition gives, is kept with the return and shows as a
line of its own wherever the cell is explained. Cells computed from an adjusted one follow; cells that sum the
same lines on their own do not, and need adjustments of their own: the EBA's rules say where.
"""

from __future__ import annotations

import datetime
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from plimsoll.dictionary import Module
from plimsoll.errors import NotInDictionary, ReturnError
from plimsoll.returns.definitions import CellName

__all__ = ["Adjustment", "adjustment_of", "check_adjustments", "deltas_of", "read_adjustments"]

_EVIDENCE = re.compile("[0-9a-f]{64}")
_CENT = Decimal("0.01")
_FIELDS = ("table", "row", "column", "delta", "owner", "reason", "evidence", "expires", "approved_by")


@dataclass(frozen=True, order=True)
class Adjustment:
    """One delta on one cell.

    Attributes
    ----------
    table, row, column, sheet
        The cell, as facts name it; `sheet` is the member's name, empty where the table has no sheets.
    delta
        What is added to the cell, in the reporting currency, to the cent; may be negative.
    owner
        Who answers for it.
    reason
        Why, in a sentence.
    evidence
        SHA-256 of the document that proves it.
    expires
        The last reference date it may be used for.
    approved_by
        Who approved it, never the owner; empty while nobody did. The library takes the name as given: it is the
        platform that knows who approved what.
    """

    table: str
    row: str
    column: str
    sheet: str
    delta: Decimal
    owner: str
    reason: str
    evidence: str
    expires: datetime.date
    approved_by: str = ""

    @property
    def cell(self) -> CellName:
        """The cell it moves."""
        return CellName(self.table, self.row, self.column, self.sheet or None)

    def document(self) -> dict[str, str]:
        """Return it as texts, as it is stored."""
        return {name: str(value) for name, value in asdict(self).items()}


def read_adjustments(path: Path | str) -> tuple[Adjustment, ...]:
    """Read adjustments from a file: TOML with `[[adjustment]]`, or JSON with a list.

    Raises
    ------
    ReturnError
        It cannot be read, or an adjustment lacks something or has what cannot be read; the message names which.
    """
    source = Path(path)
    try:
        text = source.read_text("utf-8")
        held = json.loads(text) if source.suffix == ".json" else tomllib.loads(text).get("adjustment", [])
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise ReturnError(f"{source.name} cannot be read as adjustments: {error}") from error
    if not isinstance(held, list) or not all(isinstance(entry, dict) for entry in held):
        raise ReturnError(f"{source.name} must hold a list of adjustments")
    return tuple(adjustment_of(entry, f"{source.name}, adjustment {n}") for n, entry in enumerate(held, 1))


def adjustment_of(entry: Mapping[str, Any], where: str = "adjustment") -> Adjustment:
    """Return an adjustment from its texts.

    Raises
    ------
    ReturnError
        A field is missing, unknown or cannot be read.
    """
    if missing := [name for name in _FIELDS[:-1] if not str(entry.get(name, "")).strip()]:
        raise ReturnError(f"{where} lacks {', '.join(missing)}")
    if unknown := sorted(set(entry) - {*_FIELDS, "sheet"}):
        raise ReturnError(f"{where} has {', '.join(unknown)}, which no adjustment has")
    try:
        delta = Decimal(str(entry["delta"]))
        expires = datetime.date.fromisoformat(str(entry["expires"]))
    except (InvalidOperation, ValueError) as error:
        raise ReturnError(f"{where}: delta must be an amount and expires a date ({error})") from error
    texts = {name: str(entry.get(name, "")) for name in ("sheet", *_FIELDS)}
    return Adjustment(**{**texts, "delta": delta, "expires": expires})  # type: ignore[arg-type]  # texts but for two


def check_adjustments(
    adjustments: Iterable[Adjustment], module: Module, reference_date: datetime.date
) -> None:
    """Raise unless every adjustment may be used for a module's report of a date.

    Raises
    ------
    ReturnError
        One is expired, not approved, approved by its owner, without evidence, of no cent, or moves what is no
        amount of the module; the message lists every one.
    """
    problems = [
        f"{adjustment.cell}, {adjustment.delta} by {adjustment.owner}: {problem}"
        for adjustment in adjustments
        for problem in _problems(adjustment, module, reference_date)
    ]
    if problems:
        raise ReturnError("adjustments that may not be used:\n  " + "\n  ".join(problems))


def _problems(adjustment: Adjustment, module: Module, reference_date: datetime.date) -> list[str]:
    found = []
    if adjustment.expires < reference_date:
        found.append(f"expired on {adjustment.expires}, before {reference_date}: renew it or leave it out")
    if not adjustment.approved_by:
        found.append("not approved: somebody else must approve it first")
    elif adjustment.approved_by == adjustment.owner:
        found.append("approved by its own owner: somebody else must")
    if not _EVIDENCE.fullmatch(adjustment.evidence):
        found.append("its evidence must be the SHA-256 of a document")
    if not adjustment.delta.is_finite() or not adjustment.delta or adjustment.delta % _CENT:
        found.append("its delta must be an amount to the cent, other than zero")
    return found + _cell_problems(adjustment, module)


def _cell_problems(adjustment: Adjustment, module: Module) -> list[str]:
    try:
        table = module.table(adjustment.table)
        cell = table.cell(None if table.row_keys else adjustment.row, adjustment.column)
    except NotInDictionary as error:
        return [str(error)]
    key = table.open_key("sheet")
    members = {member.name for member in key.members} if key else {""}
    if adjustment.sheet not in members:
        return [f"{adjustment.table} has no sheet {adjustment.sheet or '(none given)'}"]
    if cell.data_type != "m":
        return ["only amounts are adjusted: adjust what the figure is computed from"]
    return []


def deltas_of(adjustments: Iterable[Adjustment]) -> dict[CellName, Decimal]:
    """Return by how much each cell is moved in all."""
    found: dict[CellName, Decimal] = {}
    for adjustment in adjustments:
        found[adjustment.cell] = found.get(adjustment.cell, Decimal(0)) + adjustment.delta
    return found
