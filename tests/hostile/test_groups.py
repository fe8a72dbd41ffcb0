"""Who is above sees below what the table says, when he says so; never up, never sideways, and never acting."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from tests.database import Harbour, records

from harbour.errors import HarbourError, NotFound
from harbour.identity import accounts, organisations

VERIFIER = Path(__file__).resolve().parents[2] / "tools" / "verify_audit.py"
TABLES = ("organisations", "members", "runs", "run_artefacts", "artefacts", "submissions", "comments", "approvals",
          "publications", "audit_events", "audit_heads", "sightings")  # fmt: skip


@pytest.fixture(scope="module")
def group(banks: Harbour) -> Harbour:
    """Put a group above two banks, and an entity below the first; work in the entity, published and under way."""
    with banks.admin() as admin:
        for slug in ("topgroup", "banka", "bankb", "entitya"):
            accounts.create_organisation(admin, slug, slug.title())
        organisations.set_parent(admin, "banka", "topgroup")
        organisations.set_parent(admin, "bankb", "topgroup")
        organisations.set_parent(admin, "entitya", "banka")
    for slug in ("topgroup", "banka", "bankb", "entitya"):
        banks.add(f"{slug}-ann", "analyst")
        banks.add(f"{slug}-rev", "reviewer")
        banks.add(f"{slug}-adm", "org_admin")
        with banks.member(f"{slug}-ann") as maker:
            shown = maker.submissions.submit(maker.workspace.save(records(f"shown in {slug}")).id)
            maker.submissions.submit(
                maker.workspace.save(records(f"under way in {slug}")).id, "not for others"
            )
        with banks.member(f"{slug}-rev") as reviewer:
            reviewer.submissions.approve(shown.id, shown.digest)
    banks.add("topgroup-vic", "viewer")
    return banks


def seen(connection: psycopg.Connection, table: str) -> set[str]:
    column = "id" if table == "organisations" else "organisation_id"
    with_names = (
        f"SELECT DISTINCT o.id FROM harbour.{table} t JOIN LATERAL (SELECT t.{column} AS id) o ON true"
    )
    return {row[0] for row in connection.execute(with_names).fetchall()}


def identifiers(banks: Harbour) -> dict[str, int]:
    with banks.superuser() as root:
        return dict(root.execute("SELECT slug, id FROM harbour.organisations").fetchall())


@pytest.mark.parametrize("role", ["ann", "rev", "adm"])
def test_nobody_sees_another_organisation_without_looking_at_it(group, role):
    known = identifiers(group)
    for slug in ("topgroup", "banka", "bankb", "entitya"):
        with group.raw(f"m_{slug}_{role}") as login:
            for table in TABLES[1:]:
                assert seen(login, table) <= {known[slug]}, (slug, table)


@pytest.mark.parametrize(
    ("who", "at"),
    [
        ("entitya", "banka"),
        ("entitya", "topgroup"),
        ("entitya", "bankb"),
        ("banka", "topgroup"),
        ("banka", "bankb"),
        ("bankb", "banka"),
        ("bankb", "entitya"),
        ("topgroup", "port"),
        ("topgroup", "platform"),
        ("topgroup", "nowhere"),
    ],
)
@pytest.mark.parametrize("role", ["rev", "adm"])
def test_a_child_sees_no_parent_and_a_sibling_no_sibling(group, who, at, role):
    with group.raw(f"m_{who}_{role}") as login:
        login.execute("SELECT set_config('harbour.looking_at', %s, false)", [at])
        for table in TABLES[1:]:
            assert seen(login, table) == set(), table
        assert identifiers(group).get(at) not in seen(login, "organisations")
        assert login.execute("SELECT harbour.sees('see_work')").fetchone() == (False,)


@pytest.mark.parametrize(
    ("role", "work", "log"),
    [("vic", False, False), ("ann", False, False), ("rev", True, False), ("adm", True, True)],
)
@pytest.mark.parametrize("below", ["banka", "entitya"])
def test_who_is_above_sees_below_what_the_table_says(group, role, work, log, below):
    known = identifiers(group)
    with group.raw(f"m_topgroup_{role}") as login:
        login.execute("SELECT set_config('harbour.looking_at', %s, false)", [below])
        for table in ("members", "runs", "submissions", "publications", "run_artefacts", "artefacts"):
            assert seen(login, table) == {known[below]}, table
        states = {state for (state,) in login.execute("SELECT state FROM harbour.submissions").fetchall()}
        assert states == ({"published", "in_review"} if work else {"published"})
        assert seen(login, "approvals") == ({known[below]} if work else set())
        assert seen(login, "audit_events") == ({known[below]} if log else set())
        for closed in (
            "quotas",
            "delegations",
            "member_roles",
            "schedules",
            "notices",
            "servers",
            "entities",
        ):
            column = "organisation_id" if closed != "notices" else "id"
            rows = login.execute(f"SELECT {column} FROM harbour.{closed}").fetchall()
            assert known[below] not in {row[0] for row in rows} or closed == "notices"


def test_who_is_above_decides_nothing_below(group):
    with group.superuser() as root:
        waiting, digest = root.execute(
            "SELECT s.id, s.digest FROM harbour.submissions s JOIN harbour.organisations o ON o.id = s.organisation_id"
            " WHERE o.slug = 'banka' AND s.state = 'in_review'"
        ).fetchone()
        before = root.execute("SELECT count(*) FROM harbour.audit_events e JOIN harbour.organisations o"
                              " ON o.id = e.organisation_id WHERE o.slug = 'banka'").fetchone()  # fmt: skip
    attempts = (
        ("SELECT code FROM harbour.approve(%s, %s, '')", [waiting, digest]),
        ("SELECT code FROM harbour.reject(%s, 'no')", [waiting]),
        ("SELECT code FROM harbour.return_(%s, 'no')", [waiting]),
        ("SELECT code FROM harbour.void(%s, 'no')", [waiting]),
        ("SELECT code FROM harbour.comment(%s, 'hello')", [waiting]),
        ("SELECT code FROM harbour.comment_on(%s, NULL, NULL, NULL, true, 'stop')", [waiting]),
    )
    for role in ("rev", "adm", "ann"):
        with group.raw(f"m_topgroup_{role}") as login:
            for setting in ("", "banka"):
                login.execute("SELECT set_config('harbour.looking_at', %s, false)", [setting])
                for statement, values in attempts:
                    assert login.execute(statement, values).fetchone()[0] in ("not_found", "not_allowed")
    with group.superuser() as root:
        state = root.execute("SELECT state FROM harbour.submissions WHERE id = %s", [waiting]).fetchone()
        after = root.execute("SELECT count(*) FROM harbour.audit_events e JOIN harbour.organisations o"
                             " ON o.id = e.organisation_id WHERE o.slug = 'banka'").fetchone()  # fmt: skip
    assert state == ("in_review",)
    assert after == before  # the attempts are in the chain of who made them


def test_a_lent_role_does_not_reach_below(group):
    with group.raw("m_topgroup_rev") as lender:
        lender.execute("SELECT harbour.delegate('topgroup-vic', 'reviewer', now() + interval '1 day')")
    with group.raw("m_topgroup_vic") as deputy:
        deputy.execute("SELECT set_config('harbour.looking_at', 'banka', false)")
        assert deputy.execute("SELECT DISTINCT state FROM harbour.submissions").fetchall() == [("published",)]


def test_circles_are_refused(group):
    with group.admin() as admin:
        for child, parent in (("topgroup", "entitya"), ("topgroup", "banka"), ("banka", "entitya")):
            with pytest.raises(HarbourError, match="above itself"):
                organisations.set_parent(admin, child, parent)
        with pytest.raises(HarbourError):
            organisations.set_parent(admin, "topgroup", "topgroup")
        with pytest.raises(HarbourError, match="above no bank"):
            organisations.set_parent(admin, "topgroup", "platform")
        with pytest.raises(NotFound):
            organisations.set_parent(admin, "topgroup", "nowhere")
    with group.superuser() as root, pytest.raises(psycopg.errors.CheckViolation):
        root.execute(
            "UPDATE harbour.organisations SET parent_id = (SELECT id FROM harbour.organisations WHERE slug = 'entitya')"
            " WHERE slug = 'topgroup'"
        )


def test_two_who_build_a_circle_at_once_do_not(group):
    with group.admin() as admin:
        for slug in ("ringa", "ringb"):
            accounts.create_organisation(admin, slug, slug)
    statement = (
        "UPDATE harbour.organisations SET parent_id = (SELECT id FROM harbour.organisations WHERE slug = %s)"
        " WHERE slug = %s"
    )
    first, second = psycopg.connect(group.dsn("postgres")), group.superuser()
    try:
        first.execute(statement, ["ringb", "ringa"])
        second.execute("SET lock_timeout = '300ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):  # it waits for the first
            second.execute(statement, ["ringa", "ringb"])
        first.commit()
        with pytest.raises(psycopg.errors.CheckViolation):
            second.execute(statement, ["ringa", "ringb"])
    finally:
        first.close()
        second.close()


def test_looking_is_one_call_and_opening_is_in_the_chain_of_the_bank(group, tmp_path):
    with group.member("topgroup-rev") as reviewer:
        names = {there.slug: there.parent for there in reviewer.organisations()}
        assert names == {"topgroup": None, "banka": "topgroup", "bankb": "topgroup", "entitya": "banka"}
        below = reviewer.look_at("entitya")
        shown = next(found for found in below.submissions.list() if found.state == "published")
        below.submissions.open(shown.id)
        assert [figure.submission_id for figure in below.publications.list()] == [shown.id]
        assert {found.organisation for found in reviewer.submissions.list()} == {"topgroup"}
    with group.through("harbour_dashboards", "topgroup-rev") as service:
        assert [found.id for found in service.look_at("entitya").submissions.list("published")] == [shown.id]
        assert {found.organisation for found in service.submissions.list()} == {"topgroup"}
    with group.member("entitya-adm") as admin:
        assert ("saw", "topgroup-rev") in {
            (part.part, part.who) for part in admin.audit.who(f"submission:{shown.id}")
        }
        assert {found.slug for found in admin.organisations()} == {"entitya"}
        log = tmp_path / "audit.jsonl"
        assert admin.audit.export(log) > 0
    assert {json.loads(line)["organisation"] for line in log.read_text().splitlines()} == {"entitya"}
    assert subprocess.run([sys.executable, VERIFIER, log], check=False).returncode == 0
