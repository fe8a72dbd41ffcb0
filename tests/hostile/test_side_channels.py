"""What the server says beside its answers (errors, statistics, plans, counters) tells one bank of no other's rows."""

from __future__ import annotations

import json

import psycopg
import pytest
from psycopg import sql

REFUSED = psycopg.errors.InsufficientPrivilege


@pytest.mark.parametrize(
    "condition",
    [
        "1 / (id - {id}) = 0",  # divides by zero on the row that must not be seen, and on no other
        "CASE WHEN id = {id} THEN name::int END = 1",  # would put its name into the message
        "CASE WHEN id = {id} THEN (summary ->> 'scenario')::date > now() END",
    ],
)
def test_an_error_tells_nothing_of_another_banks_row(scene, condition):
    said = condition.format(id=scene.nilss_run.id)
    with scene.banks.raw("m_port_chloe") as chloe:
        found = chloe.execute(f"SELECT id FROM harbour.runs WHERE {said}").fetchall()
        assert all(id_ != scene.nilss_run.id for (id_,) in found)
    # Who may see the row meets the error: the attack is one.
    with scene.banks.raw("m_nordhaven_nils") as nils, pytest.raises(psycopg.DataError):
        nils.execute(f"SELECT id FROM harbour.runs WHERE {said}").fetchall()


def test_the_statistics_of_tables_are_nobodys(scene):
    with scene.banks.superuser() as root:
        root.execute("ANALYZE harbour.runs")
        root.execute("ANALYZE harbour.members")
        kept = "SELECT count(*) FROM pg_stats WHERE schemaname = 'harbour'"
        assert root.execute(kept).fetchone()[0] > 0
    with scene.banks.raw("m_port_amelie") as amelie:
        assert amelie.execute(kept).fetchone() == (0,)
        for hidden in ("pg_statistic", "pg_stat_user_tables", "pg_stat_all_tables", "pg_stat_database"):
            with pytest.raises(REFUSED):
                amelie.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(hidden)))


def test_a_plan_executed_counts_no_row_of_another_bank(scene):
    with scene.banks.raw("m_port_amelie") as amelie:
        plan = amelie.execute(
            "EXPLAIN (ANALYZE, FORMAT JSON) SELECT FROM harbour.runs WHERE id = %s", [scene.nilss_run.id]
        ).fetchone()[0]
    assert plan[0]["Plan"]["Actual Rows"] == 0
    assert "Nordhaven" not in json.dumps(plan)


def test_nobody_reads_or_moves_a_counter(scene):
    with scene.banks.superuser() as root:
        counters = [
            name
            for (name,) in root.execute(
                "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'S' AND relnamespace IN"
                " ('harbour'::regnamespace, 'procrastinate'::regnamespace)"
            )
        ]
    assert len(counters) > 5
    for login in ("m_port_amelie", "m_port_elsa", "m_platform_root", "harbour_dashboards", "harbour_admin"):
        with scene.banks.raw(login) as connection:
            for counter in counters:
                for attack in (
                    f"SELECT last_value FROM {counter}",
                    f"SELECT nextval('{counter}')",
                    f"SELECT setval('{counter}', 1)",
                    f"SELECT currval('{counter}')",
                ):
                    with pytest.raises(REFUSED):
                        connection.execute(attack)


def test_what_a_table_weighs_is_seen_and_is_all_that_is(scene):
    """Stated in docs/security.md: how large a table is, over all banks, is no secret of this server."""
    with scene.banks.raw("m_port_amelie") as amelie:
        assert amelie.execute("SELECT pg_relation_size('harbour.runs') > 0").fetchone() == (True,)
        assert amelie.execute("SELECT reltuples > 0 FROM pg_class WHERE relname = 'runs'").fetchone() == (
            True,
        )
