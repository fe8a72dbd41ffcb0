"""The workflow as members live it, on a real Postgres, in two banks."""

from __future__ import annotations

import psycopg
import pytest
from tests.database import records

from harbour import errors


def test_who_am_i(banks):
    with banks.member("port-amelie") as amelie:
        assert (amelie.me.name, amelie.me.organisation_name, amelie.me.roles) == (
            "port-amelie",
            "Banque du Port",
            ("analyst",),
        )
    with banks.through("harbour_dashboards", "nordhaven-olga") as olga:
        assert olga.me.organisation == "nordhaven"
        assert olga.me.roles == ("reviewer",)


def test_from_run_to_published_figures(banks, record):
    with (
        banks.member("port-amelie") as amelie,
        banks.through("harbour_dashboards", "port-chloe") as chloe,
        banks.through("harbour_dashboards", "port-dario") as dario,
        banks.through("harbour_dashboards", "nordhaven-olga") as olga,
    ):
        run = amelie.workspace.save(record("the journey", cet1=0.1777))
        assert (run.state, run.maker, run.executed_by) == ("succeeded", "port-amelie", "m_port_amelie")
        assert amelie.artefacts.get(run.artefacts["package.zip"]) == b"package of the journey 0.1777"
        submission = amelie.workspace.submit(run.id, "June, first filing")
        assert submission.state == "in_review"
        with pytest.raises(errors.NotFound):
            dario.submissions.get(submission.id)

        queued = {waiting.id: waiting for waiting in chloe.submissions.pending()}
        assert queued[submission.id].summary["ratios"]["cet1_ratio"] == 0.1777
        assert set(chloe.submissions.actions(submission.id)) == {"approve", "comment", "reject", "return"}
        assert set(amelie.submissions.actions(submission.id)) == {"comment", "withdraw"}
        chloe.submissions.comment(submission.id, "Page 3 looks right.")
        approved = chloe.submissions.approve(submission.id, submission.digest, "Seen.")
        assert approved.state == "published"
        assert [(d.reviewer, d.decision, d.digest) for d in chloe.submissions.approvals(submission.id)] == [
            ("port-chloe", "approve", submission.digest)
        ]

        shown = dario.publications.latest("corep_own_funds")
        assert shown is not None
        assert (shown.summary["ratios"]["cet1_ratio"], shown.approved_by) == (0.1777, "port-chloe")
        assert dario.artefacts.get(dario.runs.get(run.id).artefacts["package.zip"]).startswith(b"package of")
        assert {found.organisation for found in olga.submissions.list()} <= {"nordhaven"}
        assert submission.id not in {figures.submission_id for figures in olga.publications.list()}
        actions = [
            (e.action, e.actor, e.login) for e in reversed(chloe.audit.events(f"submission:{submission.id}"))
        ]
        assert actions == [
            ("submit", "port-amelie", "m_port_amelie"),
            ("comment", "port-chloe", "harbour_dashboards"),
            ("approve", "port-chloe", "harbour_dashboards"),
            ("publish", "port-chloe", "harbour_dashboards"),
        ]


def in_review(banks, name: str, **changes):
    """Put a new run of Amélie's before the reviewers."""
    with banks.member("port-amelie") as amelie:
        return amelie.workspace.submit(amelie.workspace.save(records(name, **changes)).id, "note")


def test_returned_work_comes_back_with_a_new_run(banks):
    first = in_review(banks, "returned")
    with banks.member("port-chloe") as chloe, banks.member("port-amelie") as amelie:
        with pytest.raises(errors.HarbourError, match="Say why"):
            chloe.submissions.return_(first.id, "  ")
        assert chloe.submissions.return_(first.id, "The provisions are last year's.").state == "returned"
        with pytest.raises(errors.WrongState, match="is returned: you cannot approve it now"):
            chloe.submissions.approve(first.id, first.digest)
        again = amelie.workspace.save(records("returned", cet1=0.149))
        second = amelie.submissions.resubmit(first.id, again.id, "Corrected.")
        assert (second.id, second.state, second.run_id) == (first.id, "in_review", again.id)
        with pytest.raises(errors.StaleDigest, match="has changed since"):
            chloe.submissions.approve(first.id, first.digest)  # a tab left open on the first version
        assert chloe.submissions.approve(first.id, second.digest).state == "published"


def test_rejected_and_withdrawn_are_ends(banks):
    rejected, withdrawn = in_review(banks, "rejected"), in_review(banks, "withdrawn")
    with banks.member("port-chloe") as chloe, banks.member("port-amelie") as amelie:
        assert chloe.submissions.reject(rejected.id, "Wrong entity.").state == "rejected"
        assert amelie.submissions.withdraw(withdrawn.id).state == "withdrawn"
        assert amelie.submissions.actions(rejected.id) == chloe.submissions.actions(withdrawn.id) == ()


def test_one_figure_is_in_force_and_voiding_takes_it_away(banks):
    older, newer = in_review(banks, "older", cet1=0.11), in_review(banks, "newer", cet1=0.12)
    with banks.member("port-chloe") as chloe, banks.member("port-dario") as dario:
        chloe.submissions.approve(older.id, older.digest)
        assert dario.publications.latest("corep_own_funds").submission_id == older.id
        chloe.submissions.approve(newer.id, newer.digest)
        in_force = {p.submission_id for p in dario.publications.list("corep_own_funds")}
        assert newer.id in in_force
        assert older.id not in in_force
        assert chloe.submissions.get(older.id).state == "superseded"
        assert older.id not in {fall.submission_id for fall in dario.publications.voided()}
        assert chloe.submissions.void(newer.id, "A rating was wrong.").state == "voided"
        left = {p.submission_id for p in dario.publications.list("corep_own_funds")}
        assert not left & {older.id, newer.id}, "others' figures of other dates may be in force"
        with pytest.raises(errors.NotFound):
            dario.runs.get(newer.run_id)
        (told,) = chloe.publications.voided(newer.id)
        assert (told.voided_by, told.comment, told.changed) == ("port-chloe", "A rating was wrong.", None)
        (seen,) = [fall for fall in dario.publications.voided() if fall.submission_id == newer.id]
        assert seen.voided_at == told.voided_at
        # Who may have acted on the figures reads by whom and why they fell, though he sees no work.
        assert (seen.entity_name, seen.voided_by, seen.comment) == (
            "Banque du Port",
            "port-chloe",
            "A rating was wrong.",
        )
        with banks.raw("m_nordhaven_pia") as pia:
            told_there = pia.execute("SELECT * FROM harbour.void_notice(%s)", [newer.id]).fetchall()
        assert told_there == [], "another bank reads nothing"
        waiting = in_review(banks, "waiting", cet1=0.13)
        with banks.raw("m_port_dario") as raw:
            assert raw.execute("SELECT * FROM harbour.void_notice(%s)", [waiting.id]).fetchall() == []
        again = in_review(banks, "again", cet1=0.12)
        chloe.submissions.approve(again.id, again.digest)
        assert newer.id not in {fall.submission_id for fall in dario.publications.voided()}, "replaced"


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE harbour.runs SET summary = jsonb_set(summary, '{ratios,cet1_ratio}', '0.99') WHERE id = %s",
        "UPDATE harbour.runs SET digests = jsonb_set(digests, '{verdict}', '\"f\"') WHERE id = %s",
        "UPDATE harbour.runs SET parameters = '{}' WHERE id = %s",
        "DELETE FROM harbour.run_artefacts WHERE run_id = %s",
    ],
)
def test_an_approval_dies_with_what_was_approved(banks, harm):
    approved = in_review(banks, "tampered after", summary={"scenario": harm, "ratios": {"cet1_ratio": 0.2}})
    waiting = in_review(banks, "tampered before", summary={"ratios": {"cet1_ratio": 0.2}})
    with banks.member("port-chloe") as chloe, banks.member("port-dario") as dario, banks.superuser() as root:
        chloe.submissions.approve(approved.id, approved.digest)
        assert approved.id in {p.submission_id for p in dario.publications.list()}
        for table in ("runs", "run_artefacts"):
            root.execute(f"ALTER TABLE harbour.{table} DISABLE TRIGGER USER")
        for harmed in (approved, waiting):
            root.execute(harm, [harmed.run_id])
        for table in ("runs", "run_artefacts"):
            root.execute(f"ALTER TABLE harbour.{table} ENABLE TRIGGER USER")
        assert approved.id not in {p.submission_id for p in dario.publications.list()}
        with pytest.raises(errors.StaleDigest):
            chloe.submissions.approve(waiting.id, waiting.digest)


def test_a_finished_run_is_kept_even_from_its_owner(banks, record):
    with banks.member("port-amelie") as amelie:
        amelie.workspace.save(record("kept"))  # a change of no row asks nobody
    with banks.raw("harbour_migrator") as migrator:
        migrator.execute("SET ROLE harbour_owner")
        for change in (
            "UPDATE harbour.runs SET summary = '{}' WHERE state = 'succeeded'",
            "DELETE FROM harbour.runs",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                migrator.execute(change)
