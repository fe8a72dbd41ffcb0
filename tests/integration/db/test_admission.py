"""People of the directory become members, change, go and come back; on a real Postgres."""

from __future__ import annotations

from itertools import count

import psycopg
import pytest

from harbour import errors
from harbour.identity import accounts, admission, lifecycle, logins, names
from harbour.identity.directory import Directory, Grant, Person

NUMBERS = count()
BANK = Directory("https://login.bank.example", "plimsoll", "s", (Grant("g", "port", "analyst"),))


@pytest.fixture
def admin(banks):
    with banks.admin() as connection:
        yield connection


@pytest.fixture
def someone() -> Person:
    number = next(NUMBERS)
    return Person(f"subject-{number}", f"port-dir{number}", f"Number {number}", "port", ("analyst",))


def changed(person: Person, **values: object) -> Person:
    return Person(**{**person.__dict__, **values})


def events(banks, name: str) -> list[tuple[str, object]]:
    with banks.superuser() as root:
        rows = root.execute(
            "SELECT action, detail FROM harbour.audit_events WHERE subject = %s ORDER BY seq",
            [f"member:{name}"],
        ).fetchall()
    return [(action, detail) for action, detail in rows]


def test_who_comes_first_is_created_with_a_login_and_no_password(banks, admin, someone):
    member = admission.admit(admin, BANK, someone)
    assert (member.name, member.roles, member.display_name) == (
        someone.name,
        ("analyst",),
        someone.display_name,
    )
    banks.learn(names.role_of(member.name), logins.issue_login(admin, member.name))
    with banks.member(member.name) as own:
        assert own.me.name == member.name
    for guess in ("", "-", "None"):
        assert accounts.verify_password(admin, member.name, guess).outcome == "refused"
    assert admission.admit(admin, BANK, someone) == member  # a second sign-in changes nothing …
    assert [action for action, _ in events(banks, member.name)].count("create_member") == 1
    assert "change_roles" not in dict(events(banks, member.name))  # … and writes nothing


def test_roles_follow_the_groups_and_each_change_is_in_the_log(banks, admin, someone):
    admission.admit(admin, BANK, someone)
    now = admission.admit(
        admin, BANK, changed(someone, roles=("reviewer", "viewer"), display_name="Née Autre")
    )
    assert (now.roles, now.display_name) == (("reviewer", "viewer"), "Née Autre")
    written = dict(events(banks, someone.name))
    assert written["change_roles"] == {"before": ["analyst"], "roles": ["reviewer", "viewer"]}
    assert written["rename_member"]["display_name"] == "Née Autre"


def test_a_renamed_person_stays_the_same_member(admin, someone):
    admission.admit(admin, BANK, someone)
    married = admission.admit(admin, BANK, changed(someone, name="port-newname"))
    assert married.name == someone.name


def test_another_person_of_the_same_name_gets_nothing(admin, someone):
    admission.admit(admin, BANK, someone)
    with pytest.raises(errors.NotAllowed, match="not linked"):
        admission.admit(admin, BANK, changed(someone, subject="an impostor"))
    elsewhere = Directory("https://other.example", "plimsoll", "s", BANK.grants)
    with pytest.raises(errors.NotAllowed, match="not linked"):
        admission.admit(admin, elsewhere, someone)


def test_a_member_from_before_is_linked_by_an_administrator(banks, admin, someone):
    accounts.create_member(admin, someone.name, "From before", roles=("viewer",))
    with pytest.raises(errors.NotAllowed, match="harbour member link"):
        admission.admit(admin, BANK, someone)
    admission.link(admin, BANK, someone.name, someone.subject)
    assert admission.admit(admin, BANK, someone).roles == ("analyst",)
    with pytest.raises(errors.HarbourError, match="linked already"):
        admission.link(admin, BANK, someone.name, "another")
    assert "link_identity" in dict(events(banks, someone.name))


def test_who_loses_his_groups_is_shut_out_and_comes_back_with_them(banks, admin, someone):
    admission.admit(admin, BANK, someone)
    banks.learn(names.role_of(someone.name), logins.issue_login(admin, someone.name))
    with banks.raw(names.role_of(someone.name)) as kernel:
        assert admission.dismiss(admin, BANK, someone.subject) == someone.name
        with pytest.raises(psycopg.OperationalError):
            kernel.execute("SELECT 1")
    assert accounts.find_member(admin, someone.name).state == "suspended"
    assert admission.admit(admin, BANK, someone).state == "active"
    assert admission.dismiss(admin, BANK, "nobody we know") is None


def test_an_administrators_suspension_outlasts_the_directory(admin, someone):
    admission.admit(admin, BANK, someone)
    lifecycle.suspend(admin, someone.name)
    admission.dismiss(admin, BANK, someone.subject)
    with pytest.raises(errors.NotAllowed, match="suspended"):
        admission.admit(admin, BANK, someone)
    lifecycle.reinstate(admin, someone.name)
    assert admission.admit(admin, BANK, someone).state == "active"


def test_nobody_is_carried_to_another_organisation(admin, someone):
    admission.admit(admin, BANK, someone)
    moved = changed(someone, organisation="nordhaven", name=someone.name.replace("port", "nordhaven"))
    with pytest.raises(errors.NotAllowed, match="belongs to"):
        admission.admit(admin, BANK, moved)
    assert accounts.find_member(admin, someone.name).organisation == "port"
    with pytest.raises(errors.HarbourError, match="platform"):
        accounts.set_roles(admin, someone.name, ("platform_admin",))
    with pytest.raises(errors.HarbourError, match="at least one role"):
        accounts.set_roles(admin, someone.name, ())
    with pytest.raises(errors.NotFound, match="no organisation"):
        admission.admit(admin, BANK, Person("s-x", "absent-x", "X", "absent", ("viewer",)))
