"""The workflow as members live it, on a real Postgres, in two banks."""

from __future__ import annotations

import pytest

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
        assert olga.submissions.list() == []
        assert olga.publications.latest() is None
        actions = [
            (e.action, e.actor, e.login) for e in reversed(chloe.audit.events(f"submission:{submission.id}"))
        ]
        assert actions == [
            ("submit", "port-amelie", "m_port_amelie"),
            ("comment", "port-chloe", "harbour_dashboards"),
            ("approve", "port-chloe", "harbour_dashboards"),
            ("publish", "port-chloe", "harbour_dashboards"),
        ]
