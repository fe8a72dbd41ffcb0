"""One-time codes, one-time passwords that end, sessions that end; on a real Postgres."""

from __future__ import annotations

import threading
import time
from itertools import count

import psycopg
import pyotp
import pytest

from harbour import errors
from harbour.identity import accounts, codes

NUMBERS = count()
OWN = "correct horse battery"


@pytest.fixture
def admin(banks):
    with banks.admin() as connection:
        yield connection


@pytest.fixture
def member(admin) -> str:
    """Return a new member who has chosen his own password."""
    name = f"port-totp{next(NUMBERS)}"
    accounts.change_password(admin, name, accounts.create_member(admin, name, "T", roles=("viewer",)), OWN)
    return name


@pytest.fixture
def clock(monkeypatch):
    """Return a clock that stands still until moved: a test must not wait for the next thirty seconds."""
    now = [time.time()]
    monkeypatch.setattr(codes.time, "time", lambda: now[0])
    return now


def switch_on(admin, name: str, clock: list[float]) -> tuple[pyotp.TOTP, tuple[str, ...]]:
    enrolment = codes.enrol(admin, name)
    assert enrolment.secret in enrolment.address
    assert enrolment.secret not in repr(enrolment)
    device = pyotp.TOTP(enrolment.secret)
    recovery = codes.confirm(admin, name, device.at(clock[0]))
    clock[0] += 30
    return device, recovery


def test_nothing_changes_for_who_has_no_code(admin, member, clock):
    assert accounts.verify_password(admin, member, OWN).outcome == "ok"
    codes.enrol(admin, member)  # begun and not confirmed
    assert accounts.verify_password(admin, member, OWN).outcome == "ok"
    assert not accounts.has_codes(admin, member)
    with pytest.raises(errors.NotAllowed, match="not right"):
        codes.confirm(admin, member, "000000" if codes._step_of("A" * 32, "000000") is None else "000001")
    assert accounts.verify_password(admin, member, OWN).outcome == "ok"


def test_a_code_is_asked_for_and_works_once(admin, member, clock):
    device, _ = switch_on(admin, member, clock)
    assert accounts.has_codes(admin, member)
    assert accounts.verify_password(admin, member, OWN).outcome == "code_needed"
    assert accounts.verify_password(admin, member, OWN, "").outcome == "code_needed"
    code = device.at(clock[0])
    assert accounts.verify_password(admin, member, "wrong password", code).outcome == "refused"
    assert accounts.verify_password(admin, member, OWN, f"{code[:3]} {code[3:]}").outcome == "ok"
    assert accounts.verify_password(admin, member, OWN, code).outcome == "refused"  # a replay
    assert accounts.verify_password(admin, member, OWN, device.at(clock[0] - 30)).outcome == "refused"
    assert accounts.verify_password(admin, member, OWN, device.at(clock[0] + 30)).outcome == "ok"  # drift


@pytest.mark.parametrize("steps", [-3, -2, 2, 3])
def test_a_code_of_another_time_is_refused(admin, member, clock, steps):
    device, _ = switch_on(admin, member, clock)
    clock[0] += 300
    assert accounts.verify_password(admin, member, OWN, device.at(clock[0] + 30 * steps)).outcome == "refused"


def test_the_code_that_confirmed_does_not_sign_in(admin, member, clock):
    device, _ = switch_on(admin, member, clock)
    clock[0] -= 30
    assert accounts.verify_password(admin, member, OWN, device.at(clock[0])).outcome == "refused"


def test_one_code_at_the_same_time_is_one_sign_in(banks, admin, member, clock):
    device, _ = switch_on(admin, member, clock)
    code, outcomes = device.at(clock[0]), []

    def sign_in() -> None:
        with banks.admin() as own:
            outcomes.append(accounts.verify_password(own, member, OWN, code).outcome)

    threads = [threading.Thread(target=sign_in) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["ok", "refused", "refused", "refused"]


def test_who_has_the_password_gets_five_guesses_at_the_code(admin, member, clock):
    device, _ = switch_on(admin, member, clock)
    for _ in range(12):  # asking for the page is no guess …
        assert accounts.verify_password(admin, member, OWN).outcome == "code_needed"
    wrong = str((int(device.at(clock[0])) + 1) % 1_000_000).zfill(6)
    outcomes = []
    for _ in range(6):
        outcomes.append(accounts.verify_password(admin, member, OWN, wrong).outcome)
        accounts.verify_password(admin, member, OWN)  # … and forgets none
    assert outcomes == ["refused"] * 5 + ["locked"]
    assert accounts.verify_password(admin, member, OWN, device.at(clock[0])).outcome == "locked"


def test_each_recovery_code_works_once(admin, member, clock, banks):
    _, recovery = switch_on(admin, member, clock)
    assert len(set(recovery)) == 10
    assert accounts.verify_password(admin, member, OWN, recovery[3].upper().replace("-", " ")).outcome == "ok"
    assert accounts.verify_password(admin, member, OWN, recovery[3]).outcome == "refused"
    assert accounts.verify_password(admin, member, OWN, recovery[4]).outcome == "ok"
    with banks.superuser() as root:
        kept = root.execute("SELECT string_agg(hash, ' ') FROM harbour.recovery_codes").fetchone()[0]
    assert not [code for code in recovery if code in kept or code.replace("-", "") in kept]


def test_anothers_recovery_code_is_no_use(admin, member, clock):
    _, recovery = switch_on(admin, member, clock)
    other = f"port-totp{next(NUMBERS)}"
    accounts.change_password(admin, other, accounts.create_member(admin, other, "O", roles=("viewer",)), OWN)
    switch_on(admin, other, clock)
    assert accounts.verify_password(admin, other, OWN, recovery[0]).outcome == "refused"


def test_codes_are_switched_off_and_on_anew(admin, member, clock):
    device, recovery = switch_on(admin, member, clock)
    with pytest.raises(errors.HarbourError, match="on already"):
        codes.enrol(admin, member)
    codes.drop(admin, member)
    assert accounts.verify_password(admin, member, OWN).outcome == "ok"
    switch_on(admin, member, clock)
    assert accounts.verify_password(admin, member, OWN, recovery[0]).outcome == "refused"
    assert accounts.verify_password(admin, member, OWN, device.at(clock[0])).outcome == "refused"


def test_a_new_one_time_password_does_not_get_around_the_code(admin, member, clock):
    device, _ = switch_on(admin, member, clock)
    given = accounts.reset_password(admin, member)
    assert accounts.verify_password(admin, member, given).outcome == "must_change"
    accounts.change_password(admin, member, given, "another horse battery")
    assert accounts.verify_password(admin, member, "another horse battery").outcome == "code_needed"
    code = device.at(clock[0])
    assert accounts.verify_password(admin, member, "another horse battery", code).outcome == "ok"


@pytest.mark.parametrize(("again", "hours"), [(False, 72), (True, 24)])
def test_a_one_time_password_ends(admin, banks, again, hours):
    name = f"port-totp{next(NUMBERS)}"
    given = accounts.create_member(admin, name, "E", roles=("viewer",))
    if again:
        given = accounts.reset_password(admin, name)
    of = " WHERE member_id = (SELECT id FROM harbour.members WHERE name = %s)"
    with banks.superuser() as root:
        left = root.execute("SELECT expires_at - now() FROM harbour.credentials" + of, [name]).fetchone()[0]
        assert hours * 3600 - 60 < left.total_seconds() <= hours * 3600
        assert accounts.verify_password(admin, name, given).outcome == "must_change"
        root.execute("UPDATE harbour.credentials SET expires_at = now()" + of, [name])
    for _ in range(7):  # the right password that came too late locks nobody out
        assert accounts.verify_password(admin, name, given).outcome == "expired"
    assert accounts.verify_password(admin, name, "a wrong one").outcome == "refused"
    fresh = accounts.reset_password(admin, name)
    accounts.change_password(admin, name, fresh, OWN)
    with banks.superuser() as root:  # one's own password has no end
        assert root.execute("SELECT expires_at FROM harbour.credentials" + of, [name]).fetchone() == (None,)


def ages(banks, name: str, seen: str, signed_in: str) -> None:
    with banks.superuser() as root:
        root.execute(
            "UPDATE harbour.credentials SET seen_at = now() - cast(%s AS interval),"
            " signed_in_at = now() - cast(%s AS interval)"
            " WHERE member_id = (SELECT id FROM harbour.members WHERE name = %s)",
            [seen, signed_in, name],
        )


@pytest.mark.parametrize(
    ("seen", "signed_in", "lasts"),
    [
        ("59 minutes", "11 hours", True),
        ("61 minutes", "2 hours", False),
        ("1 minute", "13 hours", False),
    ],
)
def test_a_session_ends_by_idleness_and_by_its_lifetime(admin, banks, member, seen, signed_in, lasts):
    limits = {"idle_minutes": 60, "lifetime_hours": 12}
    assert not accounts.continue_session(admin, member, **limits)  # he never signed in
    accounts.begin_session(admin, member)
    ages(banks, member, seen, signed_in)
    assert accounts.continue_session(admin, member, **limits) is lasts
    assert accounts.continue_session(admin, member, **limits) is lasts  # once ended, it stays so
    accounts.begin_session(admin, member)
    assert accounts.continue_session(admin, member, **limits)


def test_only_the_administrator_of_logins_reads_a_secret(banks, admin, member, clock):
    switch_on(admin, member, clock)
    for login in ("m_port_amelie", "harbour_dashboards", "harbour_worker"):
        with banks.raw(login) as connection:
            for forbidden in (
                "SELECT * FROM harbour.one_time_codes",
                "SELECT * FROM harbour.recovery_codes",
                "SELECT * FROM harbour.second_step('port-amelie')",
                "SELECT harbour.drop_code('port-amelie')",
                "SELECT harbour.begin_session('port-amelie')",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(forbidden)
