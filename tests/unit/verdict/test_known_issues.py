"""Rules evaluated as meant: only as long as the EBA states them wrongly, and still able to fail."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from dpmxl import MemoryProvider, Number, TableLayout, evaluate_rule

from plimsoll.dictionary import Dictionary, Rule
from plimsoll.returns.verdict.known_issues import find_known_issue, list_known_issues

DAYS = (date(2025, 12, 31), date(2026, 6, 30))


def _stated(code: str, dictionary: Dictionary) -> list[Rule]:
    modules = [dictionary.module("COREP_OF", day) for day in DAYS]
    return [rule for module in modules for rule in dictionary.rules(module) if rule.code == code]


@pytest.mark.parametrize("code", list_known_issues())
def test_a_known_issue_is_of_a_rule_as_it_stands(code: str, dictionary: Dictionary) -> None:
    stated = [rule for rule in _stated(code, dictionary) if find_known_issue(rule) is not None]
    assert stated, "the EBA has changed the rule: drop the entry"
    assert any(rule.active for rule in stated)
    issue = list_known_issues()[code]
    assert issue.instead != issue.stated
    assert issue.why


def test_a_rule_the_eba_has_changed_is_taken_as_it_is(dictionary: Dictionary) -> None:
    rule = _stated("v4770_m", dictionary)[-1]
    assert find_known_issue(rule) is not None
    assert find_known_issue(replace(rule, expression=rule.expression + " ")) is None
    assert find_known_issue(replace(rule, code="v1771_h")) is None


@pytest.mark.parametrize(("parts", "status"), [((300, 700), "passed"), ((300, 600), "failed")])
def test_the_sum_of_sheets_can_fail(parts: tuple[int, int], status: str) -> None:
    """v4770_m, as meant: the sheet without own estimates is the sum of its classes."""
    sheets = {"eba_qAE:qx2022": 1000, "eba_qAE:qx2018": parts[0], "eba_qAE:qx2012": parts[1]}
    layout = TableLayout("C_08.01.a", rows=("0010",), columns=("0020", "0030"), open_keys=("qEEA",))
    facts = {
        ("C_08.01.a", "0010", "0020", None, (("qEEA", member),)): Number.of(amount, 0)
        for member, amount in sheets.items()
    }
    provider = MemoryProvider([layout], facts, reported={"C_08.01.a": True})
    result = evaluate_rule(list_known_issues()["v4770_m"].instead.replace(_COLUMNS, "c0020, c0030"), provider)
    assert result.status == status, result.message


_COLUMNS = list_known_issues()["v4770_m"].instead.split("(", 1)[1].split(")", 1)[0]
