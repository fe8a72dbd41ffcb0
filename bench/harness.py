"""Time something several times and print one JSON line."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable


def measure(action: Callable[[], object], runs: int = 5, warmup: int = 1) -> list[float]:
    """Return the wall seconds of each counted run, after uncounted warm-up runs."""
    for _ in range(warmup):
        action()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    return seconds


def report(
    name: str,
    n: int,
    seconds: list[float],
    *,
    against: str | None = None,
    baseline: list[float] | None = None,
    **more: object,
) -> None:
    """Print name, n, runs, median, least and most; where compared, what with and the ratio of medians; and more."""
    line: dict[str, object] = {
        "name": name,
        "n": n,
        "runs": len(seconds),
        "median_s": round(statistics.median(seconds), 6),
        "min_s": round(min(seconds), 6),
        "max_s": round(max(seconds), 6),
    }
    if baseline:
        line["against"] = against
        line["ratio"] = round(statistics.median(seconds) / statistics.median(baseline), 4)
    json.dump(line | more, sys.stdout)
    print(flush=True)
