"""The review room: what is read, what may be pressed, and what a press does."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from dashboards.review.app import ReviewRoom
from dashboards.theme.sheet import Press
from tests.unit.rooms import conftest

from harbour.errors import DatabaseError


def opened(viewer: Any) -> ReviewRoom:
    room = ReviewRoom(viewer)
    asyncio.run(room.open())
    return room


def press(room: ReviewRoom, act: str, id_: int = 1, comment: str = "") -> None:
    asyncio.run(room.press(Press(act, str(id_), {"comment": comment})))


def read_all(room: ReviewRoom, id_: int = 1) -> None:
    """Open every finding, as who approves must."""
    for number in re.findall(r'data-act="read-(\d+)"', room.paper.html):
        press(room, f"read-{number}", id_)


def button(html: str, id_: str) -> str:
    found = re.search(rf'<button[^>]*id="{id_}"[^>]*>', html)
    assert found, f"no button {id_}"
    return found[0]


def test_an_empty_inbox_says_so(person: Callable[..., Any]) -> None:
    room = opened(person())
    assert "Nothing waits for a decision." in room.rail.html
    assert "Choose a submission" in room.paper.html


def test_an_address_opens_the_submission_it_names(bank: Any, person: Callable[..., Any]) -> None:
    first, last = bank.submit(), bank.submit()
    for wanted, shown in ((first.id, first.id), (None, last.id), (99, last.id)):
        room = ReviewRoom(person(), wanted)
        asyncio.run(room.open())
        assert room.detail is not None
        assert room.detail.item.id == shown


def test_a_refresh_does_not_paint_over_what_was_opened_meanwhile(
    bank: Any, person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, last = bank.submit(), bank.submit()
    room = opened(person())
    assert room.detail is not None
    shown = room.detail.item.id
    other = first.id if shown == last.id else last.id
    at_once = conftest._Submissions.open

    def slowly(submissions: Any, id_: int) -> Any:
        time.sleep(0.3 if id_ == shown else 0)
        return at_once(submissions, id_)

    monkeypatch.setattr(conftest._Submissions, "open", slowly)

    async def both() -> None:
        refresh = asyncio.create_task(room.refresh())
        await asyncio.sleep(0.1)
        await room.press(Press("open", str(other)))
        await refresh

    asyncio.run(both())
    assert room.detail.item.id == other
    assert f'data-subject="{other}"' in room.foot.html


def test_the_first_waiting_submission_is_open_with_its_figures(bank: Any, person: Callable[..., Any]) -> None:
    bank.submit()
    room = opened(person())
    assert "Total must equal the sum of its parts." not in room.paper.html, "a finding is opened to be read"
    read_all(room)
    for expected in (
        "Banque du Port",
        "consolidated",
        "30 Jun 2026",
        "baseline",
        "port-amelie",
        "Draft: not approved",
        "13.89%",
        "1,990.0",
        "v6250_m",
        "Total must equal the sum of its parts.",
        "Market risk is not reported.",
        "1,411",
        "Second quarter.",
    ):
        assert expected in room.paper.html, expected
    assert room.paper.html.count("<svg") == 4
    assert 'aria-current="true"' in room.rail.html


def test_classes_are_sorted_by_what_they_weigh(bank: Any, person: Callable[..., Any]) -> None:
    bank.submit()
    html = opened(person()).paper.html
    assert html.index("Corporates") < html.index(">Retail<")


def test_waiting_and_decided_are_kept_apart(bank: Any, person: Callable[..., Any]) -> None:
    bank.submit(state="rejected")
    bank.submit(state="draft")
    bank.submit()
    room = opened(person())
    waiting, decided = room.rail.html.split("Decided")
    assert waiting.count("data-item") == decided.count("data-item") == 1
    assert room.detail is not None
    assert room.detail.item.id == 3


def test_a_reviewer_approves_in_two_presses(bank: Any, person: Callable[..., Any]) -> None:
    bank.submit()
    room = opened(person())
    read_all(room)
    assert "disabled" not in button(room.foot.html, "approve")
    press(room, "ask-approve")
    assert bank.submissions[1].state == "in_review", "asking is not deciding"
    assert "Yes, approve" in room.foot.html
    press(room, "approve", comment="Read it all.")
    assert bank.submissions[1].state == "published"
    assert bank.decisions[0].comment == "Read it all."
    assert "Approved. Viewers see it in the cockpit now." in room.foot.html
    assert "Published" in room.rail.html
    assert "Draft: not approved" not in room.paper.html
    assert "Approved by Benoît Roux, 14 Jul 2026, 12:05 UTC" in room.paper.html


def test_every_finding_is_opened_before_anything_is_approved(bank: Any, person: Callable[..., Any]) -> None:
    bank.submit()
    room = opened(person())
    flagged = len(re.findall(r'data-act="read-\d+"', room.paper.html))
    assert flagged
    assert "disabled" in button(room.foot.html, "approve")
    assert f"0 of {flagged} opened" in room.foot.html
    for forged in ("ask-approve", "approve"):
        press(room, forged)
    assert bank.submissions[1].state == "in_review"
    assert "Yes, approve" not in room.foot.html
    press(room, "read-0")
    assert f"1 of {flagged} opened" in room.foot.html or "disabled" not in button(room.foot.html, "approve")
    assert "Total must equal the sum of its parts." in room.paper.html
    press(room, "return", comment="The total is wrong.")
    assert bank.submissions[1].state == "returned", "only approving needs them all"


def test_an_approval_carries_the_digest_of_what_was_on_the_page(
    bank: Any, person: Callable[..., Any]
) -> None:
    bank.submit()
    room = opened(person())
    read_all(room)
    bank.submissions[1] = replace(bank.submissions[1], digest="e" * 64)
    press(room, "approve")
    assert bank.submissions[1].state == "in_review"
    assert 'data-act="read-0"' in room.paper.html, "what changed is read again"
    assert "What you saw has changed since" in room.foot.html
    assert ("e" * 12) in room.paper.html, "what is there now is shown"


def test_the_maker_cannot_approve_and_is_told_why(bank: Any, person: Callable[..., Any]) -> None:
    bank.submit(maker="port-benoit")
    room = opened(person())
    for act in ("approve", "return", "reject"):
        assert "disabled" in button(room.foot.html, act)
    assert "You cannot approve what you prepared." in room.foot.html
    press(room, "approve")  # a forged press: the button is disabled, the guard is elsewhere
    assert bank.submissions[1].state == "in_review"
    assert "another reviewer must decide" in room.foot.html


def test_only_reviewers_decide(bank: Any, person: Callable[..., Any]) -> None:
    bank.submit()
    room = opened(person(name="port-viviane"))
    assert "disabled" in button(room.foot.html, "approve")
    assert "Only reviewers decide" in room.foot.html


@pytest.mark.parametrize(("act", "state"), [("return", "returned"), ("reject", "rejected")])
def test_returning_and_rejecting_need_a_reason(
    bank: Any, person: Callable[..., Any], act: str, state: str
) -> None:
    bank.submit()
    room = opened(person())
    press(room, f"ask-{act}")
    assert "Say why in the comment first" in room.foot.html
    press(room, f"ask-{act}", comment="The LTVs are old.")
    assert f"Yes, {act}" in room.foot.html
    press(room, "cancel")
    assert bank.submissions[1].state == "in_review"
    press(room, act, comment="The LTVs are old.")
    assert bank.submissions[1].state == state
    assert "The LTVs are old." in room.paper.html


def test_a_decided_submission_has_no_decision_left(bank: Any, person: Callable[..., Any]) -> None:
    bank.submit(state="published")
    room = opened(person())
    assert 'id="approve"' not in room.foot.html
    assert "there is nothing to decide" in room.foot.html


def test_a_voided_submission_says_what_changed_and_who(bank: Any, person: Callable[..., Any]) -> None:
    bank.submit(state="voided")
    bank.void(bank.publish(), voided_by="postgres", changed="run", comment=None)
    html = opened(person()).paper.html
    assert 'class="band void"' in html
    assert "The run changed after the approval (postgres)." in html
    assert "Void since 15 Jul 2026, 12:05 UTC." in html


def test_warnings_of_a_layer_are_counted_beside_its_failures(bank: Any, person: Callable[..., Any]) -> None:
    made = bank.submit()
    layer = {
        "layer": "eba_rules",
        "evaluated": 146,
        "passed": 143,
        "failed": 0,
        "warned": 3,
        "not_applicable": 9,
    }
    made.summary["verdict"]["layers"].append(layer)
    html = opened(person()).paper.html
    assert html.count("warned</span>") == 1, "only where there is one"
    assert "3 warned" in html


def test_without_a_summary_there_is_nothing_to_decide_on(bank: Any, person: Callable[..., Any]) -> None:
    bank.submit(summary={})
    room = opened(person())
    assert "disabled" in button(room.foot.html, "approve")
    assert "holds no summary" in room.foot.html


def test_comments_are_added_and_never_empty(bank: Any, person: Callable[..., Any]) -> None:
    bank.submit()
    room = opened(person())
    press(room, "comment", comment="   ")
    assert not bank.comments
    press(room, "comment", comment="Why did institutions grow?")
    assert "Why did institutions grow?" in room.paper.html
    assert "data-fresh" in room.foot.html


def test_what_people_write_is_text_and_never_markup(bank: Any, person: Callable[..., Any]) -> None:
    bank.submit()
    room = opened(person())
    press(room, "comment", comment="<img src=x onerror=alert(1)>")
    assert "<img" not in room.paper.html
    assert "&lt;img" in room.paper.html


def test_a_press_about_something_else_than_what_is_shown_does_nothing(
    bank: Any, person: Callable[..., Any]
) -> None:
    bank.submit()
    bank.submit()
    room = opened(person())  # shows 2
    press(room, "approve", id_=1)
    press(room, "approve", id_=99)
    press(room, "delete", id_=2)
    asyncio.run(room.press(Press("open", "1 OR 1=1")))
    assert {s.state for s in bank.submissions.values()} == {"in_review"}


def test_others_decisions_appear_by_themselves(bank: Any, person: Callable[..., Any]) -> None:
    bank.submit()
    mine, theirs = opened(person()), opened(person(name="port-chloe"))
    read_all(theirs)
    press(theirs, "approve")
    asyncio.run(mine.refresh())
    assert "Published" in mine.rail.html
    assert 'id="approve"' not in mine.foot.html


def test_nothing_is_repainted_where_nothing_changed(bank: Any, person: Callable[..., Any]) -> None:
    bank.submit()
    room = opened(person())
    before = (room.rail.tick, room.paper.tick, room.foot.tick)
    asyncio.run(room.refresh())
    assert (room.rail.tick, room.paper.tick, room.foot.tick) == before


def test_one_who_is_signed_out_sees_nothing_and_does_nothing(bank: Any, person: Callable[..., Any]) -> None:
    bank.submit()
    viewer = person()
    room = opened(viewer)
    viewer.signed_in = False
    press(room, "approve")
    assert bank.submissions[1].state == "in_review"
    assert room.rail.html == room.foot.html == ""
    assert "13.89%" not in room.paper.html
    assert "You are signed out" in room.paper.html
    viewer.signed_in = True
    press(room, "approve")
    assert bank.submissions[1].state == "in_review", "a closed page stays closed"


def test_a_failure_is_a_sentence_with_a_reference_and_never_a_traceback(
    bank: Any, person: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    bank.submit()
    for broken, sentence in (
        (DatabaseError("host=10.0.0.1 refused"), "The database cannot be reached"),
        (KeyError("secret"), "Something went wrong on our side"),
    ):
        caplog.clear()
        room = opened(person(broken=broken))
        assert sentence in room.paper.html
        assert "10.0.0.1" not in room.paper.html
        assert "secret" not in room.paper.html
        reference = re.search(r"reference ([0-9a-f]{8})", room.paper.html)
        assert reference
        assert reference[1] in caplog.text


def test_french(bank: Any, person: Callable[..., Any]) -> None:
    bank.submit()
    room = opened(person(language="fr"))
    assert "30 juin 2026" in room.paper.html
    assert "13,89\u00a0%" in room.paper.html
    assert "Approuver la soumission" in room.foot.html


@pytest.mark.parametrize("message", [None, 3, [], {}, {"act": 1}, {"act": None}])
def test_a_message_that_is_no_press_is_ignored(message: object) -> None:
    assert Press.read(message) is None


def test_a_press_is_cut_to_size() -> None:
    read = Press.read({"act": "a" * 99, "id": 7, "fields": {"comment": "x" * 99_999, "n": 1}})
    assert read is not None
    assert (len(read.act), read.id, len(read.fields["comment"]), read.fields["n"]) == (40, "7", 10_000, "1")
    assert Press.read({"act": "x", "fields": "no"}) == Press("x")


def package_of(*leis: str) -> bytes:
    """Return a package with as many parameter files as entities."""
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        for place, lei in enumerate(leis):
            folder = "x" if place == 0 else f"y{place}"
            archive.writestr(f"{folder}/reports/parameters.csv", f"name,value\nentityID,rs:{lei}.CON\n")
    return made.getvalue()


@pytest.mark.parametrize(
    ("leis", "seen"),
    [
        (["5299000000000000NO22"], "5299000000000000NO22"),
        (["969500PORT0000000042", "5299000000000000NO22"], "5299000000000000NO22, 969500PORT0000000042"),
    ],
)
def test_a_package_of_another_entity_is_shown_and_cannot_be_approved(
    bank: Any, person: Callable[..., Any], leis: list[str], seen: str
) -> None:
    submission = bank.submit()
    bank.files[submission.run_id]["port.zip"] = package_of(*leis)
    room = opened(person())
    assert f"<code>{seen}</code>" in room.paper.html
    assert (
        f"The package is filed for {seen}, but the figures here are of 969500PORT0000000042."
        in room.paper.html
    )
    assert "The package is filed for" in room.foot.html
    assert "disabled" in button(room.foot.html, "approve")
    assert "disabled" not in button(room.foot.html, "return")
    assert "Le fichier est à remettre pour" in opened(person(language="fr")).paper.html


def test_a_package_of_the_entity_shown_is_approved_and_read_once(
    bank: Any, person: Callable[..., Any]
) -> None:
    submission = bank.submit()
    bank.files[submission.run_id]["port.zip"] = package_of("969500PORT0000000042")
    room = opened(person())
    assert "<code>969500PORT0000000042</code>" in room.paper.html
    assert "The package is filed for" not in room.paper.html + room.foot.html
    asyncio.run(room.refresh())
    assert bank.reads == 1
