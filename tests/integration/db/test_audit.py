"""The audit log, checked from outside: tools/verify_audit.py on a clean Python."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import psycopg
import pytest

VERIFIER = Path(__file__).resolve().parents[3] / "tools" / "verify_audit.py"


def verify(export: Path, anchors: Path | None = None) -> tuple[int, str]:
    """Run the verifier isolated (-I: none of our packages can be imported by path or environment)."""
    command = [sys.executable, "-I", str(VERIFIER), str(export)]
    ran = subprocess.run(
        [*command, "--anchors", str(anchors)] if anchors else command,
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.returncode, ran.stdout.strip()


@pytest.fixture
def chain(banks, record, tmp_path):
    """Return an exported chain with work and a denial in it, and the anchor of its head."""
    with banks.member("port-amelie") as amelie:
        run = amelie.workspace.save(
            record("É\n“quoted”\\ 10€ {x}")
        )  # text that a careless form would confuse
        amelie.workspace.submit(run.id, "naïve\n3:note,")
        export, anchors = tmp_path / "audit.jsonl", tmp_path / "anchors.jsonl"
        count = amelie.audit.export(export)
        head = amelie.audit.head()
    assert head is not None
    assert (head.seq, count >= 10) == (count, True)
    anchors.write_text(json.dumps(asdict(head)) + "\n")
    return export, anchors


def test_a_true_chain_is_whole(chain):
    assert verify(chain[0])[0] == 0
    code, said = verify(*chain)
    assert (code, "1 anchors met" in said) == (0, True)


@pytest.mark.parametrize(
    ("harm", "statement"),
    [
        (
            "edited",
            "UPDATE harbour.audit_events SET detail = '{\"forged\": true}'",
        ),
        (
            "backdated",
            "UPDATE harbour.audit_events SET at = at - interval '1 us'",
        ),
        (
            "reattributed",
            "UPDATE harbour.audit_events SET actor = 'port-chloe'",
        ),
        ("removed", "DELETE FROM harbour.audit_events"),
    ],
)
def test_what_a_superuser_does_to_the_log_is_found_and_named(banks, chain, tmp_path, harm, statement):
    with banks.superuser() as root:
        org = root.execute("SELECT id FROM harbour.organisations WHERE slug = 'port'").fetchone()[0]
        kept = root.execute(
            "SELECT * FROM harbour.audit_events WHERE seq = 4 AND organisation_id = %s", [org]
        ).fetchone()
        root.execute("ALTER TABLE harbour.audit_events DISABLE TRIGGER ALL")
        root.execute(statement + " WHERE seq = 4 AND organisation_id = %s", [org])
        try:
            with banks.member("port-amelie") as amelie:
                amelie.audit.export(tmp_path / "harmed.jsonl")
        finally:
            root.execute("DELETE FROM harbour.audit_events WHERE seq = 4 AND organisation_id = %s", [org])
            columns = [json.dumps(value) if isinstance(value, dict) else value for value in kept]
            root.execute("INSERT INTO harbour.audit_events VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)", columns)
            root.execute("ALTER TABLE harbour.audit_events ENABLE TRIGGER ALL")
    code, said = verify(tmp_path / "harmed.jsonl")
    assert code == 1
    assert (
        "port: event 5 follows event 3" if harm == "removed" else "port: event 4 is not what was written"
    ) in said


def test_a_cut_end_and_a_rewritten_chain_are_found_by_the_anchor(chain, tmp_path):
    sys.path.insert(0, str(VERIFIER.parent))
    try:
        from verify_audit import hash_of
    finally:
        sys.path.pop(0)
    export, anchors = chain
    events = [json.loads(line) for line in export.read_text().splitlines()]
    cut = tmp_path / "cut.jsonl"
    cut.write_text("".join(json.dumps(event) + "\n" for event in events[:-1]))
    assert verify(cut)[0] == 0  # nothing in a chain tells of its lost end …
    assert verify(cut, anchors) == (1, f"NOT WHOLE: port: event {len(events)} was anchored and is missing")
    events[2]["actor"], before = "port-chloe", "0" * 64
    for event in events:
        event["hash"] = before = hash_of(event, before)
    rewritten = tmp_path / "rewritten.jsonl"
    rewritten.write_text("".join(json.dumps(event) + "\n" for event in events))
    assert verify(rewritten)[0] == 0
    assert verify(rewritten, anchors)[0] == 1


@pytest.mark.parametrize("text", ["not json\n", '{"organisation": "port"}\n', "[]\n", '"x"\n', "\xff\n"])
def test_a_file_that_is_no_export_is_said_to_be_none(tmp_path, text):
    path = tmp_path / "x.jsonl"
    path.write_bytes(text.encode("latin-1"))
    assert verify(path)[0] == 2


def test_not_even_a_careless_owner_changes_the_log(banks):
    with banks.raw("harbour_migrator") as migrator:
        migrator.execute("SET ROLE harbour_owner")
        for change in (
            "UPDATE harbour.audit_events SET actor = 'x'",
            "DELETE FROM harbour.audit_events",
            "TRUNCATE harbour.audit_events",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
                migrator.execute(change)


@pytest.mark.parametrize("end", ["t.seq - 1, t.hash", "t.seq, repeat('f', 64)"])
def test_an_event_is_added_at_the_end_of_its_chain_or_nowhere(banks, end):
    heads = "SELECT organisation_id, seq, hash FROM harbour.audit_heads ORDER BY 1"
    with banks.superuser() as root:
        root.execute("SET search_path = harbour, pg_temp")
        before = root.execute(heads).fetchall()
        with pytest.raises(psycopg.IntegrityError):
            root.execute(
                f"SELECT write_events((t.organisation_id, t.slug, NULL, t.actor, {end})::chain_end, '{{x}}', 'x',"
                " 'done', ARRAY['{}'::jsonb]) FROM organisations o, take_turn(o.id) t WHERE o.slug = 'port'"
            )
        assert root.execute(heads).fetchall() == before
