"""What is due: only reports of a module are filed, whatever else a schedule makes."""

from __future__ import annotations

import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from dashboards.calendar.filings import Sources, list_filings

TODAY = datetime.date(2026, 7, 20)


def scheduled(template: str) -> Any:
    entity = "969500DEMOPORT000140.CON.FR.Banque du Port"
    plan = SimpleNamespace(template=template, parameters={"entity": entity})
    return SimpleNamespace(id=1, plan=plan, state="active", owner="port-amelie", next_due=None)


@pytest.mark.parametrize(("template", "filed"), [("corep_own_funds", True), ("board_risk", False)])
def test_a_report_of_no_module_is_not_due_to_anyone(template: str, filed: bool) -> None:
    sources = Sources(
        modules={"corep_own_funds": "COREP_OF", "board_risk": ""},
        published=[],
        submissions=[],
        schedules=[scheduled(template)],
        failing=frozenset(),
    )
    assert bool(list_filings(sources, TODAY)) is filed
