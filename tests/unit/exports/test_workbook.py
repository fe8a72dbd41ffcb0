"""The workbook shows the return's own facts, each leading to what stands behind it."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from openpyxl.workbook import Workbook
from tests.unit.exports.conftest import APPROVED

from plimsoll.dictionary import Dictionary
from plimsoll.exports import Standing, write_workbook
from plimsoll.exports.drill import SHOWN, cell_reference, describe_cells
from plimsoll.returns import Return, explain

FIRST_ROW, FIRST_COLUMN = 7, 3


def sheet_name(table: str, member: str | None) -> str:
    name = table.replace("_", " ")
    return f"{name} {member.rpartition(':')[2]}" if member else name


def test_every_fact_stands_in_its_place_and_nothing_else(workbook: Workbook, filled: Return) -> None:
    shown = {}
    members = {(sheet_name(f.table, f.sheet)): (f.table, f.sheet) for f in filled.facts}
    for name, (table, member) in members.items():
        sheet = workbook[name]
        for row in sheet.iter_rows(min_row=FIRST_ROW, min_col=1):
            for cell in row[FIRST_COLUMN - 1 :]:
                if cell.value is not None:
                    column = sheet.cell(FIRST_ROW - 1, cell.column).value
                    shown[table, row[0].value, column, member] = cell.value
    expected = {(f.table, f.row, f.column, f.sheet): f.value for f in filled.facts}
    assert shown.keys() == expected.keys()
    for place, value in expected.items():
        assert shown[place] == (value if isinstance(value, str) else float(value)), place


def test_a_figure_leads_to_how_it_is_computed(workbook: Workbook, filled: Return) -> None:
    sheet, cells = workbook["C 02.00.a"], workbook["Cells"]
    total = sheet.cell(FIRST_ROW, FIRST_COLUMN)
    target = total.hyperlink.location
    place, cell = target.split("!")
    assert place.strip("'") == "Cells"
    found = [value.value for value in cells[int(cell.removeprefix("A"))]]
    assert found[:3] == ["C_02.00.a", "0010", "0010"]
    assert found[4] == total.value
    assert "Article 92" in found[6]
    assert cells.max_row == len(filled.facts) + 1


def test_the_rows_shown_are_those_that_explain_gives(filled: Return) -> None:
    notes = [note for note in describe_cells(filled) if note.behind]
    for note in notes[:: max(1, len(notes) // 60)]:
        told = explain(
            filled, note.fact.table, row=note.fact.row, column=note.fact.column, sheet=note.fact.sheet
        )
        assert note.rows == len(told.lines), note.fact
        largest = sorted((abs(amount) for amount in told.lines["contribution"]), reverse=True)[:SHOWN]
        assert [abs(row.contribution) for row in note.behind if not row.others] == largest, note.fact


def test_the_rows_behind_a_cell_give_it_to_the_cent(filled: Return) -> None:
    sums, long = 0, 0
    for note in describe_cells(filled):
        if note.behind:
            sums += 1
            long += note.rows > SHOWN
            assert sum((row.contribution for row in note.behind), Decimal(0)) == note.fact.value, (
                note.fact.cell
            )
            assert sum(row.others or 1 for row in note.behind) == note.rows
    assert sums > len(filled.facts) / 2
    assert long > 50


def test_the_drill_sheet_holds_them(workbook: Workbook, filled: Return) -> None:
    held: defaultdict[str, float] = defaultdict(float)
    for name, *_, contribution in workbook["Drill"].iter_rows(min_row=2, max_col=6, values_only=True):
        held[str(name)] += float(str(contribution))
    for note in describe_cells(filled):
        if note.behind:
            assert abs(held[cell_reference(note.fact.cell)] - float(note.fact.value)) < 0.005


def test_every_sheet_says_where_the_figures_stand(workbook: Workbook, filled: Return) -> None:
    for sheet in workbook.worksheets:
        assert sheet.oddFooter.left.text == "Approved · Benoît Roux, 14 Jul 2026"
    for name in ("Cover", "Figures", "C 01.00"):
        said = [cell.value for row in workbook[name].iter_rows(max_row=3) for cell in row]
        assert APPROVED.sentence in said
    cover = [cell.value for row in workbook["Cover"].iter_rows() for cell in row]
    for fact in (
        "969500DEMOPORT000140.CON",
        "2026-06-30",
        "run 12",
        "ab" * 32,
        filled.book_digest,
        "baseline",
    ):
        assert fact in cover
    assert "Own Funds" in workbook.properties.title or "COREP_OF" in workbook.properties.title


def test_without_an_approval_it_is_a_draft(filled: Return, dictionary: Dictionary, tmp_path: Path) -> None:
    import openpyxl

    path = write_workbook(filled, tmp_path / "draft.xlsx", dictionary=dictionary)
    assert openpyxl.load_workbook(path)["C 01.00"]["A3"].value == "Draft: not approved"
    assert Standing("void").sentence == "Void: do not use"


def test_empty_unreported_and_closed_look_different(workbook: Workbook) -> None:
    looks = set()
    for row in workbook["C 07.00.a qx01"].iter_rows(min_row=FIRST_ROW, min_col=FIRST_COLUMN):
        looks |= {(c.fill.patternType, c.fill.fgColor.rgb) for c in row if c.value is None}
    assert len(looks) >= 3


def test_a_chart_of_the_classes_adds_up_to_the_credit_risk(workbook: Workbook, filled: Return) -> None:
    sheet = workbook["Figures"]
    amounts = [
        row[1] for row in sheet.iter_rows(min_row=5, max_col=2, values_only=True) if row[1] is not None
    ]
    assert amounts == sorted(amounts, reverse=True)
    lines = filled.position.table("lines")
    assert abs(sum(amounts) - lines.loc[~lines["deducted"], "rwa"].sum()) < 0.01
    (chart,) = sheet._charts
    assert chart.ser[0].val.numRef.f == f"Figures!$B$5:$B${4 + len(amounts)}"


def test_the_same_return_gives_the_same_bytes(
    written: Path, filled: Return, dictionary: Dictionary, tmp_path: Path
) -> None:
    again = write_workbook(filled, tmp_path / "again.xlsx", standing=APPROVED, dictionary=dictionary)
    assert again.read_bytes() == written.read_bytes()
