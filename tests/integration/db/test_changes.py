"""An approval dies with what was approved, at once; who listens is woken, and nobody else hears anything."""

from __future__ import annotations

import threading
from dataclasses import replace

import psycopg
import pytest
from tests.database import records

from harbour import connect, errors
from harbour.publication import sweep

DISABLED = ("runs", "run_artefacts", "artefact_chunks", "publications")


def publish(banks, scenario: str):
    with banks.member("port-amelie") as amelie:
        made = replace(records(scenario, summary={"scenario": scenario}), template="changes")
        run = amelie.workspace.save(made)
        submission = amelie.workspace.submit(run.id)
    with banks.member("port-chloe") as chloe:
        return chloe.submissions.approve(submission.id, submission.digest)


def state_of(banks, submission) -> str:
    with banks.member("port-chloe") as chloe:
        return chloe.submissions.get(submission.id).state


@pytest.mark.parametrize(
    ("changed", "harm"),
    {
        "run": "UPDATE harbour.runs SET summary = '{}' WHERE id = %(run)s",
        "parameters": "UPDATE harbour.runs SET parameters = '{\"a\": 1}' WHERE id = %(run)s",
        "verdict": "UPDATE harbour.runs SET digests = digests - 'verdict' WHERE id = %(run)s",
        "who executed": "UPDATE harbour.runs SET executed_by = 'harbour_worker' WHERE id = %(run)s",
        "files": "DELETE FROM harbour.run_artefacts WHERE run_id = %(run)s",
        "more files": "INSERT INTO harbour.run_artefacts SELECT organisation_id, run_id, 'more', sha256"
        " FROM harbour.run_artefacts WHERE run_id = %(run)s",
        "content": "UPDATE harbour.artefact_chunks SET content = content || 'x' FROM harbour.artefacts a"
        " JOIN harbour.run_artefacts USING (organisation_id, sha256)"
        " WHERE run_id = %(run)s AND artefact_chunks.upload_id = a.upload_id",
        "publication": "UPDATE harbour.publications SET digest = repeat('0', 64) WHERE run_id = %(run)s",
    }.items(),
)
def test_a_change_of_any_part_voids_the_approval_at_once(banks, changed, harm):
    published = publish(banks, f"changed {changed}")
    with banks.superuser() as root, banks.member("port-dario") as dario:
        root.execute("SET session_replication_role = replica")  # around every ordinary trigger
        for table, trigger in TRIGGERS:  # another test's ENABLE TRIGGER USER makes them ordinary
            root.execute(f"ALTER TABLE harbour.{table} ENABLE ALWAYS TRIGGER {trigger}")
        root.execute(harm, {"run": published.run_id})
        assert state_of(banks, published) == "voided"
        assert published.id not in {found.submission_id for found in dario.publications.list()}
    with banks.member("port-chloe") as chloe:
        event = chloe.audit.events(f"submission:{published.id}")[0]
        assert (event.action, event.actor, event.login) == ("void_by_change", "postgres", "postgres")
        (fall,) = chloe.publications.voided(published.id)
        assert fall.voided_by == "postgres"
        assert fall.changed in {"run", "files", "content", "publication"}


TRIGGERS = (
    ("runs", "approvals_die_with_runs"),
    ("run_artefacts", "approvals_die_with_files"),
    ("artefact_chunks", "approvals_die_with_content"),
    ("publications", "approvals_die_with_digests"),
    ("publications", "publications_wake_listeners"),
)


def test_every_guard_of_an_approval_fires_always(banks):
    with banks.raw("harbour_migrator") as migrator:
        migrator.execute("SET ROLE harbour_owner")
        scripts = migrator.execute("SELECT tgname FROM pg_trigger WHERE tgname ~ '^approvals_die'").fetchall()
    assert {name for (name,) in scripts} >= {name for _, name in TRIGGERS if name.startswith("approvals_die")}


def test_what_was_changed_with_the_triggers_off_is_swept(banks):
    published = publish(banks, "swept")
    with banks.superuser() as root, connect(banks.dsn("harbour_worker")) as worker:
        for table in DISABLED:
            root.execute(f"ALTER TABLE harbour.{table} DISABLE TRIGGER USER")
        root.execute("UPDATE harbour.runs SET summary = '{}' WHERE id = %s", [published.run_id])
        for table in DISABLED:
            root.execute(f"ALTER TABLE harbour.{table} ENABLE TRIGGER USER")
        for table, trigger in TRIGGERS:
            root.execute(f"ALTER TABLE harbour.{table} ENABLE ALWAYS TRIGGER {trigger}")
        assert state_of(banks, published) == "published"
        assert sweep(worker) >= 1
        assert state_of(banks, published) == "voided"
        assert sweep(worker) == 0


def test_who_listens_is_woken_by_every_change_and_not_by_the_clock(banks):
    first = publish(banks, "listened to")
    seen: list[set[int]] = []
    ready = threading.Event()

    def listen() -> None:
        with banks.through("harbour_dashboards", "port-dario") as dario:
            for figures in dario.publications.changes(seconds=30, pause=30):
                seen.append({figure.submission_id for figure in figures})
                ready.set()
                if len(seen) == 3:
                    return

    listener = threading.Thread(target=listen)
    listener.start()
    assert ready.wait(10)
    second = publish(banks, "listened to, too")
    with banks.superuser() as root:
        while len(seen) < 2 and listener.is_alive():
            listener.join(0.05)
        root.execute("SET session_replication_role = replica")
        root.execute("UPDATE harbour.runs SET summary = '{}' WHERE id = %s", [second.run_id])
    listener.join(20)
    assert not listener.is_alive()
    assert first.id in seen[0]
    assert seen[1] - seen[0] == seen[1] - seen[2] == {second.id}


def test_listening_ends_when_it_is_told_to(banks):
    with banks.member("port-dario") as dario:
        assert len(list(dario.publications.changes(seconds=0.2, pause=0.05))) == 1
    with connect(banks.dsn("harbour_dashboards")) as nobody, pytest.raises(errors.NotAllowed):
        next(nobody.publications.changes(seconds=0))


def test_another_bank_hears_nothing(banks):
    with banks.raw("m_nordhaven_olga") as olga, banks.raw("m_port_chloe") as chloe:
        theirs, ours = (c.execute("SELECT harbour.my_channel()").fetchone()[0] for c in (olga, chloe))
        assert theirs != ours
        assert len(ours) == 33
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            olga.execute("SELECT name FROM harbour.channels")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            olga.execute("SELECT harbour.anchor_channel()")
        for channel in (theirs, "harbour", "publications", "port"):
            olga.execute(f'LISTEN "{channel}"')
        chloe.execute(f'LISTEN "{ours}"')
        with banks.superuser() as root:
            root.execute("UPDATE harbour.channels SET woken_at = now() - interval '2 seconds'")
        first = publish(banks, "unheard")
        heard = list(chloe.notifies(timeout=5, stop_after=1))
        assert [(note.channel, note.payload) for note in heard] == [(ours, "")]
        assert list(olga.notifies(timeout=0.3)) == []
        # Within a second of one that was told, another need not be; what falls is told whenever it falls.
        with banks.superuser() as root:
            root.execute("UPDATE harbour.channels SET woken_at = now() + interval '1 minute'")
        publish(banks, "unheard either")
        assert list(chloe.notifies(timeout=0.3)) == []
        with banks.member("port-chloe") as reviewer:
            reviewer.submissions.void(first.id, "A figure is wrong.")
        assert len(list(chloe.notifies(timeout=5, stop_after=1))) == 1
        with banks.superuser() as root:
            root.execute("UPDATE harbour.channels SET woken_at = DEFAULT")
