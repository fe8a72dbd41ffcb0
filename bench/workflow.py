"""Time the audited workflow: python -m bench.workflow [seconds per measure].

A server of its own (fsync on), 16 banks, 50,000 submissions. One action is done by 1, 8 and 32 clients of one process
over a pool, as the dashboards do it: become the member, call the function; it checks role, state, four eyes and
digest, moves the state and adds to the bank's hash chain. Against it, in the same run and over the same pool, the
plain action: insert an event and update a row, in one transaction, with no check at all.
"""

from __future__ import annotations

import itertools
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg import Connection
from psycopg_pool import ConnectionPool

import harbour
from bench.harness import measure, report
from harbour import db
from harbour.db import server
from harbour.identity import accounts

BANKS, SUBMISSIONS, CLIENTS = 16, 50_000, (1, 8, 32)
RUNNER = "nobody" if os.geteuid() == 0 else None
Action = Callable[[Connection, int], None]

FILL = """
INSERT INTO harbour.runs
    (organisation_id, maker_id, executed_by, name, version, template, parameters, state, digests, summary)
    SELECT m.organisation_id, m.id, m.login, 'run ' || k, 1, 'corep_of', '{{}}', 'succeeded',
           jsonb_build_object('code', repeat('a', 64)),
           jsonb_build_object('scenario', k::text, 'ratios', '{{"cet1_ratio": 0.15}}'::jsonb)
    FROM generate_series(1, {submissions}) k
    JOIN harbour.members m ON m.name = 'bank' || chr(97 + k % {banks}) || '-maker';
INSERT INTO harbour.submissions (organisation_id, run_id, maker_id, note, state, digest)
    SELECT organisation_id, id, maker_id, 'note', 'in_review', harbour.run_digest(id) FROM harbour.runs ORDER BY id;
CREATE TABLE public.plain_event (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant int NOT NULL, task int NOT NULL,
    actor text, act text, at timestamptz DEFAULT now());
CREATE TABLE public.plain_task (id int PRIMARY KEY, state int NOT NULL DEFAULT 0, upd timestamptz);
INSERT INTO public.plain_task SELECT k, 0, now() FROM generate_series(1, {submissions}) k;
GRANT USAGE ON SCHEMA public TO harbour_dashboards;
GRANT SELECT, INSERT, UPDATE ON public.plain_event, public.plain_task TO harbour_dashboards;
ANALYZE;
"""


@contextmanager
def database() -> Iterator[Callable[[str], str]]:
    """Run a server with banks and work; yield the way from a login to its connection string."""
    folder = Path(tempfile.mkdtemp(prefix="plimsoll-bench-"))
    folder.chmod(0o711)
    passwords = {login: secrets.token_urlsafe(16) for login in ("postgres", *db.SERVICE_LOGINS)}
    (folder / "password").write_text(passwords["postgres"])
    server.initialise(folder / "data", folder / "password", RUNNER)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    pgpass = folder / "pgpass"
    pgpass.write_text("".join(f"127.0.0.1:{port}:*:{login}:{word}\n" for login, word in passwords.items()))
    pgpass.chmod(0o600)
    running = subprocess.Popen(
        server.command(folder / "data", port=port),
        stderr=subprocess.DEVNULL,
        cwd=folder,
        user=RUNNER,
        group=pwd.getpwnam(RUNNER).pw_gid if RUNNER else None,
        extra_groups=[] if RUNNER else None,
    )

    def dsn(login: str, name: str = db.DATABASE) -> str:
        return f"host=127.0.0.1 port={port} dbname={name} user={login} passfile={pgpass}"

    try:
        server.wait_ready(dsn("postgres", "postgres"))
        db.bootstrap(dsn("postgres", "postgres"), passwords)
        db.migrate(dsn("harbour_migrator"))
        fill(dsn)
        yield dsn
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(30)
        shutil.rmtree(folder)


def fill(dsn: Callable[[str], str]) -> None:
    """Add the banks, a maker and a reviewer in each, and the submissions."""
    with harbour.connect(dsn("harbour_admin")) as admin:
        for bank in (f"bank{chr(97 + k)}" for k in range(BANKS)):
            accounts.create_organisation(admin, bank, bank.title())
            accounts.create_member(admin, f"{bank}-maker", "Maker", roles=("analyst",))
            accounts.create_member(admin, f"{bank}-judge", "Judge", roles=("reviewer",))
    with Connection.connect(dsn("postgres"), autocommit=True) as root:
        root.execute(FILL.format(submissions=SUBMISSIONS, banks=BANKS).encode())


def plain(connection: Connection, number: int) -> None:
    """Write an event and move a row: no role, no check, no chain."""
    connection.execute(
        "INSERT INTO public.plain_event (tenant, task, actor, act) VALUES (%s, %s, 'u', 'approve')",
        (number % BANKS, number),
    )
    connection.execute("UPDATE public.plain_task SET state = state + 1, upd = now() WHERE id = %s", (number,))


def become(connection: Connection, number: int) -> None:
    """Act for the reviewer of the submission's bank until the transaction ends."""
    connection.execute("SELECT set_config('role', %s, true)", (f"m_bank{chr(97 + number % BANKS)}_judge",))


def comment(connection: Connection, number: int) -> None:
    """Say something about a submission."""
    become(connection, number)
    answer = connection.execute("SELECT code FROM harbour.comment(%s, 'Seen.')", (number,)).fetchone()
    if answer != ("done",):
        raise RuntimeError(f"{number}: {answer}")


def reviewed(digests: dict[int, str]) -> Action:
    """Approve a submission, which publishes it: two audit events and a wake-up."""

    def approve(connection: Connection, number: int) -> None:
        become(connection, number)
        answer = connection.execute(
            "SELECT code FROM harbour.approve(%s, %s, '')", (number, digests[number])
        ).fetchone()
        if answer != ("done",):
            raise RuntimeError(f"{number}: {answer}")

    return approve


def load(
    pool: ConnectionPool, clients: int, seconds: float, act: Action, numbers: Iterator[int]
) -> list[float]:
    """Let clients act for so long; return the seconds of each action, and first the whole time."""
    taken: list[float] = []
    begun = time.perf_counter()

    def work() -> None:
        while (start := time.perf_counter()) < begun + seconds:
            with pool.connection() as connection:
                act(connection, next(numbers))
            taken.append(time.perf_counter() - start)

    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [time.perf_counter() - begun, *taken]


def figures(taken: list[float]) -> dict[str, float]:
    """Return actions per second and the latencies in milliseconds."""
    whole, each = taken[0], sorted(taken[1:])
    return {
        "per_s": round(len(each) / whole, 1),
        "median_ms": round(statistics.median(each) * 1e3, 3),
        "p95_ms": round(each[int(len(each) * 0.95)] * 1e3, 3),
        "p99_ms": round(each[int(len(each) * 0.99)] * 1e3, 3),
    }


def main(seconds: float) -> None:
    """Measure the actions by clients, then the lists."""
    with database() as dsn:
        with Connection.connect(dsn("postgres")) as root:
            digests = dict(root.execute("SELECT id, digest FROM harbour.submissions").fetchall())
        # approvals use submissions up, comments and plain actions do not: one sequence for all, so that each
        # action finds rows of every bank
        numbers = iter(itertools.cycle(sorted(digests)))
        with ConnectionPool(dsn("harbour_dashboards"), min_size=32, max_size=32, open=True) as pool:
            pool.wait()
            for clients in CLIENTS:
                least = figures(load(pool, clients, seconds, plain, numbers))
                for name, act in (("comment", comment), ("approve", reviewed(digests))):
                    found = figures(load(pool, clients, seconds, act, numbers))
                    ratio = round(found["per_s"] / least["per_s"], 4)
                    line = {
                        "name": f"workflow {name}",
                        "clients": clients,
                        **found,
                        "against": "plain pooled action",
                    }
                    print(json.dumps(line | {"plain": least, "throughput_ratio": ratio}), flush=True)
        with harbour.connect(dsn("harbour_dashboards"), member="banka-judge") as judge:
            report("workflow list, newest 50", SUBMISSIONS, measure(judge.submissions.list, 20))
            last = judge.submissions.list("in_review")[-1].id
            page = measure(lambda: judge.submissions.list("in_review", before=last), 20)
            report("workflow list, next page", SUBMISSIONS, page)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 3.0)
