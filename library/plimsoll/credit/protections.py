"""All credit protection of a book beside immovable property, with direct exposures to issuers and guarantors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from plimsoll.credit.direct import direct_positions
from plimsoll.credit.positions import Positions
from plimsoll.credit.protection import Guarantees, Pledges, read_guarantees, read_pledges
from plimsoll.credit.reading import places, text
from plimsoll.errors import SimulationError

__all__ = ["Protections", "read_protections"]

_METHOD = "financial_collateral_method"


@dataclass(frozen=True)
class Protections:
    """Pledges and guarantees, and the direct exposures that substitution compares them with.

    `issuers` and `providers` hold each direct exposure twice: in the currency of the exposure secured, and in that
    of the protection. `simple` says that the bank uses the Financial Collateral Simple Method.
    """

    pledges: Pledges
    issuers: tuple[Positions, Positions]
    guarantees: Guarantees
    providers: tuple[Positions, Positions]
    simple: bool


def read_protections(tables: Mapping[str, pd.DataFrame], positions: Positions) -> Protections | None:
    """Return the credit protection of the exposures weighed, None where a book has none.

    Parameters
    ----------
    tables
        `pledges`, `guarantees`, `elections`, `exposures` and `counterparties` of a book.
    positions
        Its exposures, as read.

    Raises
    ------
    SimulationError
        A debt security is pledged without its issuer.
    """
    if tables["pledges"].empty and tables["guarantees"].empty:
        return None
    _check_issuers(tables["pledges"])
    exposure_id = positions.exposure_id
    party_id = tables["counterparties"]["counterparty_id"]
    pledges = read_pledges(tables["pledges"], exposure_id, party_id, positions.currencies)
    guarantees = read_guarantees(tables["guarantees"], exposure_id, party_id, positions.currencies)
    elections = tables["elections"].set_index("election")["value"]
    return Protections(
        pledges,
        _direct(tables, positions, "pledges", pledges, np.maximum(pledges.issuer, 0)),
        guarantees,
        _direct(tables, positions, "guarantees", guarantees, guarantees.provider),
        simple=elections.get(_METHOD, "comprehensive") == "simple",
    )


def _direct(
    tables: Mapping[str, pd.DataFrame],
    positions: Positions,
    name: str,
    protection: Pledges | Guarantees,
    parties: np.ndarray,
) -> tuple[Positions, Positions]:
    key = {"pledges": "pledge_id", "guarantees": "guarantee_id"}[name]
    given = tables[name]["currency"].iloc[places(protection.ids, tables[name][key])]
    owed = positions.currency[protection.exposure]
    return (
        direct_positions(tables, parties, [positions.currencies[place] for place in owed]),
        direct_positions(tables, parties, text(given).to_pylist()),
    )


def _check_issuers(pledges: pd.DataFrame) -> None:
    bare = pledges.loc[(pledges["pledge_type"] == "debt_security") & pledges["issuer_id"].isna(), "pledge_id"]
    if len(bare):
        raise SimulationError(
            f"{len(bare)} debt securities are pledged without an issuer: {', '.join(sorted(bare)[:20])}. "
            "To go on, set `issuer_id` in `pledges`: the volatility adjustment depends on it (Article 224 CRR)."
        )
