"""The exposures of a book as arrays: everything the standardised approach reads, one entry per exposure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from plimsoll.credit.alike import Kinds, kinds_of
from plimsoll.credit.ratings import Ratings, read_ratings
from plimsoll.credit.reading import (
    ABSENT,
    Bools,
    Codes,
    Floats,
    Ints,
    codes,
    encoded,
    flags,
    numbers,
    of_row,
    places,
    said,
    text,
    whole,
)
from plimsoll.credit.vocabulary import (
    COUNTERPARTY_TYPES,
    EQUITY_TYPES,
    GRADES,
    PRODUCTS,
    PROPERTIES,
    SPECIALISED,
    number,
)
from plimsoll.units import cents

__all__ = ["ABSENT", "Bools", "Codes", "Floats", "Ints", "Liens", "Positions", "read_positions"]

Scalar = TypeVar("Scalar", bound=np.generic)
_FLAGS = ("on_balance", "defaulted", "subordinated", "retail_eligible", "transactor", "salary_loan")
"""Columns of the exposures that are fields of the same name."""
_COVERED_BOND = number(PRODUCTS, "covered_bond")
_MEASURES = frozenset(
    [
        "amount",
        "days",
        "provision",
        "obligor",
        "turnover",
        "group",
        "value",
        "lien",
        "prior",
        "shared",
        "rank",
    ]
)
"""Fields that do not say of what kind an exposure is; every other column does."""

_NAMED = ("central_government", "central_bank", "multilateral_development_bank")  # some weigh by their name
_STATE = number(COUNTERPARTY_TYPES, "central_government")


@dataclass(frozen=True)
class Liens:
    """Immovable property behind each exposure, shape (n,); amounts in cents.

    `kind` numbers `PROPERTIES` (-1: no property); `lien` is -1 where it is not less than the exposure. `shared`
    numbers the properties that several exposures share, -1 for those that secure one; `rank` orders them.
    """

    kind: Codes
    value: Ints
    lien: Ints
    prior: Ints
    income_producing: Bools
    exempt: Bools
    eligible: Bools
    presold: Bools
    shared: Ints
    rank: Ints

    @property
    def present(self) -> Bools:
        """Where there is a property at all."""
        result: Bools = self.kind != ABSENT
        return result


@dataclass(frozen=True)
class Positions:
    """Exposures with obligors and liens, shape (n,) throughout; amounts in cents, -1 for what is absent.

    Codes number the vocabularies of `plimsoll.credit.vocabulary`; `country` and `currency` number
    `countries` and `currencies`. `step`, `issue_step` and `government_step` are credit quality steps, 0 where
    there is none: of the obligor, of the issue itself, and of the central government of the obligor's
    country, as far as the book rates it; an assessment of the issue goes before the obligor's in `step` (Article
    139(1)). `currency_mismatch` and `equivalent` are 1, 0, or -1 where the book does not say. `obligor_name` has a
    name for each row of the counterparties. `ordered` says that the exposures stand in the order that their lines
    will have.
    """

    exposure_id: pa.Array
    counterparty_id: pa.Array
    amount: Ints
    provision: Ints
    on_balance: Bools
    product: Codes
    bucket: Codes
    days: Ints
    equity_type: Codes
    deducted: Bools
    defaulted: Bools
    subordinated: Bools
    retail_eligible: Bools
    transactor: Bools
    salary_loan: Bools
    specialised: Codes
    infrastructure: Bools
    issue_step: Codes
    currency_mismatch: Codes
    currency: Codes
    currencies: tuple[str, ...]
    obligor: Ints
    kind: Codes
    country: Codes
    countries: tuple[str, ...]
    step: Codes
    government_step: Codes
    grade: Codes
    turnover: Floats
    group: Ints
    obligor_name: pa.Array
    zero_weight_body: Bools
    as_government: Bools
    equivalent: Codes
    liens: Liens
    ratings: Ratings
    ordered: bool = False

    def __len__(self) -> int:
        return len(self.amount)

    def kinds(self, edges: tuple[float, ...]) -> Kinds:
        """Return of what kind each exposure is: class, weight and treatment are the same within a kind.

        An exposure is a kind of its own where an amount or a name decides as well: in default, on property that
        yields income or that it shares, to governments and development banks.

        Parameters
        ----------
        edges
            Ascending, numbers of days that the rules hold an original maturity against.
        """
        if edges not in self._kinds:
            self._kinds[edges] = kinds_of(list(self._words(edges)), self._stands_alone())
        return self._kinds[edges]

    @cached_property
    def _kinds(self) -> dict[tuple[float, ...], Kinds]:
        return {}

    def _words(self, edges: tuple[float, ...]) -> Iterator[Codes | Bools | Ints]:
        yield self.obligor == ABSENT
        yield np.where(self.days < 0, ABSENT, np.searchsorted(np.array(edges), self.days))
        for holder in (self, self.liens):
            for field in fields(holder):
                column = getattr(holder, field.name)
                if isinstance(column, np.ndarray) and field.name not in _MEASURES:
                    yield column

    def _stands_alone(self) -> Bools:
        liens = self.liens
        named = np.isin(self.kind, [number(COUNTERPARTY_TYPES, name) for name in _NAMED])
        shared = liens.shared != ABSENT
        result: Bools = self.defaulted | named | shared | (liens.present & liens.income_producing)
        return result

    def take(self, rows: Ints) -> Positions:
        """Return some of the exposures, in that order."""
        columns: dict[str, Any] = {
            field.name: _taken(getattr(self, field.name), rows)
            for field in fields(self)
            if field.name not in ("obligor_name", "ordered")
        }
        return replace(self, **{**columns, "ordered": False})

    def in_order(self) -> Positions:
        """Return the exposures in the order that their lines have: by id, followed by a bar."""
        order = pc.sort_indices(pc.binary_join_element_wise(self.exposure_id, "", "|"))
        barred = pc.any(
            pc.match_substring(self.exposure_id, "|")
        ).as_py()  # then an id can begin another's lines
        return replace(self.take(np.asarray(order).astype(np.int64)), ordered=not barred)


def read_positions(tables: Mapping[str, pd.DataFrame]) -> Positions:
    """Return the exposures of a book's tables as arrays.

    Parameters
    ----------
    tables
        `exposures`, `counterparties` and `collateral`, as the book's schema describes them.
    """
    exposures, parties = tables["exposures"], tables["counterparties"]
    obligor = places(exposures["counterparty_id"], parties["counterparty_id"])
    currency, currencies = encoded(text(exposures["currency"]))
    country, countries = encoded(text(parties["country"]))
    kind = codes(parties["counterparty_type"], COUNTERPARTY_TYPES)
    product = codes(exposures["product"], PRODUCTS)
    specialised = codes(exposures["specialised_lending"], SPECIALISED)
    step = whole(parties["credit_quality_step"], 0)
    issue = whole(exposures["issue_credit_quality_step"], 0).astype(np.int16)
    own_issue = (issue > 0) & (product != _COVERED_BOND) & (specialised == ABSENT)
    government = _government_steps(kind, country, step, len(countries))
    return Positions(
        exposure_id=text(exposures["exposure_id"]),
        counterparty_id=text(exposures["counterparty_id"]),
        amount=cents(exposures["amount"].to_numpy(np.float64)),
        provision=cents(numbers(exposures["specific_provision"], 0.0)),
        product=product,
        bucket=whole(exposures["ccf_bucket"], 0).astype(np.int16),
        days=whole(exposures["original_maturity_days"], ABSENT),
        equity_type=codes(exposures["equity_type"], EQUITY_TYPES),
        deducted=exposures["cet1_item"].notna().to_numpy(),
        specialised=specialised,
        issue_step=issue,
        currency_mismatch=said(exposures["income_currency_mismatch"]),
        currency=currency,
        currencies=currencies,
        obligor=obligor,
        kind=of_row(kind, obligor),
        country=of_row(country, obligor),
        countries=countries,
        step=np.where(own_issue, issue, of_row(step.astype(np.int16), obligor, 0)),
        government_step=of_row(government[country], obligor, 0),
        obligor_name=text(parties["name"]),
        liens=_read_liens(exposures["exposure_id"], tables["collateral"]),
        ratings=read_ratings(exposures, parties, obligor),
        **_flagged(exposures),
        **_of_obligors(parties, obligor),
    )


def _of_obligors(parties: pd.DataFrame, obligor: Ints) -> dict[str, Any]:
    return {
        "grade": of_row(codes(parties["scra_grade"], GRADES), obligor),
        "turnover": of_row(parties["turnover"].to_numpy(np.float64, na_value=np.nan), obligor, np.nan),
        "group": of_row(_groups(parties), obligor),
        "zero_weight_body": of_row(flags(parties["zero_weight_body"]), obligor, False),
        "as_government": of_row(flags(parties["treated_as_government"]), obligor, False),
        "equivalent": of_row(said(parties["equivalent_supervision"]), obligor),
    }


def _flagged(exposures: pd.DataFrame) -> dict[str, Any]:
    found = {name: flags(exposures[name]) for name in _FLAGS}
    return {**found, "infrastructure": flags(exposures["infrastructure_eligible"])}


def _taken(column: Any, rows: Ints) -> Any:  # noqa: ANN401  # whatever a field of Positions is
    """Return some rows of a column, of a column of words or of a table of columns; anything else as it is."""
    if isinstance(column, np.ndarray):
        return column[rows]
    if isinstance(column, pa.Array):
        return column.take(pa.array(rows))
    if isinstance(column, Liens | Ratings):
        inner: dict[str, Any] = {
            field.name: _taken(getattr(column, field.name), rows) for field in fields(column)
        }
        return replace(column, **inner)
    return column


def _government_steps(kind: Codes, country: Codes, step: Ints, countries: int) -> Codes:
    """Return the worst step of the governments of each country, 0 where none is rated, shape (countries,)."""
    worst = np.zeros(countries, dtype=np.int16)
    states = kind == _STATE
    np.maximum.at(worst, country[states], step[states].astype(np.int16))
    return worst


def _groups(parties: pd.DataFrame) -> Ints:
    """Return a number for the group of connected clients of each obligor: its group, or itself alone."""
    own = pc.binary_join_element_wise(pa.scalar("obligor"), text(parties["counterparty_id"]), "\x1f")
    shared = pc.binary_join_element_wise(pa.scalar("group"), text(parties["group_id"]), "\x1f")
    keys = pc.coalesce(shared, own)
    return np.asarray(keys.dictionary_encode().indices).astype(np.int64)


def _read_liens(exposure_id: pd.Series, collateral: pd.DataFrame) -> Liens:
    row = places(exposure_id, collateral["exposure_id"])

    def of_exposure(values: NDArray[Scalar], absent: float) -> NDArray[Scalar]:
        return of_row(values, row, absent)

    lien = collateral["lien_amount"].to_numpy(np.float64, na_value=np.nan)
    lien_cents = np.where(np.isnan(lien), ABSENT, cents(np.nan_to_num(lien)))
    return Liens(
        kind=of_exposure(codes(collateral["property_type"], PROPERTIES), ABSENT),
        value=of_exposure(cents(numbers(collateral["property_value"], 0.0)), 0),
        lien=of_exposure(lien_cents, ABSENT),
        prior=of_exposure(cents(numbers(collateral["prior_liens"], 0.0)), 0),
        income_producing=of_exposure(flags(collateral["income_producing"]), False),
        exempt=of_exposure(flags(collateral["ipre_exempt"]), False),
        eligible=of_exposure(flags(collateral["eligible"]), False),
        presold=of_exposure(flags(collateral["presold"]), False),
        shared=of_exposure(_shared(collateral["property_id"]), ABSENT),
        rank=of_exposure(whole(collateral["lien_rank"], 1), 1),
    )


def _shared(property_id: pd.Series) -> Ints:
    """Return a number for each property named more than once, -1 for the others."""
    number_of, _ = pd.factorize(property_id)
    count = np.bincount(number_of[number_of != ABSENT], minlength=1)
    return np.where((number_of != ABSENT) & (count[number_of] > 1), number_of, ABSENT).astype(np.int64)
