"""The cockpit: only what is approved, with who stands for it."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable
from typing import Any

from dashboards.cockpit.app import CockpitRoom
from dashboards.cockpit.compute import find_position, read_shelf
from dashboards.theme.sheet import Press
from dashboards.theme.summary import read_summary


def opened(viewer: Any) -> CockpitRoom:
    room = CockpitRoom(viewer)
    asyncio.run(room.open())
    return room


def test_nothing_approved_yet(person: Callable[..., Any]) -> None:
    room = opened(person())
    assert "Nothing approved yet" in room.sheet.html
    assert "Look again" in room.sheet.html


def test_approved_figures_with_who_and_when(bank: Any, person: Callable[..., Any]) -> None:
    bank.publish()
    html = opened(person()).sheet.html
    for expected in (
        "Banque du Port",
        "As of 30 Jun 2026",
        "Approved by Benoît Roux, 14 Jul 2026, 12:05 UTC",
        "13.89%",
        "15.09%",
        "16.99%",
        "+514\u00a0bp to combined buffer",
        "4,812.3",
        "Corporates",
        "EUR million",
    ):
        assert expected in html, expected


def test_a_waiting_submission_is_not_shown(bank: Any, person: Callable[..., Any]) -> None:
    bank.submit()
    assert "13.89%" not in opened(person()).sheet.html


def test_last_period_is_the_same_line_at_an_earlier_date(bank: Any, person: Callable[..., Any]) -> None:
    earlier = {"cet1_ratio": 0.1342, "tier1_ratio": 0.15, "total_ratio": 0.16, "leverage_ratio": 0.061}
    bank.publish(1, reference_date="2026-03-31", ratios=earlier)
    bank.publish(2, reference_date="2026-05-31", scenario="house_prices_down_20")
    bank.publish(3)
    shelf = read_shelf(bank.acting_as("port-viviane"))
    newest = find_position(shelf, None)
    assert newest is not None
    assert newest.id == 3
    assert shelf.previous(newest) == earlier
    assert 'class="ghost"' in opened(person()).sheet.html


def test_the_cockpit_opens_on_the_baseline(bank: Any, person: Callable[..., Any]) -> None:
    bank.publish(1)
    bank.publish(2, reference_date="2026-07-31", scenario="house_prices_down_20")
    room = opened(person())
    assert room.position is not None
    assert room.position.id == 1
    asyncio.run(room.press(Press("open", "2")))
    assert "house prices" in room.sheet.html
    assert "As of 31 Jul 2026" in room.sheet.html


def test_a_new_approval_appears_by_itself(bank: Any, person: Callable[..., Any]) -> None:
    room = opened(person())
    bank.publish()
    asyncio.run(room.refresh())
    assert "13.89%" in room.sheet.html


def test_a_voided_approval_is_marked_while_it_is_shown(bank: Any, person: Callable[..., Any]) -> None:
    published = bank.publish()
    room = opened(person())
    bank.void(published)
    asyncio.run(room.refresh())
    assert "These figures are void" in room.sheet.html
    assert "Approved by" not in room.sheet.html
    assert "Benoît Roux took the approval back. Reason: A rating was wrong." in room.sheet.html
    asyncio.run(room.press(Press("again")))
    assert "Nothing is in force" in room.sheet.html
    assert "Nothing approved yet" not in room.sheet.html


def test_a_voided_approval_is_still_void_on_a_page_opened_later(
    bank: Any, person: Callable[..., Any]
) -> None:
    bank.publish(1, scenario="house_prices_down_20")
    bank.void(bank.publish(2), voided_by="port-amelie", changed="files", comment=None)
    html = opened(person()).sheet.html
    for expected in (
        "Void: Banque du Port, 30 Jun 2026, baseline",
        "The run’s files changed after the approval (port-amelie).",
        "Void since 15 Jul 2026, 12:05 UTC.",
        "It had been approved by Benoît Roux, 14 Jul 2026, 12:05 UTC.",
    ):
        assert expected in html, expected
    assert "These figures are void" not in html, "what is shown is another position, and in force"
    bank.published.clear()
    alone = opened(person()).sheet.html
    assert "Void: Banque du Port" in alone
    assert "13.89%" not in alone


def test_who_may_not_see_why_is_told_who_can_say(bank: Any, person: Callable[..., Any]) -> None:
    bank.void(bank.publish(), entity_name="", voided_by=None, comment=None)
    html = opened(person()).sheet.html
    assert "Void: 969500PORT0000000042, 30 Jun 2026, baseline" in html
    assert "your bank’s reviewers can say why" in html
    assert "None" not in html


def test_what_is_superseded_gives_way_and_is_not_void(bank: Any, person: Callable[..., Any]) -> None:
    first = bank.publish(1)
    room = opened(person())
    asyncio.run(room.press(Press("open", "1")))
    bank.published.remove(first)
    bank.publish(2)
    asyncio.run(room.refresh())
    assert room.position is not None
    assert room.position.id == 2
    assert "void" not in room.sheet.html


def test_a_position_one_may_not_see_is_never_opened(bank: Any, person: Callable[..., Any]) -> None:
    room = opened(person())
    asyncio.run(room.press(Press("open", "7")))
    assert "Nothing approved yet" in room.sheet.html


def test_a_later_approval_of_the_same_date_stands_first(bank: Any) -> None:
    bank.publish(1)
    bank.publish(2, published_at=datetime.datetime(2026, 7, 15, tzinfo=datetime.UTC))
    found = find_position(read_shelf(bank.acting_as("port-viviane")), None)
    assert found is not None
    assert found.id == 2


def test_signed_out(bank: Any, person: Callable[..., Any]) -> None:
    bank.publish()
    viewer = person()
    room = opened(viewer)
    viewer.signed_in = False
    asyncio.run(room.refresh())
    assert "13.89%" not in room.sheet.html
    assert room.shelf is None


def test_an_absent_figure_is_never_zero() -> None:
    summary = read_summary(
        {"ratios": {"cet1_ratio": float("nan"), "tier1_ratio": True}, "rwa_by_class": [{}]}
    )
    assert set(summary.ratios.values()) == {None}
    assert set(summary.amounts.values()) == {None}
    assert summary.classes[0].rwa is None
    assert summary.classes[0].share is None
    assert summary.outcome == "not_evaluated"
    assert not read_summary(None).present


def test_absent_ratios_are_drawn_hatched(bank: Any, person: Callable[..., Any]) -> None:
    bank.publish(ratios={}, amounts={})
    html = opened(person()).sheet.html
    assert html.count("Not reported") >= 3
    assert ">0.00%" not in html
