"""The table of truth between the book's words and those of the financial statements."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

__all__ = ["Classification", "classified", "read_classification", "sector_of"]


@dataclass(frozen=True)
class Classification:
    """Each table of `classification.toml`, by its name there."""

    sectors: Mapping[str, str]
    instruments: Mapping[str, str]
    items: Mapping[str, str]
    deducted_items: Mapping[str, str]
    loan_products: Mapping[str, str]
    funding: Mapping[str, str]
    ledger_liabilities: Mapping[str, Mapping[str, Any]]


@cache
def read_classification() -> Classification:
    """Return the classification as it is shipped."""
    text = files("plimsoll.accounting").joinpath("classification.toml").read_text(encoding="utf-8")
    return Classification(**tomllib.loads(text))


def classified(values: pd.Series, words: Mapping[str, str]) -> pd.Series:
    """Return the word each value stands for; the empty text where there is none or the value is missing."""
    return values.astype(object).map(words).fillna("").astype("str")


def sector_of(parties: pd.DataFrame, own: pd.Series) -> pd.Series:
    """Return the counterparty sector of each contract; the empty text where nothing tells it.

    Parameters
    ----------
    parties
        The counterparty of each contract, missing values where it has none.
    own
        The sector the contract itself states.

    Returns
    -------
    What the counterparty states, else what follows from its type, else the contract's own.
    """
    stated = parties["sector"].fillna("").astype("str").reset_index(drop=True)
    derived = classified(parties["counterparty_type"], read_classification().sectors).reset_index(drop=True)
    sector = stated.where(stated != "", derived)
    return sector.where(sector != "", own.fillna("").astype("str").reset_index(drop=True))
