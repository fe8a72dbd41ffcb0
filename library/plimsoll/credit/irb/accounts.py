"""The account of credit protection under internal ratings."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from plimsoll.credit.coverage import Pieces
from plimsoll.credit.irb.guarantors import Guarantors
from plimsoll.credit.positions import Positions
from plimsoll.credit.protection import Pledges
from plimsoll.credit.protections import Protections
from plimsoll.credit.reading import Ints
from plimsoll.credit.recognition import REASONS, Recognised
from plimsoll.credit.substitution import REPORT_COLUMNS, account
from plimsoll.credit.vocabulary import APPROACHES, PLEDGES, PROTECTIONS

__all__ = ["account_of", "collateral_account", "guarantee_account"]

_CENTS = 100
_NOT_LIGHTER = REASONS.index("no lighter than the obligor")


def account_of(accounts: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the accounts as one, sorted by id, columns `REPORT_COLUMNS`."""
    filled = [account for account in accounts if len(account)]
    if not filled:
        return pd.DataFrame(columns=list(REPORT_COLUMNS))
    return pd.concat(filled, ignore_index=True).sort_values("protection_id", ignore_index=True)


def collateral_account(positions: Positions, pledges: Pledges, found: Recognised, rows: Ints) -> pd.DataFrame:
    """Return the account of the pledges in some rows, as far as their exposures have internal ratings."""
    what = (pledges.ids, pledges.exposure, pledges.amount)
    issuers = pa.array([""] * len(pledges), pa.string())
    frame = account(positions, what, found, (pa.array(PLEDGES).take(pa.array(pledges.kind)), issuers))
    return _rated(positions, frame, pledges.exposure, rows)


def guarantee_account(
    positions: Positions, protections: Protections, guarantors: Guarantors, pieces: Pieces
) -> pd.DataFrame:
    """Return the account of guarantees whose exposures have internal ratings."""
    guarantees, found = protections.guarantees, guarantors.recognised
    size = len(guarantees)
    used = np.bincount(pieces.protection, weights=pieces.end - pieces.start, minlength=size)
    reason = np.where((found.reason == 0) & (used == 0), _NOT_LIGHTER, found.reason)
    words = (pa.array(PROTECTIONS).take(pa.array(guarantees.kind)), guarantees.provider_id)
    what = (guarantees.ids, guarantees.exposure, guarantees.amount)
    frame = account(positions, what, found, words).assign(
        used=used / _CENTS, risk_weight=guarantors.weight, reason=[REASONS[place] for place in reason]
    )
    return _rated(positions, frame, guarantees.exposure, np.arange(size))


def _rated(positions: Positions, frame: pd.DataFrame, exposure: Ints, rows: Ints) -> pd.DataFrame:
    approach = positions.ratings.approach[exposure]
    frame["approach"] = [APPROACHES[place] for place in approach]
    kept = rows[positions.ratings.internal[exposure[rows]] & ~positions.deducted[exposure[rows]]]
    return frame.iloc[kept]
