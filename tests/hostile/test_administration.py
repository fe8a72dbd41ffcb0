"""What an administrator of a bank, and who would like to be one, might try with the bank's members."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from tests.hostile.test_races import at_once

from harbour.errors import HarbourError, NotAllowed, NotFound, OwnWork, QuotaReached, WrongState
from harbour.identity import accounts, lifecycle, links

ADDRESS = "http://127.0.0.1:8000/"
OWN = "correct horse battery"
EVERY_ACT = (
    "invite_member('port-mole', 'Mole', '{viewer}', repeat('a', 64))",
    "renew_invitation('port-dario', repeat('a', 64))",
    "move_member('port-dario', 'suspended')",
    "change_roles('port-dario', '{reviewer}')",
)


@pytest.fixture(scope="module")
def office(scene: Any) -> Iterator[Any]:
    """Give the bank a second administrator, one who reviews too, and a viewer to be acted upon."""
    banks = scene.banks
    banks.add("port-ida", "org_admin")
    banks.add("port-max", "org_admin", "reviewer")
    banks.add("port-vera", "viewer")
    banks.add("nordhaven-odd", "org_admin")
    yield banks
    with banks.admin() as admin:
        lifecycle.set_quota(admin, "port")


def answer(banks: Any, login: str, act: str) -> str:
    with banks.raw(login) as connection:
        return str(connection.execute(f"SELECT code FROM harbour.{act}").fetchone()[0])


def events(banks: Any, action: str, subject: str) -> list[tuple[str, str]]:
    with banks.member("port-elsa") as elsa:
        return [(e.actor, e.outcome) for e in elsa.audit.events(subject, limit=500) if e.action == action]


@pytest.mark.parametrize("act", EVERY_ACT)
@pytest.mark.parametrize("login", ["m_port_amelie", "m_port_bruno", "m_port_chloe", "m_port_dario"])
def test_who_is_no_administrator_changes_no_member_and_the_attempt_is_written_down(office, login, act):
    before = len(events(office, _action(act), _subject(act)))
    assert answer(office, login, act) == "not_allowed"
    assert len(events(office, _action(act), _subject(act))) == before + 1


@pytest.mark.parametrize("act", EVERY_ACT)
def test_the_administrator_of_another_bank_changes_nobody_here(office, act):
    assert answer(office, "m_nordhaven_odd", act) in {"not_found", "invalid"}


def test_the_platforms_administrator_changes_nobody_in_a_bank(office):
    assert {answer(office, "m_platform_root", act) for act in EVERY_ACT} == {"not_allowed"}


@pytest.mark.parametrize("service", ["harbour_worker", "harbour_admin"])
def test_a_service_that_is_no_room_acts_for_no_administrator(office, service):
    with office.raw(service) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT harbour.move_member('port-vera', 'suspended')")
    with office.through("harbour_worker", "port-elsa") as worker, pytest.raises(NotAllowed):
        worker.administration.suspend("port-vera")


def test_nobody_changes_himself(office):
    with office.member("port-elsa") as elsa:
        for act in (
            lambda: elsa.administration.set_roles("port-elsa", ["org_admin", "reviewer"]),
            lambda: elsa.administration.suspend("port-elsa"),
            lambda: elsa.administration.reinstate("port-elsa"),
            lambda: elsa.administration.renew_invitation("port-elsa", ADDRESS),
        ):
            with pytest.raises(OwnWork):
                act()
        assert elsa.me.roles == ("org_admin",)


def test_nobody_is_made_the_platforms_administrator(office):
    with office.member("port-elsa") as elsa:
        for roles in (["platform_admin"], ["viewer", "platform_admin"], [], ["owner"], [None]):
            with pytest.raises(HarbourError, match="one role at least"):
                elsa.administration.set_roles("port-vera", roles)
            with pytest.raises(HarbourError, match="one role at least"):
                elsa.administration.invite("port-mole", "Mole", roles, ADDRESS)


def test_who_reviews_lets_nobody_in_whose_work_he_could_approve(office):
    with office.member("port-max") as both:
        for roles in (["analyst"], ["reviewer"], ["org_admin"], ["viewer", "analyst"]):
            with pytest.raises(OwnWork):
                both.administration.invite("port-sock", "Sock", roles, ADDRESS)
            with pytest.raises(OwnWork):
                both.administration.set_roles("port-vera", roles)
        both.administration.suspend("port-bruno")
        with pytest.raises(OwnWork):
            both.administration.reinstate("port-bruno")
    with office.member("port-elsa") as elsa:
        elsa.administration.reinstate("port-bruno")


def test_a_lent_role_does_not_reach_the_members(office):
    with office.member("port-ida") as ida:
        lent = ida.delegations.lend("port-vera", "org_admin", datetime.now(UTC) + timedelta(days=1))
        with office.member("port-vera") as vera:
            with pytest.raises(NotAllowed, match="lent"):
                vera.administration.set_roles("port-dario", ["reviewer"])
            assert vera.administration.members() == []
            assert vera.administration.usage() == []
        ida.delegations.end(lent)


def test_no_link_is_had_for_somebody_who_has_a_password(office):
    with office.member("port-elsa") as elsa, pytest.raises(WrongState, match="never signed in"):
        elsa.administration.renew_invitation("port-chloe", ADDRESS)


def test_an_invited_member_comes_in_by_his_link_once_and_gets_his_database_login_then(office):
    with office.member("port-elsa") as elsa:
        first = elsa.administration.invite("port-noe", "Noé Petit", ["analyst"], ADDRESS)
        link = elsa.administration.renew_invitation("port-noe", ADDRESS)
        assert next(m for m in elsa.administration.members() if m.name == "port-noe").invited
    token = link.partition("#")[2]
    with office.superuser() as root:
        kept = root.execute("SELECT string_agg(t::text, '') FROM harbour.account_links t").fetchone()[0]
        logs = root.execute("SELECT string_agg(t::text, '') FROM harbour.audit_events t").fetchone()[0]
        roles = root.execute("SELECT count(*) FROM pg_roles WHERE rolname = 'm_port_noe'").fetchone()
    assert token not in kept + logs
    assert hashlib.sha256(token.encode()).hexdigest() in kept
    assert roles == (0,)
    with office.admin() as admin:
        for refused in ("-", "", OWN):
            assert accounts.verify_password(admin, "port-noe", refused).outcome == "refused"
        with pytest.raises(NotAllowed):
            links.use_link(admin, first.partition("#")[2], OWN)
        assert links.use_link(admin, token, OWN) == "port-noe"
        with pytest.raises(NotAllowed):
            links.use_link(admin, token, OWN)
        assert accounts.verify_password(admin, "port-noe", OWN).outcome == "ok"
    with office.through("harbour_dashboards", "port-noe") as noe:
        assert noe.me.roles == ("analyst",)
    assert events(office, "create_member", "member:port-noe") == [("port-elsa", "done")]
    with office.member("port-elsa") as elsa, pytest.raises(WrongState, match="already"):
        elsa.administration.invite("port-noe", "Another", ["viewer"], ADDRESS)


def test_who_was_invited_and_is_suspended_does_not_come_in(office):
    with office.member("port-elsa") as elsa:
        link = elsa.administration.invite("port-late", "Late", ["viewer"], ADDRESS)
        elsa.administration.suspend("port-late")
    with office.admin() as admin:
        with pytest.raises(NotAllowed):
            links.use_link(admin, link.partition("#")[2], OWN)
        lifecycle.suspend(admin, "port-late")  # also on the command line, which takes a login away


@pytest.mark.parametrize(
    "name", ["nordhaven-mole", "port-", "port-x-y", "port-Mole", "port-" + "a" * 17, "port"]
)
def test_a_name_is_of_ones_own_bank_and_nothing_else(office, name):
    assert (
        answer(office, "m_port_elsa", f"invite_member('{name}', 'M', '{{viewer}}', repeat('b', 64))")
        == "invalid"
    )


def test_suspended_at_once_and_back_again(office):
    with office.member("port-vera") as vera, office.member("port-elsa") as elsa:
        assert vera.me.name == "port-vera"
        elsa.administration.suspend("port-vera")
        assert vera.session.rows("me") == []
        with pytest.raises(NotAllowed):
            vera.submissions.submit(1)
        with pytest.raises(WrongState, match="already"):
            elsa.administration.suspend("port-vera")
        elsa.administration.reinstate("port-vera")
        elsa.administration.set_roles("port-vera", ["viewer", "reviewer"])
        elsa.administration.set_roles("port-vera", ["viewer"])
    told = events(office, "set_member_state", "member:port-vera")
    assert told[:3] == [("port-elsa", "done"), ("port-elsa", "denied"), ("port-elsa", "done")]


def test_the_database_password_of_who_is_suspended_in_the_room_is_refused(office):
    """His password is good for a day and no server of his runs that would take it away when it stops."""
    office.add("port-gone", "analyst")
    with office.raw("m_port_gone") as inside, office.admin() as hub, office.member("port-elsa") as elsa:
        inside.execute("ALTER ROLE m_port_gone PASSWORD 'my own, for later'")
        elsa.administration.suspend("port-gone")
        assert inside.execute("SELECT * FROM harbour.me()").fetchall() == []
        assert lifecycle.shut_out_suspended(hub) == ["port-gone"]  # the Hub asks every two seconds
        with pytest.raises(psycopg.OperationalError):
            inside.execute("SELECT 1")
        for password in (office.passwords["m_port_gone"], "my own, for later"):
            office.learn("m_port_gone", password)
            with pytest.raises(psycopg.OperationalError, match="authentication failed"):
                office.raw("m_port_gone")
        assert lifecycle.shut_out_suspended(hub) == []
    assert events(office, "revoke_database_login", "member:port-gone")[0] == ("harbour_admin", "done")


def test_the_quota_holds_for_invitations_too(office):
    with office.member("port-elsa") as elsa, office.admin() as admin:
        used = next(usage.used for usage in elsa.administration.usage() if usage.what == "members")
        lifecycle.set_quota(admin, "port", members=used)
        with pytest.raises(QuotaReached):
            elsa.administration.invite("port-more", "More", ["viewer"], ADDRESS)
        lifecycle.set_quota(admin, "port")
    assert events(office, "create_member", "member:port-more") == [("port-elsa", "denied")]


@pytest.mark.parametrize("turn", range(5))
def test_two_administrators_who_remove_each_other_at_once_leave_one(office, turn):
    way = "move_member(%s, 'suspended')" if turn % 2 else "change_roles(%s, '{viewer}')"
    answers = at_once(office, ("m_port_elsa", way, ["port-ida"]), ("m_port_ida", way, ["port-elsa"]))
    left = _administrators(office) & {"port-elsa", "port-ida"}
    with office.admin() as admin:
        for name in {"port-elsa", "port-ida"} - left:
            lifecycle.reinstate(admin, name)
            accounts.set_roles(admin, name, ("org_admin",))
    assert len(left) == 1
    assert answers.count("done") == 1


def test_an_old_snapshot_removes_nobody(office):
    with office.raw("m_port_elsa") as elsa, office.member("port-ida") as ida:
        elsa.autocommit = False
        elsa.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        elsa.execute("SELECT harbour.me()")
        ida.administration.suspend("port-elsa")
        with pytest.raises(psycopg.errors.SerializationFailure):
            elsa.execute("SELECT harbour.move_member('port-ida', 'suspended')")
        elsa.rollback()
        ida.administration.reinstate("port-elsa")
    assert "port-ida" in _administrators(office)


def test_each_administrator_sees_his_own_banks_members_and_usage(office):
    with office.member("nordhaven-odd") as odd, office.member("platform-root") as root:
        assert {m.name.partition("-")[0] for m in odd.administration.members()} == {"nordhaven"}
        assert {usage.organisation for usage in odd.administration.usage()} == {"nordhaven"}
        assert {m.name.partition("-")[0] for m in root.administration.members()} == {"platform"}
        assert {usage.organisation for usage in root.administration.usage()} >= {"port", "nordhaven"}
    for name in ("port-amelie", "port-chloe", "port-dario"):
        with office.member(name) as other:
            assert (other.administration.members(), other.administration.usage()) == ([], [])
    with office.member("nordhaven-odd") as odd, pytest.raises(NotFound):
        odd.administration.set_roles("port-vera", ["reviewer"])


def _administrators(banks: Any) -> set[str]:
    with banks.admin() as admin:
        return {
            m.name
            for m in accounts.list_members(admin, "port")
            if m.state == "active" and "org_admin" in m.roles
        }


def _action(act: str) -> str:
    return {
        "invite_member": "create_member",
        "renew_invitation": "make_link",
        "move_member": "set_member_state",
        "change_roles": "change_roles",
    }[act.partition("(")[0]]


def _subject(act: str) -> str:
    return "member:" + act.partition("'")[2].partition("'")[0]
