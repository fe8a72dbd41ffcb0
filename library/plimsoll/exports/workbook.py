"""A return as an Excel workbook, in the supervisor's own layout, each figure leading to what stands behind it."""

from __future__ import annotations

import datetime
import math
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from plimsoll.dictionary import Dictionary, Module, open_dictionary
from plimsoll.exports.cover import write_cover, write_figures
from plimsoll.exports.drill import CellNote, cell_reference, describe_cells
from plimsoll.exports.formats import AMOUNT, Formats, make_formats, set_up_print
from plimsoll.exports.standing import PROPERTY, Standing
from plimsoll.returns import CellName, Grid, Return, lay_out

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

__all__ = ["write_workbook"]

_DRILL, _CELLS = "Drill", "Cells"
_NAME_LIMIT = 31  # characters of a sheet's name, Excel's own
_HEAD = 6  # rows above a table's first line
_LABEL, _LINE = 64, 15  # width of the labels in characters, height of a line in points
_LEFT = 2  # columns left of its first column


def write_workbook(
    filled: Return,
    path: Path | str,
    *,
    standing: Standing | None = None,
    dictionary: Dictionary | None = None,
) -> Path:
    """Write a return as a workbook; the same return and standing give the same bytes.

    One sheet for each table (and each of its sheets) as the supervisor prints it; `Cells` says of every
    reported cell how it is computed; `Drill` lists the largest rows behind it and the sum of the others,
    which give the cell exactly; a figure links to its entry. Amounts are in units of the currency.

    Parameters
    ----------
    filled
        The return.
    path
        Where to write, `.xlsx`.
    standing
        Whether anyone approved it; a draft without.
    dictionary
        That of the installation without.

    Returns
    -------
    The path.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415  # only for those who export

    known = dictionary or open_dictionary()
    module = known.module(filled.module, on=filled.reference_date)
    target, said = Path(path), standing or Standing()
    book = Workbook(str(target), {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    _describe(book, filled, module, said)
    formats = make_formats(book)
    grids = [grid for code in _tables(filled) for grid in _grids(filled, module, code)]
    names = {(grid.code, grid.sheet): _sheet_name(grid) for grid in grids}
    notes = list(describe_cells(filled))
    places = {note.fact.cell: row for row, note in enumerate(notes, 2)}
    write_cover(book, formats, filled, module, said, names)
    write_figures(book, formats, filled, said)
    for grid in grids:
        sheet = book.add_worksheet(names[grid.code, grid.sheet])
        _write_grid(sheet, formats, filled, grid, said, places)
    cells, drill = book.add_worksheet(_CELLS), book.add_worksheet(_DRILL)
    _write_cells(cells, formats, notes, names, _write_drill(drill, formats, notes))
    for sheet in (cells, drill):
        sheet.repeat_rows(0)
        set_up_print(sheet, said)
    book.close()
    return target


def _describe(book: Workbook, filled: Return, module: Module, said: Standing) -> None:
    day = filled.reference_date
    book.set_properties(
        {
            "title": f"{module.code} {module.version}, {filled.entity.name}, {day.isoformat()}",
            "subject": f"{filled.entity.lei}.{filled.entity.scope}, scenario {filled.scenario}",
            "author": "Plimsoll",
            "company": filled.entity.name,
            "comments": f"{said.sentence}. {said.run}. Book {filled.book_digest}, rules {filled.rules_digest}.",
            # A workbook carries a moment of its own; the position's, so that the same figures are the same bytes.
            "created": datetime.datetime(day.year, day.month, day.day),  # noqa: DTZ001  # Excel knows no zones
        }
    )
    book.set_custom_property(PROPERTY, said.to_json(), "text")


def _tables(filled: Return) -> list[str]:
    return list(dict.fromkeys(fact.table for fact in filled.facts))


def _grids(filled: Return, module: Module, code: str) -> list[Grid]:
    table = module.table(code)
    first = lay_out(filled, table)
    return [lay_out(filled, table, tab.member) for tab in first.tabs] or [first]


def _sheet_name(grid: Grid) -> str:
    code = grid.code.replace("_", " ")
    return f"{code} {grid.sheet.rpartition(':')[2]}"[:_NAME_LIMIT] if grid.sheet else code[:_NAME_LIMIT]


def _write_grid(
    sheet: Worksheet,
    formats: Formats,
    filled: Return,
    grid: Grid,
    said: Standing,
    places: dict[CellName, int],
) -> None:
    tab = next((tab.label for tab in grid.tabs if tab.member == grid.sheet), "")
    who = f"{filled.entity.name} · {filled.entity.scope} · {filled.reference_date.isoformat()}"
    sheet.write_string(0, 0, f"{grid.code.replace('_', ' ')} {grid.label}", formats["title"])
    sheet.write_string(
        1, 0, " · ".join(part for part in (who, tab, filled.entity.currency) if part), formats["second"]
    )
    sheet.write_string(2, 0, said.sentence, formats[said.state])
    column = _LEFT
    for group in grid.groups:
        if group.label and group.span > 1:
            sheet.merge_range(3, column, 3, column + group.span - 1, group.label, formats["head"])
        elif group.label:
            sheet.write_string(3, column, group.label, formats["head"])
        column += group.span
    for place, header in enumerate(grid.columns, _LEFT):
        sheet.write_string(4, place, header.label, formats["head"])
        sheet.write_string(5, place, header.code, formats["code"])
    for row, line in enumerate(grid.lines, _HEAD):
        sheet.set_row(row, _LINE * _lines_of(line.label, line.depth))
        sheet.write_string(row, 0, line.code, formats["code"])
        sheet.write_string(
            row, 1, line.label, formats["heading" if not line.boxes else f"label{min(line.depth, 6)}"]
        )
        for place, box in enumerate(line.boxes, _LEFT):
            if box.fact is not None:
                sheet.write_url(row, place, f"internal:'{_CELLS}'!A{places[box.fact.cell]}")
                _write_value(sheet, row, place, box.fact.value, formats[box.fact.data_type])
            else:
                sheet.write_blank(row, place, None, formats[box.kind])
    sheet.set_column(0, 0, 9)
    sheet.set_column(1, 1, _LABEL)
    sheet.set_column(_LEFT, _LEFT + max(len(grid.columns) - 1, 0), 17)
    sheet.set_row(4, 62)
    sheet.freeze_panes(_HEAD, _LEFT)
    sheet.repeat_rows(3, 5)
    set_up_print(sheet, said)


def _lines_of(label: str, depth: int) -> int:
    """Return how many lines a label takes: only Excel itself would make room for it."""
    return max(1, math.ceil(len(label) / (_LABEL - 2 * depth - 2)))


def _write_value(sheet: Worksheet, row: int, column: int, value: Decimal | str, form: object) -> None:
    if isinstance(value, str):
        sheet.write_string(row, column, value, form)
    else:
        sheet.write_number(row, column, float(value), form)


def _write_cells(
    sheet: Worksheet,
    formats: Formats,
    notes: list[CellNote],
    names: dict[tuple[str, str | None], str],
    drilled: dict[CellName, int],
) -> None:
    heads = (
        "Table",
        "Row",
        "Column",
        "Sheet",
        "Value",
        "How it is computed",
        "Article",
        "Rows behind",
        "Data point",
    )
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, formats["head"])
    for row, note in enumerate(notes, 1):
        fact = note.fact
        target = names[fact.table, fact.sheet]
        sheet.write_url(row, 0, f"internal:'{target}'!A1", formats["link"], fact.table)
        for column, text in enumerate((fact.row, fact.column, fact.sheet or ""), 1):
            sheet.write_string(row, column, text)
        _write_value(sheet, row, 4, fact.value, formats[fact.data_type])
        sheet.write_string(row, 5, note.formula)
        sheet.write_string(row, 6, note.article)
        if fact.cell in drilled:
            sheet.write_url(
                row, 7, f"internal:'{_DRILL}'!A{drilled[fact.cell]}", formats["link"], str(note.rows)
            )
        sheet.write_string(row, 8, fact.datapoint)
    for column, width in enumerate((12, 12, 9, 18, 20, 70, 40, 12, 14)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(notes), len(heads) - 1)


def _write_drill(sheet: Worksheet, formats: Formats, notes: list[CellNote]) -> dict[CellName, int]:
    """Write the rows behind each cell and return the row of the sheet where each cell's begin."""
    heads = ("Cell", "Row", "Part", "Risk weight", "Article", "Contribution")
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, formats["head"])
    row, drilled = 1, {}
    for note in notes:
        if not note.behind:
            continue
        drilled[note.fact.cell] = row + 1
        name = cell_reference(note.fact.cell)
        for behind in note.behind:
            sheet.write_string(row, 0, name)
            sheet.write_string(row, 1, f"{behind.others} others" if behind.others else behind.name)
            sheet.write_string(row, 2, behind.part)
            if behind.risk_weight is not None:
                sheet.write_number(row, 3, behind.risk_weight, formats["p"])
            sheet.write_string(row, 4, behind.article)
            sheet.write_number(row, 5, float(behind.contribution), formats[AMOUNT])
            row += 1
    for column, width in enumerate((34, 18, 20, 12, 44, 20)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, row - 1, len(heads) - 1)
    return drilled
