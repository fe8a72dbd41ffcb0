"""The administrator's room against a real Postgres: what he presses, what is then so, and what nobody else sees."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from dashboards.admin.app import AdminRoom
from dashboards.admin.compute import ROLES
from dashboards.theme.sheet import Press

from harbour.db import anchor
from harbour.identity import accounts, lifecycle, links

ADDRESS = "https://plimsoll.bank.example/"
OWN = "correct horse battery"


@dataclass
class Person:
    """A viewer of the room, over the rooms' own login."""

    banks: Any
    name: str
    language: Any = "en"
    signed_in: bool = True

    def connect(self) -> Any:
        return self.banks.through("harbour_dashboards", self.name)

    async def is_signed_in(self) -> bool:
        return self.signed_in


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "anchors").mkdir()
    return tmp_path


@pytest.fixture
def opened(banks, data):
    def open_for(name: str, language: str = "en") -> AdminRoom:
        room = AdminRoom(Person(banks, name, language), ADDRESS, data)
        room.files = []
        room.paper.hand_over = lambda *file: room.files.append(file)
        asyncio.run(room.open())
        return room

    return open_for


def press(room: AdminRoom, act: str, id_: str = "", **fields: str) -> str:
    named = {
        name.replace("_", "-") if name.startswith("role_") else name: text for name, text in fields.items()
    }
    asyncio.run(room.press(Press(act, id_, named)))
    return str(room.paper.html)


def test_an_administrator_sees_his_members_and_nobody_elses(opened):
    html = opened("port-elsa").paper.html
    for expected in ("Port-Amelie", "amelie@port", "analyst", "Invite a member"):
        assert expected in html
    assert "nordhaven" not in html.lower()


@pytest.mark.parametrize("name", ["port-amelie", "port-dario", "port-chloe"])
def test_nobody_else_finds_anything_here(opened, name):
    room = opened(name)
    assert "For administrators" in room.paper.html
    assert "data-act" not in room.rail.html
    for section in ("usage", "rules", "schedules"):
        assert "Nordhaven" not in press(room, "section", section)


def test_somebody_is_invited_by_a_link_shown_once_and_comes_in(banks, opened):
    room = opened("port-elsa")
    assert 'data-field="role-reviewer"' in press(room, "new")
    assert "one role at least" in press(room, "invite", name="zoe", display="Zoé Martin")
    html = press(room, "invite", name="Zoe", display="Zoé Martin", role_viewer="yes")
    token = re.search(rf'value="{ADDRESS}hub/welcome#([\w-]+)"', html)[1]
    assert "Zoé Martin" in html
    assert "within 72 hours" in html
    assert token not in press(room, "back")
    assert "invited" in room.paper.html
    assert token not in press(room, "member", "port-zoe")
    with banks.admin() as admin:
        assert links.use_link(admin, token, OWN) == "port-zoe"
        assert accounts.verify_password(admin, "port-zoe", OWN).outcome == "ok"
    with banks.through("harbour_dashboards", "port-zoe") as zoe:
        assert zoe.me.roles == ("viewer",)


def test_roles_are_changed_and_a_member_shut_out_and_let_back(banks, opened):
    banks.add("port-tova", "viewer")
    room = opened("port-elsa")
    press(room, "member", "port-tova")
    assert "Roles saved." in press(room, "roles", role_viewer="yes", role_reviewer="yes")
    with banks.member("port-tova") as tova:
        assert tova.me.roles == ("reviewer", "viewer")
        assert "Yes, suspend" in press(room, "ask-suspend")
        assert tova.session.rows("me"), "asking is not doing"
        assert "Suspended" in press(room, "suspend")
        assert tova.session.rows("me") == []
        assert "May sign in again." in press(room, "reinstate")
        assert tova.me.roles == ("reviewer", "viewer")


def test_his_own_card_has_no_buttons_and_a_forged_press_is_refused_in_his_language(opened):
    room = opened("port-elsa", "fr")
    html = press(room, "member", "port-elsa")
    assert "C'est vous" in html.replace("&#39;", "'")
    assert html.count("disabled") == len(ROLES)
    assert 'data-act="suspend"' not in html
    assert "Vous ne pouvez pas modifier votre propre" in press(room, "suspend")
    assert "Vous ne pouvez pas modifier votre propre" in press(room, "roles", role_viewer="yes")


def test_a_member_of_another_bank_cannot_be_opened(opened):
    room = opened("port-elsa")
    press(room, "member", "nordhaven-nils")
    assert room.member is None


def test_usage_stands_beside_its_bound(banks, opened):
    with banks.admin() as admin:
        lifecycle.set_quota(admin, "nordhaven", runs_a_day=500, storage=2_000_000)
        banks.add("nordhaven-ulf", "org_admin")
        room = opened("nordhaven-ulf", "fr")
        html = press(room, "section", "usage")
        assert "sur 500" in html
        assert "2,0 Mo" in html
        assert "Banque du Port" not in html
        lifecycle.set_quota(admin, "nordhaven")
    html = press(opened("platform-root"), "section", "usage")
    assert "Banque du Port" in html
    assert "Nordhaven Sparbank" in html


def test_rules_in_force_are_the_newest_versions(banks, opened):
    with banks.member("port-elsa") as elsa:
        elsa.rules.set(["reviewer"], template="shown_in_the_room")
        elsa.rules.set(["analyst", "reviewer"], template="shown_in_the_room")
    html = press(opened("port-elsa"), "section", "rules")
    assert html.count("shown_in_the_room") == 1
    assert "analyst → reviewer" in html
    assert "version 2" in html


def test_the_log_is_searched_paged_and_taken_away(banks, opened):
    banks.add("port-tilda", "viewer")  # nobody else's: suspending takes the database password away
    with banks.admin() as admin:
        for _ in range(30):
            lifecycle.suspend(admin, "port-tilda")
            lifecycle.reinstate(admin, "port-tilda")
    room = opened("port-elsa")
    html = press(room, "section", "audit")
    assert html.count("<tr>") + html.count('<tr class="denied">') == 51
    press(room, "search", action="set_member_state", subject="member:port-tilda")
    assert len(room.log.events) == 50
    press(room, "older")
    found = [event.seq for event in room.log.events]
    assert len(found) >= 60
    assert found == sorted(set(found), reverse=True)
    assert {(event.action, event.subject) for event in room.log.events} == {
        ("set_member_state", "member:port-tilda")
    }
    press(room, "export")
    name, content = room.files[0]
    assert name == "audit.csv"
    assert len(content.decode("utf-8-sig").splitlines()) == len(found) + 1
    assert "Nothing was written down" in press(room, "search", since="2020-01-01", until="2020-01-31")
    assert "2026-06-30" in press(room, "search", since="yesterday")
    press(room, "search", subject="member")
    assert {event.subject.partition(":")[0] for event in room.log.events} == {"member"}
    assert {event.organisation for event in room.log.events} == {"port"}


def test_the_chain_is_verified_against_its_own_anchors_and_a_forged_one_is_told(banks, opened, data):
    with banks.admin() as admin:
        anchor(admin, data / "anchors")
    room = opened("port-elsa")
    press(room, "section", "audit")
    assert "The chain is whole" in press(room, "check")
    assert room.checked.anchors == 1
    kept = data / "anchors" / "anchors.jsonl"
    kept.write_text(re.sub(r'"hash": "\w', '"hash": "x', kept.read_text()))
    assert "NOT whole" in press(room, "check")


def test_one_who_is_signed_out_loses_what_he_had(opened):
    room = opened("port-elsa")
    room.viewer.signed_in = False
    assert "signed out" in press(room, "section", "audit")
    assert room.rail.html == ""
    assert room.office is None
