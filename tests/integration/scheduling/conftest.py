"""A report to schedule, and schedules as the tests read best."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from tests.integration.execution.conftest import make_template

from harbour.scheduling import Plan, Timing

__all__ = ["make_template", "plan_of"]

PARAMETERS = 'amount: int = 1\nbook: str = "sample:savings_bank"\nreference_date: "date" = "2026-06-30"\nout: str = "."'
WRITE = "from pathlib import Path\nPath(out, 'figure.txt').write_text(f'{amount * 2} {reference_date}')"


@pytest.fixture
def plan_of(make_template: Callable[..., str]) -> Callable[..., Plan]:
    """Return a maker of plans: a template of these cells, at 02:30 each night in Paris unless said otherwise."""

    def make(name: str, *sources: str, timing: Timing | None = None, **changes: Any) -> Plan:
        template = make_template(name.replace(" ", "_"), *(sources or (WRITE,)), parameters=PARAMETERS)
        return Plan(name, template, timing or Timing("Europe/Paris", cron="30 2 * * *"), **changes)

    return make


def utc(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)
