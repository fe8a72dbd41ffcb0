"""The database's processes killed in the middle of the work: after the restart nothing is half-done, nothing lost."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import psutil
import pytest
from tests.database import RUNNER, Harbour, free_port, records, start

from harbour import db, errors
from harbour.db import server
from harbour.identity import accounts

ROUNDS = 3
LONGEST = 60


class Server:
    """A server of one's own with fsync on, that can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder, (folder / "log").open("wb")
        self.harbour = Harbour(free_port(), folder / "pgpass")
        self.harbour.learn("postgres", secrets.token_urlsafe(16))
        (folder / "password").write_text(self.harbour.passwords["postgres"])
        server.initialise(folder / "data", folder / "password", RUNNER if os.geteuid() == 0 else None)
        self.start()

    def start(self) -> None:
        self.running = start(self.folder, self.harbour.port, self.log, "fsync=on")
        server.wait_ready(self.harbour.dsn("postgres", "postgres"), seconds=LONGEST)

    def kill(self) -> None:
        """Kill the postmaster and every process of it, as a power cut would."""
        postmaster = psutil.Process(self.running.pid)
        for process in (postmaster, *postmaster.children(recursive=True)):
            try:
                process.send_signal(signal.SIGKILL)
            except psutil.NoSuchProcess:
                continue
        self.running.wait(30)
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)

    def stop(self) -> None:
        self.running.send_signal(signal.SIGINT)
        try:
            self.running.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
        self.log.close()


@pytest.fixture
def killable():
    folder = Path(tempfile.mkdtemp(prefix="plimsoll-kill-"))
    folder.chmod(0o711)
    own = Server(folder)
    banks = own.harbour
    services = {login: secrets.token_urlsafe(16) for login in db.SERVICE_LOGINS}
    db.bootstrap(banks.dsn("postgres", "postgres"), services)
    for login, secret in services.items():
        banks.learn(login, secret)
    db.migrate(banks.dsn("harbour_migrator"))
    with banks.admin() as admin:
        accounts.create_organisation(admin, "port", "Banque du Port")
    banks.add("port-amelie", "analyst")
    banks.add("port-chloe", "reviewer")
    yield own
    own.stop()
    shutil.rmtree(folder)


def work_until_killed(banks: Harbour, promised: dict[str, list]) -> None:
    """Upload, record, submit, approve, one after the other; note down what the database said was done."""
    turn = 0
    try:
        with (
            banks.member("port-amelie") as amelie,
            banks.through("harbour_dashboards", "port-chloe") as chloe,
        ):
            while True:
                turn += 1
                name = f"{turn} {secrets.token_hex(4)}"
                content = secrets.token_bytes(3 << 20)
                promised["files"].append((amelie.artefacts.put(content), len(content)))
                run = amelie.workspace.save(records(name, summary={"scenario": name}))
                promised["runs"].append(run.id)
                submission = amelie.workspace.submit(run.id)
                promised["submitted"].append(submission.id)
                chloe.submissions.approve(submission.id, submission.digest)
                promised["approved"].append(submission.id)
    except errors.HarbourError:
        return  # it was killed


WHOLE = {
    "a file without its bytes": "SELECT a.sha256 FROM harbour.artefacts a WHERE a.size <>"
    " (SELECT coalesce(sum(octet_length(c.content)), 0)"
    " FROM harbour.artefact_chunks c WHERE c.upload_id = a.upload_id)",
    "an upload left half-way": "SELECT u.id FROM harbour.uploads u WHERE NOT u.finished",
    "bytes of no upload": "SELECT c.upload_id FROM harbour.artefact_chunks c LEFT JOIN harbour.artefacts a"
    " USING (upload_id) WHERE a.upload_id IS NULL",
    "a run under way by hand": "SELECT id FROM harbour.runs WHERE state NOT IN ('succeeded', 'failed')",
    "a submission between two states": "SELECT id FROM harbour.submissions WHERE state IN ('draft', 'approved')",
    "an approval that did not publish": "SELECT a.id FROM harbour.approvals a LEFT JOIN harbour.publications p"
    " USING (submission_id) WHERE p.id IS NULL",
    "a publication that nobody approved": "SELECT p.id FROM harbour.publications p LEFT JOIN harbour.approvals a"
    " USING (submission_id) WHERE a.id IS NULL",
    "a submission without its event": "SELECT s.id FROM harbour.submissions s WHERE NOT EXISTS (SELECT FROM"
    " harbour.audit_events e WHERE e.subject = 'submission:' || s.id AND e.action = 'submit')",
    "an event without its submission": "SELECT e.subject FROM harbour.audit_events e WHERE e.action = 'publish'"
    " AND NOT EXISTS (SELECT FROM harbour.submissions s WHERE e.subject = 'submission:' || s.id"
    " AND s.state IN ('published', 'superseded'))",
    "a digest that does not hold": "SELECT id FROM harbour.submissions WHERE digest <> harbour.run_digest(run_id)",
}


@pytest.mark.slow
def test_killed_in_the_middle_of_everything(killable, tmp_path):
    banks, promised = killable.harbour, {"files": [], "runs": [], "submitted": [], "approved": []}
    for turn in range(ROUNDS):
        workers = [threading.Thread(target=work_until_killed, args=[banks, promised]) for _ in range(4)]
        before = len(promised["approved"])
        for worker in workers:
            worker.start()
        end = time.monotonic() + LONGEST
        while len(promised["approved"]) < before + 3:
            assert time.monotonic() < end, "no work was done"
            time.sleep(0.01)
        time.sleep(0.037 * turn)
        killable.kill()
        for worker in workers:
            worker.join(LONGEST)
            assert not worker.is_alive()
        killable.start()
        with banks.superuser() as root:
            for what, statement in WHOLE.items():
                assert root.execute(statement).fetchall() == [], what
            for number in promised["runs"]:
                assert root.execute("SELECT FROM harbour.runs WHERE id = %s", [number]).fetchone() is not None
            for number in promised["submitted"]:
                assert root.execute("SELECT FROM harbour.submissions WHERE id = %s", [number]).rowcount == 1
            for number in promised["approved"]:
                state = root.execute(
                    "SELECT state FROM harbour.submissions WHERE id = %s", [number]
                ).fetchone()
                assert state == ("published",)
        with banks.member("port-amelie") as amelie:
            for sha256, size in promised["files"]:
                assert len(amelie.artefacts.get(sha256)) == size
    session = db.Session(banks.dsn("harbour_migrator"), role="harbour_owner")
    assert db.export_all(session, tmp_path / "log") >= 4 * len(promised["approved"])
    session.close()
    verifier = Path(__file__).resolve().parents[3] / "tools" / "verify_audit.py"
    shown = subprocess.run(
        ["python3", "-I", str(verifier), str(tmp_path / "log")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stdout
