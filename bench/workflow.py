"""Time the audited workflow: python -m bench.workflow [seconds per measure].

A server of its own (fsync on), 16 banks, 50,000 submissions. One action is done by 1, 8 and 32 clients of one process
over the services' own pool, as the dashboards do it: become the member, call the function; it checks role, state, four
eyes and digest, moves the state and adds to the bank's hash chain. Against it, in the same run and in turns, the plain
action over a pool of psycopg: insert an event and update a row, in one transaction, with no check at all. Then a
hundred members, each acting once a second or so, and the lists.
"""

from __future__ import annotations

import itertools
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
from dataclasses import dataclass
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
ROUNDS, MEMBERS = 3, 100
Action = Callable[[int], None]


@dataclass(frozen=True)
class Load:
    """What came of a round: actions per second, the seconds of each, and the processor's for each on either side."""

    per_second: float
    seconds: list[float]
    client: float
    server: float


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
def database() -> Iterator[tuple[Callable[[str], str], int]]:
    """Run a server with banks and work; yield the way from a login to its connection string, and the server's pid."""
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
        yield dsn, running.pid
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
        for k in range(MEMBERS):
            accounts.create_member(admin, f"banka-m{k}", f"Member {k}", roles=("analyst",))
    with Connection.connect(dsn("postgres"), autocommit=True) as root:
        root.execute(FILL.format(submissions=SUBMISSIONS, banks=BANKS).encode())


def plain(pool: ConnectionPool) -> Action:
    """Write an event and move a row: no role, no check, no chain."""

    def act(number: int) -> None:
        with pool.connection() as connection:
            connection.execute(
                "INSERT INTO public.plain_event (tenant, task, actor, act) VALUES (%s, %s, 'u', 'approve')",
                (number % BANKS, number),
            )
            connection.execute(
                "UPDATE public.plain_task SET state = state + 1, upd = now() WHERE id = %s", (number,)
            )

    return act


def comment(judges: list[harbour.Connection]) -> Action:
    """Say something about a submission, as its bank's reviewer: one audit event."""

    def act(number: int) -> None:
        judges[number % BANKS].comments.on_submission(number, "Seen.")

    return act


def approve(judges: list[harbour.Connection], digests: dict[int, str]) -> Action:
    """Approve a submission that nobody approved, which publishes it: two audit events and a wake-up."""
    unapproved = iter(sorted(digests))

    def act(_number: int) -> None:
        number = next(unapproved)
        judges[number % BANKS].session.call("approve", submission=number, digest=digests[number], comment="")

    return act


def worked(server: int) -> float:
    """Return the processor seconds so far of a server's processes; those that measure stay for the whole of it."""
    alive = Path(f"/proc/{server}/task/{server}/children").read_text(encoding="ascii").split()
    spent = [
        Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0] for pid in (server, *alive)
    ]
    return sum(map(int, spent)) / 1e9


def load(clients: int, seconds: float, act: Action, numbers: Iterator[int], server: int) -> Load:
    """Let clients act for so long, each as fast as it is answered."""
    taken: list[float] = []
    server_before, client_before = worked(server), time.process_time()
    begun = time.perf_counter()

    def work() -> None:
        while (start := time.perf_counter()) < begun + seconds:
            act(next(numbers))
            taken.append(time.perf_counter() - start)

    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Load(
        len(taken) / (time.perf_counter() - begun),
        taken,
        (time.process_time() - client_before) / len(taken),
        (worked(server) - server_before) / len(taken),
    )


def compare(
    acts: dict[str, Action], clients: int, seconds: float, numbers: Iterator[int], server: int
) -> None:
    """Take turns, so that what else the machine does befalls all alike; print each against the plain action."""
    rounds: dict[str, list[Load]] = {name: [] for name in acts}
    for _ in range(ROUNDS):
        for name, act in acts.items():
            rounds[name].append(load(clients, seconds, act, numbers, server))
    least = statistics.median(round_.per_second for round_ in rounds["plain"])
    for name, loads in rounds.items():
        each = sorted(itertools.chain.from_iterable(round_.seconds for round_ in loads))
        report(
            f"workflow {name}, {clients} clients",
            SUBMISSIONS,
            each,
            against="plain pooled action" if name != "plain" else None,
            baseline=list(itertools.chain.from_iterable(round_.seconds for round_ in rounds["plain"]))
            if name != "plain"
            else None,
            per_s=round(statistics.median(round_.per_second for round_ in loads), 1),
            throughput_ratio=round(statistics.median(round_.per_second for round_ in loads) / least, 4),
            p95_ms=round(each[int(len(each) * 0.95)] * 1e3, 3),
            p99_ms=round(each[int(len(each) * 0.99)] * 1e3, 3),
            client_cpu_us=round(statistics.median(round_.client for round_ in loads) * 1e6),
            server_cpu_us=round(statistics.median(round_.server for round_ in loads) * 1e6),
        )


def hundred(dsn: str, number: int, seconds: float) -> list[float]:
    """Let a hundred members of one bank act, each about once a second: say something, then read the list."""
    taken: list[float] = []
    end = time.perf_counter() + seconds

    def work(place: int) -> None:
        with harbour.connect(dsn, member=f"banka-m{place}") as member:
            time.sleep(place / MEMBERS)  # people do not act in step
            while (begun := time.perf_counter()) < end:
                member.comments.on_submission(number, "Seen.")
                taken.append(time.perf_counter() - begun)
                begun = time.perf_counter()
                member.submissions.list()
                taken.append(time.perf_counter() - begun)
                time.sleep(1.0)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(MEMBERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(taken)


def main(seconds: float) -> None:
    """Measure the actions by clients, then a hundred members, then the lists."""
    with database() as (dsn, server_pid):
        with Connection.connect(dsn("postgres")) as root:
            digests: dict[int, str] = dict(
                root.execute("SELECT id, digest FROM harbour.submissions").fetchall()
            )
        numbers = itertools.cycle(sorted(digests, reverse=True))  # every bank in its turn
        judges = [
            harbour.connect(dsn("harbour_dashboards"), member=f"bank{chr(97 + k)}-judge")
            for k in range(BANKS)
        ]
        with ConnectionPool(dsn("harbour_dashboards"), min_size=32, max_size=32, open=True) as pool:
            pool.wait()
            acts = {"plain": plain(pool), "comment": comment(judges), "approve": approve(judges, digests)}
            for clients in CLIENTS:
                compare(acts, clients, seconds, numbers, server_pid)
        each = hundred(dsn("harbour_dashboards"), BANKS, 5.0)
        p95 = round(each[int(len(each) * 0.95)] * 1e3, 3)
        report("workflow, 100 members active", SUBMISSIONS, each, p95_ms=p95, bound_ms=200)
        judge = judges[0]
        report("workflow list, newest 50", SUBMISSIONS, measure(judge.submissions.list, 20), bound_ms=50)
        last = judge.submissions.list("in_review")[-1].id
        page = measure(lambda: judge.submissions.list("in_review", before=last), 20)
        report("workflow list, next page", SUBMISSIONS, page, bound_ms=50)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)
