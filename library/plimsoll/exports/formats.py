"""The looks of a workbook: colours and number formats by what a cell is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from plimsoll.exports.standing import Standing

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

__all__ = ["AMOUNT", "SEA", "SERIES", "Formats", "make_formats", "set_up_print"]

Formats = Mapping[str, "Format"]
"""By name: a data type of the dictionary, a kind of box, or a part of a sheet."""

AMOUNT = "m"
SEA, SECOND, LINE, OK, WARN, VOID = "#0A5C8A", "#42566B", "#D5DDE5", "#1B6E43", "#8A5A00", "#6B4E9B"
SERIES = ("#0A5C8A", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#6B7A89")
_DEPTHS = 7
_A4 = 9

_AMOUNTS = "#,##0.00;(#,##0.00);0"  # negative amounts in parentheses, as accountants expect them in a file
_NUMBERS = {AMOUNT: _AMOUNTS, "p": "0.00%", "i": "#,##0", "r": "#,##0.00####"}
_WORDS = ("s", "e", "b", "t", "d")


def make_formats(book: Workbook) -> Formats:
    """Return the formats of a workbook by name."""
    edge = {"border": 1, "border_color": LINE}
    made = {name: {"num_format": form, "valign": "top", **edge} for name, form in _NUMBERS.items()}
    made |= {name: {"align": "right", **edge} for name in _WORDS}
    made |= {
        f"label{depth}": {"indent": depth, "text_wrap": True, "valign": "top", **edge}
        for depth in range(_DEPTHS)
    }
    made |= {
        "title": {"bold": True, "font_size": 14, "font_color": SEA},
        "second": {"font_color": SECOND},
        "draft": {"bold": True, "font_color": WARN},
        "approved": {"bold": True, "font_color": OK},
        "void": {"bold": True, "font_color": VOID},
        "head": {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 2, "bottom_color": SEA},
        "heading": {"bold": True, **edge},
        "code": {"font_color": SECOND, "num_format": "@", "valign": "top", **edge},
        "link": {"font_color": SEA, "underline": 1},
        "empty": edge,
        "unreported": {"pattern": 14, "fg_color": LINE, **edge},
        "closed": {"bg_color": LINE, **edge},
    }
    return {name: book.add_format(looks) for name, looks in made.items()}


def set_up_print(sheet: Worksheet, said: Standing) -> None:
    """Let a sheet print on A4, as wide as the page, with its standing and its name at the foot."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{said.sentence}&C&A&R&P / &N")
    sheet.hide_gridlines(2)
