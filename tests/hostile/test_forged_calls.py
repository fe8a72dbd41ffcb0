"""The public functions, called by raw SQL with arguments chosen to deceive.

Each refusal is in the audit log.
"""

from __future__ import annotations

import json
import threading

import psycopg
import pytest
from tests.database import records

from harbour import errors
from harbour.identity import logins


def call(banks, login: str, statement: str, *values: object, act_for: str | None = None) -> str:
    """Return the code a workflow function answers."""
    with banks.raw(login) as connection:
        if act_for:
            connection.execute("SELECT set_config('role', %s, false)", [act_for])
        return connection.execute(f"SELECT code FROM harbour.{statement}", values).fetchone()[0]


def denials(banks, login: str) -> int:
    with banks.superuser() as root:
        return root.execute(
            "SELECT count(*) FROM harbour.audit_events WHERE outcome = 'denied' AND login = %s", [login]
        ).fetchone()[0]


def state_of(banks, submission) -> str:
    with banks.superuser() as root:
        return root.execute(
            "SELECT state FROM harbour.submissions WHERE id = %s", [submission.id]
        ).fetchone()[0]


DECISIONS = (
    ("approve(%s, %s, 'fine')", True),
    ("return_(%s, 'no')", False),
    ("reject(%s, 'no')", False),
)


@pytest.mark.parametrize(("decision", "with_digest"), DECISIONS)
@pytest.mark.parametrize(
    ("login", "target", "code"),
    [
        ("m_port_amelie", "amelies", "own_work"),  # an analyst on her own work
        ("m_port_bruno", "brunos", "own_work"),  # a reviewer on his own work
        ("m_port_amelie", "brunos", "not_allowed"),
        ("m_port_dario", "amelies", "not_allowed"),
        ("m_port_elsa", "amelies", "not_allowed"),  # an organisation's administrator
        ("m_platform_root", "amelies", "not_found"),
        ("m_nordhaven_olga", "amelies", "not_found"),  # another bank's reviewer
        ("m_port_chloe", "nilss", "not_found"),
        ("m_port_chloe", "published", "wrong_state"),
    ],
)
def test_nobody_decides_what_is_not_his_to_decide(scene, login, target, code, decision, with_digest):
    submission = getattr(scene, target)
    before, state = denials(scene.banks, login), state_of(scene.banks, submission)
    values = [submission.id, submission.digest] if with_digest else [submission.id]
    assert call(scene.banks, login, decision, *values) == code
    assert state_of(scene.banks, submission) == state
    assert denials(scene.banks, login) == before + 1


def test_own_work_is_refused_in_python_with_a_sentence(scene):
    with scene.banks.member("port-bruno") as bruno:
        with pytest.raises(errors.OwnWork, match="You cannot approve what you prepared"):
            bruno.submissions.approve(scene.brunos.id, scene.brunos.digest)
        assert "approve" not in bruno.submissions.actions(scene.brunos.id)
        refusal = bruno.submissions.refusal(scene.brunos.id, "approve")
        assert refusal == "You cannot approve what you prepared: another reviewer must decide."


@pytest.mark.parametrize("digest", ["", "0" * 64, None])
def test_an_approval_without_what_was_seen_is_refused(scene, digest):
    assert (
        call(scene.banks, "m_port_chloe", "approve(%s, %s, 'fine')", scene.amelies.id, digest)
        == "stale_digest"
    )
    assert state_of(scene.banks, scene.amelies) == "in_review"


def test_the_worker_decides_nothing_for_anyone(scene):
    code = call(
        scene.banks,
        "harbour_worker",
        "approve(%s, %s, 'fine')",
        scene.amelies.id,
        scene.amelies.digest,
        act_for="m_port_chloe",
    )
    assert code == "not_allowed"
    assert state_of(scene.banks, scene.amelies) == "in_review"


def test_the_administrator_of_logins_acts_for_nobody(scene):
    with scene.banks.raw("harbour_admin") as admin:
        admin.execute("GRANT m_port_chloe TO harbour_admin WITH SET TRUE")
        admin.execute("SET ROLE m_port_chloe")
        assert admin.execute("SELECT count(*) FROM harbour.submissions").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="not an active member"):
            admin.execute("SELECT harbour.approve(%s, %s, '')", [scene.amelies.id, scene.amelies.digest])
        admin.execute("RESET ROLE")
        admin.execute("REVOKE m_port_chloe FROM harbour_admin GRANTED BY harbour_admin")


def test_a_service_comes_back_from_a_member_as_itself(scene):
    with scene.banks.raw("harbour_dashboards") as service:
        service.execute("BEGIN")
        service.execute("SELECT set_config('role', 'm_port_dario', true)")
        assert service.execute("SELECT name FROM harbour.me()").fetchone() == ("port-dario",)
        service.execute("COMMIT")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            service.execute("SELECT name FROM harbour.me()")


def test_shadowing_tables_and_search_path_deceive_no_function(scene):
    with scene.banks.superuser() as root:  # a careless administrator
        root.execute("GRANT TEMPORARY ON DATABASE plimsoll TO m_port_bruno")
    try:
        with scene.banks.raw("m_port_bruno") as bruno:
            for table in ("members", "member_roles", "submissions", "actions", "transitions", "runs"):
                bruno.execute(f"CREATE TEMP TABLE {table} AS SELECT * FROM harbour.{table}")
            bruno.execute("UPDATE pg_temp.submissions SET maker_id = -1")
            bruno.execute("UPDATE pg_temp.runs SET maker_id = -1")
            bruno.execute("UPDATE pg_temp.actions SET whose = 'any'")
            bruno.execute(
                "CREATE FUNCTION pg_temp.actor() RETURNS text LANGUAGE sql AS $$SELECT 'm_port_chloe'$$"
            )
            bruno.execute("SET search_path = pg_temp, harbour, pg_catalog")
            answer = bruno.execute(
                "SELECT code FROM harbour.approve(%s, %s, '')", [scene.brunos.id, scene.brunos.digest]
            ).fetchone()
            assert answer == ("own_work",)
    finally:
        with scene.banks.superuser() as root:
            root.execute("REVOKE TEMPORARY ON DATABASE plimsoll FROM m_port_bruno")


def test_no_setting_of_a_session_makes_someone_else_of_it(scene):
    with scene.banks.raw("m_port_amelie") as amelie:
        for setting in ("harbour.member", "app.member", "plimsoll.role"):
            amelie.execute("SELECT set_config(%s, 'port-chloe', false)", [setting])
        assert amelie.execute("SELECT name FROM harbour.me()").fetchone() == ("port-amelie",)


@pytest.mark.parametrize(
    ("statement", "target", "code"),
    [
        ("submit(%s, 'mine now')", "brunos_run", "not_allowed"),
        ("submit(%s, 'mine now')", "nilss_run", "not_found"),
        ('finish_run(%s, \'{"state": "succeeded"}\')', "brunos_run", "not_allowed"),
        ("withdraw(%s, '')", "brunos", "not_allowed"),
        ("withdraw(%s, '')", "nilss", "not_found"),
        ("comment(%s, 'hello')", "nilss", "not_found"),
        ("void(%s, 'no')", "published", "own_work"),
    ],
)
def test_an_analyst_moves_nobody_elses_work(scene, statement, target, code):
    before = denials(scene.banks, "m_port_amelie")
    assert call(scene.banks, "m_port_amelie", statement, getattr(scene, target).id) == code
    assert denials(scene.banks, "m_port_amelie") == before + 1


def test_another_banks_existence_does_not_show_in_the_answer(scene):
    sentence = "SELECT sentence FROM harbour.approve(%s, %s, '')"
    with scene.banks.raw("m_port_chloe") as chloe:
        theirs = chloe.execute(sentence, [scene.nilss.id, scene.nilss.digest]).fetchone()
        nobodys = chloe.execute(sentence, [10**12, "0" * 64]).fetchone()
    assert theirs == nobodys


def test_another_banks_file_cannot_be_taken_by_its_digest(scene):
    sha256 = scene.nilss_run.artefacts["package.zip"]
    result = {"state": "succeeded", "digests": {}, "summary": {}, "artefacts": {"stolen.zip": sha256}}
    code = call(
        scene.banks, "m_port_amelie", "record_run('theft', 'corep_own_funds', '{}', %s)", json.dumps(result)
    )
    assert code == "not_found"
    with scene.banks.member("port-amelie") as amelie, pytest.raises(errors.NotFound):
        amelie.artefacts.get(sha256)


def test_nobody_adds_to_anothers_upload(scene):
    with scene.banks.raw("m_port_amelie") as amelie, scene.banks.raw("m_port_bruno") as bruno:
        upload = amelie.execute("SELECT harbour.start_upload()").fetchone()[0]
        for attack in ("put_chunk(%s, 0, 'poison')", "finish_upload(%s)"):
            with pytest.raises(psycopg.errors.NoDataFound):
                bruno.execute(f"SELECT harbour.{attack}", [upload])
        amelie.execute("SELECT harbour.put_chunk(%s, 0, 'content')", [upload])
        amelie.execute("SELECT harbour.finish_upload(%s)", [upload])
        with pytest.raises(psycopg.errors.NoDataFound):  # nor does she, once it is finished
            amelie.execute("SELECT harbour.put_chunk(%s, 1, 'more')", [upload])


def test_a_member_claims_no_run(scene):
    with scene.banks.raw("m_port_amelie") as amelie, pytest.raises(psycopg.errors.InsufficientPrivilege):
        amelie.execute("SELECT * FROM harbour.claim_run(1)")


def test_two_approvals_at_once_are_one(scene):
    with scene.banks.member("port-amelie") as amelie:
        submission = amelie.workspace.submit(amelie.workspace.save(records("race", 0.1)).id)
    start, answers = threading.Barrier(8), []

    def approve(login: str) -> None:
        with scene.banks.raw(login) as reviewer:
            start.wait()
            answers.append(
                reviewer.execute(
                    "SELECT code FROM harbour.approve(%s, %s, '')", [submission.id, submission.digest]
                ).fetchone()[0]
            )

    threads = [
        threading.Thread(target=approve, args=[login]) for login in ("m_port_chloe", "m_port_bruno") * 4
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["done", *["wrong_state"] * 7]
    with scene.banks.member("port-chloe") as chloe:
        assert len(chloe.submissions.approvals(submission.id)) == 1


def test_work_on_the_same_submissions_from_all_sides_never_blocks_itself(scene):
    with scene.banks.member("port-amelie") as amelie:
        runs = [amelie.workspace.save(records("crowd", place / 100)).id for place in range(8)]
        waiting = [amelie.workspace.submit(run) for run in runs]
    failures: list[Exception] = []

    def work(name: str, act) -> None:
        with scene.banks.member(name) as member:
            for submission in waiting:
                try:
                    act(member.submissions, submission)
                except errors.WrongState:
                    pass  # the other one was first
                except Exception as failure:
                    failures.append(failure)

    threads = [
        threading.Thread(target=work, args=["port-chloe", lambda its, one: its.approve(one.id, one.digest)]),
        threading.Thread(target=work, args=["port-bruno", lambda its, one: its.approve(one.id, one.digest)]),
        threading.Thread(target=work, args=["port-amelie", lambda its, one: its.comment(one.id, "hello")]),
        threading.Thread(target=work, args=["port-chloe", lambda its, one: its.comment(one.id, "hello")]),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with scene.banks.member("port-dario") as dario:
        assert len(dario.publications.list("corep_own_funds")) == 1


def test_a_password_does_not_outlive_the_server_it_was_issued_for(scene):
    banks = scene.banks
    banks.add("port-flora", "analyst")
    open_session = banks.raw("m_port_flora")
    open_session.execute(
        "ALTER ROLE m_port_flora PASSWORD 'my own, for later'"
    )  # Postgres lets anyone do this
    banks.learn("m_port_flora", "my own, for later")
    banks.raw("m_port_flora").close()
    with banks.admin() as admin:
        logins.revoke_login(admin, "port-flora")
    with pytest.raises(psycopg.OperationalError):
        open_session.execute("SELECT 1")
    open_session.close()
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        banks.raw("m_port_flora")


def test_asking_what_one_may_do_tells_nothing_of_another_bank(scene):
    with scene.banks.member("port-chloe") as chloe:
        theirs = [
            chloe.submissions.refusal(scene.nilss.id, action) for action in ("approve", "comment", "return")
        ]
        assert set(theirs) == {"There is no such submission in your organisation."}
        assert theirs == [
            chloe.submissions.refusal(10**12, action) for action in ("approve", "comment", "return")
        ]
        assert chloe.submissions.actions(scene.nilss.id) == ()
