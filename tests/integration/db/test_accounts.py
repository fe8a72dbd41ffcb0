"""Accounts of the embedded platform: one-time passwords, lockout, lifecycle."""

from __future__ import annotations

import threading

import psycopg
import pytest

from harbour import errors
from harbour.identity import accounts, names


@pytest.fixture
def admin(banks):
    with banks.admin() as connection:
        yield connection


def test_a_one_time_password_lets_in_to_choose_ones_own(banks, admin):
    first = banks.one_time["port-elsa"]
    login = accounts.verify_password(admin, "elsa@port", first)
    assert login.outcome == "must_change"
    assert login.member is not None
    assert (login.member.name, login.member.roles) == ("port-elsa", ("org_admin",))
    accounts.change_password(admin, "port-elsa", first, "correct horse battery")
    assert accounts.verify_password(admin, "Port-Elsa", "correct horse battery").outcome == "ok"
    assert accounts.verify_password(admin, "port-elsa", first).outcome == "refused"
    with pytest.raises(errors.HarbourError, match="at least 12"):
        accounts.change_password(admin, "port-elsa", "correct horse battery", "short")
    with pytest.raises(errors.NotAllowed):
        accounts.change_password(admin, "port-elsa", "not the present one", "another horse battery")


@pytest.mark.parametrize("name", ["port-nobody", "nobody", "", "port-elsa'; --", "é@port"])
def test_an_unknown_name_is_refused_like_a_wrong_password(admin, name):
    assert accounts.verify_password(admin, name, "whatever it is") == accounts.Login("refused")


def test_five_failures_lock_for_fifteen_minutes_whoever_asks_at_the_same_time(banks, admin):
    right = accounts.create_member(admin, "port-locky", "Locky", roles=("viewer",))
    outcomes = []

    def guess() -> None:
        with banks.admin() as own:
            outcomes.append(accounts.verify_password(own, "port-locky", "a wrong guess").outcome)

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["locked"] * 7 + ["refused"] * 5
    assert accounts.verify_password(admin, "port-locky", right).outcome == "locked"
    with banks.superuser() as root:
        left = root.execute(
            "SELECT locked_until - now() FROM harbour.credentials JOIN harbour.members ON id = member_id"
            " WHERE name = 'port-locky'"
        ).fetchone()[0]
        assert 14 * 60 < left.total_seconds() <= 15 * 60
        root.execute("UPDATE harbour.credentials SET locked_until = now() WHERE locked_until IS NOT NULL")
    assert accounts.verify_password(admin, "port-locky", right).outcome == "must_change"
    assert accounts.verify_password(admin, "port-locky", accounts.reset_password(admin, "port-locky")).member


def test_a_suspended_member_is_nobody(banks, admin):
    banks.add("port-gustav", "analyst")
    with banks.member("port-gustav") as gustav:
        assert gustav.me.name == "port-gustav"
        accounts.set_state(admin, "port-gustav", "suspended")
        assert gustav.submissions.list() == []
        with pytest.raises(errors.NotAllowed, match="not an active member"):
            gustav.submissions.submit(1)
    assert accounts.roles_of(admin, "port-gustav") == ()
    assert accounts.verify_password(admin, "port-gustav", banks.one_time["port-gustav"]).outcome == "refused"


@pytest.mark.parametrize(
    ("name", "roles"),
    [
        ("port-amelie", ("viewer",)),  # taken
        ("nowhere-x", ("viewer",)),
        ("port-x", ("platform_admin",)),
        ("platform-x", ("analyst",)),
        ("port-x", ("chief",)),
        ("port-x", ()),
        ("port-muchtoolongaaname", ("viewer",)),
    ],
)
def test_a_member_that_cannot_be_is_not_half_made(banks, admin, name, roles):
    with pytest.raises(errors.HarbourError):
        accounts.create_member(admin, name, "X", roles=roles)
    with banks.superuser() as root:
        made = "SELECT rolname FROM pg_roles WHERE rolname IN ('m_port_x', 'm_platform_x', 'm_nowhere_x')"
        assert root.execute(made).fetchall() == []


def test_a_password_issued_anew_ends_the_one_before(banks):
    before = banks.passwords["m_port_dario"]
    with banks.admin() as admin:
        from harbour.identity import logins

        banks.learn("m_port_dario", logins.issue_login(admin, "port-dario"))
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(banks.dsn("m_port_dario") + f" password={before}")
    banks.raw("m_port_dario").close()


def test_names_map_both_ways():
    assert names.hub_name(" Amelie@Port ") == "port-amelie"
    assert names.role_of("port-amelie") == "m_port_amelie"
    assert names.hub_name_of_role("m_port_amelie") == "port-amelie"
    assert names.system_user("amelie@port") == "pl-port-amelie"
    assert len(names.system_user("a" * 12 + "-" + "b" * 16)) == 32


def test_the_services_read_no_password_hash(banks):
    for login in ("harbour_admin", "harbour_dashboards", "harbour_worker"):
        with banks.raw(login) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM harbour.credentials")
