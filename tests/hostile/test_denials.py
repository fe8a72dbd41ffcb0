"""Every function by which a member acts, called by one who may not: refused with a sentence, and written down."""

from __future__ import annotations

import psycopg
import pytest
from tests.hostile.test_forged_calls import denials

NOBODY = 10**12
BY_A_VIEWER = {
    "approve": "approve({waiting}, {digest}, '')",
    "cancel_run": "cancel_run({run})",
    "change_roles": "change_roles('port-dario', '{{reviewer}}')",
    "comment": "comment({waiting}, 'x')",
    "comment_on": "comment_on({waiting}, NULL, NULL, NULL, true, 'x')",
    "delegate": "delegate('port-dario', 'reviewer', now() + interval '1 day')",
    "end_delegation": "end_delegation({nobody})",
    "finish_run": 'finish_run({run}, \'{{"state": "succeeded"}}\')',
    "fire_due": "fire_due({nobody}, now(), now(), now(), '{{}}')",
    "hand_over_schedule": "hand_over_schedule({nobody}, 'port-dario', NULL)",
    "invite_member": "invite_member('port-mole', 'Mole', '{{viewer}}', repeat('a', 64))",
    "move_member": "move_member('port-chloe', 'suspended')",
    "move_schedule": "move_schedule({nobody}, 'active', now())",
    "note_sight": "note_sight({waiting})",
    "record_run": "record_run('x', 'x', '{{}}', '{{\"state\": \"succeeded\"}}')",
    "reject": "reject({waiting}, 'x')",
    "renew_invitation": "renew_invitation('port-chloe', repeat('a', 64))",
    "reopen_comment": "reopen_comment({nobody})",
    "request_run": "request_run('x', 'x', '{{}}')",
    "resolve_comment": "resolve_comment({nobody})",
    "resubmit": "resubmit({waiting}, {run}, '')",
    "return_": "return_({waiting}, 'x')",
    "run_schedule": "run_schedule({nobody}, '{{}}', NULL)",
    "set_alert_channel": "set_alert_channel('x', 'mailto://x@example.org', 'en')",
    "set_approval_rule": "set_approval_rule(NULL, '{{viewer}}', false)",
    "set_schedule": "set_schedule(NULL, '{{}}', now())",
    "submit": "submit({run}, '')",
    "void": "void({published}, 'x')",
    "withdraw": "withdraw({waiting}, '')",
}
OF_ONESELF = {"read_notices", "set_notice_preferences"}
"""What anybody may do with his own notices: there is nobody to refuse."""
ATTACKERS = ("m_port_dario", "m_platform_root", "m_nordhaven_pia")


def test_no_function_by_which_a_member_acts_is_left_out(scene):
    with scene.banks.raw("m_port_dario") as viewer:
        acts = viewer.execute(
            "SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'harbour'::regnamespace"
            " AND p.prorettype = 'harbour.outcome'::regtype AND has_function_privilege(p.oid, 'EXECUTE')"
        ).fetchall()
    assert {name for (name,) in acts} == set(BY_A_VIEWER) | OF_ONESELF


@pytest.mark.parametrize("act", BY_A_VIEWER)
@pytest.mark.parametrize("login", ATTACKERS)
def test_a_denied_attempt_is_refused_with_a_sentence_and_written_down(scene, login, act):
    statement = BY_A_VIEWER[act].format(
        waiting=scene.brunos.id,
        digest=f"'{scene.brunos.digest}'",
        run=scene.brunos_run.id,
        published=scene.published.id,
        nobody=NOBODY,
    )
    before = denials(scene.banks, login)
    with scene.banks.raw(login) as connection:
        code, sentence = connection.execute(f"SELECT code, sentence FROM harbour.{statement}").fetchone()
    assert code in {"not_allowed", "not_found", "own_work", "invalid", "wrong_state"}
    assert sentence
    assert denials(scene.banks, login) == before + 1


@pytest.mark.parametrize("act", BY_A_VIEWER)
@pytest.mark.parametrize("service", ["harbour_dashboards", "harbour_worker", "harbour_admin"])
def test_a_service_as_itself_acts_not_at_all(scene, service, act):
    statement = BY_A_VIEWER[act].format(
        waiting=scene.brunos.id,
        digest=f"'{scene.brunos.digest}'",
        run=scene.brunos_run.id,
        published=scene.published.id,
        nobody=NOBODY,
    )
    with (
        scene.banks.raw(service) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(f"SELECT code FROM harbour.{statement}")
