"""What raw SQL by a real login must not achieve. Every attack is tried by everyone, and none succeeds.

Before and after them all, a superuser looks at every row and every role: nothing has changed.
"""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

MEMBERS = ("port-amelie", "port-bruno", "port-chloe", "port-dario", "port-elsa", "platform-root")
SERVICES = ("harbour_dashboards", "harbour_worker", "harbour_admin")
ATTACKERS = (*(f"m_{name.replace('-', '_')}" for name in MEMBERS), *SERVICES)
REFUSED = (
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.FeatureNotSupported,  # an extension that is not there
    psycopg.errors.UndefinedFile,
    psycopg.errors.InvalidParameterValue,
)
TABLES = [
    "account_links",
    "actions",
    "alert_channels",
    "approval_rules",
    "approval_steps",
    "approvals",
    "artefact_chunks",
    "artefacts",
    "audit_events",
    "audit_heads",
    "channels",
    "comments",
    "credentials",
    "delegations",
    "deliveries",
    "entities",
    "member_identities",
    "member_roles",
    "members",
    "mentions",
    "notice_preferences",
    "notices",
    "one_time_codes",
    "organisations",
    "publications",
    "quotas",
    "reach",
    "recovery_codes",
    "run_artefacts",
    "run_cancellations",
    "runs",
    "schedule_attempts",
    "schedule_fires",
    "schedules",
    "servers",
    "sightings",
    "submissions",
    "transitions",
    "uploads",
    "alembic_version",
]
UNSEEN = {
    "deliveries",
    "account_links",
    "alembic_version",
    "channels",
    "credentials",
    "member_identities",
    "one_time_codes",
    "recovery_codes",
    "uploads",
}
SELECTABLE = set(TABLES) - UNSEEN
FOR_MEMBERS = {
    "actor",
    "organisations_in_sight",
    "seen_organisation",
    "void_notice",
    "sees",
    "approve",
    "cancel_run",
    "change_roles",
    "invite_member",
    "members_administered",
    "move_member",
    "platform_standing",
    "renew_invitation",
    "usage_administered",
    "comment",
    "comment_on",
    "delegate",
    "digest_seen",
    "end_delegation",
    "finish_run",
    "finish_upload",
    "fire_due",
    "hand_over_schedule",
    "has_role",
    "may",
    "me",
    "move_schedule",
    "my_channel",
    "my_id",
    "my_organisation",
    "note_sight",
    "put_chunk",
    "read_notices",
    "record_run",
    "refusal_sentence",
    "reject",
    "reopen_comment",
    "request_run",
    "resolve_comment",
    "resubmit",
    "return_",
    "run_schedule",
    "sees_work",
    "set_alert_channel",
    "set_approval_rule",
    "set_notice_preferences",
    "set_schedule",
    "start_upload",
    "steps_seen",
    "submit",
    "utc_text",
    "void",
    "withdraw",
}

ATTACKS = {
    "become the owner": "SET ROLE harbour_owner",
    "become the members' group": "SET ROLE harbour_member",
    "become the migrator": "SET ROLE harbour_migrator",
    "become the queue": "SET ROLE harbour_queue",
    "become the superuser": "SET ROLE postgres",
    "become one who reads all": "SET ROLE pg_read_all_data",
    "become one who writes all": "SET ROLE pg_write_all_data",
    "become the owner by set_config": "SELECT set_config('role', 'harbour_owner', false)",
    "become the owner in a transaction": "BEGIN; SET LOCAL ROLE harbour_owner",
    "change the session": "SET SESSION AUTHORIZATION m_nordhaven_olga",
    "change the session by set_config": "SELECT set_config('session_authorization', 'postgres', false)",
    "switch row security off": "SET row_security = off; SELECT * FROM harbour.runs",
    "replicate around the triggers": "SET session_replication_role = replica",
    "make oneself superuser": "ALTER ROLE CURRENT_USER SUPERUSER",
    "make oneself exempt from row security": "ALTER ROLE CURRENT_USER BYPASSRLS",
    "become a replica": "ALTER ROLE CURRENT_USER REPLICATION",
    "set the superuser's password": "ALTER ROLE postgres PASSWORD 'mine'",
    "set the owner's password": "ALTER ROLE harbour_owner LOGIN PASSWORD 'mine'",
    "set a service's password": "ALTER ROLE harbour_migrator PASSWORD 'mine'",
    "outlive the session": "ALTER ROLE CURRENT_USER VALID UNTIL 'infinity'",
    "join the owner": "GRANT harbour_owner TO CURRENT_USER",
    "join the superuser": "GRANT postgres TO CURRENT_USER",
    "join the readers of all": "GRANT pg_read_all_data TO CURRENT_USER",
    "create a superuser": "CREATE ROLE intruder SUPERUSER",
    "create a role exempt from row security": "CREATE ROLE intruder BYPASSRLS",
    "create a database": "CREATE DATABASE intruder",
    "create a schema": "CREATE SCHEMA intruder",
    "create a table in public": "CREATE TABLE public.runs (id int)",
    "create a temporary table": "CREATE TEMP TABLE members (id int)",
    "create a function in the schema": "CREATE FUNCTION harbour.approve(text) RETURNS int RETURN 1",
    "replace the function": "CREATE OR REPLACE FUNCTION harbour.actor() RETURNS text RETURN 'm_port_chloe'",
    "create an operator": "CREATE OPERATOR harbour.= (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)",
    "drop a policy": "DROP POLICY own ON harbour.runs",
    "add a policy": "CREATE POLICY mine ON harbour.runs USING (true)",
    "lift row security": "ALTER TABLE harbour.runs DISABLE ROW LEVEL SECURITY",
    "take force off": "ALTER TABLE harbour.runs NO FORCE ROW LEVEL SECURITY",
    "switch triggers off": "ALTER TABLE harbour.audit_events DISABLE TRIGGER ALL",
    "add a trigger": "CREATE TRIGGER t BEFORE INSERT ON harbour.runs EXECUTE FUNCTION harbour.actor()",
    "take the table": "ALTER TABLE harbour.runs OWNER TO CURRENT_USER",
    "take the function": "ALTER FUNCTION harbour.approve(bigint, text, text) OWNER TO CURRENT_USER",
    "change the function's search path": "ALTER FUNCTION harbour.actor() SET search_path = pg_temp",
    "grant oneself everything": "GRANT ALL ON ALL TABLES IN SCHEMA harbour TO CURRENT_USER",
    "drop the schema": "DROP SCHEMA harbour CASCADE",
    "lock a table": "BEGIN; LOCK TABLE harbour.runs IN ACCESS EXCLUSIVE MODE",
    "read the password hashes of the server": "SELECT * FROM pg_authid",
    "read them another way": "SELECT * FROM pg_shadow",
    "read the credentials": "SELECT * FROM harbour.credentials",
    "read the credentials by copy": "COPY harbour.credentials TO STDOUT",
    "read a file": "SELECT pg_read_file('/etc/passwd')",
    "list a folder": "SELECT pg_ls_dir('/')",
    "read a file by copy": "COPY (SELECT 1) TO '/tmp/plimsoll-intruder'",
    "run a program": "COPY (SELECT 1) TO PROGRAM 'id'",
    "import a large object": "SELECT lo_import('/etc/passwd')",
    "load a library": "LOAD '/tmp/intruder.so'",
    "create dblink": "CREATE EXTENSION dblink",
    "create a C function": "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE c AS '/tmp/x.so', 'f'",
    "change a server setting": "ALTER SYSTEM SET log_statement = 'all'",
    "reload the server": "SELECT pg_reload_conf()",
    "write an audit event": "SELECT harbour.write_event(2, 'approve', 'submission:1', 'done', '{}')",
    "move a submission": "SELECT harbour.move_submission('approve', 1, '{}')",
    "decide past the checks": "SELECT harbour.decide('approve', 1, 'x', 'x')",
    "publish past the checks": "SELECT harbour.publish_submission(NULL, NULL, NULL)",
    "write a result past the checks": "SELECT harbour.write_result(1, '{}')",
    "digest any run": "SELECT harbour.run_digest(1)",
    "read the queue's function": "SELECT procrastinate.defer_run(1)",
    "mark a comment past the checks": "SELECT harbour.mark_comment('resolve', 1)",
    "write a decision past the checks": "SELECT harbour.keep_decision(NULL, NULL, NULL, 'x')",
    "void past the checks": "SELECT harbour.void_changed(1, 'content')",
    "read the channels": "SELECT * FROM harbour.channels",
    "list the server's lending of a member": "SELECT harbour.principals_of(1, '{reviewer}')",
    "ask for a bank's usage": "SELECT harbour.used_of(2, 'members')",
    "tell a member something": "SELECT harbour.tell(1, 'run_failed', 'run:1', '{}')",
    "read where a team is told": "SELECT address FROM harbour.alert_channels",
    "fire past the checks": "SELECT harbour.fire(NULL, now(), 'clock', NULL, '{}')",
    "end what a schedule did": "SELECT harbour.end_fire(1, 'succeeded', NULL, NULL, '{}')",
    "create a large object": "SELECT lo_create(0)",
    "write a large object": "SELECT lo_from_bytea(0, 'x')",
    "take an advisory lock": "SELECT pg_advisory_lock(1)",
}  # fmt: skip
FOR_WORKER_ONLY = {
    "pass over what is due": "SELECT harbour.pass_due(1, now(), now(), NULL, 'x')",
    "list every bank's schedules": "SELECT * FROM harbour.due_schedules()",
    "give up another's run": "SELECT harbour.abandon_run(1, 'x')",
    "take the letters": "SELECT * FROM harbour.claim_deliveries()",
    "lose the letters": "SELECT harbour.note_deliveries('{1}', NULL)",
    "learn who cancelled": "SELECT harbour.cancelled_by(1)",
    "count every bank's work": "SELECT * FROM harbour.gauges()",
}  # fmt: skip
FOR_ADMIN_ONLY = {
    "lift the quota": "SELECT harbour.set_quota('port', NULL, NULL, NULL, NULL)",
    "put a bank below another": "SELECT harbour.set_parent('nordhaven', 'port')",
    "report for another's entity": "SELECT harbour.set_entities('port', ARRAY['5299000000000000NO22'])",
    "count no server": "SELECT harbour.stop_server('port-amelie', '')",
    "count every server as ended": "SELECT harbour.keep_servers('{}')",
    "list the server's logins": "SELECT rolname FROM pg_roles",
    "list them another way": "SELECT usename FROM pg_user",
    "list the groups": "SELECT * FROM pg_group",
    "list who may become whom": "SELECT * FROM pg_auth_members",
    "see who is connected": "SELECT usename FROM pg_stat_activity",
    "see it by the function": "SELECT * FROM pg_stat_get_activity(NULL)",
    "see what is locked": "SELECT * FROM pg_locks",
    "learn a login by its number": "SELECT pg_get_userbyid(10)",
    "add an organisation": "SELECT harbour.add_organisation('evil', 'Evil')",
    "add a reviewer": "SELECT harbour.add_member('port', 'port-evil', 'Evil', '{reviewer}', 'x')",
    "suspend the reviewer": "SELECT harbour.set_member_state('port-chloe', 'suspended')",
    "set someone's password": "SELECT harbour.set_password_hash('port-chloe', 'x', false)",
    "read someone's hash": "SELECT * FROM harbour.open_login('port-chloe')",
    "forgive oneself": "SELECT harbour.close_login('port-amelie', true)",
    "change another's database password": "ALTER ROLE m_nordhaven_olga PASSWORD 'mine'",
    "create a role": "CREATE ROLE intruder",
    "join a member": "GRANT m_port_chloe TO CURRENT_USER",
}


def refused(connection: psycopg.Connection, attack: str | sql.Composed) -> None:
    with pytest.raises(REFUSED):
        connection.execute(attack)
    connection.rollback()


def everything(banks) -> list[object]:
    with banks.superuser() as root:
        rows = [
            root.execute(
                sql.SQL("SELECT t::text FROM harbour.{} t ORDER BY 1").format(sql.Identifier(table))
            ).fetchall()
            for table in TABLES
        ]
        roles = root.execute(
            "SELECT oid, rolname, rolsuper, rolcanlogin, rolbypassrls FROM pg_roles ORDER BY 1"
        ).fetchall()
        grants = root.execute(
            "SELECT roleid, member, inherit_option, set_option FROM pg_auth_members ORDER BY 1, 2"
        ).fetchall()
    return [*rows, roles, grants]


@pytest.fixture(scope="module", autouse=True)
def nothing_changes(scene):
    before = everything(scene.banks)
    yield
    assert everything(scene.banks) == before


@pytest.fixture(params=ATTACKERS)
def attacker(request, scene):
    with scene.banks.raw(request.param) as connection:
        yield connection


@pytest.fixture(params=[login for login in ATTACKERS if login != "harbour_admin"])
def outsider(request, scene):
    with scene.banks.raw(request.param) as connection:
        yield connection


@pytest.fixture(params=[login for login in ATTACKERS if login.startswith("m_")])
def member(request, scene):
    with scene.banks.raw(request.param) as connection:
        yield connection


@pytest.mark.parametrize("attack", ATTACKS)
def test_refused_to_everyone(attacker, attack):
    refused(attacker, ATTACKS[attack])


@pytest.mark.parametrize("attack", FOR_ADMIN_ONLY)
def test_refused_to_all_but_the_administrator_of_logins(outsider, attack):
    refused(outsider, FOR_ADMIN_ONLY[attack])


@pytest.mark.parametrize("attack", FOR_WORKER_ONLY)
@pytest.mark.parametrize("login", [login for login in ATTACKERS if login != "harbour_worker"])
def test_refused_to_all_but_the_worker(scene, login, attack):
    with scene.banks.raw(login) as connection:
        refused(connection, FOR_WORKER_ONLY[attack])


@pytest.mark.parametrize("table", TABLES)
def test_nobody_writes_a_table(attacker, table):
    name = sql.Identifier("harbour", table)
    column = sql.Identifier(
        {
            "actions": "roles",
            "reach": "roles",
            "transitions": "to_state",
            "alembic_version": "version_num",
        }.get(table, "")
    )
    if not column.as_string().strip('"'):
        column = sql.Identifier(
            {
                "credentials": "password_hash",
                "uploads": "finished",
                "one_time_codes": "secret",
                "recovery_codes": "used_at",
                "account_links": "ended_at",
                "member_identities": "dismissed",
            }.get(table, "organisation_id")
        )
    if table == "organisations":
        column = sql.Identifier("slug")
    for attack in (
        sql.SQL("INSERT INTO {} DEFAULT VALUES"),
        sql.SQL("UPDATE {} SET {} = {}"),
        sql.SQL("DELETE FROM {}"),
        sql.SQL("TRUNCATE {} CASCADE"),
        sql.SQL("COPY {} FROM STDIN"),
        sql.SQL("MERGE INTO {} USING (SELECT 1) one ON true WHEN MATCHED THEN DELETE"),
        sql.SQL("SELECT * FROM {} FOR UPDATE"),
    ):
        parts = [name, column, column] if attack.as_string().startswith("UPDATE") else [name]
        refused(attacker, attack.format(*parts))


def test_services_as_themselves_see_nothing(scene):
    for service in ("harbour_dashboards", "harbour_worker"):
        with scene.banks.raw(service) as connection:
            for table in TABLES:
                refused(connection, sql.SQL("SELECT * FROM {}").format(sql.Identifier("harbour", table)))


def test_members_call_the_public_functions_and_no_other(member):
    granted = member.execute(
        "SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'harbour'::regnamespace"
        " AND has_function_privilege(p.oid, 'EXECUTE')"
    ).fetchall()
    assert {name for (name,) in granted} == FOR_MEMBERS


def test_members_see_no_row_of_another_bank(member):
    mine = member.execute("SELECT harbour.my_organisation()").fetchone()[0]
    for table in sorted(SELECTABLE - {"actions", "reach", "transitions"}):
        column = "id" if table == "organisations" else "organisation_id"
        found = member.execute(
            sql.SQL("SELECT count(*) FROM {} WHERE {} <> %s").format(
                sql.Identifier("harbour", table), sql.Identifier(column)
            ),
            [mine],
        ).fetchone()
        assert found == (0,), table
    assert member.execute("SELECT count(*) FROM harbour.organisations").fetchone() == (1,)


def test_a_viewer_sees_published_work_only(scene):
    with scene.banks.raw("m_port_dario") as viewer:
        with scene.banks.superuser() as root:
            submissions = root.execute(
                "SELECT s.id FROM harbour.submissions s JOIN harbour.organisations o ON o.id = s.organisation_id"
                " WHERE s.state = 'published' AND o.slug = 'port'"
            ).fetchall()
            runs = root.execute(
                "SELECT run_id FROM harbour.submissions WHERE id = ANY (%s)",
                [[row[0] for row in submissions]],
            ).fetchall()
        assert len(submissions) == 1
        assert viewer.execute("SELECT id FROM harbour.submissions").fetchall() == submissions
        assert viewer.execute("SELECT id FROM harbour.runs").fetchall() == runs
        for hidden in ("comments", "approvals", "audit_events", "audit_heads"):
            assert (
                viewer.execute(sql.SQL("SELECT * FROM harbour.{}").format(sql.Identifier(hidden))).fetchall()
                == []
            )
        held = viewer.execute("SELECT count(*) FROM harbour.artefacts").fetchone()
        pieces = viewer.execute("SELECT count(DISTINCT upload_id) FROM harbour.artefact_chunks").fetchone()
        assert (held, pieces) == ((1,), (1,))


def test_a_member_becomes_no_other(member):
    for other in (
        "m_port_chloe",
        "m_nordhaven_olga",
        "harbour_dashboards",
        "harbour_worker",
        "harbour_admin",
    ):
        if other != member.info.user:
            refused(member, sql.SQL("SET ROLE {}").format(sql.Identifier(other)))


@pytest.mark.parametrize("database", ["hub", "postgres", "template1"])
@pytest.mark.parametrize("login", ["m_port_amelie", "harbour_dashboards", "harbour_worker", "harbour_admin"])
def test_no_way_into_another_database(scene, login, database):
    with pytest.raises(psycopg.OperationalError):
        scene.banks.raw(login, database)


def test_the_hubs_login_has_no_way_into_ours(scene):
    with pytest.raises(psycopg.OperationalError):
        scene.banks.raw("hub")
    scene.banks.raw("hub", "hub").close()


def test_nobody_sees_who_is_there_and_what_they_are_asking(member):
    for view in ("pg_stat_activity", "pg_roles", "pg_user", "pg_auth_members", "pg_locks"):
        refused(member, f"SELECT * FROM {view}")
    refused(member, "SELECT pg_notify('procrastinate_queue_v1#runs', '{}')")


def test_the_administrator_of_logins_sees_who_and_never_what(scene):
    with scene.banks.raw("m_port_chloe") as reviewer, scene.banks.raw("harbour_dashboards") as service:
        reviewer.execute("SELECT 'a secret of the reviewer'")
        refused(service, "SELECT query FROM pg_stat_activity")
        with scene.banks.raw("harbour_admin") as admin:
            seen = admin.execute(
                "SELECT query FROM pg_stat_activity WHERE usename = 'm_port_chloe'"
            ).fetchall()
    assert "a secret" not in str(seen)


def test_every_table_is_under_forced_row_security(scene):
    with scene.banks.superuser() as root:
        loose = root.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'harbour'::regnamespace"
            " AND relkind IN ('r', 'p', 'v', 'm')"
            " AND NOT (relrowsecurity AND relforcerowsecurity)"
        ).fetchall()
        known = root.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'harbour'::regnamespace"
            " AND relkind IN ('r', 'p')"
        ).fetchall()
        assert loose == []
        assert {name for (name,) in known} == set(TABLES), "a new table must join the attacks"


def test_every_definer_function_is_closed(scene):
    with scene.banks.superuser() as root:
        loose = root.execute(
            "SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace ="
            " 'harbour'::regnamespace AND"
            # What runs as its owner looks nowhere else; what does not is for the owner's functions alone.
            " (CASE WHEN coalesce(p.proconfig, '{}') @> ARRAY['search_path=pg_catalog, harbour, pg_temp']"
            "  THEN false ELSE p.prosecdef OR EXISTS (SELECT FROM aclexplode(coalesce(p.proacl,"
            "  acldefault('f', p.proowner))) a WHERE a.grantee <> p.proowner) END"
            "  OR p.proowner <> 'harbour_owner'::regrole"
            "  OR EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f',"
            " p.proowner))) a WHERE a.grantee = 0))"
        ).fetchall()
        assert loose == []
        powers = root.execute(
            "SELECT rolname FROM pg_roles WHERE rolname ~ '^(harbour|m_|hub)' AND"
            " (rolsuper OR rolbypassrls OR rolreplication)"
        ).fetchall()
        assert powers == []
