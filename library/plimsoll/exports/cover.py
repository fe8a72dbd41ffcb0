"""The first sheet of a workbook: whose figures these are, where they come from, and what they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from plimsoll.dictionary import Module
from plimsoll.exports.formats import AMOUNT, LINE, SEA, SERIES, Formats, set_up_print
from plimsoll.exports.standing import Standing
from plimsoll.returns import Return
from plimsoll.units import cents

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.chart import Chart

__all__ = ["write_cover", "write_figures"]

_COVER, _FIGURES = "Cover", "Figures"
_FIRST = 4  # row of the first class
_CENTS = 100
_CELLS = "How each reported cell is computed, and the article it answers to"
_DRILL = "The largest rows behind each cell, and the sum of the others: together the cell, to the cent"


def write_cover(
    book: Workbook,
    formats: Formats,
    filled: Return,
    module: Module,
    said: Standing,
    names: dict[tuple[str, str | None], str],
) -> None:
    """Write who, when, what and from what; the sheets with links."""
    sheet = book.add_worksheet(_COVER)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, f"{filled.entity.name}: {module.name}", formats["title"])
    sheet.write_string(1, 0, said.sentence, formats[said.state])
    facts = {
        "Reporting entity": f"{filled.entity.lei}.{filled.entity.scope}",
        "Reference date": filled.reference_date.isoformat(),
        "Module": f"{module.code} {module.version}, framework {module.framework}",
        "Currency": f"{filled.entity.currency}, amounts to the cent",
        "Scenario": filled.scenario,
        "Run": said.run or "–",
        "Digest approved": said.digest or "–",
        "Book (SHA-256)": filled.book_digest,
        "Rules (SHA-256)": filled.rules_digest,
        "Cell definitions": f"{filled.definitions.version}, {filled.definitions.digest}",
        "Facts": str(len(filled.facts)),
    }
    for row, (name, fact) in enumerate(facts.items(), 3):
        sheet.write_string(row, 0, name, formats["second"])
        sheet.write_string(row, 1, fact)
    sheet.write_string(4 + len(facts), 0, "Sheets", formats["head"])
    listed = [(name, _label(module, code, member)) for (code, member), name in names.items()]
    listed += [("Cells", _CELLS), ("Drill", _DRILL)]
    for row, (name, label) in enumerate(listed, 5 + len(facts)):
        sheet.write_url(row, 0, f"internal:'{name}'!A1", formats["link"], name)
        sheet.write_string(row, 1, label)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 110)
    set_up_print(sheet, said)


def _label(module: Module, code: str, member: str | None) -> str:
    """Return a table's label, with that of its sheet."""
    table = module.table(code)
    key = table.open_key("sheet")
    held = next((known.label for known in key.members if known.name == member), "") if key else ""
    return f"{table.label}: {held}" if held else table.label


def write_figures(book: Workbook, formats: Formats, filled: Return, said: Standing) -> None:
    """Write risk-weighted amounts by class, and draw them, where the return is made of exposures."""
    if "lines" not in filled.position.tables:
        return
    sheet = book.add_worksheet(_FIGURES)
    sheet.write_string(0, 0, "Risk-weighted amounts by exposure class", formats["title"])
    sheet.write_string(1, 0, said.sentence, formats[said.state])
    sheet.write_string(3, 0, "Exposure class", formats["head"])
    sheet.write_string(3, 1, filled.entity.currency, formats["head"])
    table = _by_class(filled.position.table("lines"))
    for row, (name, amount) in enumerate(table.items(), _FIRST):
        sheet.write_string(row, 0, str(name).replace("_", " "))
        sheet.write_number(row, 1, float(amount), formats[AMOUNT])
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 1, 20)
    sheet.insert_chart(
        3, 3, _chart(book, len(table)), {"description": "Risk-weighted amounts by exposure class"}
    )
    set_up_print(sheet, said)


def _chart(book: Workbook, classes: int) -> Chart:
    last = _FIRST + classes - 1
    chart = book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": "Risk-weighted amounts",
            "categories": [_FIGURES, _FIRST, 0, last, 0],
            "values": [_FIGURES, _FIRST, 1, last, 1],
            "fill": {"color": SERIES[0]},
            "gap": 40,
        }
    )
    chart.set_title({"name": "Risk-weighted amounts by class", "name_font": {"size": 12, "color": SEA}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis(
        {"num_format": '#,##0.0,,"m"', "major_gridlines": {"visible": True, "line": {"color": LINE}}}
    )
    chart.set_size({"width": 640, "height": 60 + 24 * classes})
    return chart


def _by_class(lines: pd.DataFrame) -> pd.Series:
    """Return the risk-weighted amount of each class with any, largest first, exact to the cent."""
    counted = lines.loc[~lines["deducted"].to_numpy(np.bool_)]
    named = counted["sa_class"].astype("str")
    if "irb_class" in counted:
        named = named.where(named != "", "irb " + counted["irb_class"].astype("str"))
    sums = pd.Series(cents(counted["rwa"].to_numpy(np.float64)), index=named).groupby(level=0).sum()
    return sums[sums != 0].sort_values(ascending=False, kind="stable") / _CENTS
