"""Guarantees of exposures without own estimates of LGD: the provider's weight in place of the obligor's.

A provider whom the bank rates itself is weighed by its formula (Article 236), another by the standardised approach
(Article 235a). Exposures with own estimates of LGD have their guarantees in those estimates (Article 183).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from plimsoll.credit.direct import direct_weights
from plimsoll.credit.irb.classes import FINANCIAL
from plimsoll.credit.irb.floors import floored_pd
from plimsoll.credit.irb.losses import expected_loss
from plimsoll.credit.irb.maturity import foundation_maturity
from plimsoll.credit.irb.permissions import CLASS_OF_PROVIDER, is_financial
from plimsoll.credit.irb.supervisory import supervisory_lgd
from plimsoll.credit.irb.weighting import risk_weight
from plimsoll.credit.positions import Positions
from plimsoll.credit.protections import Protections
from plimsoll.credit.ratings import ADVANCED, FOUNDATION, SLOTTING
from plimsoll.credit.reading import Bools, Codes, Floats, Ints
from plimsoll.credit.recognition import REASONS, Recognised, recognise_guarantees
from plimsoll.credit.vocabulary import COUNTERPARTY_TYPES, IRB_CLASSES, number
from plimsoll.rules import RuleSet

__all__ = ["Guarantors", "guarantors_of"]

_IN_ESTIMATES = REASONS.index("recognised in own estimates")


@dataclass(frozen=True)
class Guarantors:
    """Guarantees with what their providers weigh, shape (k,); NaN where the formula does not apply.

    `by_rating` says where the formula does. `sa_class` and `rule` belong to the standardised approach, `irb_class`
    numbers `IRB_CLASSES`.
    """

    exposure: Ints
    amount: Ints
    by_rating: Bools
    weight: Floats
    loss: Floats
    pd: Floats
    lgd: Floats
    maturity: Floats
    irb_class: Codes
    sa_class: Codes
    rule: Codes
    recognised: Recognised


def guarantors_of(
    positions: Positions, protections: Protections, day: np.datetime64, rules: RuleSet
) -> Guarantors:
    """Return the guarantees of a book with the weights of their providers.

    Parameters
    ----------
    positions
        n exposures.
    protections
        Their guarantees.
    day
        Reference date.
    rules
        Those in force on it.
    """
    guarantees, providers = protections.guarantees, protections.providers[0]
    found = recognise_guarantees(positions, guarantees, providers, day, rules)
    approach = positions.ratings.approach[guarantees.exposure]
    amount = np.where(np.isin(approach, (FOUNDATION, SLOTTING)), found.used, 0)
    reason = np.where((approach == ADVANCED) & (found.reason == 0), _IN_ESTIMATES, found.reason)
    sa_class, weight, rule = direct_weights(protections.providers, rules)
    size = len(guarantees)
    loss, columns = np.zeros(size), {name: np.full(size, np.nan) for name in ("pd", "lgd", "maturity")}
    irb_class = _classes(providers)
    by_rating = ~np.isnan(guarantees.pd) & (guarantees.pd < 1) & (irb_class >= 0)
    for place, name in enumerate(IRB_CLASSES):
        row = np.flatnonzero(by_rating & (irb_class == place))
        if len(row):
            weight[row], loss[row], inputs = _by_formula(providers, row, guarantees.pd[row], name, rules)
            for column, values in inputs.items():
                columns[column][row] = values
    kept = replace(found, used=amount, reason=reason)
    return Guarantors(
        guarantees.exposure, amount, by_rating, weight, loss, **columns,
        irb_class=irb_class, sa_class=sa_class, rule=rule, recognised=kept,
    )  # fmt: skip


def _classes(providers: Positions) -> Codes:
    """Return the IRB class that a direct exposure to each provider has, -1 where there is none."""
    by_kind = np.full(len(COUNTERPARTY_TYPES), -1, dtype=np.int16)
    for kind, name in CLASS_OF_PROVIDER.items():
        by_kind[number(COUNTERPARTY_TYPES, kind)] = number(IRB_CLASSES, name)
    found: Codes = by_kind[providers.kind]
    return found


def _by_formula(
    providers: Positions, row: Ints, given: Floats, irb_class: str, rules: RuleSet
) -> tuple[Floats, Floats, dict[str, Floats]]:
    """Return weight, expected loss and inputs of senior claims on providers of a class (Article 236(1a), (1b))."""
    name = {"regional_government": "regional_public", "public_sector": "regional_public"}.get(
        irb_class, irb_class
    )
    pd = np.asarray(floored_pd(given, exposure_class=name, rules=rules))
    financial = is_financial(providers)[row] if name == "corporate" else np.zeros(len(row), np.bool_)
    lgd = np.broadcast_to(supervisory_lgd(exposure_class=name, financial=financial, rules=rules), pd.shape)
    large = providers.ratings.large_financial[row] if name in FINANCIAL else np.zeros(len(row), np.bool_)
    maturity = foundation_maturity(np.zeros(len(row), np.bool_), rules=rules)
    weight = risk_weight(pd, lgd, maturity, exposure_class=name, large_financial=large, rules=rules)
    return weight, expected_loss(pd, lgd), {"pd": pd, "lgd": lgd, "maturity": maturity}
