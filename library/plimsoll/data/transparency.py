"""A bank of the EBA transparency exercise becomes a pooled book, with the figures as published beside it."""

from __future__ import annotations

import calendar
import datetime
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from plimsoll.data.book import Book, Entity
from plimsoll.errors import BookError, Problem

__all__ = ["load_transparency"]

_FILE = "tr_cre.parquet"
_MILLION = 1_000_000
_ALL, _NOT_BROKEN_DOWN = 0, "ZZ"  # country codes: total, and ISO 3166 user-assigned
_DEFAULT_CLASS = 601
_TOLERANCE = 1e-6  # of the total: amounts are published as 32-bit floats
_SHEETS = ("Credit Risk_STA_a", "Credit Risk_STA_b", "Credit Risk_IRB_a", "Credit Risk_IRB_b")
_COLUMNS = ("Period", "Item", "Portfolio", "Country", "Exposure", "Amount", "Sheet")
_NOTICES = (
    "Own funds are not in this file: ratios cannot be computed.",
    "Both portfolios are loaded, standardised and internal ratings: all are weighed by the standard one.",
    "Pools have no rating, turnover or property: unrated weights, no SME factor, mortgages as unsecured.",
    "Original exposure includes off-balance items, not told apart: pools stand on balance, unconverted.",
    "Equity pools are taken as unlisted and not speculative; funds have no look-through.",
    "Standardised pools in default take the sector 'corporate': default is not broken down by class.",
)


@cache
def _read_codes() -> dict[str, Any]:
    text = files("plimsoll.data").joinpath("transparency.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@dataclass(frozen=True)
class _Published:
    """What one bank published on one date, in millions, by portfolio, item, class and country code."""

    amounts: dict[tuple[int, int, int, int], float]

    def total(self, portfolio: str, item: str, exposure_class: int = 0) -> float:
        codes = _read_codes()
        key = (codes["portfolio"][portfolio], codes["items"][item], exposure_class, _ALL)
        return self.amounts.get(key, 0.0)

    def by_country(self, portfolio: str, item: str, exposure_class: int) -> dict[str, float]:
        """Return amounts by ISO country, the rest under ZZ, so that they add up to the total."""
        codes = _read_codes()
        wanted = (codes["portfolio"][portfolio], codes["items"][item], exposure_class)
        total, split = 0.0, dict[str, float]()
        for (*key, country), amount in self.amounts.items():
            if tuple(key) != wanted:
                continue
            if country == _ALL:
                total = amount
            else:
                place = codes["countries"][str(country)]
                split[place] = split.get(place, 0.0) + amount
        split[_NOT_BROKEN_DOWN] = split.get(_NOT_BROKEN_DOWN, 0.0) + total - sum(split.values())
        return split


@dataclass(frozen=True)
class _Pool:
    """One pool: a class, a country, in default or not, with its published figures in millions."""

    portfolio: str
    exposure_class: int
    country: str
    defaulted: bool
    original: float
    figures: dict[str, float]

    @property
    def name(self) -> str:
        tail = "-default" if self.defaulted and self.exposure_class != _DEFAULT_CLASS else ""
        return f"{self.portfolio.upper()}-{self.exposure_class}-{self.country}{tail}"


def load_transparency(path: str | Path, *, lei: str, period: str, entity: Entity | None = None) -> Book:
    """Return the pooled book of a bank of the transparency exercise.

    Parameters
    ----------
    path
        The credit risk file (Parquet), or the folder with `tr_cre.parquet`.
    lei
        The bank's identifier in the exercise.
    period
        Year and month, as `"202506"`.
    entity
        Who reports; needed where the exercise's identifier is no LEI.

    Returns
    -------
    A book with one exposure per portfolio, class, country and default status, and `benchmarks` as published.
    Amounts in EUR, as published in millions.

    Raises
    ------
    BookError
        No such file, bank or period.
    """
    place = Path(path)
    published = _read(place / _FILE if place.is_dir() else place, lei, period)
    notices = list(_NOTICES)
    pools = [*_sa_pools(published, notices), *_irb_pools(published, notices)]
    _tell_what_is_left_out(published, pools, notices)
    year, month = int(period[:4]), int(period[4:])
    day = datetime.date(year, month, calendar.monthrange(year, month)[1])
    source = f"EBA EU-wide transparency exercise 2025, credit risk, {period}, {lei}"
    tables = {
        "counterparties": pd.DataFrame(_counterparties(pools)),
        "exposures": pd.DataFrame(_exposures(pools)),
        "benchmarks": pd.DataFrame([*_benchmarks(pools, source), *_totals(published, source)]),
    }
    return Book(entity or _entity(place, lei, period), day, source, tables, tuple(notices))


def _refuse(column: str, value: str, reason: str) -> BookError:
    return BookError(None, (Problem("transparency exercise", "-", column, value, reason),))


def _read(file: Path, lei: str, period: str) -> _Published:
    if len(period) != 6 or not period.isdecimal() or not 1 <= int(period[4:]) <= 12:
        raise _refuse("period", period, "is no year and month (write 202506)")
    if not file.is_file():
        raise _refuse("path", str(file), "does not exist")
    frame = pq.read_table(
        file, columns=[*_COLUMNS, "LEI_Code"], filters=[("LEI_Code", "==", lei)]
    ).to_pandas()
    if frame.empty or set(lei) == {"X"}:
        raise _refuse("lei", lei, "is no bank of the exercise")
    frame = frame[frame["Sheet"].isin(_SHEETS)]
    if int(period) not in set(frame["Period"]):
        known = ", ".join(str(p) for p in sorted(set(frame["Period"])))
        raise _refuse("period", period, f"is not published for this bank; known are {known}")
    frame = frame[(frame["Period"] == int(period)) & frame["Amount"].notna()]
    keys = ["Portfolio", "Item", "Exposure", "Country"]
    if frame.duplicated(keys).any():
        raise _refuse("Amount", lei, "is published twice for the same item, class and country")
    columns = (frame[key].astype(int).tolist() for key in keys)
    return _Published(dict(zip(zip(*columns, strict=True), frame["Amount"].astype(float), strict=True)))


def _entity(place: Path, lei: str, period: str) -> Entity:
    codes = _read_codes()
    known = codes["identifiers"].get(lei, lei)
    file = place / _FILE if place.is_dir() else place
    filters = [("LEI_Code", "==", lei), ("Period", "==", int(period))]
    country = str(pq.read_table(file, columns=["NSA"], filters=filters).to_pandas()["NSA"].iloc[0])
    try:
        return Entity(codes["banks"].get(lei, lei), known, "CON", country, "EUR")
    except BookError as error:
        raise _refuse("lei", lei, "is no LEI (the exercise uses another identifier): pass entity=") from error


def _split(
    published: _Published, portfolio: str, exposure_class: int, notices: list[str]
) -> dict[str, float]:
    """Return original exposure by country; a class whose countries exceed its total stays one pool."""
    split = published.by_country(portfolio, "original_exposure", exposure_class)
    total = published.total(portfolio, "original_exposure", exposure_class)
    slack = _TOLERANCE * max(total, 1.0)
    split = {country: 0.0 if -slack <= amount < 0 else amount for country, amount in split.items()}
    if min(split.values()) >= 0:
        return split
    over = -split[_NOT_BROKEN_DOWN]
    notices.append(
        f"{portfolio.upper()} class {exposure_class}: the countries published exceed the published total by "
        f"{over:,.2f} million; the class is one pool of the total, without countries."
    )
    return {_NOT_BROKEN_DOWN: total}


def _sa_pools(published: _Published, notices: list[str]) -> Iterator[_Pool]:
    for code in _read_codes()["sa_class"]:
        exposure_class = int(code)
        split = _split(published, "sa", exposure_class, notices)
        measures = ("exposure_value", "rwa", *(("provisions",) if exposure_class == _DEFAULT_CLASS else ()))
        figures = {m: _figures(published, "sa", m, exposure_class, split) for m in measures}
        for country, amount in split.items():
            own = {measure: values[country] for measure, values in figures.items()}
            if amount or any(own.values()):
                yield _Pool("sa", exposure_class, country, exposure_class == _DEFAULT_CLASS, amount, own)


def _figures(
    published: _Published, portfolio: str, item: str, exposure_class: int, split: dict[str, float]
) -> dict[str, float]:
    """Return another figure over the same countries as the original exposure."""
    if set(split) == {_NOT_BROKEN_DOWN}:
        return {_NOT_BROKEN_DOWN: published.total(portfolio, item, exposure_class)}
    found = published.by_country(portfolio, item, exposure_class)
    return {country: found.get(country, 0.0) for country in split}


def _irb_pools(published: _Published, notices: list[str]) -> Iterator[_Pool]:
    """Yield IRB pools, default apart; exposure value is published for both together and goes to the first."""
    for code in _read_codes()["irb_class"]:
        exposure_class = int(code)
        split = _split(published, "irb", exposure_class, notices)
        failed = _figures(published, "irb", "original_exposure_defaulted", exposure_class, split)
        value = _figures(published, "irb", "exposure_value", exposure_class, split)
        rwa = _figures(published, "irb", "rwa", exposure_class, split)
        provisions = _figures(published, "irb", "provisions", exposure_class, split)
        for country, amount in split.items():
            default = min(max(failed[country], 0.0), amount)
            both = {"exposure_value": value[country], "rwa": rwa[country], "provisions": provisions[country]}
            if amount or any(both.values()):
                yield _Pool("irb", exposure_class, country, False, amount - default, both)
            if default:
                yield _Pool("irb", exposure_class, country, True, default, {})


def _tell_what_is_left_out(published: _Published, pools: list[_Pool], notices: list[str]) -> None:
    total = published.total("sa", "original_exposure_total")
    loaded = sum(pool.original for pool in pools if pool.portfolio == "sa")
    if abs(total - loaded) > max(total, 1.0) * _TOLERANCE:
        notices.append(
            f"Standardised classes add up to {loaded:,.2f} million, the published total is {total:,.2f}."
        )
    carried = sum(pool.figures["provisions"] for pool in pools if pool.exposure_class == _DEFAULT_CLASS)
    general = published.total("sa", "provisions_total") - carried
    irb = sum(pool.figures.get("provisions", 0.0) for pool in pools if pool.portfolio == "irb")
    notices.append(
        f"Provisions reduce the standardised pools in default only ({carried:,.2f} million); "
        f"{general:,.2f} million on other standardised and {irb:,.2f} million on internal-ratings pools "
        "are not published by default status and stay in benchmarks."
    )
    other = published.amounts.get((2, _read_codes()["items"]["rwa"], 607, _ALL), 0.0)
    if other:
        notices.append(
            f"Other non credit-obligation assets are published as RWA only ({other:,.2f} million)."
        )


def _class_facts(pool: _Pool) -> dict[str, Any]:
    facts: dict[str, Any] = _read_codes()[f"{pool.portfolio}_class"][str(pool.exposure_class)]
    return facts


def _counterparties(pools: list[_Pool]) -> Iterator[dict[str, Any]]:
    seen = set()
    for pool in pools:
        facts, name = _class_facts(pool), pool.name.removesuffix("-default")
        if "counterparty_type" in facts and name not in seen:
            seen.add(name)
            label = f"{facts['name']}, {pool.country}, pooled ({pool.portfolio.upper()})"
            kind = facts["counterparty_type"]
            yield {"counterparty_id": name, "name": label, "counterparty_type": kind, "country": pool.country}


def _exposures(pools: list[_Pool]) -> Iterator[dict[str, Any]]:
    for pool in pools:
        facts = _class_facts(pool)
        amount = _money(pool.original)
        carried = pool.figures.get("provisions", 0.0) if pool.exposure_class == _DEFAULT_CLASS else 0.0
        yield {
            "exposure_id": pool.name,
            "counterparty_id": pool.name.removesuffix("-default") if "counterparty_type" in facts else None,
            "product": facts["product"],
            "on_balance": True,
            "amount": amount,
            "specific_provision": min(max(_money(carried), 0.0), amount),
            "currency": "EUR",
            "defaulted": pool.defaulted,
            "subordinated": facts.get("subordinated", False),
            "retail_eligible": facts.get("retail_eligible", False),
            "equity_type": facts.get("equity_type"),
        }


def _money(millions: float) -> float:
    return round(millions * _MILLION, 2)


def _benchmarks(pools: list[_Pool], source: str) -> Iterator[dict[str, Any]]:
    for pool in pools:
        for measure, amount in pool.figures.items():
            both = pool.portfolio == "irb" and ": performing and defaulted together"
            yield {
                "benchmark_id": f"{pool.name}-{measure}",
                "exposure_id": pool.name,
                "measure": measure,
                "amount": _money(amount),
                "source": source + (both or ""),
            }


def _totals(published: _Published, source: str) -> Iterator[dict[str, Any]]:
    """Yield the published totals; the exercise gives no total of original exposure for internal ratings."""
    totals = {
        ("sa", "original_exposure"): "original_exposure_total",
        ("sa", "exposure_value"): "exposure_value_total",
        ("sa", "rwa"): "rwa_total",
        ("sa", "provisions"): "provisions_total",
        ("irb", "rwa"): "rwa_total",
    }
    for (portfolio, measure), item in totals.items():
        yield {
            "benchmark_id": f"{portfolio.upper()}-total-{measure}",
            "exposure_id": None,
            "measure": measure,
            "amount": _money(published.total(portfolio, item)),
            "source": source,
        }
