"""Anchors outside the database; the log harmed in ten thousand ways; who had what part in a submission."""

from __future__ import annotations

import copy
import csv
import json
import random
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.database import records

from harbour import connect, db, errors
from harbour.cli import main
from harbour.db.anchors import FILE, watch
from harbour.settings import Settings

TOOLS = Path(__file__).resolve().parents[3] / "tools"
sys.path.insert(0, str(TOOLS))
import verify_audit  # noqa: E402  # a tool on its own, not a package

sys.path.pop(0)

HARMS = 10_000


def owner(banks) -> db.Session:
    return db.Session(banks.dsn("harbour_migrator"), role="harbour_owner")


def exported(banks, path: Path) -> list[dict]:
    session = owner(banks)
    db.export_all(session, path)
    session.close()
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def work(banks):
    """Leave a submitted run, so that there is something in the log."""
    with banks.member("port-amelie") as amelie:
        made = replace(records("anchored", summary={"scenario": "anchored"}), template="anchored")
        run = amelie.workspace.save(made)
        return amelie.workspace.submit(run.id)


def test_an_anchor_is_added_where_a_chain_has_grown(banks, work, tmp_path):
    with banks.admin() as admin:
        first = db.anchor(admin, tmp_path)
        assert {"port", "nordhaven", "platform"} <= {head.organisation for head in first}
        assert db.anchor(admin, tmp_path) == []
        with banks.member("port-amelie") as amelie:
            amelie.submissions.withdraw(work.id)
        again = db.anchor(admin, tmp_path)
    assert [head.organisation for head in again] == ["port"]
    assert db.read_anchors(tmp_path) == first + again
    assert (
        verify_audit.first_fault(exported(banks, tmp_path / "x"), [asdict(a) for a in first + again])[0]
        is None
    )


def test_an_anchor_cut_short_by_a_crash_is_written_again(banks, work, tmp_path):
    with banks.admin() as admin:
        first = db.anchor(admin, tmp_path)
        whole = (tmp_path / FILE).read_bytes()
        (tmp_path / FILE).write_bytes(whole[:-20])
        assert [head.organisation for head in db.anchor(admin, tmp_path)] == [first[-1].organisation]
        assert len(db.read_anchors(tmp_path)) == len(first)
        (tmp_path / FILE).write_bytes(b"not an anchor\n" + whole)
        with pytest.raises(errors.AuditBroken, match="at byte 0"):
            db.anchor(admin, tmp_path)


@pytest.mark.parametrize("harm", ["rewritten", "cut"])
def test_a_forged_chain_is_not_anchored(banks, work, tmp_path, harm):
    with banks.admin() as admin, banks.superuser() as root:
        db.anchor(admin, tmp_path)
        before = (tmp_path / FILE).read_bytes()
        forged = [json.loads(line) for line in before.splitlines()]
        if harm == "rewritten":
            forged[0]["hash"] = "0" * 64
        else:
            forged[0]["seq"] += 10**6
        (tmp_path / FILE).write_text("".join(json.dumps(line) + "\n" for line in forged))
        kept = (tmp_path / FILE).read_bytes()
        with pytest.raises(
            errors.AuditBroken, match="another one now" if harm == "rewritten" else "is missing"
        ):
            db.anchor(admin, tmp_path)
        assert (tmp_path / FILE).read_bytes() == kept
        assert root.execute("SELECT 1").fetchone() == (1,)


def test_every_approval_is_anchored_at_once_and_what_was_changed_is_swept(banks, work, tmp_path):
    stop = threading.Event()
    with connect(banks.dsn("harbour_worker")) as worker:
        loop = threading.Thread(target=watch, args=[worker, tmp_path, stop], kwargs={"every": 60.0})
        loop.start()
        try:
            wait(lambda: db.read_anchors(tmp_path))
            with banks.member("port-chloe") as chloe:
                chloe.submissions.approve(work.id, work.digest)
                head = chloe.audit.head()
            wait(lambda: head.hash in {anchor.hash for anchor in db.read_anchors(tmp_path)})
        finally:
            stop.set()
            loop.join()


def wait(true, seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def rehash(events: list[dict]) -> None:
    """Do what a superuser who knows the form would: make the chains whole in themselves again."""
    heads: dict[str, str] = {}
    for event in events:
        before = heads.get(event["organisation"], verify_audit.START)
        event["hash"] = heads[event["organisation"]] = verify_audit.hash_of(event, before)


def renumber(events: list[dict]) -> None:
    counts: dict[str, int] = {}
    for event in events:
        counts[event["organisation"]] = event["seq"] = counts.get(event["organisation"], 0) + 1


def harm(chance: random.Random, true: list[dict]) -> tuple[str, list[dict]]:
    """Return a harmed copy of a chain: edited, cut, inserted into, put in another order, or rewritten whole."""
    events = copy.copy(true)
    place = chance.randrange(len(events))
    kind = chance.choice(
        ["edit", "delete", "insert", "swap", "cut", "rewrite edit", "rewrite delete", "rewrite insert"]
    )
    if "edit" in kind:
        field = chance.choice(
            [*verify_audit.FIELDS[1:], "hash"] if kind == "edit" else verify_audit.FIELDS[2:]
        )
        event = dict(events[place])
        event[field] = event[field] + 1 if field == "seq" else spoilt(chance, event[field])
        events[place] = event
    elif "delete" in kind:
        del events[place]
    elif "insert" in kind:
        events.insert(place, dict(chance.choice(true)) | {"action": "approve"})
    elif kind == "swap":
        other = chance.choice([at for at in range(len(events)) if at != place])
        events[place], events[other] = events[other], events[place]
    else:
        events = events[:place]
    if kind.startswith("rewrite"):
        events = [dict(event) for event in events]
        renumber(events)
        rehash(events)
    return kind, events


def spoilt(chance: random.Random, text: str) -> str:
    place = chance.randrange(len(text) + 1)
    return text[:place] + chance.choice(["x", " ", "é", "0:,", "\x00"]) + text[place:]


def test_ten_thousand_harms_of_a_superuser_are_all_found(banks, work, tmp_path):
    with banks.admin() as admin:
        anchors = [asdict(head) for head in db.anchor(admin, tmp_path)]
    true = [event for event in exported(banks, tmp_path / "x") if event["organisation"] == "port"][:60]
    ends = [anchor for anchor in anchors if anchor["organisation"] == "port"]
    anchors = [{"organisation": "port", "seq": true[-1]["seq"], "hash": true[-1]["hash"]}]
    assert len(true) >= 10
    assert ends
    assert verify_audit.first_fault(true, anchors) == (None, len(true))
    chance, missed, kinds = random.Random(20260630), [], {}
    for _ in range(HARMS):
        kind, events = harm(chance, true)
        fault, _ = verify_audit.first_fault(events, anchors)
        kinds[kind] = kinds.get(kind, 0) + 1
        if fault is None or not fault.startswith("port: event "):
            missed.append((kind, fault))
    assert missed == []
    assert min(kinds.values()) > 1000


def test_the_first_bad_row_is_the_one_that_was_harmed(banks, work, tmp_path):
    true = [event for event in exported(banks, tmp_path / "x") if event["organisation"] == "port"]
    for place, event in enumerate(true):
        events = [*true[:place], event | {"actor": "port-forger"}, *true[place + 1 :]]
        assert verify_audit.first_fault(events, [])[0] == f"port: event {place + 1} is not what was written"


SUPERUSERS_HARMS = {
    "edit": "UPDATE harbour.audit_events SET {field} = {value} WHERE organisation_id = {org} AND seq = {seq}",
    "delete": "DELETE FROM harbour.audit_events WHERE organisation_id = {org} AND seq = {seq}",
    "cut": "DELETE FROM harbour.audit_events WHERE organisation_id = {org} AND seq >= {seq}",
    "swap": "UPDATE harbour.audit_events SET seq = CASE seq WHEN {seq} THEN {seq} + 1 ELSE {seq} END"
    " WHERE organisation_id = {org} AND seq IN ({seq}, {seq} + 1)",
    "insert": "INSERT INTO harbour.audit_events"
    " SELECT organisation_id, seq + 100000, at, actor, login, 'approve', subject,"
    " outcome, detail, hash FROM harbour.audit_events WHERE organisation_id = {org} AND seq = {seq}",
}
FIELDS = {
    "actor": "'x'",
    "at": "now()",
    "action": "'approve'",
    "outcome": "'done'",
    "detail": "'{{}}'",
    "hash": "repeat('0', 64)",
}


def test_harms_in_the_real_database_are_found_too(banks, work, tmp_path):
    chance = random.Random(7)
    with banks.admin() as admin, banks.superuser() as root:
        anchors = [asdict(head) for head in db.anchor(admin, tmp_path)]
        org = root.execute("SELECT id FROM harbour.organisations WHERE slug = 'port'").fetchone()[0]
        rows = root.execute(
            "SELECT count(*) FROM harbour.audit_events WHERE organisation_id = %s", [org]
        ).fetchone()[0]
        root.execute("ALTER TABLE harbour.audit_events DISABLE TRIGGER ALL")
        root.execute("CREATE TABLE public.kept AS TABLE harbour.audit_events")
        try:
            for turn in range(30):
                kind, field = list(SUPERUSERS_HARMS)[turn % 5], chance.choice(list(FIELDS))
                statement = SUPERUSERS_HARMS[kind].format(
                    org=org, seq=chance.randrange(1, rows), field=field, value=FIELDS[field].format()
                )
                if kind == "swap":
                    root.execute("ALTER TABLE harbour.audit_events DROP CONSTRAINT audit_events_pkey")
                changed = root.execute(statement).rowcount
                found = exported(banks, tmp_path / "harmed")
                same = found == exported_before(tmp_path, banks, root) if changed else True
                fault, _ = verify_audit.first_fault(found, anchors)
                assert fault is not None or same, statement
                root.execute("TRUNCATE harbour.audit_events")
                root.execute("INSERT INTO harbour.audit_events SELECT * FROM public.kept")
                if kind == "swap":
                    root.execute("ALTER TABLE harbour.audit_events ADD PRIMARY KEY (organisation_id, seq)")
        finally:
            root.execute("ALTER TABLE harbour.audit_events ENABLE TRIGGER ALL")
            root.execute("DROP TABLE public.kept")
    assert verify_audit.first_fault(exported(banks, tmp_path / "after"), anchors)[0] is None


def exported_before(tmp_path: Path, banks, root) -> list[dict]:
    """Return the export as it would have been: an edit may write what stood there already."""
    root.execute("BEGIN")
    harmed = root.execute(
        "SELECT count(*) FROM (TABLE harbour.audit_events EXCEPT TABLE public.kept) x"
    ).fetchone()[0]
    lost = root.execute(
        "SELECT count(*) FROM (TABLE public.kept EXCEPT TABLE harbour.audit_events) x"
    ).fetchone()[0]
    root.execute("COMMIT")
    return exported(banks, tmp_path / "same") if harmed == lost == 0 else []


@settings(max_examples=400, deadline=None)
@given(
    st.lists(
        st.binary(max_size=80)
        | st.sampled_from(
            [
                b"[" * 100_000,
                b'{"organisation":"a","organisation":"b"}',
                b'{"organisation":"\\ud800","seq":1}',
                b"1" * 5000,
                b"null",
                b"{}",
            ]
        ),
        max_size=4,
    )
)
def test_no_file_whatever_breaks_the_verifier(tmp_path_factory, lines):
    path = tmp_path_factory.mktemp("fuzz") / "x.jsonl"
    path.write_bytes(b"\n".join(lines))
    try:
        read = list(verify_audit.read_lines(path, (*verify_audit.FIELDS, "hash")))
    except (verify_audit.Unreadable, UnicodeDecodeError):
        return
    assert read == []


EVENT = st.fixed_dictionaries(
    {name: st.integers() if name == "seq" else st.text() for name in (*verify_audit.FIELDS, "hash")}
)


@settings(max_examples=200, deadline=None)
@given(st.lists(EVENT, max_size=5), st.lists(EVENT, max_size=3))
def test_no_events_whatever_pass_for_a_chain(events, anchors):
    fault, count = verify_audit.first_fault(events, anchors)
    assert (fault is None) == (events == [] and all(anchor["seq"] == 0 for anchor in anchors)) or fault
    assert count <= len(events)


@pytest.mark.parametrize(
    "spoilt_line",
    [
        '{"organisation": "port", "organisation": "nordhaven"}',
        '{"note": "not covered by the hash"}',
        "[" * 100_000,
    ],
)
def test_what_could_be_read_in_two_ways_is_not_read(tmp_path, spoilt_line):
    path = tmp_path / "x.jsonl"
    path.write_text(spoilt_line + "\n")
    with pytest.raises(verify_audit.Unreadable):
        list(verify_audit.read_lines(path, (*verify_audit.FIELDS, "hash")))


def test_anchors_that_contradict_each_other_are_said(tmp_path):
    two = [{"organisation": "port", "seq": 1, "hash": digit * 64} for digit in "ab"]
    assert verify_audit.first_fault([], two)[0] == "port: event 1 was anchored twice, differently"


@pytest.fixture
def installation(banks, tmp_path, monkeypatch):
    """Let the command line find this database as an installation's."""

    @contextmanager
    def as_login(_, user):
        yield banks.dsn(user)

    monkeypatch.setattr("harbour.cli.audit.as_login", as_login)
    monkeypatch.setattr("harbour.cli.audit.load_settings", lambda: Settings(tmp_path))
    return tmp_path


def test_the_command_line_anchors_exports_and_verifies(banks, work, installation, capsys):
    assert main(["audit", "anchor"]) == 0
    assert (installation / "anchors" / FILE).exists()
    assert main(["audit", "export", str(installation / "log.jsonl")]) == 0
    assert main(["audit", "export", str(installation / "log.csv")]) == 0
    capsys.readouterr()
    assert main(["audit", "verify"]) == 0
    assert "anchors met" in capsys.readouterr().out
    assert json.loads((installation / "run" / "last_verification.json").read_text())["whole"] is True
    lines = (installation / "log.jsonl").read_text().splitlines(keepends=True)
    (installation / "log.jsonl").write_text("".join(lines[:-1]))
    assert main(["audit", "verify", str(installation / "log.jsonl")]) != 0
    assert "NOT WHOLE" in capsys.readouterr().err
    assert (installation / "log.csv").read_text().startswith("organisation,seq,at,actor,")


def test_who_saw_ran_and_approved_as_of_a_day(banks, work, tmp_path):
    subject = f"submission:{work.id}"
    with banks.member("port-chloe") as chloe, banks.member("port-bruno") as bruno:
        assert bruno.submissions.open(work.id).digest == work.digest
        bruno.submissions.open(work.id)  # a second look leaves no second trace
        before = datetime.now(UTC)
        chloe.submissions.open(work.id)
        chloe.submissions.approve(work.id, work.digest)
        parts = [(part.part, part.who) for part in chloe.audit.who(subject)]
        assert parts == [
            ("ran", "port-amelie"),
            ("submitted", "port-amelie"),
            ("saw", "port-bruno"),
            ("saw", "port-chloe"),
            ("approved", "port-chloe"),
            ("published", "port-chloe"),
        ]
        then = [(part.part, part.who) for part in chloe.audit.who(subject, as_of=before)]
        assert then == parts[:3]
        assert chloe.audit.who(subject)[2].digest == work.digest
        assert chloe.audit.export_who(subject, tmp_path / "who.csv", as_of=before, form="csv") == 3
        with (tmp_path / "who.csv").open(newline="", encoding="utf-8") as stream:
            assert [(row["part"], row["who"]) for row in csv.DictReader(stream)] == parts[:3]
        assert chloe.audit.export_who(subject, tmp_path / "who.jsonl") == len(parts)
        lines = [json.loads(line) for line in (tmp_path / "who.jsonl").read_text().splitlines()]
        assert [(line["part"], line["who"]) for line in lines] == parts
        assert datetime.fromisoformat(lines[2]["at"]) <= before
        assert chloe.audit.export(tmp_path / "log.csv", form="csv") > 10
        with (tmp_path / "log.csv").open(newline="", encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
        assert {row["action"] for row in rows if row["subject"] == subject} >= {"see", "approve"}
    with banks.member("nordhaven-olga") as olga:
        assert olga.audit.who(subject) == []
        with pytest.raises(errors.NotFound):
            olga.submissions.open(work.id)
    with banks.member("port-dario") as dario:
        assert dario.audit.who(subject) == []  # a viewer reads no audit log
        assert dario.submissions.open(work.id).state == "published"
