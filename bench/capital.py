"""Weigh N exposures by both approaches, with the floor and every audit column: python -m bench.capital [N].

The exposures are read once (words become numbers); what is timed is what a simulation then does with them: standardised
weights of all, ratings of those that have one, expected losses, the sums of both and the floor under them. Compared in
the same run with the least a vectorised engine can do: a table of weights, one property split, one rating formula, one
sum, no classes to find, no audit, no cents.
"""

from __future__ import annotations

import sys

import numpy as np
from scipy.special import ndtr, ndtri

import plimsoll
from bench.harness import measure, report
from plimsoll.credit import Positions, read_positions
from plimsoll.data import Book
from plimsoll.simulation.credit_risk import CreditRisk, credit_risk

DEFAULT_SIZE = 1_000_000
FLOOR = 0.55


def weighed(positions: Positions, book: Book) -> tuple[CreditRisk, float]:
    """Return the credit risk of a book by its approaches, and the amount that the floor leaves."""
    rules = plimsoll.rules.on(book.reference_date)
    found = credit_risk(positions, rules, np.datetime64(book.reference_date, "D"))
    own = found.amount_standardised + (found.amount_internal or 0.0)
    return found, max(own, FLOOR * found.totals["rwa_credit_standardised"])


def least(columns: dict[str, np.ndarray]) -> float:
    """Return a floored amount by the least arithmetic: not right, but no engine can do less."""
    amount, pd, lgd, weight = (columns[name] for name in ("amount", "pd", "lgd", "weight"))
    share = np.minimum(1.0, 0.55 / columns["ltv"])
    standard = amount * np.where(columns["home"], 0.2 * share + weight * (1 - share), weight)
    standard = np.where(columns["small"], standard * 0.7619, standard)
    probability = np.maximum(pd, 5e-4)
    decay = (1 - np.exp(-50 * probability)) / (1 - np.exp(-50))
    r = np.where(columns["home"], 0.15, 0.12 * decay + 0.24 * (1 - decay))
    stressed = ndtr((ndtri(probability) + np.sqrt(r) * ndtri(0.999)) / np.sqrt(1 - r))
    b = np.square(0.11852 - 0.05478 * np.log(probability))
    adjusted = np.where(columns["home"], 1.0, (1 + (columns["maturity"] - 2.5) * b) / (1 - 1.5 * b))
    rated = 12.5 * np.maximum(lgd, 0.25) * (stressed - probability) * adjusted * amount
    sums = np.bincount(columns["class"], rated, 8), np.bincount(columns["class"], standard, 8)
    return max(float(sums[0].sum()), FLOOR * float(sums[1].sum()))


def drawn(size: int) -> dict[str, np.ndarray]:
    """Return random columns for the least arithmetic."""
    random = np.random.default_rng(7)
    return {
        "amount": random.lognormal(12, 1.5, size),
        "pd": np.exp(random.uniform(np.log(2e-4), np.log(0.2), size)),
        "lgd": random.uniform(0.02, 0.6, size),
        "weight": random.choice(np.array([0.0, 0.2, 0.5, 0.75, 1.0, 1.5]), size),
        "ltv": random.uniform(0.2, 1.2, size),
        "home": random.random(size) < 0.3,
        "small": random.random(size) < 0.2,
        "maturity": random.uniform(1, 5, size),
        "class": random.integers(0, 8, size),
    }


def main(size: int) -> None:
    """Time the weighing, then the whole simulation of the same book."""
    book = plimsoll.sample_book("universal_bank", seed=7, exposures=size)
    # Without pledges and guarantees, which the least arithmetic has no part of.
    bare = book.replace(pledges=book.pledges.iloc[:0], guarantees=book.guarantees.iloc[:0])
    columns = drawn(size)
    baseline = measure(lambda: least(columns))
    against = "the least vectorised arithmetic"
    positions = read_positions(bare.tables).in_order()
    seconds = measure(lambda: weighed(positions, bare))
    report("capital_weigh", size, seconds, against=against, baseline=baseline)
    seconds = measure(lambda: plimsoll.simulate(book), 3)
    report("capital_simulate", size, seconds, against=against, baseline=baseline)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_SIZE)
