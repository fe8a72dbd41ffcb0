"""The EBA's rules are truly evaluated: counted when a value entered them, and failing in the right cell."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

import pytest
from dpmxl import CellQuery, evaluate_rule
from tests.unit.verdict.drafting import ALL_CLASSES, CORPORATES, Draft, corep_of, datapoint

from plimsoll.dictionary import Dictionary, Rule
from plimsoll.returns.verdict import Finding, Layer
from plimsoll.returns.verdict.eba_rules import check_rules
from plimsoll.returns.verdict.placing import Placing
from plimsoll.returns.verdict.provider import ReportProvider

Place = Callable[[Draft], Placing]


def _judge(dictionary: Dictionary, placing: Placing) -> tuple[Layer, list[Finding]]:
    rules = dictionary.rules(corep_of(dictionary))
    return check_rules(placing, rules, deadline=monotonic() + 60, progress=lambda *_: None)


def test_the_consistent_bank_passes_the_rules_that_apply(
    bank: Draft, placed: Place, dictionary: Dictionary
) -> None:
    layer, findings = _judge(dictionary, placed(bank))
    assert (layer.outcome, findings) == ("pass", [])
    assert layer.evaluated == layer.passed == 75
    assert layer.unsupported == 0
    counted = layer.evaluated + layer.not_applicable + sum(layer.excluded.values())
    assert counted == len(dictionary.rules(corep_of(dictionary)))


def test_a_changed_total_names_the_cell_and_both_sides(
    bank: Draft, placed: Place, dictionary: Dictionary
) -> None:
    bank.set_value("c_01.00.csv", datapoint(dictionary, "C_01.00", "0015"), "1000500.00")
    layer, findings = _judge(dictionary, placed(bank))
    assert layer.outcome == "fail"
    (found,) = [finding for finding in findings if finding.rule == "v1771_h"]
    assert (found.severity, found.table, found.row, found.column) == ("error", "C_01.00", "0015", "0010")
    assert (found.left, found.right) == ("1,000,500", "1,000,000")
    assert found.sentence.startswith("C_01.00, row 0015, column 0010: 1,000,500 should equal 1,000,000")


def test_a_rounding_within_the_reported_precision_is_no_failure(
    bank: Draft, placed: Place, dictionary: Dictionary
) -> None:
    bank.set_value("c_01.00.csv", datapoint(dictionary, "C_01.00", "0015"), "1000000.01")
    assert _judge(dictionary, placed(bank))[0].outcome == "pass"


def test_a_flipped_sign_names_the_cell(bank: Draft, placed: Place, dictionary: Dictionary) -> None:
    bank.set_value("c_01.00.csv", datapoint(dictionary, "C_01.00", "0310"), "50000.00")
    _, findings = _judge(dictionary, placed(bank))
    signs = [found for found in findings if found.rule.endswith("_s")]
    assert [(found.severity, found.table, found.row) for found in signs] == [("error", "C_01.00", "0310")]


def test_a_failure_on_an_open_sheet_names_the_member(
    bank: Draft, placed: Place, dictionary: Dictionary
) -> None:
    point = datapoint(dictionary, "C_07.00.a", "0010", "0040")
    bank.set_value("c_07.00.a.csv", point, "6999000.00", CORPORATES)
    _, findings = _judge(dictionary, placed(bank))
    assert {found.sheet for found in findings if found.table == "C_07.00.a"} <= {CORPORATES, ALL_CLASSES}
    assert any((found.row, found.sheet) == ("0010", CORPORATES) for found in findings)


def test_warnings_do_not_fail_the_layer(bank: Draft, placed: Place, dictionary: Dictionary) -> None:
    bank.set_value("c_01.00.csv", datapoint(dictionary, "C_01.00", "0140"), "240000.00")
    layer, findings = _judge(dictionary, placed(bank))
    assert layer.outcome == "pass"
    assert layer.warned >= 1
    assert {finding.severity for finding in findings} == {"warning"}


def test_nothing_reported_is_not_evaluated(bank: Draft, placed: Place, dictionary: Dictionary) -> None:
    for file in [name for name in bank.files if name.startswith("reports/c_")]:
        del bank.files[file]
    bank.files["reports/FilingIndicators.csv"] = bank.files["reports/FilingIndicators.csv"].replace(
        "true", "false"
    )
    layer, _ = _judge(dictionary, placed(bank))
    assert (layer.outcome, layer.evaluated) == ("not_evaluated", 0)
    assert layer.reason == "no rule applies to what was reported"


def test_indicated_but_empty_tables_do_not_make_rules_evaluated(
    bank: Draft, placed: Place, dictionary: Dictionary
) -> None:
    for file in [name for name in bank.files if name.startswith("reports/c_")]:
        del bank.files[file]
    layer, _ = _judge(dictionary, placed(bank))
    assert layer.passed == 0
    assert layer.excluded["hold, but no reported value entered them"] > 0


def test_the_time_limit_makes_it_not_evaluated(bank: Draft, placed: Place, dictionary: Dictionary) -> None:
    rules = dictionary.rules(corep_of(dictionary))
    layer, _ = check_rules(placed(bank), rules, deadline=monotonic() - 1, progress=lambda *_: None)
    assert layer.outcome == "not_evaluated"
    assert "time limit" in layer.reason


def _rule(expression: str, severity: str = "error", tables: tuple[str, ...] = ("C_01.00",)) -> Rule:
    return Rule("v0", expression, None, severity, True, "user_defined", None, ("COREP_OF",), tables, "")


def test_a_blocking_rule_that_cannot_be_evaluated_is_no_pass(bank: Draft, placed: Place) -> None:
    rules = (
        _rule("with {tC_01.00, c0010, default: 0}: {r0010} = {r0015} + {r0750}"),
        _rule("time_shift({tC_01.00, r0010, c0010}, A, 1, refPeriod) > 0"),
    )
    layer, findings = check_rules(placed(bank), rules, deadline=monotonic() + 60, progress=lambda *_: None)
    assert (layer.outcome, layer.passed, layer.unsupported) == ("not_evaluated", 1, 1)
    assert "could not be evaluated" in findings[0].sentence


def test_a_rule_on_a_split_table_sees_all_its_parts(bank: Draft, placed: Place) -> None:
    provider = ReportProvider(placed(bank))
    whole = provider.select(CellQuery("C_02.00"))
    parts = [*provider.select(CellQuery("C_02.00.a")), *provider.select(CellQuery("C_02.00.b"))]
    assert len(whole) == len(parts) > 0
    expression = "{tC_02.00, r0010, c0010, default: 0} = 8000000"
    assert evaluate_rule(expression, provider, precondition="{v_C_02.00}").status == "passed"


def test_only_real_cells_are_served(bank: Draft, placed: Place, dictionary: Dictionary) -> None:
    provider = ReportProvider(placed(bank))
    table = corep_of(dictionary).table("C_07.00.a")
    served = {(point.row, point.column, point.sheet) for point in provider.select(CellQuery("C_07.00.a"))}
    assert served == set(table.cells)
    with pytest.raises(LookupError):
        provider.select(CellQuery("C_99.00"))
    assert provider.table_reported("C_99.00") is None
    assert provider.table_reported("C_02.00.b") is True
    assert provider.table_reported("C_04.00") is False
