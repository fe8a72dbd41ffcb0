"""Artefacts, runs, the queue, and the database's own set-up."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pandas
import procrastinate
import psycopg
import pytest
from tests.database import records

import harbour
import plimsoll
from harbour import connect, db, errors
from harbour.artefacts import claim
from harbour.execution.manifest import digest_file


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1, 5 << 20])
def test_a_file_comes_back_as_it_was(banks, tmp_path, size):
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    path = tmp_path / "sent"
    path.write_bytes(content)
    with banks.member("port-amelie") as amelie:
        sha256 = amelie.artefacts.put(path)
        assert sha256 == hashlib.sha256(content).hexdigest() == amelie.artefacts.put(content)
        assert amelie.artefacts.save(sha256, tmp_path / "got").read_bytes() == content


def test_a_spoiled_file_is_not_handed_out(banks):
    with banks.member("port-amelie") as amelie:
        sha256 = amelie.artefacts.put(b"as it was")
        with banks.superuser() as root:
            root.execute(
                "UPDATE harbour.artefact_chunks SET content = 'as it wos' WHERE content = 'as it was'"
            )
        with pytest.raises(errors.DatabaseError, match="are not those stored"):
            amelie.artefacts.get(sha256)
        with pytest.raises(errors.NotFound):
            amelie.artefacts.get("0" * 64)


def test_a_viewer_stores_nothing(banks):
    with (
        banks.member("port-dario") as dario,
        pytest.raises(errors.NotAllowed, match="it takes the role analyst"),
    ):
        dario.artefacts.put(b"x")


def test_a_name_again_is_a_new_version(banks):
    with banks.member("port-amelie") as amelie:
        first, second = (amelie.workspace.save(records("versions", cet1)) for cet1 in (0.1, 0.2))
        assert (first.version, second.version) == (1, 2)
        assert first.digest != second.digest
        assert amelie.runs.get(first.id) == first
        newest, before = amelie.runs.list(limit=1), amelie.runs.list(limit=1, before=second.id)
        assert (newest[0].id, before[0].id) == (second.id, first.id)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"digests": {"code": "not a digest"}}, errors.HarbourError),
        ({"digests": {"colour": "0" * 64}}, errors.HarbourError),
        ({"state": "queued"}, errors.HarbourError),
        ({"summary": {"cet1": float("nan")}}, ValueError),
    ],
)
def test_a_record_that_makes_no_sense_is_refused(banks, changes, error):
    with banks.member("port-amelie") as amelie, pytest.raises(error):
        amelie.workspace.save(records("nonsense", **changes))


def test_what_did_not_succeed_or_was_not_judged_cannot_be_submitted(banks):
    with banks.member("port-amelie") as amelie:
        failed = amelie.workspace.save(records("f", state="failed", error_cell=3, error_message="boom"))
        assert (failed.state, failed.error_cell, failed.error_message) == ("failed", 3, "boom")
        with pytest.raises(errors.WrongState, match="only a run that succeeded"):
            amelie.workspace.submit(failed.id)
        parts = dict(records().digests)
        del parts["verdict"]
        unjudged = amelie.workspace.save(records("u", digests=parts))
        with pytest.raises(errors.HarbourError, match="no digest of verdict"):
            amelie.workspace.submit(unjudged.id)


def work_queue(banks, execute) -> None:
    """Let procrastinate's own worker empty the queue, under the worker's login."""
    connector = procrastinate.PsycopgConnector(conninfo=banks.dsn("harbour_worker"))
    app = procrastinate.App(connector=connector)
    app.task(name="harbour.execute_run", queue="runs")(execute)

    async def run() -> None:
        async with app.open_async():
            await app.run_worker_async(wait=False, queues=["runs"], install_signal_handlers=False)

    asyncio.run(run())


def test_a_requested_run_is_executed_by_the_worker_as_its_maker(banks):
    with banks.member("port-amelie") as amelie:
        queued = amelie.runs.request("corep_own_funds", {"scenario": "baseline"}, name="queued")
        assert (queued.state, queued.executed_by) == ("queued", None)
        seen = []

        def execute(run_id: int) -> None:
            with connect(banks.dsn("harbour_worker")) as worker:
                claimed = claim(worker, run_id)
            seen.append((claimed.member, claimed.parameters))
            with banks.through("harbour_worker", claimed.member) as maker:
                assert maker.runs.get(run_id).state == "running"
                maker.runs.finish(run_id, records(claimed.name))
                with pytest.raises(errors.WrongState):
                    maker.runs.finish(run_id, records(claimed.name))

        work_queue(banks, execute)
        assert seen == [("port-amelie", {"scenario": "baseline"})]
        done = amelie.runs.get(queued.id)
        assert (done.state, done.executed_by, done.maker) == ("succeeded", "harbour_worker", "port-amelie")
        assert amelie.workspace.submit(done.id).state == "in_review"
    with connect(banks.dsn("harbour_worker")) as worker, pytest.raises(errors.NotFound):
        claim(worker, queued.id)


def test_a_request_that_rolls_back_leaves_no_job(banks):
    count = "SELECT count(*) FROM procrastinate.procrastinate_jobs"
    with banks.raw("harbour_worker") as worker, banks.raw("m_port_amelie") as amelie:
        before = worker.execute(count).fetchone()
        amelie.execute("BEGIN")
        amelie.execute("SELECT harbour.request_run('x', 'corep_own_funds', '{}')")
        amelie.execute("ROLLBACK")
        assert worker.execute(count).fetchone() == before


def test_set_up_twice_is_set_up_once(banks):
    services = {login: banks.passwords[login] for login in db.SERVICE_LOGINS}
    db.bootstrap(banks.dsn("postgres", "postgres"), services)
    db.migrate(banks.dsn("harbour_migrator"))
    newest = max(path.name[1:5] for path in (Path(db.__file__).parent / "migrations/versions").glob("r*.py"))
    assert db.revision_of(banks.dsn("harbour_migrator")) == newest


def test_the_embedded_server_is_closed(banks):
    with banks.superuser() as root:
        settings = (
            "listen_addresses unix_socket_directories password_encryption data_checksums server_encoding"
        )
        shown = {name: root.execute(f"SHOW {name}").fetchone()[0] for name in settings.split()}
        rules = root.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()
        kept = root.execute("SELECT rolpassword FROM pg_authid WHERE rolpassword IS NOT NULL").fetchall()
    assert shown == {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "password_encryption": "scram-sha-256",  # pragma: allowlist secret
        "data_checksums": "on",
        "server_encoding": "UTF8",
    }
    assert rules == [("scram-sha-256",)]
    assert all(re.match(r"SCRAM-SHA-256\$", secret) for (secret,) in kept)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(f"host=127.0.0.1 port={banks.port} dbname=plimsoll user=postgres passfile=/dev/null")


def test_a_database_that_is_not_there_says_what_to_do(tmp_path):
    with (
        connect("host=127.0.0.1 port=1 dbname=plimsoll user=x") as nobody,
        pytest.raises(errors.DatabaseError, match="harbour doctor"),
    ):
        _ = nobody.me


def test_a_simulation_is_kept_but_has_nothing_to_sign(banks):
    result = plimsoll.simulate(plimsoll.sample_book("savings_bank", seed=7, exposures=300))
    with banks.member("port-amelie") as amelie:
        run = amelie.workspace.save(result, "quick look")
        assert run.summary["ratios"]["cet1_ratio"] == result.ratios["cet1_ratio"]
        assert run.digests == {"data": result.book.digest}
        kept = pandas.read_parquet(io.BytesIO(amelie.artefacts.get(run.artefacts["lines.parquet"])))
        assert kept["rwa"].sum() == result.lines["rwa"].sum()
        with pytest.raises(errors.HarbourError, match="no digest of code"):
            amelie.workspace.submit(run.id)


def test_an_executed_report_is_kept_with_every_file(banks, tmp_path):
    (tmp_path / "summary.json").write_text(json.dumps(dict(records().summary)))
    (tmp_path / "executed.ipynb").write_text("{}")
    now = datetime.now(UTC)
    manifest = harbour.RunManifest(
        template="corep_own_funds",
        version="1",
        state="succeeded",
        parameters={"scenario": "baseline"},
        digests=dict(records().digests),
        outputs={name: digest_file(tmp_path / name) for name in ("summary.json", "executed.ipynb")},
        environment={},
        started=now,
        finished=now,
        folder=tmp_path,
    )
    manifest.write()
    with banks.member("port-amelie") as amelie:
        run = amelie.workspace.save(manifest, "June")
        assert set(run.artefacts) == {"summary.json", "executed.ipynb", "manifest.json"}
        assert run.artefacts["executed.ipynb"] == manifest.outputs["executed.ipynb"]
        assert run.summary["ratios"] == records().summary["ratios"]
        assert amelie.workspace.submit(run.id).digest == run.digest


def test_connecting_loads_no_notebook_machinery():
    heavy = "nbformat", "pandas", "alembic"
    loaded = f"import harbour, sys; harbour.connect; print([m for m in {heavy} if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
