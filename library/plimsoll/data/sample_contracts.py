"""The contracts of a sample bank: counterparties, exposures, collateral and securities, by segment."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from plimsoll.data.book import Entity

__all__ = ["Draw", "make_draw", "numbered"]

_DAY = np.timedelta64(1, "D")
_ABROAD = np.array(["DE", "FR", "NL", "BE", "AT", "ES", "IT", "LU", "DK", "US", "CH"])
_FOREIGN = np.array(["USD", "CHF", "SEK"])
_COUNTERPARTY_COLUMNS = ("counterparty_id", "name", "counterparty_type", "country", "turnover")
_FIXED = {  # contracts without an obligor: the bank's own assets
    "cash": ("cash_part", None),
    "cash_in_collection": ("collection_part", None),
    "tangible_asset": ("tangible_part", None),
    "other_asset": ("other_asset_part", None),
    "intangible_software": ("software_part", None),
    "goodwill": ("goodwill_part", "goodwill"),
    "other_intangibles": ("intangibles_part", "other_intangibles"),
    "deferred_tax_asset": ("dta_part", "dta_future_profitability"),
}


@dataclass(frozen=True)
class Draw:
    """What the random draw gave: four tables, their make-up and the sums the funding is built on."""

    currency: str
    counterparties: pd.DataFrame
    exposures: pd.DataFrame
    collateral: pd.DataFrame
    securities: pd.DataFrame
    assumptions: dict[str, Any]
    segments: pd.Series  # of each exposure
    base: float  # on-balance amount of the segments: what all sizes of the bank are a part of
    estimated_rwa: float
    protection: Mapping[str, pd.DataFrame] = field(default_factory=dict)  # pledges and guarantees


def make_draw(rng: np.random.Generator, kind: str, rows: int, entity: Entity, day: datetime.date) -> Draw:
    """Return the contracts of a kind of bank with so many exposures."""
    text = files("plimsoll.data").joinpath(f"{kind}.toml").read_text(encoding="utf-8")
    assumptions = tomllib.loads(text)
    segments = assumptions["segments"]
    sizes = _allocate({n: s["share"] for n, s in segments.items()}, rows - len(_FIXED) - 1)
    pools = _Pools(rng, assumptions["pools"], entity.country)
    parts: dict[str, dict[str, Any]] = {}
    for name, segment in segments.items():
        leader = parts[segment["follows"]]["counterparty"] if "follows" in segment else None
        obligors = pools.take(segment["pool"], sizes[name], segment["own"], leader)
        parts[name] = _draw_segment(rng, segment, obligors, np.datetime64(day, "D"), entity.currency)
        parts[name]["segment"] = np.full(sizes[name], name)
    frame = pd.concat([pd.DataFrame(p) for p in parts.values()], ignore_index=True)
    _mark_default(rng, frame, pools)
    base = float(frame.loc[frame["on_balance"], "amount"].sum())
    density = frame["segment"].map({n: s["density"] for n, s in segments.items()})
    bank = assumptions["bank"]
    own_risk = sum(bank[p] for p in ("operational_part", "market_part", "cva_part"))
    assets_risk = sum(
        bank[p] for p in ("tangible_part", "other_asset_part", "software_part", "collection_part")
    )
    rwa = float((frame["amount"] * density).sum()) + base * (own_risk + assets_risk)
    collateral = _draw_collateral(rng, frame, segments, entity.country)
    frame = pd.concat([frame, _own_assets(bank, base, entity)], ignore_index=True)
    frame["exposure_id"] = numbered("E", len(frame))
    collateral["exposure_id"] = frame["exposure_id"].to_numpy()[collateral.pop("position").to_numpy()]
    securities = _draw_securities(rng, frame, segments)
    counterparties = pools.table(entity.country)
    frame["counterparty_id"] = pools.identify(frame.pop("pool"), frame.pop("counterparty"))
    return Draw(
        entity.currency,
        counterparties,
        frame.drop(columns="segment"),
        collateral,
        securities,
        assumptions,
        frame["segment"],
        base,
        rwa,
    )


def numbered(prefix: str, count: int) -> pd.Series:
    """Return `count` identifiers: the prefix, a dash and a running number of seven digits."""
    digits = pc.utf8_lpad(pc.cast(pa.array(np.arange(1, count + 1)), pa.string()), 7, "0")
    return pd.Series(pc.binary_join_element_wise(prefix, digits, "-").to_pandas(), dtype="str")


def _allocate(shares: dict[str, float], rows: int) -> dict[str, int]:
    """Return whole numbers in proportion to the shares (largest remainder), at least one each."""
    weights = np.array(list(shares.values())) / sum(shares.values())
    free = rows - len(shares)
    exact = weights * free
    counts = np.floor(exact).astype(int)
    order = np.argsort(counts - exact, kind="stable")
    counts[order[: free - counts.sum()]] += 1
    return dict(zip(shares, (counts + 1).tolist(), strict=True))


class _Pools:
    """The counterparties, by pool: numbered within their pool until all are known."""

    def __init__(self, rng: np.random.Generator, pools: dict[str, Any], home: str) -> None:
        self._rng, self._pools, self._home = rng, pools, home
        self._sizes = dict.fromkeys(pools, 0)

    def take(self, pool: str, rows: int, own: float, leader: NDArray[np.int64] | None) -> pd.DataFrame:
        """Return the pool and the obligor's number in it for each row: new obligors first."""
        if leader is not None:
            numbers = np.resize(leader, rows)
        else:
            fresh = max(int(np.ceil(rows * own)), 1 if self._sizes[pool] == 0 else 0)
            first = self._sizes[pool]
            self._sizes[pool] = first + fresh
            again = self._rng.integers(0, self._sizes[pool], rows - fresh)
            numbers = np.concatenate([np.arange(first, self._sizes[pool]), again])
        return pd.DataFrame({"pool": np.full(rows, pool), "counterparty": numbers})

    def in_default(self) -> dict[str, NDArray[np.bool_]]:
        """Return for each pool which obligors are in default."""
        return {
            name: self._rng.random(self._sizes[name]) < facts["default_rate"]
            for name, facts in self._pools.items()
        }

    def identify(self, pool: pd.Series, number: pd.Series) -> pd.Series:
        """Return the counterparty_id of each row; missing where there is no pool."""
        starts = dict(zip(self._sizes, np.cumsum([0, *self._sizes.values()])[:-1].tolist(), strict=True))
        identifiers = numbered("C", sum(self._sizes.values()) + 1).to_numpy(dtype=object)
        starts["central_bank"] = sum(self._sizes.values())
        positions = pool.map(starts).fillna(0).to_numpy(dtype=np.int64) + number.fillna(0).to_numpy(
            dtype=np.int64
        )
        named = pd.Series(identifiers[positions], dtype="str")
        return named.where(pool.notna().reset_index(drop=True))

    def table(self, home: str) -> pd.DataFrame:
        """Return the counterparties of all pools, and the central bank last."""
        parts = [self._table(name, facts) for name, facts in self._pools.items()]
        bank = {"name": f"Central bank of {home}", "counterparty_type": "central_bank", "country": home}
        table = pd.concat([*parts, pd.DataFrame([bank])], ignore_index=True)
        table["counterparty_id"] = numbered("C", len(table))
        rest = [c for c in table.columns if c not in _COUNTERPARTY_COLUMNS]
        return table[[*_COUNTERPARTY_COLUMNS, *rest]]

    def _table(self, name: str, facts: dict[str, Any]) -> pd.DataFrame:
        rng, size = self._rng, self._sizes[name]
        at_home = rng.random(size) < facts["home"]
        columns: dict[str, object] = {
            "name": numbered(facts["label"], size).str.replace("-", " ", n=1),
            "counterparty_type": np.full(size, facts["type"]),
            "country": np.where(at_home, self._home, rng.choice(_ABROAD, size)),
            "zero_weight_body": np.full(size, facts.get("zero_weight_body", False)),
        }
        if "turnover" in facts:
            turnover = facts["turnover"] * rng.lognormal(0.0, facts["turnover_spread"], size)
            columns["turnover"] = np.rint(np.clip(turnover, *facts["turnover_range"]))
        rated = rng.random(size) < facts.get("rated", 0.0)
        if "steps" in facts:
            steps = rng.choice(np.arange(1, 7), size, p=facts["steps"])
            columns["credit_quality_step"] = pd.array(np.where(rated, steps, -1), "Int64")
        if "grades" in facts:
            grades = rng.choice(np.array(["a_plus", "a", "b", "c"]), size, p=facts["grades"])
            columns["scra_grade"] = pd.Series(grades, dtype="str").mask(pd.Series(rated))
        frame = pd.DataFrame(columns)
        if "steps" in facts:
            frame["credit_quality_step"] = frame["credit_quality_step"].mask(~rated)
        return frame


def _draw_segment(
    rng: np.random.Generator,
    segment: dict[str, Any],
    obligors: pd.DataFrame,
    day: np.datetime64,
    currency: str,
) -> dict[str, Any]:
    rows, spread = len(obligors), segment["spread"]
    amount = segment["mean"] * rng.lognormal(-(spread**2) / 2, spread, rows)
    euro = rng.random(rows) < segment["euro"]
    foreign = np.where(euro, currency, rng.choice(_FOREIGN, rows))
    start, maturity, term = _draw_dates(rng, segment, rows, day)
    special = (
        {"specialised_lending": np.full(rows, segment["specialised"])} if "specialised" in segment else {}
    )
    return {
        **special,
        "pool": obligors["pool"].to_numpy(),
        "counterparty": obligors["counterparty"].to_numpy(),
        "product": np.full(rows, segment["product"]),
        "on_balance": np.full(rows, "bucket" not in segment),
        "amount": np.round(np.clip(amount, 50.0, segment.get("largest", np.inf)), 2),
        "currency": foreign,
        "start_date": start,
        "maturity_date": maturity,
        "rate": np.round(np.maximum(segment.get("rate", 0.0) + rng.normal(0.0, 0.005, rows), 0.0), 4),
        "subordinated": np.full(rows, segment.get("subordinated", False)),
        "retail_eligible": rng.random(rows) < segment.get("retail", 0.0),
        "transactor": rng.random(rows) < segment.get("transactor", 0.0),
        "ccf_bucket": pd.array([segment.get("bucket")] * rows, "Int64"),
        "original_maturity_days": pd.array(term, "Int64")
        if "equity" not in segment and term is not None
        else pd.array([None] * rows, "Int64"),
        "equity_type": np.full(rows, segment.get("equity"), dtype=object),
        "income_currency_mismatch": (segment["pool"] == "person") & ~euro & (rng.random(rows) < 0.8),
    }


def _draw_dates(
    rng: np.random.Generator, segment: dict[str, Any], rows: int, day: np.datetime64
) -> tuple[NDArray[np.datetime64], NDArray[np.datetime64], NDArray[np.int64] | None]:
    """Return start, maturity and original term in days; open-ended contracts have no maturity and no term."""
    longest = int(segment.get("days", segment.get("years", 0) * 365))
    if longest == 0:
        age = rng.integers(30, 12 * 365, rows)
        return day - age * _DAY, np.full(rows, np.datetime64("NaT", "D")), None
    term = np.maximum((longest * rng.uniform(0.35, 1.0, rows)).astype(np.int64), 7)
    age = (term * rng.uniform(0.0, 0.95, rows)).astype(np.int64)
    start = day - age * _DAY
    return start, start + term * _DAY, term


def _mark_default(rng: np.random.Generator, frame: pd.DataFrame, pools: _Pools) -> None:
    """Set default, stage, days past due and loss allowance; default is the obligor's (Article 178)."""
    rows = len(frame)
    defaulted = np.zeros(rows, dtype=bool)
    for pool, flags in pools.in_default().items():
        mine = (frame["pool"] == pool).to_numpy()
        defaulted[mine] = flags[frame.loc[mine, "counterparty"].to_numpy()]
    defaulted &= ~frame["product"].isin(["equity"]).to_numpy()
    watched = rng.random(rows) < 0.085
    exempt = (
        frame["pool"].isin(["government", "region", "public_body", "development_bank", "bank"]).to_numpy()
    )
    stage = np.where(defaulted, 3, np.where(watched & ~exempt, 2, 1))
    late = np.where(rng.random(rows) < 0.8, rng.integers(91, 900, rows), 0)
    frame["defaulted"] = defaulted
    frame["stage"] = stage
    frame["days_past_due"] = np.where(defaulted, late, np.where(stage == 2, rng.integers(0, 60, rows), 0))
    secured = (frame["product"] == "mortgage").to_numpy()
    loss = np.where(secured, rng.uniform(0.06, 0.28, rows), rng.uniform(0.15, 0.65, rows))
    part = np.where(stage == 3, loss, np.where(stage == 2, rng.uniform(0.01, 0.05, rows), 0.0015))
    part = np.where(exempt, 0.0002, part) * np.where(frame["on_balance"], 1.0, 0.3)
    part = np.where(frame["product"] == "equity", 0.0, part)
    frame["specific_provision"] = np.floor(frame["amount"].to_numpy() * part * 100) / 100


def _draw_collateral(
    rng: np.random.Generator, frame: pd.DataFrame, segments: dict[str, Any], country: str
) -> pd.DataFrame:
    kinds = frame["segment"].map({name: s["property"] for name, s in segments.items() if "property" in s})
    position = np.flatnonzero(kinds.notna().to_numpy())
    kind = kinds.iloc[position].to_numpy(dtype=object)
    amount = frame["amount"].to_numpy()[position]
    rows = len(position)
    home, adc = kind == "residential", kind == "adc"
    ltv = np.clip(np.where(home, rng.normal(0.62, 0.21, rows), rng.normal(0.58, 0.18, rows)), 0.20, 1.10)
    value = np.ceil(amount / ltv / 1000.0) * 1000.0
    prior = np.where(rng.random(rows) < 0.04, np.round(value * rng.uniform(0.03, 0.20, rows), -2), 0.0)
    income = rng.random(rows) < np.where(home, 0.11, 0.45)
    income &= ~adc
    return pd.DataFrame(
        {
            "collateral_id": numbered("P", rows),
            "position": position,
            "property_type": kind,
            "property_value": value,
            "lien_amount": np.round(np.maximum(amount * rng.uniform(1.0, 1.25, rows), amount), 2),
            "prior_liens": prior,
            "income_producing": income,
            "ipre_exempt": income & home & (rng.random(rows) < 0.6),
            "eligible": rng.random(rows) < 0.97,
            "country": np.full(rows, country),
            "presold": adc & (rng.random(rows) < 0.4),
        }
    )


def _own_assets(bank: dict[str, float], base: float, entity: Entity) -> pd.DataFrame:
    rows = [
        {
            "product": "other_asset" if line in ("goodwill", "other_intangibles") else line,
            "amount": round(base * bank[part], 2),
            "cet1_item": item,
        }
        for line, (part, item) in _FIXED.items()
    ]
    reserve = {"product": "central_bank_balance", "amount": round(base * bank["central_bank_part"], 2)}
    frame = pd.DataFrame([*rows, {**reserve, "pool": "central_bank", "counterparty": 0, "cet1_item": None}])
    columns: dict[str, Any] = {
        "on_balance": True,
        "specific_provision": 0.0,
        "currency": entity.currency,
        "defaulted": False,
    }
    return frame.assign(
        **columns,
        subordinated=False,
        retail_eligible=False,
        transactor=False,
        income_currency_mismatch=False,
        days_past_due=0,
        segment="own_assets",
    )


def _draw_securities(rng: np.random.Generator, frame: pd.DataFrame, segments: dict[str, Any]) -> pd.DataFrame:
    """Return the liquidity view of cash, reserves and debt securities."""
    classes = {name: s["hqla"] for name, s in segments.items() if "hqla" in s}
    hqla = frame["segment"].map(classes).astype(object)
    hqla = hqla.mask(frame["product"].isin(["cash", "central_bank_balance"]), "level_1")
    held = frame[hqla.notna()]
    rows = len(held)
    priced = np.where(held["maturity_date"].notna(), rng.uniform(0.955, 1.015, rows), 1.0)
    value = np.round(held["amount"].to_numpy() * priced, 2)
    pledged = np.where(
        priced == 1.0, 0.0, np.where(rng.random(rows) < 0.15, rng.uniform(0.3, 1.0, rows), 0.0)
    )
    return pd.DataFrame(
        {
            "security_id": numbered("S", rows),
            "exposure_id": held["exposure_id"].to_numpy(),
            "hqla_class": hqla[hqla.notna()].to_numpy(),
            "market_value": value,
            "encumbered_amount": np.floor(value * pledged * 100) / 100,
        }
    )
