"""Believable banks for trying things out: made from a seed and the assumptions of a kind of bank."""

from __future__ import annotations

import datetime
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from plimsoll.data.book import Book, Entity
from plimsoll.data.sample_accounts import account_for
from plimsoll.data.sample_capital import draw_capital
from plimsoll.data.sample_clients import connect
from plimsoll.data.sample_contracts import Draw, make_draw
from plimsoll.data.sample_defaults import date_defaults
from plimsoll.data.sample_funding import Funding, fund
from plimsoll.data.sample_group import draw_group
from plimsoll.data.sample_ledger import draw_up
from plimsoll.data.sample_leverage import draw_leverage
from plimsoll.data.sample_outcomes import draw_outcomes
from plimsoll.data.sample_ratings import rate
from plimsoll.data.schema import read_schema

__all__ = ["SAMPLE_ENTITIES", "sample_book"]

SAMPLE_ENTITIES = MappingProxyType(
    {
        "banque_du_port": Entity("Banque du Port", "969500DEMOPORT000140", "CON", "FR", "EUR", "ifrs"),
        "union_universelle": Entity("Union Universelle", "549300DEMOUNIV000126", "CON", "BE", "EUR", "ifrs"),
        "elbe_handelskredit": Entity(
            "Elbe Handelskredit", "529900DEMOCORP000119", "CON", "DE", "EUR", "ifrs"
        ),
        "elbe_handelskredit_alone": Entity(
            "Elbe Handelskredit", "529900DEMOCORP000119", "IND", "DE", "EUR", "ifrs"
        ),
        "nordhaven": Entity("Nordhaven Sparbank", "549300DEMONORD000184", "IND", "SE", "EUR", "gaap"),
    }
)
_KINDS = {
    "savings_bank": "banque_du_port",
    "universal_bank": "union_universelle",
    "corporate_lender": "elbe_handelskredit",
}
"""Kinds of banks, with the entity that each is by default."""

_SOURCE = "sample bank of Plimsoll, invented"


def sample_book(
    kind: str = "savings_bank",
    seed: int = 7,
    exposures: int = 10_000,
    *,
    entity: Entity | None = None,
    reference_date: datetime.date = datetime.date(2026, 6, 30),
) -> Book:
    """Return the book of an invented EU bank whose balance sheet balances to the cent.

    Parameters
    ----------
    kind
        `savings_bank`: standardised throughout. `universal_bank`: internal models for most of its credit risk,
        with pledges and guarantees. `corporate_lender`: loans to firms and projects, some at fair value, under the
        standardised approach.
    seed
        The same seed gives the same book (NumPy's PCG64).
    exposures
        Rows of the exposures table, at least 100; total assets grow with it (about EUR 3 bn for 10,000).
    entity
        Who reports; default the bank of that kind in `SAMPLE_ENTITIES`. One of those, named by its LEI without an
        accounting standard, keeps the one stated there.
    reference_date
        The date of the position.

    Raises
    ------
    ValueError
        No such kind, or too few exposures for every class to appear.
    """
    if kind not in _KINDS:
        raise ValueError(f"no sample bank {kind!r}; known are {', '.join(_KINDS)}")
    if exposures < 100:
        raise ValueError(
            f"a sample bank has at least 100 exposures, not {exposures}: every class should appear"
        )
    who = _stated(entity or SAMPLE_ENTITIES[_KINDS[kind]])
    rng = np.random.Generator(np.random.PCG64(seed))
    draw = rate(seed, make_draw(rng, kind, exposures, who, reference_date), reference_date)
    funding = fund(rng, draw, reference_date)
    accounted = account_for(seed, draw, funding.deposits, funding.equity["accumulated_oci"])
    tables = {
        "counterparties": connect(seed, accounted.counterparties),
        "exposures": date_defaults(seed, accounted.exposures, reference_date),
        "collateral": draw.collateral,
        **draw.protection,
        "securities": draw.securities,
        "deposits": accounted.deposits,
        "ledger": draw_up(accounted, funding.other_liabilities, funding.equity, reference_date),
        "own_funds_items": _own_funds_items(funding),
        "requirements": _requirements(draw),
        "reported_amounts": _reported_amounts(draw),
        **draw_leverage(seed, draw, reference_date),
        **draw_capital(seed, draw, reference_date),
        **draw_outcomes(seed, draw, reference_date),
        **draw_group(draw, who),
    }
    ordered = {name: tables[name] for name in read_schema() if name in tables}
    return Book(who, reference_date, f"{_SOURCE}: {kind}, seed {seed}, {exposures} exposures", ordered)


def _stated(entity: Entity) -> Entity:
    """Return an entity with the accounting standard of the sample bank it is, if it is one."""
    known = {bank.lei: bank.accounting for bank in SAMPLE_ENTITIES.values()}
    return replace(entity, accounting=entity.accounting or known.get(entity.lei))


def _own_funds_items(funding: Funding) -> pd.DataFrame:
    items = {**funding.equity, **funding.own_funds_only}
    rows = [(f"OF-{n:02d}", item, amount, "sample") for n, (item, amount) in enumerate(items.items(), 1)]
    return pd.DataFrame(rows, columns=["item_id", "item", "amount", "about"])


def _requirements(draw: Draw) -> pd.DataFrame:
    source = "sample: invented, no supervisor's decision"
    rows = [(name, ratio, source) for name, ratio in draw.assumptions["requirements"].items()]
    return pd.DataFrame(rows, columns=["requirement", "ratio", "source"])


def _reported_amounts(draw: Draw) -> pd.DataFrame:
    bank, source = draw.assumptions["bank"], "sample: invented, no system computed it"
    risks = {
        "market": ("market_part", "foreign_exchange"),
        "credit_valuation_adjustment": ("cva_part", "simplified"),
    }
    rows = [
        (risk, round(draw.base * bank[part], 2), source, approach) for risk, (part, approach) in risks.items()
    ]
    return pd.DataFrame(rows, columns=["risk", "amount", "source", "approach"])
