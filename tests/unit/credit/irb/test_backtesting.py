"""PDs against outcomes: worked values, what must hold of any, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.credit.irb import binomial_test, discrimination, jeffreys_test, stability_index
from plimsoll.errors import ParameterError


def arrays(*values: list[float]) -> list[np.ndarray]:
    return [np.array(each, dtype=np.float64) for each in values]


def test_the_binomial_test_is_the_sum_of_the_tail() -> None:
    n, p = 50, 0.02
    tail = sum(math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(3, n + 1))
    assert binomial_test(*arrays([3], [n], [p]))[0] == pytest.approx(tail, rel=1e-12)
    assert binomial_test(*arrays([0], [n], [p]))[0] == 1.0


def test_the_jeffreys_test_against_a_published_example() -> None:
    # Two defaults of six at a PD of 0.0367 give 0.0044 (Rösch and Scheule, Deep Credit Risk).
    assert jeffreys_test(*arrays([2], [6], [0.0367]))[0] == pytest.approx(0.0044, abs=5e-5)


def test_nobody_says_nothing() -> None:
    assert np.isnan(jeffreys_test(*arrays([0], [0], [0.1])))
    assert np.isnan(binomial_test(*arrays([0], [0], [0.1])))


def test_discrimination_counts_pairs_and_ties_by_half() -> None:
    # Pairs of one who defaulted and one who did not: 2 × 3; higher in 4, the same in 1.
    assert discrimination(*arrays([0, 1, 1], [2, 2, 1], [0.01, 0.05, 0.2])) == pytest.approx(
        (2 + 0.5 + 3) / 6
    )
    assert discrimination(*arrays([0, 2], [3, 2], [0.01, 0.2])) == 1.0
    assert math.isnan(discrimination(*arrays([0, 0], [3, 2], [0.01, 0.2])))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 20)), min_size=1, max_size=12))
def test_discrimination_is_the_mean_over_all_pairs(grades: list[tuple[int, int, int]]) -> None:
    bad, good, pd = arrays(*(list(column) for column in zip(*grades, strict=True)))
    found = discrimination(bad, bad + good, pd / 20)
    pairs = [
        (b * g, 1.0 if p > q else 0.5 if p == q else 0.0)
        for b, p in zip(bad, pd, strict=True)
        for g, q in zip(good, pd, strict=True)
    ]
    total = sum(weight for weight, _ in pairs)
    if total == 0:
        assert math.isnan(found)
    else:
        assert found == pytest.approx(sum(weight * won for weight, won in pairs) / total)


@given(st.lists(st.integers(1, 1000), min_size=2, max_size=9))
def test_the_same_distribution_is_stable_and_any_other_is_less(counts: list[int]) -> None:
    now = np.array(counts, dtype=np.float64)
    assert stability_index(now, 3 * now) == pytest.approx(0, abs=1e-12)
    other = now.copy()
    other[0] += 100
    assert stability_index(other, now) > 0
    assert stability_index(other, now) == pytest.approx(stability_index(now, other))


def test_the_stability_index_by_hand_and_at_its_ends() -> None:
    expected = (0.6 - 0.5) * math.log(0.6 / 0.5) + (0.4 - 0.5) * math.log(0.4 / 0.5)
    assert stability_index(*arrays([60, 40], [50, 50])) == pytest.approx(expected)
    assert stability_index(*arrays([60, 0], [50, 50])) == math.inf
    assert stability_index(*arrays([60, 0], [50, 0])) == 0
    assert math.isnan(stability_index(*arrays([0, 0], [1, 1])))


@pytest.mark.parametrize(
    ("defaulted", "obligors", "pd"), [(2, 1, 0.1), (-1, 1, 0.1), (0, 1, 1.1), (0, 1, float("nan"))]
)
def test_what_cannot_be_is_refused(defaulted: float, obligors: float, pd: float) -> None:
    for test in (binomial_test, jeffreys_test, discrimination):
        with pytest.raises(ParameterError):
            test(*arrays([defaulted], [obligors], [pd]))
    with pytest.raises(ParameterError):
        stability_index(*arrays([1], [1, 2]))
