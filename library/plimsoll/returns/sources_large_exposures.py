"""What the returns on large exposures are filled from: clients and groups by code, their exposures, the limits."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from plimsoll.credit.supervision import supervised_as_in_union
from plimsoll.units import cents

if TYPE_CHECKING:
    from plimsoll.simulation import Result

__all__ = ["LARGE_EXPOSURE_SOURCES"]

_SECTORS = {
    "central_government": "general_government",
    "regional_government": "general_government",
    "public_sector_entity": "general_government",
    "international_organisation": "general_government",
    "central_bank": "central_bank",
    "credit_institution": "credit_institution",
    "multilateral_development_bank": "credit_institution",
    "investment_firm": "investment_firm",
    "financial_corporate": "other_financial_corporation",
    "natural_person": "household",
}
"""Sectors of C 27.00 by kind of counterparty; the rest are non-financial corporations."""
_NACE = re.compile(r"([A-U])\.?0?(\d{1,2})?(?:\.\d+)*")


def _reported(result: Result) -> pd.DataFrame:
    """Return the groups and clients that are reported; none where something is missing."""
    found = result.large_exposures
    return found.groups.loc[found.groups["reported"] & (not found.missing)]


def _codes(result: Result) -> pd.DataFrame:
    """Return code and type of code of every client, by identifier: its LEI, else a national code, else the book's."""
    parties = result.tables["counterparties"].set_index("counterparty_id", drop=False)
    other = parties["national_code"].astype(object).fillna(parties["counterparty_id"])
    lei = parties["lei"].astype(object)
    return pd.DataFrame(
        {"code": lei.fillna(other), "code_type": np.where(lei.isna(), "national", "lei")}, index=parties.index
    )


def _items(result: Result) -> pd.DataFrame:
    """Return the exposures to groups and clients that are reported, with the code of each."""
    groups, codes = _reported(result), _codes(result)["code"]
    held = result.large_exposures.exposures
    held = held.loc[held["group_id"].isin(groups["group_id"])].reset_index(drop=True)
    heads = groups.set_index("group_id")["head_id"]
    before = cents(held["original"]) - cents(held["provision"]) - cents(held["deducted"])
    reliefs = ("substituted", "funded_protection", "property", "exempted")
    after = before - sum(cents(held[name]) for name in reliefs)
    return held.assign(
        unit_code=held["group_id"].map(heads).map(codes),
        client_code=held["counterparty_id"].map(codes),
        before=before / 100,
        after=after / 100,
    )


def _members(result: Result) -> pd.DataFrame:
    """Return the exposures to members of groups that are reported."""
    groups = _reported(result)
    connected = groups.loc[groups["connected"], "group_id"]
    items = _items(result)
    return items.loc[items["group_id"].isin(connected)].reset_index(drop=True)


def _units(result: Result) -> pd.DataFrame:
    """Return a row for each group or client that is reported: whether it is a group, and of what kind."""
    groups, codes = _reported(result), _codes(result)["code"]
    items = _items(result)
    return pd.DataFrame(
        {
            "unit_code": groups["head_id"].map(codes).to_numpy(dtype=object),
            "kind": np.where(groups["connected"], "group", "individual"),
            "underlying": groups["group_id"]
            .isin(items.loc[items["underlying"], "group_id"])
            .to_numpy(np.bool_),
        }
    )


def _member_flags(result: Result) -> pd.DataFrame:
    """Return a row for each member: whether there is an exposure through underlying assets."""
    items = _members(result)
    return items.groupby(["unit_code", "client_code"], sort=True)["underlying"].any().reset_index()


def _clients(result: Result) -> pd.DataFrame:
    """Return a row for each client that is reported, alone or in a group: who it is."""
    items = _items(result)
    parties = result.tables["counterparties"]
    parties = parties.loc[parties["counterparty_id"].isin(items["counterparty_id"])]
    parties = parties.sort_values("counterparty_id", ignore_index=True)  # whatever the order of the book
    codes = _codes(result).reindex(parties["counterparty_id"])
    kinds = parties["counterparty_type"]
    sector = parties["sector"].astype(object).fillna(kinds.map(_SECTORS).astype(object))
    sector = sector.fillna("non_financial_corporation").where(kinds != "investment_firm", "investment_firm")
    institution = kinds.isin(["credit_institution", "investment_firm"]) & supervised_as_in_union(
        parties, result.rules
    )
    company = (sector == "non_financial_corporation").to_numpy()
    both = (codes["code_type"] == "lei").to_numpy() & parties["national_code"].notna().to_numpy()
    nace = [_activity(code) if firm else "" for code, firm in zip(parties["nace_code"], company, strict=True)]
    return pd.DataFrame(
        {
            "code": codes["code"].to_numpy(dtype=object),
            "code_type": codes["code_type"].to_numpy(dtype=object),
            "name": parties["name"].astype(object).fillna("").to_numpy(),
            "national_code": np.where(both, parties["national_code"].astype(object), ""),
            "country": parties["country"].to_numpy(dtype=object),
            "sector": sector.to_numpy(dtype=object),
            "nace": np.array(nace, dtype=object),
            "kind": np.select(
                [parties["shadow_banking"].to_numpy(np.bool_), institution.to_numpy(np.bool_)],
                ["shadow_banking", "institution"],
                "",
            ).astype(object),
        }
    )


def _activity(code: object) -> str:
    """Return a NACE code as the dictionary writes it (`C10`, `A1`, `C`), empty where it is none."""
    match = _NACE.fullmatch(str(code).strip().upper()) if isinstance(code, str) else None
    return "" if match is None else f"{match[1]}{match[2] or ''}"


def _limits(result: Result) -> pd.DataFrame:
    found = result.large_exposures
    return found.limits.loc[[not found.missing] * len(found.limits)].reset_index(drop=True)


def _capital(result: Result) -> pd.DataFrame:
    found = result.large_exposures
    rows = [] if found.missing else [("tier1", found.tier1)]
    return pd.DataFrame(rows, columns=["line", "amount"]).astype({"line": "str", "amount": float})


LARGE_EXPOSURE_SOURCES: Mapping[str, Callable[[Result], pd.DataFrame]] = {
    "large_exposures": _items,
    "large_exposure_members": _members,
    "large_exposure_units": _units,
    "large_exposure_member_flags": _member_flags,
    "large_exposure_clients": _clients,
    "large_exposure_limits": _limits,
    "large_exposure_capital": _capital,
}
