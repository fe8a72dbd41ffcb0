"""Invitations and resets by a link that works once; on a real Postgres."""

from __future__ import annotations

import threading
from itertools import count

import pytest

from harbour import errors
from harbour.identity import accounts, lifecycle, links

NUMBERS = count()
OWN = "correct horse battery"
ADDRESS = "https://plimsoll.bank.example/"


@pytest.fixture
def admin(banks):
    with banks.admin() as connection:
        yield connection


@pytest.fixture
def member(admin) -> str:
    name = f"port-link{next(NUMBERS)}"
    accounts.create_member(admin, name, "Linked", roles=("viewer",))
    return name


def token_of(link: str) -> str:
    address, _, token = link.partition("#")
    assert address == ADDRESS + "hub/welcome"  # what a server or a log can see holds no token
    return token


def test_an_invitation_sets_a_password_once(banks, admin, member):
    token = token_of(links.make_link(admin, member, "invitation", ADDRESS))
    assert links.find_link(admin, token) == links.Link(member, "Linked", "invitation")
    with pytest.raises(errors.HarbourError, match="12 characters"):
        links.use_link(admin, token, "short")
    assert links.use_link(admin, token, OWN) == member
    assert accounts.verify_password(admin, member, OWN).outcome == "ok"
    with pytest.raises(errors.NotAllowed, match="has been used"):
        links.use_link(admin, token, "another horse battery")
    assert accounts.verify_password(admin, member, OWN).outcome == "ok"
    with banks.superuser() as root:
        kept = root.execute(
            "SELECT string_agg(to_jsonb(l)::text, '') FROM harbour.account_links l"
        ).fetchone()[0]
        told = root.execute(
            "SELECT string_agg(to_jsonb(e)::text, '') FROM harbour.audit_events e"
        ).fetchone()[0]
    assert token not in kept + told


@pytest.mark.parametrize(("purpose", "hours"), [("invitation", 72), ("reset", 24)])
def test_a_link_ends(banks, admin, member, purpose, hours):
    token = token_of(links.make_link(admin, member, purpose, ADDRESS))
    with banks.superuser() as root:
        of = " WHERE member_id = (SELECT id FROM harbour.members WHERE name = %s)"
        left = root.execute("SELECT expires_at - now() FROM harbour.account_links" + of, [member]).fetchone()[
            0
        ]
        assert hours * 3600 - 60 < left.total_seconds() <= hours * 3600
        root.execute("UPDATE harbour.account_links SET expires_at = now()" + of, [member])
    with pytest.raises(errors.NotAllowed, match="time is over"):
        links.use_link(admin, token, OWN)


def test_a_newer_link_ends_the_one_before(admin, member):
    first = token_of(links.make_link(admin, member, "invitation", ADDRESS))
    second = token_of(links.make_link(admin, member, "reset", ADDRESS))
    with pytest.raises(errors.NotAllowed):
        links.use_link(admin, first, OWN)
    assert links.use_link(admin, second, OWN) == member


def test_a_suspended_members_link_does_not_work_and_none_is_made(admin, member):
    token = token_of(links.make_link(admin, member, "invitation", ADDRESS))
    lifecycle.suspend(admin, member)
    with pytest.raises(errors.NotAllowed):
        links.use_link(admin, token, OWN)
    with pytest.raises(errors.HarbourError, match="suspended"):
        links.make_link(admin, member, "reset", ADDRESS)
    with pytest.raises(errors.NotAllowed):
        links.find_link(admin, "a guess")


def test_of_two_at_once_one_wins(banks, admin, member):
    token = token_of(links.make_link(admin, member, "invitation", ADDRESS))
    won, lost = [], []

    def use(password: str) -> None:
        with banks.admin() as own:
            try:
                links.use_link(own, token, password)
                won.append(password)
            except errors.NotAllowed:
                lost.append(password)

    threads = [threading.Thread(target=use, args=(f"{OWN} {place}",)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 3)
    assert accounts.verify_password(admin, member, won[0]).outcome == "ok"
    assert accounts.verify_password(admin, member, lost[0]).outcome == "refused"
