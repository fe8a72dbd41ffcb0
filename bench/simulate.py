"""Simulate a book of N exposures: python -m bench.simulate [N ...].

Compared in the same run with one pandas group-by of two columns over the same exposures: the least that any
engine on these tables must spend.
"""

from __future__ import annotations

import sys

import plimsoll
from bench.harness import measure, report

DEFAULT_SIZES = (10_000, 1_000_000)
MANY = 100_000


def main(sizes: tuple[int, ...]) -> None:
    """Time each size."""
    for size in sizes:
        book = plimsoll.sample_book("savings_bank", seed=7, exposures=size)
        runs = 5 if size <= MANY else 3

        def group(exposures=book.exposures) -> object:
            return exposures.groupby("product")[["amount", "specific_provision"]].sum()

        baseline = measure(group, runs)
        seconds = measure(lambda book=book: plimsoll.simulate(book), runs)
        report("simulate", size, seconds, against="pandas group-by of the exposures", baseline=baseline)


if __name__ == "__main__":
    main(tuple(int(size) for size in sys.argv[1:]) or DEFAULT_SIZES)
