"""Threads about submissions, cells and templates; mentions; what blocks approval."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest
from tests.database import records

from harbour import errors

CELL = {"table": "C_07.00.a", "row": "0070", "column": "0220", "sheet": "0010"}


@pytest.fixture
def submission(banks):
    with banks.member("port-amelie") as amelie:
        made = replace(records("talked about", summary={"scenario": "talk"}), template="talk")
        run = amelie.workspace.save(made)
        return amelie.workspace.submit(run.id)


def test_a_thread_about_one_cell(banks, submission):
    with banks.member("port-chloe") as chloe, banks.member("port-amelie") as amelie:
        first = chloe.comments.on_submission(submission.id, "Why so high, @amelie?", cell=CELL)
        answer = amelie.comments.reply(first, "A new loan. @bruno@port knows, @nobody and a@b.c do not.")
        amelie.comments.reply(answer, "See the note.")  # a reply to a reply joins the thread
        said = chloe.comments.of_submission(submission.id)
        assert [(c.author, c.reply_to, c.table, c.row, c.column, c.sheet) for c in said] == [
            ("port-chloe", None, "C_07.00.a", "0070", "0220", "0010"),
            ("port-amelie", first, "C_07.00.a", "0070", "0220", "0010"),
            ("port-amelie", first, "C_07.00.a", "0070", "0220", "0010"),
        ]
        assert [c.mentions for c in said] == [["port-amelie"], ["port-bruno"], []]
        assert amelie.comments.mentioning_me()[0].id == first
        amelie.comments.resolve(first)
        closed = chloe.comments.of_submission(submission.id)[0]
        assert (closed.resolved_by, closed.resolved_at is not None) == ("port-amelie", True)
        with pytest.raises(errors.WrongState, match="resolved already"):
            chloe.comments.resolve(first)
        chloe.comments.reopen(first)
        assert chloe.comments.of_submission(submission.id)[0].resolved_at is None


def test_a_template_is_talked_about_within_the_bank(banks):
    with banks.member("port-amelie") as amelie, banks.member("nordhaven-olga") as olga:
        first = amelie.comments.on_template("corep_of", "Parameter names are unclear.")
        assert [c.id for c in amelie.comments.of_template("corep_of")] == [first]
        assert olga.comments.of_template("corep_of") == ()
        with pytest.raises(errors.NotFound):
            olga.comments.reply(first, "Indeed.")
        with pytest.raises(errors.NotFound):
            olga.comments.resolve(first)


def test_a_blocking_comment_blocks_approval_until_its_author_resolves_it(banks, submission):
    with (
        banks.member("port-chloe") as chloe,
        banks.member("port-bruno") as bruno,
        banks.member("port-amelie") as amelie,
    ):
        block = bruno.comments.on_submission(submission.id, "The LEI is wrong.", blocking=True)
        sentence = "A comment of Port-Bruno blocks approval (“The LEI is wrong.”): it must be resolved first."
        assert chloe.submissions.refusal(submission.id, "approve") == sentence
        assert "approve" not in chloe.submissions.actions(submission.id)
        with pytest.raises(errors.Blocked, match="must be resolved first"):
            chloe.submissions.approve(submission.id, submission.digest)
        denied = chloe.audit.events(f"submission:{submission.id}")[0]
        assert (denied.action, denied.outcome) == ("approve", "denied")
        with pytest.raises(errors.OwnWork, match="against your own work"):
            amelie.comments.resolve(block)
        with pytest.raises(errors.NotAllowed, match="by who wrote it"):
            chloe.comments.resolve(block)
        bruno.comments.resolve(block)
        bruno.comments.reopen(block)
        with banks.member("port-elsa") as elsa:
            elsa.comments.resolve(block)
        assert chloe.submissions.approve(submission.id, submission.digest).state == "published"
        with pytest.raises(errors.WrongState):
            bruno.comments.on_submission(submission.id, "Too late.", blocking=True)
        with pytest.raises(errors.WrongState):
            bruno.comments.reopen(block)


def test_who_may_not_block(banks, submission):
    for name, error in {
        "port-amelie": errors.OwnWork,
        "port-dario": errors.NotAllowed,
        "nordhaven-olga": errors.NotFound,
    }.items():
        with banks.member(name) as member, pytest.raises(error):
            member.comments.on_submission(submission.id, "Stop.", blocking=True)


@pytest.mark.parametrize(
    "statement",
    [
        "comment_on(%(id)s, 'corep_of', NULL, NULL, false, 'two subjects')",
        "comment_on(NULL, NULL, NULL, NULL, false, 'none')",
        "comment_on(%(id)s, NULL, NULL, NULL, false, '  ')",
        "comment_on(%(id)s, NULL, NULL, NULL, false, repeat('x', 10001))",
    ],
)
def test_a_comment_that_makes_no_sense_is_refused(banks, submission, statement):
    with banks.raw("m_port_chloe") as chloe:
        code = chloe.execute(f"SELECT code FROM harbour.{statement}", {"id": submission.id}).fetchone()
    assert code == ("invalid",)


@pytest.mark.parametrize(
    "cell", ['{"table": "x"}', '{"sheet": "x"}', '{"table": "", "row": "1", "column": "1"}']
)
def test_half_a_cell_is_no_cell(banks, submission, cell):
    with banks.raw("m_port_chloe") as chloe, pytest.raises(psycopg.errors.CheckViolation):
        chloe.execute("SELECT harbour.comment_on(%s, NULL, %s, NULL, false, 'x')", [submission.id, cell])


def test_what_was_said_stays_even_from_the_owner(banks, submission):
    with banks.member("port-chloe") as chloe, banks.raw("harbour_migrator") as migrator:
        chloe.comments.on_submission(submission.id, "As I said, @bruno.")
        migrator.execute("SET ROLE harbour_owner")
        for harm in (
            "UPDATE harbour.comments SET body = 'never said'",
            "UPDATE harbour.comments SET blocking = NOT blocking",
            "DELETE FROM harbour.comments",
            "DELETE FROM harbour.mentions",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                migrator.execute(harm)
