"""A book that a member brings, examined in a process of its own: everything that is wrong with it, or what it says.

`python -m harbour.execution.importing` reads its orders as one line of JSON, tells its steps as lines of JSON, and
leaves in its folder `report.json`, and `problems.csv` or, of a valid book, `book.zip`. It has no login and sees no
variable but those a run sees.
"""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import json
import math
import os
import re
import resource
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from harbour.execution.arrivals import PACKED, PROBLEMS, REPORT
from harbour.execution.books import pack_book
from harbour.execution.templates import list_templates
from harbour.execution.unpacking import lay_out
from plimsoll import find_gaps, reconcile, simulate
from plimsoll.data import Book, Entity, load
from plimsoll.data.schema import read_schema
from plimsoll.errors import BookError, PlimsollError, Problem
from plimsoll.simulation import Result

__all__ = ["SHOWN", "STEPS", "describe", "examine"]

STEPS = ("unpack", "read", "compute", "gaps", "reconcile", "pack")
SHOWN = 200
"""Problems in the report; the CSV has all of them."""
MEMORY = 6 << 30
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
NUMBER = re.compile(r"-?[0-9.]*")
COLUMNS = ("table", "row", "column", "value", "reason")
RATIOS = ("cet1_ratio", "tier1_ratio", "total_ratio", "leverage_ratio")
AMOUNTS = ("cet1", "tier1", "own_funds", "rwa")

Tell = Callable[[str], None]
Report = dict[str, Any]


def examine(files: list[Path], folder: Path, stated: Mapping[str, str], tell: Tell) -> Report:
    """Read a book from files and return what there is to say about it; leave its CSV or its package in the folder.

    Parameters
    ----------
    stated
        Who and when, where the files do not say: `lei`, `name`, `scope`, `country`, `currency`, `reference_date`.
    tell
        Called with each of `STEPS` as it begins.
    """
    try:
        tell("unpack")
        laid = folder / "laid"
        laid.mkdir()
        lay_out(files, laid)
        tell("read")
        found = _only_document(laid)
        book = load(found, entity=_entity(stated), reference_date=_day(stated))
    except BookError as error:
        return _refused(error, folder)
    report = describe(book, tell)
    tell("pack")
    packed = pack_book(book)
    (folder / PACKED).write_bytes(packed)
    return report | {"sha256": hashlib.sha256(packed).hexdigest()}


def describe(book: Book, tell: Tell) -> Report:
    """Return what a valid book says: its tables, its position, its gaps for each return, its ledger."""
    entity = book.entity
    report: Report = {
        "entity": dataclasses.asdict(entity),
        "reference_date": book.reference_date.isoformat(),
        "scenario": "baseline",
        "source": book.source,
        "notices": list(book.notices),
        "book_digest": book.digest,
        "tables": _tables(book),
    }
    tell("compute")
    try:
        result = simulate(book)
    except PlimsollError as error:
        report["not_computed"] = str(error)
    else:
        report |= _position(result)
        tell("gaps")
        report["gaps"] = dict(_gaps(result))
    tell("reconcile")
    return report | {"reconciliation": _reconciliation(book)}


def _only_document(laid: Path) -> Path:
    """Return the folder; where a single FIRE document was brought, the document."""
    files = [path for path in laid.iterdir() if path.is_file()]
    return files[0] if len(files) == 1 and files[0].suffix == ".json" else laid


def _entity(stated: Mapping[str, str]) -> Entity | None:
    """Return who reports where the member says so; None leaves it to the files."""
    if not stated.get("lei"):
        return None
    return Entity(
        name=stated.get("name", ""),
        lei=stated["lei"],
        scope=stated.get("scope", ""),  # type: ignore[arg-type]  # Entity refuses what is no scope
        country=stated.get("country", ""),
        currency=stated.get("currency") or "EUR",
    )


def _day(stated: Mapping[str, str]) -> date | None:
    text = stated.get("reference_date", "")
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        problem = Problem("book", "-", "reference_date", text, "is not a date (write 2026-06-30)")
        raise BookError(None, (problem,)) from None


def _refused(error: BookError, folder: Path) -> Report:
    with (folder / PROBLEMS).open("w", encoding="utf-8-sig", newline="") as stream:
        lines = csv.writer(stream)
        lines.writerow(COLUMNS)
        lines.writerows([_plain(fact) for fact in dataclasses.astuple(problem)] for problem in error.problems)
    shown = [dataclasses.astuple(problem) for problem in error.problems[:SHOWN]]
    return {"refused": str(error).splitlines()[0], "problems": len(error.problems), "shown": shown}


def _plain(fact: str) -> str:
    """Return a value a spreadsheet shows and does not compute."""
    return f"'{fact}" if fact[:1] in FORMULAS and not NUMBER.fullmatch(fact) else fact


def _tables(book: Book) -> Report:
    found = {}
    for name, table in read_schema().items():
        frame = book.tables[name]
        if len(frame):
            amounts = [column for column, facts in table.columns.items() if facts.kind == "amount"]
            totals = {column: math.fsum(frame[column].dropna()) for column in amounts}
            stated = {column: round(total, 2) for column, total in totals.items() if total}
            found[name] = {"rows": len(frame), "amounts": stated}
    return found


def _position(result: Result) -> Report:
    return {
        "ratios": {name: _number(result.all_ratios.get(name)) for name in RATIOS},
        "amounts": {name: _number(result.ratios.get(name)) for name in AMOUNTS},
    }


def _number(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else float(value)


def _gaps(result: Result) -> Iterator[tuple[str, list[Report]]]:
    for module in sorted({template.module for template in list_templates()} - {""}):
        try:
            found = [dataclasses.asdict(gap) for gap in find_gaps(result, module)]
        except PlimsollError as error:
            yield module, [{"refused": str(error)}]
        else:
            yield module, found


def _reconciliation(book: Book) -> Report:
    held = reconcile(book)
    columns = ("line", "measure", "ledger", "against", "other", "difference")
    rows = held.differences[list(columns)].itertuples(index=False)
    differences = [[str(fact) for fact in row] for row in rows]
    return {"lines": len(held.statement), "differences": differences}


def main() -> int:
    """Examine what the orders name."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    orders = json.loads(sys.stdin.readline())
    folder = Path(orders["folder"])

    def tell(step: str) -> None:
        sys.stdout.write(json.dumps({"step": step}) + "\n")
        sys.stdout.flush()

    try:
        report = examine([Path(file) for file in orders["files"]], folder, orders["stated"], tell)
    except (MemoryError, RecursionError) as error:
        why = "needs more memory" if isinstance(error, MemoryError) else "is nested more deeply"
        report = _refused(BookError(None, (Problem("book", "-", "-", "", f"{why} than a book may"),)), folder)
    (folder / REPORT).write_text(json.dumps(report, allow_nan=False), encoding="utf-8")
    os._exit(0)  # frees nothing it need not: a large book takes seconds to be let go


if __name__ == "__main__":
    sys.exit(main())
