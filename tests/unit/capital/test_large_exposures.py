"""Properties of large exposures that hold for any book."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.smallbook import small_book

from plimsoll import simulate
from plimsoll.capital.client_exposures import AMOUNTS
from plimsoll.capital.large_exposures import LargeExposures
from plimsoll.data import sample_book
from plimsoll.units import cents

CLIENTS = ("a", "b", "c")
CAPITAL = [{"item_id": "1", "item": "cet1_paid_up_capital", "amount": 10_000.0}]
ROWS = st.lists(
    st.tuples(
        st.integers(1, 10**6).map(lambda amount: amount / 100), st.sampled_from(CLIENTS), st.booleans()
    ),
    min_size=1,
    max_size=6,
)


def found_in(rows: list[tuple[float, str, bool]], group: dict[str, str | None]) -> LargeExposures:
    obligors = [{"counterparty_id": name, "group_id": group.get(name)} for name in CLIENTS]
    exposures = [
        {"exposure_id": f"E{place}", "amount": amount, "counterparty_id": client}
        | ({"on_balance": False, "product": "commitment", "ccf_bucket": 3} if undrawn else {})
        for place, (amount, client, undrawn) in enumerate(rows)
    ]
    return simulate(small_book(exposures, obligors, own_funds_items=CAPITAL)).large_exposures


@given(rows=ROWS)
@settings(max_examples=10, deadline=None)
def test_nothing_is_lost_between_clients_and_groups(rows: list[tuple[float, str, bool]]) -> None:
    alone, together = found_in(rows, {}), found_in(rows, {"a": "a", "b": "a"})
    total = sum(round(amount * 100) for amount, _, _ in rows)
    assert cents(alone.groups["before"]).sum() == cents(together.groups["before"]).sum() == total
    assert len(together.groups) <= len(alone.groups)
    assert (together.groups["after"] <= together.groups["before"]).all()
    assert together.groups["excess"].sum() >= alone.groups["excess"].sum() - 1e-6


@given(rows=ROWS, part=st.floats(0.1, 0.9))
@settings(max_examples=6, deadline=None)
def test_splitting_an_exposure_changes_nothing(rows: list[tuple[float, str, bool]], part: float) -> None:
    amount, client, undrawn = rows[0]
    first = round(amount * part, 2)
    split = [(first, client, undrawn), (round(amount - first, 2), client, undrawn), *rows[1:]]
    before, after = found_in(rows, {}), found_in([row for row in split if row[0] > 0], {})
    assert before.groups["before"].tolist() == after.groups["before"].tolist()
    assert before.breaches["group_id"].tolist() == after.breaches["group_id"].tolist()


@pytest.mark.parametrize("kind", ["savings_bank", "universal_bank", "corporate_lender"])
def test_the_sample_banks_keep_what_moves_between_client_and_guarantor(kind: str) -> None:
    found = simulate(sample_book(kind, exposures=1_500)).large_exposures
    assert found.missing == ()
    held = found.exposures
    gained = cents(held.loc[held["indirect"], "original"]).sum()
    assert gained == cents(held["substituted"]).sum()
    own = held[~held["indirect"]]
    left = cents(own["original"]) - sum(cents(own[name]) for name in AMOUNTS[1:])
    assert (left >= 0).all()
    assert found.groups["reported"].sum() >= 10
    assert found.groups["connected"].any()
    assert found.groups.loc[found.groups["large"], "share_before"].min() >= 0.1
