"""Build the guard with one thing taken out of it, for `test_mutants.py`: the attacks must notice.

Loaded as a pytest plugin (`-p tests.hostile.mutation`) in a process of its own; the variable names the mutant.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from harbour.db import guard

VARIABLE = "PLIMSOLL_TEST_MUTANT"


@dataclass(frozen=True)
class Mutant:
    """What is written instead of what in the guard's text, and the tests one of which must fail then."""

    old: str
    new: str
    noticed_by: tuple[str, ...]


FORGED, RAW, RACES = (f"tests/hostile/test_{name}.py" for name in ("forged_calls", "raw_sql", "races"))
DECIDES = f"{FORGED}::test_nobody_decides_what_is_not_his_to_decide"
OTHERS_ROWS = f"{RAW}::test_members_see_no_row_of_another_bank"

MUTANTS = {
    "four eyes are two": Mutant(
        "ELSIF stands.whose = 'not_maker' AND prepared THEN",
        "ELSIF false THEN",
        (DECIDES, f"{FORGED}::test_own_work_is_refused_in_python_with_a_sentence"),
    ),
    "any role decides": Mutant(
        "IF stands.authority IS NULL AND NOT (p_action = 'approve' AND has_approved(p_submission, p_self.id)) THEN",
        "IF false THEN",
        (DECIDES,),
    ),
    "any state will do": Mutant(
        "WHERE t.action = a.action AND t.from_state = p_submission.state)",
        "WHERE t.action = a.action LIMIT 1)",
        (DECIDES,),
    ),
    "another bank's submission is one's own": Mutant(
        "IF p_submission.id IS NULL OR p_submission.organisation_id <> p_self.organisation_id THEN",
        "IF p_submission.id IS NULL THEN",
        (f"{FORGED}::test_asking_what_one_may_do_tells_nothing_of_another_bank",),
    ),
    "a stale tab approves": Mutant(
        "(p_digest IS DISTINCT FROM seen.digest OR seen.digest IS DISTINCT FROM run_digest(seen.run_id))",
        "false",
        (f"{FORGED}::test_an_approval_without_what_was_seen_is_refused",),
    ),
    "a denied attempt leaves nothing": Mutant(
        "    PERFORM write_event(p_self.organisation_id, p_action, p_subject, 'denied',\n",
        "    PERFORM jsonb_build_object(p_self.organisation_id, p_action, p_subject, 'denied',\n",
        ("tests/hostile/test_denials.py::test_a_denied_attempt_is_refused_with_a_sentence_and_written_down",),
    ),
    "identity is a setting": Mutant(
        "m.state = 'active' AND session_user IN (m.login, 'harbour_dashboards', 'harbour_worker')",
        "m.state = 'active'",
        (f"{FORGED}::test_the_administrator_of_logins_acts_for_nobody",),
    ),
    "the suspended are answered": Mutant(
        "m.login = asked AND m.state = 'active'",
        "m.login = asked",
        ("tests/hostile/test_administration.py::test_suspended_at_once_and_back_again",),
    ),
    "the worker decides": Mutant(
        "    ELSIF session_user = 'harbour_worker' THEN\n        stands.refused",
        "    ELSIF false THEN\n        stands.refused",
        (f"{FORGED}::test_the_worker_decides_nothing_for_anyone",),
    ),
    "runs have no bank": Mutant(
        "CREATE POLICY own ON runs FOR SELECT TO harbour_member USING (\n"
        "    organisation_id = (SELECT seen_organisation())\n    AND (",
        "CREATE POLICY own ON runs FOR SELECT TO harbour_member USING (\n    true AND (",
        (OTHERS_ROWS,),
    ),
    "the log has no bank": Mutant(
        "CREATE POLICY own ON audit_events FOR SELECT TO harbour_member\n"
        "    USING (organisation_id = (SELECT seen_organisation()) AND (SELECT sees('see_audit')))",
        "CREATE POLICY own ON audit_events FOR SELECT TO harbour_member USING (true)",
        (OTHERS_ROWS,),
    ),
    "a table is not forced": Mutant(
        "EXECUTE format('ALTER TABLE harbour.%I FORCE ROW LEVEL SECURITY', held);",
        "NULL;",
        (f"{RAW}::test_every_table_is_under_forced_row_security",),
    ),
    "members write a table": Mutant(
        "GRANT USAGE ON SCHEMA harbour TO harbour_member;",
        "GRANT USAGE ON SCHEMA harbour TO harbour_member; GRANT DELETE ON sightings TO harbour_member;",
        (f"{RAW}::test_nobody_writes_a_table",),
    ),
    "functions are everyone's": Mutant(
        "ALTER DEFAULT PRIVILEGES FOR ROLE harbour_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;",
        "ALTER DEFAULT PRIVILEGES FOR ROLE harbour_owner GRANT EXECUTE ON FUNCTIONS TO PUBLIC;",
        (f"{RAW}::test_every_definer_function_is_closed",),
    ),
    "a function looks first where the caller writes": Mutant(
        "CREATE FUNCTION approve(p_submission bigint, p_digest text, p_comment text) RETURNS outcome\n"
        "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp",
        "CREATE FUNCTION approve(p_submission bigint, p_digest text, p_comment text) RETURNS outcome\n"
        "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_temp, pg_catalog, harbour",
        (f"{FORGED}::test_shadowing_tables_and_search_path_deceive_no_function",),
    ),
    "one approval counts twice": Mutant(
        "ELSIF (by_rule OR stands.authority IS NULL) AND has_approved(p_submission, p_self.id) THEN",
        "ELSIF false THEN",
        (f"{RACES}::test_two_are_needed_and_one_person_eight_times_at_once_is_one",),
    ),
    "another's files are taken by their digest": Mutant(
        "IF NOT EXISTS (SELECT FROM artefacts a"
        " WHERE a.organisation_id = p_organisation AND a.sha256 = part.value) THEN",
        "IF NOT EXISTS (SELECT FROM artefacts a WHERE a.sha256 = part.value) THEN",
        (f"{FORGED}::test_another_banks_file_cannot_be_taken_by_its_digest",),
    ),
    "a suspended member's password is good": Mutant(
        "WHERE m.state = 'suspended' AND (coalesce(r.rolvaliduntil, 'infinity') > now()",
        "WHERE false AND (coalesce(r.rolvaliduntil, 'infinity') > now()",
        (
            "tests/hostile/test_administration.py"
            "::test_the_database_password_of_who_is_suspended_in_the_room_is_refused",
        ),
    ),
}


def apply(scripts: list[str], mutant: Mutant) -> list[str]:
    """Return the guard's scripts with the one change; ValueError when the guard is not written so any more."""
    changed = [script.replace(mutant.old, mutant.new) for script in scripts]
    if sum(script.count(mutant.old) for script in scripts) != 1:
        raise ValueError(f"the guard does not say once: {mutant.old}")
    return changed


def pytest_configure() -> None:
    """Change the guard of this process."""
    if name := os.environ.get(VARIABLE):
        written = guard._scripts()
        guard._scripts = lambda: apply(written, MUTANTS[name])
