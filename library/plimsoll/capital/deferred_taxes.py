"""Deferred tax assets and the liabilities set off against them (Articles 36(1)(c), 38, 39 and 48 CRR)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from plimsoll.units import cents

__all__ = ["DeferredTaxes", "net_deferred_taxes"]

_KINDS = ("not_future_profitability", "losses", "temporary", "liability", "overpayment")


@dataclass(frozen=True)
class DeferredTaxes:
    """Deferred taxes in whole cents, gross, and what of the liabilities is set off against each kind."""

    not_future_profitability: int = 0
    losses: int = 0
    temporary: int = 0
    liabilities: int = 0
    overpayments: int = 0
    against_losses: int = 0
    against_temporary: int = 0

    @property
    def losses_net(self) -> int:
        """Assets that rely on future profitability and are no temporary differences: deducted in full."""
        return self.losses - self.against_losses

    @property
    def temporary_net(self) -> int:
        """Assets from temporary differences: deducted above the thresholds of Article 48."""
        return self.temporary - self.against_temporary


def net_deferred_taxes(taxes: pd.DataFrame) -> DeferredTaxes:
    """Return deferred taxes after set-off.

    Parameters
    ----------
    taxes
        The book's `deferred_taxes`. Liabilities count only where marked `offsettable` (Article 38(3)), which
        one that reduces intangibles or pension assets never is (Article 38(4)).

    Returns
    -------
    The set-off shared between the two kinds of asset in proportion to their gross amounts (Article 38(5)),
    never above them. Temporary differences are taken as one kind, as rows 0080 and 0090 of C 04.00 do: where
    all of them stay below the thresholds this is the article's own split.
    """
    amounts = cents(taxes["amount"].to_numpy(np.float64))
    kinds = taxes["kind"].astype("str").to_numpy()
    gross = {kind: int(amounts[kinds == kind].sum()) for kind in _KINDS}
    offsettable = (kinds == "liability") & (taxes["offset"].astype("str").to_numpy() == "offsettable")
    total = gross["losses"] + gross["temporary"]
    usable = min(int(amounts[offsettable].sum()), total)
    against_losses = round(usable * gross["losses"] / total) if total else 0
    return DeferredTaxes(
        gross["not_future_profitability"],
        gross["losses"],
        gross["temporary"],
        gross["liability"],
        gross["overpayment"],
        against_losses,
        usable - against_losses,
    )
