"""Approvals by rule: number, roles, order, deputies; and the page that tells of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.database import records

from harbour import errors
from harbour.db.diagram import draw
from harbour.identity import accounts

TEMPLATE = "board_pack"


@pytest.fixture(scope="module", autouse=True)
def people(banks):
    for name, roles in {
        "port-rosa": ("reviewer",),
        "port-ines": ("analyst", "reviewer", "org_admin"),
        "port-theo": ("viewer",),
    }.items():
        banks.add(name, *roles)


def submit(banks, name: str, template: str, maker: str = "port-amelie"):
    with banks.member(maker) as analyst:
        run = analyst.workspace.save(replace(records(name, summary={"scenario": name}), template=template))
        return analyst.workspace.submit(run.id, "note")


def approve(banks, who: str, submission) -> str:
    with banks.member(who) as reviewer:
        return reviewer.submissions.approve(submission.id, submission.digest).state


def set_rule(banks, *roles: str, template: str = TEMPLATE, in_order: bool = True) -> None:
    with banks.member("port-elsa") as admin:
        admin.rules.set(roles, template=template, in_order=in_order)


def test_two_reviewers_then_the_administrator(banks):
    set_rule(banks, "reviewer", "reviewer", "org_admin")
    submission = submit(banks, "in order", TEMPLATE)
    with banks.member("port-elsa") as elsa, pytest.raises(errors.NotAllowed, match="is a reviewer's"):
        elsa.submissions.approve(submission.id, submission.digest)
    assert approve(banks, "port-chloe", submission) == "in_review"
    with (
        banks.member("port-chloe") as chloe,
        pytest.raises(errors.WrongState, match="You have approved this already"),
    ):
        chloe.submissions.approve(submission.id, submission.digest)
    with banks.member("port-dario") as dario:
        assert TEMPLATE not in {found.kind for found in dario.publications.list()}
    assert approve(banks, "port-rosa", submission) == "in_review"
    with banks.member("port-bruno") as bruno, pytest.raises(errors.NotAllowed, match="an administrator's"):
        bruno.submissions.approve(submission.id, submission.digest)
    assert approve(banks, "port-elsa", submission) == "published"
    with banks.member("port-chloe") as chloe:
        steps = [(step.place, step.role, step.passed) for step in chloe.submissions.steps(submission.id)]
        assert steps == [(1, "reviewer", True), (2, "reviewer", True), (3, "org_admin", True)]
        assert [(d.reviewer, d.step) for d in chloe.submissions.approvals(submission.id)] == [
            ("port-chloe", 1),
            ("port-rosa", 2),
            ("port-elsa", 3),
        ]
        actions = [event.action for event in chloe.audit.events(f"submission:{submission.id}")]
        assert actions.count("approve_in_part") == 2
        assert actions[:2] == ["publish", "approve"]


def test_in_any_order_whoever_comes_first(banks):
    set_rule(banks, "reviewer", "org_admin", template="any order", in_order=False)
    submission = submit(banks, "any order", "any order")
    assert approve(banks, "port-elsa", submission) == "in_review"
    assert approve(banks, "port-chloe", submission) == "published"


def test_one_person_with_every_role_is_one_person(banks):
    set_rule(banks, "reviewer", "org_admin", template="one person")
    submission = submit(banks, "one person", "one person")
    assert approve(banks, "port-ines", submission) == "in_review"
    with banks.member("port-ines") as ines, pytest.raises(errors.WrongState, match="another person's"):
        ines.submissions.approve(submission.id, submission.digest)


def test_four_eyes_hold_whatever_the_rule(banks):
    set_rule(banks, "reviewer", "org_admin", template="own", in_order=False)
    submission = submit(banks, "own", "own", maker="port-ines")
    with banks.member("port-ines") as ines, pytest.raises(errors.OwnWork):
        ines.submissions.approve(submission.id, submission.digest)


def test_a_submission_keeps_the_rule_it_was_submitted_under(banks):
    set_rule(banks, "reviewer", "reviewer", template="kept")
    before = submit(banks, "kept", "kept")
    set_rule(banks, "reviewer", template="kept")
    assert approve(banks, "port-chloe", before) == "in_review"
    after = submit(banks, "kept later", "kept")
    assert approve(banks, "port-chloe", after) == "published"
    with banks.member("port-elsa") as elsa:
        versions = [(rule.version, rule.roles) for rule in elsa.rules.list() if rule.template == "kept"]
        assert versions == [(1, ("reviewer", "reviewer")), (2, ("reviewer",))]


def test_an_approval_of_the_round_before_does_not_count(banks):
    set_rule(banks, "reviewer", "reviewer", template="rounds")
    first = submit(banks, "rounds", "rounds")
    approve(banks, "port-chloe", first)
    with banks.member("port-rosa") as rosa, banks.member("port-amelie") as amelie:
        rosa.submissions.return_(first.id, "Look again.")
        again = amelie.submissions.resubmit(first.id, first.run_id, "Looked.")  # the very same run
    assert again.digest == first.digest
    assert approve(banks, "port-rosa", again) == "in_review"
    assert approve(banks, "port-chloe", again) == "published"


def test_a_rule_for_all_templates_gives_way_to_a_templates_own(banks):
    with banks.admin() as admin:
        accounts.create_organisation(admin, "aland", "Aland Sparbank")
    for name, role in {"nils": "analyst", "olga": "reviewer", "ada": "org_admin"}.items():
        banks.add(f"aland-{name}", role)
    with banks.member("aland-nils") as nils, banks.member("aland-ada") as ada:
        ada.rules.set(["reviewer", "org_admin"])
        submission = nils.workspace.submit(nils.workspace.save(records("default")).id)
        ada.rules.set(["reviewer"], template="corep_own_funds")
        swift = nils.workspace.submit(nils.workspace.save(records("its own", 0.2)).id)
        assert approve(banks, "aland-olga", submission) == "in_review"
        assert ada.submissions.approve(submission.id, submission.digest).state == "published"
        assert approve(banks, "aland-olga", swift) == "published"


@pytest.mark.parametrize("roles", [[], ["org_admin"], ["viewer", "reviewer"], ["reviewer"] * 10, ["boss"]])
def test_a_rule_that_makes_no_sense_is_refused(banks, roles):
    with banks.member("port-elsa") as elsa, pytest.raises(errors.HarbourError, match="one to nine approvals"):
        elsa.rules.set(roles)


def test_a_deputy_decides_for_his_principal_and_both_names_are_kept(banks):
    until = datetime.now(UTC) + timedelta(days=7)
    submission = submit(banks, "deputy", "deputy")
    with banks.member("port-theo") as theo, banks.member("port-rosa") as rosa:
        with pytest.raises(errors.NotAllowed):
            theo.submissions.approve(submission.id, submission.digest)
        lent = rosa.delegations.lend("theo@port", "reviewer", until)
        assert "approve" in theo.submissions.actions(submission.id)
        theo.submissions.approve(submission.id, submission.digest)
        decision = rosa.submissions.approvals(submission.id)[0]
        assert (decision.reviewer, decision.on_behalf_of) == ("port-theo", "port-rosa")
        event = next(e for e in rosa.audit.events(f"submission:{submission.id}") if e.action == "approve")
        assert '"on_behalf_of": "port-rosa"' in event.detail
        rosa.delegations.end(lent)
        with pytest.raises(errors.NotFound):
            theo.submissions.get(submit(banks, "deputy no more", "deputy").id)


def test_a_lent_authority_counts_once(banks):
    set_rule(banks, "reviewer", "reviewer", template="lent")
    submission = submit(banks, "lent", "lent")
    with banks.member("port-theo") as theo, banks.member("port-rosa") as rosa:
        lent = rosa.delegations.lend("port-theo", "reviewer", datetime.now(UTC) + timedelta(days=7))
        theo.submissions.approve(submission.id, submission.digest)
        with pytest.raises(errors.WrongState, match="approved this already"):
            rosa.submissions.approve(submission.id, submission.digest)
        rosa.delegations.end(lent)


def test_a_lent_authority_never_reaches_what_the_lender_prepared(banks):
    submission = submit(banks, "lender's own", "lender's own", maker="port-bruno")
    with banks.member("port-theo") as theo, banks.member("port-bruno") as bruno:
        lent = bruno.delegations.lend("port-theo", "reviewer", datetime.now(UTC) + timedelta(days=7))
        with pytest.raises(errors.NotAllowed, match="it takes the role reviewer"):
            theo.submissions.approve(submission.id, submission.digest)
        bruno.delegations.end(lent)


def test_a_delegation_ends_by_itself_and_with_its_lender(banks):
    with banks.member("port-rosa") as rosa, banks.member("port-theo") as theo, banks.superuser() as root:
        lent = rosa.delegations.lend("port-theo", "reviewer", datetime.now(UTC) + timedelta(days=7))
        asked = "SELECT harbour.sees_work()"
        with banks.raw("m_port_theo") as session:
            assert session.execute(asked).fetchone() == (True,)
            root.execute("UPDATE harbour.members SET state = 'suspended' WHERE name = 'port-rosa'")
            assert session.execute(asked).fetchone() == (False,)
            root.execute("UPDATE harbour.members SET state = 'active' WHERE name = 'port-rosa'")
            root.execute(
                "UPDATE harbour.delegations SET created_at = now() - interval '2 days', until = now() WHERE id = %s",
                [lent],
            )
            assert session.execute(asked).fetchone() == (False,)
        assert theo.me.roles == ("viewer",)


@pytest.mark.parametrize(
    ("deputy", "role", "days", "error"),
    [
        ("port-rosa", "reviewer", 7, errors.NotFound),  # herself
        ("nordhaven-olga", "reviewer", 7, errors.NotFound),
        ("port-theo", "org_admin", 7, errors.NotAllowed),  # not hers
        ("port-theo", "analyst", 7, errors.NotAllowed),
        ("port-theo", "reviewer", -1, errors.HarbourError),
        ("port-theo", "reviewer", 400, errors.HarbourError),
    ],
)
def test_a_delegation_that_cannot_be(banks, deputy, role, days, error):
    with banks.member("port-rosa") as rosa, pytest.raises(error):
        rosa.delegations.lend(deputy, role, datetime.now(UTC) + timedelta(days=days))


def test_what_is_lent_is_not_lent_on(banks):
    with banks.member("port-rosa") as rosa, banks.member("port-theo") as theo:
        until = datetime.now(UTC) + timedelta(days=7)
        lent = rosa.delegations.lend("port-theo", "reviewer", until)
        with pytest.raises(errors.NotAllowed, match="of your own only"):
            theo.delegations.lend("port-dario", "reviewer", until)
        rosa.delegations.end(lent)


def test_the_page_of_the_workflow_is_what_the_tables_say(banks):
    page = Path(__file__).resolve().parents[3] / "docs" / "workflow.md"
    with banks.member("port-amelie") as amelie:
        assert page.read_text(encoding="utf-8") == draw(amelie.session), "python -m harbour.db.diagram > it"
