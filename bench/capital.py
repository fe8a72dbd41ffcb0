"""Weigh N exposures by both approaches, with the floor and audit columns: python -m bench.capital [N] [millions ...].

The exposures are read once (words become numbers); what is timed is what a simulation then does with them: standardised
weights of all, ratings of those that have one, expected losses, the sums of both and the floor under them. Compared in
the same run with a vectorised numpy script over a flat table of as many rows (`bench.plain`), which knows eight classes
and no audit. Then the tables of lines, the whole simulation, a cold start, what memory it takes beside the book, and as
many million exposures as are named, streamed from Parquet (1 and 5 where none is).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import plimsoll
from bench.copies import write_copies
from bench.harness import measure, report
from bench.plain import drawn, weigh_plainly
from plimsoll.credit import Positions, read_positions
from plimsoll.data import Book
from plimsoll.dictionary import dictionary_folder
from plimsoll.simulation.credit_risk import CreditRisk, credit_risk

DEFAULT_SIZE = 1_000_000
DEFAULT_MILLIONS = (1, 5)
FLOOR = 0.55
SMALL = 10_000
COPIED = 100_000
AGAINST = "a vectorised numpy script over a flat table"
PEER_ROWS = 20_000

_COLD = """
import sys, plimsoll
result = plimsoll.simulate(plimsoll.load(sys.argv[1]))
assert result.ratios["rwa"] > 0
"""
_HELD = """
import sys, time, plimsoll
def held(what):  # getrusage would count what the parent held before this program began
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(what))
"""
_PEAK = f"""{_HELD}
book = plimsoll.load(sys.argv[1])
read = ("exposures", "counterparties", "collateral")
tables = sum(int(book.tables[name].memory_usage(deep=True).sum()) for name in read)
before = held("VmRSS")
with open("/proc/self/clear_refs", "w") as file:
    file.write("5")  # the height so far, of loading, is forgotten
result = plimsoll.simulate(book)
print(tables, before, held("VmHWM"))
"""
_STREAM = f"""{_HELD}
start = time.perf_counter()
streamed = plimsoll.simulate_stream(sys.argv[1])
print(streamed.exposures, time.perf_counter() - start, held("VmHWM"))
"""


def weighed(positions: Positions, book: Book) -> tuple[CreditRisk, float]:
    """Return the credit risk of a book by its approaches, and the amount that the floor leaves."""
    rules = plimsoll.rules.on(book.reference_date)
    found = credit_risk(positions, rules, np.datetime64(book.reference_date, "D"))
    own = found.amount_standardised + (found.amount_internal or 0.0)
    return found, max(own, FLOOR * found.totals["rwa_credit_standardised"])


def written(positions: Positions, book: Book) -> int:
    """Return how many lines there are, every column of them written out as a table."""
    found, _ = weighed(positions, book)
    return len(found.lines) + len(found.standardised)


def told(name: str, n: int, **facts: object) -> None:
    """Print a line of what is not timed in this process."""
    print(json.dumps({"name": name, "n": n, **facts}), flush=True)


def run(code: str, folder: Path) -> list[str]:
    """Return the words that a fresh interpreter prints."""
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def cold(folder: Path) -> None:
    """Time a process that imports, loads and simulates a small book."""
    plimsoll.save(plimsoll.sample_book("universal_bank", seed=7, exposures=SMALL), folder)
    report("capital_cold", SMALL, measure(lambda: run(_COLD, folder)))


def memory(book: Book, size: int, folder: Path) -> None:
    """Print what a simulation takes at its height beside the loaded book, over the columns that it reads."""
    plimsoll.save(book, folder)
    tables, before, peak = (int(word) for word in run(_PEAK, folder))
    told(
        "capital_memory",
        size,
        input_mb=tables // 10**6,
        more_mb=(peak - before) // 10**6,
        ratio=round((peak - before) / tables, 2),
    )


def streams(million: int, folder: Path) -> None:
    """Time a book of so many million exposures, streamed."""
    book = plimsoll.sample_book("universal_bank", seed=7, exposures=COPIED)
    write_copies(book, folder, million * 10**6 // COPIED)
    size, seconds, peak = run(_STREAM, folder)
    per = float(seconds) / int(size) * 1e6
    told(
        "capital_stream",
        int(size),
        seconds=round(float(seconds), 2),
        us_per_exposure=round(per, 3),
        peak_mb=int(peak) // 10**6,
    )


def peer(baseline: float, size: int) -> None:
    """Time `creditriskengine` in the environment of the differential suite, where there is one."""
    places = sorted((dictionary_folder().parent / "peers").glob("creditriskengine-*/bin/python"))
    if not places:
        told(
            "capital_peer",
            0,
            against="creditriskengine",
            skipped="not installed: run tests/differential first",
        )
        return
    code = Path(__file__).with_name("peers.py")
    done = subprocess.run([str(places[-1]), str(code)], capture_output=True, text=True, check=True)
    per = float(done.stdout) / PEER_ROWS
    told(
        "capital_peer",
        PEER_ROWS,
        against="creditriskengine",
        us_per_exposure=round(per * 1e6, 2),
        times=round(per * size / baseline),
    )


def main(size: int, millions: tuple[int, ...] = ()) -> None:
    """Measure everything."""
    book = plimsoll.sample_book("universal_bank", seed=7, exposures=size)
    # Without pledges and guarantees, which the script has hardly a part of.
    bare = book.replace(pledges=book.pledges.iloc[:0], guarantees=book.guarantees.iloc[:0])
    columns, positions = drawn(size), read_positions(bare.tables).in_order()
    baseline = measure(lambda: weigh_plainly(columns))
    seconds = measure(lambda: weighed(positions, bare))
    report("capital_weigh", size, seconds, against=AGAINST, baseline=baseline)
    peer(sorted(seconds)[len(seconds) // 2], size)
    report(
        "capital_lines",
        size,
        measure(lambda: written(positions, bare), 3),
        against=AGAINST,
        baseline=baseline,
    )
    seconds = measure(lambda: plimsoll.simulate(book), 3)
    report("capital_simulate", size, seconds, against=AGAINST, baseline=baseline)
    with tempfile.TemporaryDirectory() as scratch:
        cold(Path(scratch) / "small")
        memory(book, size, Path(scratch) / "whole")
        for million in millions:
            streams(million, Path(scratch) / f"{million} million")


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(given[0] if given else DEFAULT_SIZE, tuple(given[1:]) or DEFAULT_MILLIONS)
