"""Refuses books that the standardised approach cannot weigh, naming the exposures and what to do."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from plimsoll.credit.positions import ABSENT, Bools, Positions
from plimsoll.credit.vocabulary import SPECIALISED, number
from plimsoll.credit.weights import of_kind, of_product
from plimsoll.errors import SimulationError

__all__ = ["OTHER_ITEMS", "REPORTED_ELSEWHERE", "check_positions", "refuse", "reported_elsewhere"]

OTHER_ITEMS = {
    "cash": "credit.sa.other.cash",
    "cash_in_collection": "credit.sa.other.cash_in_collection",
    "tangible_asset": "credit.sa.other.tangible",
    "other_asset": "credit.sa.other.unspecified",
    "intangible_software": "credit.sa.other.software",
    "deferred_tax_asset": "credit.sa.other.deferred_tax",
}
"""Products of Article 134 and the like, with the rule that weighs each."""

REPORTED_ELSEWHERE = {
    "securitisation": "securitisation",
    "derivative": "counterparty_credit",
    "sft": "counterparty_credit",
}
"""Products whose risk exposure amount another system computes, with the risk it is reported under."""

_SHOWN = 20
_LAST_BUCKET = 5


def reported_elsewhere(positions: Positions, reported: frozenset[str]) -> Bools:
    """Say where an exposure's risk exposure amount stands in `reported_amounts`.

    Raises
    ------
    SimulationError
        An exposure of such a product has no amount reported.
    """
    elsewhere = np.zeros(len(positions), dtype=np.bool_)
    for product, risk in REPORTED_ELSEWHERE.items():
        where = of_product(positions, product) & ~positions.deducted
        if risk not in reported:
            refuse(
                positions,
                where,
                f"of product {product} are not computed here",
                f"put their risk exposure amount into `reported_amounts` under {risk}, with its source",
            )
        elsewhere |= where
    return elsewhere


def check_positions(positions: Positions) -> None:
    """Check that every exposure has what its weight needs.

    Raises
    ------
    SimulationError
        Provisions above the amount, an off-balance-sheet item without bucket, no obligor, no kind of equity,
        specialised lending to no company, or with the weight of high quality and the infrastructure factor.
    """
    refuse(
        positions,
        positions.provision > positions.amount,
        "have specific provisions above their amount",
        "correct `amount` (gross, before provisions) or `specific_provision`",
    )
    bucket = (positions.bucket >= 1) & (positions.bucket <= _LAST_BUCKET)
    refuse(
        positions,
        ~positions.on_balance & ~bucket,
        "are off the balance sheet without a bucket",
        "set `ccf_bucket` to 1 to 5 (Annex I CRR)",
    )
    anonymous = of_product(positions, *OTHER_ITEMS, "equity", "fund") | positions.deducted
    refuse(
        positions,
        (positions.obligor == ABSENT) & ~anonymous,
        "have no obligor",
        "set `counterparty_id`; only cash and other assets do without",
    )
    _check_specialised_lending(positions)
    _check_shared_properties(positions)
    equity = of_product(positions, "equity") & ~positions.deducted
    refuse(
        positions,
        equity & (positions.equity_type == ABSENT),
        "are equity of no kind",
        "set `equity_type` (Article 133 CRR)",
    )


def _check_shared_properties(positions: Positions) -> None:
    """Refuse a property that is described differently by the exposures that share it."""
    liens = positions.liens
    rows = np.flatnonzero(liens.shared != ABSENT)
    if not len(rows):
        return
    first = np.zeros(int(liens.shared.max()) + 1, dtype=np.int64)
    first[liens.shared[rows[::-1]]] = rows[::-1]
    differs = np.zeros(len(positions), dtype=np.bool_)
    for column in (liens.kind, liens.value, liens.prior):
        differs[rows] |= column[rows] != column[first[liens.shared[rows]]]
    refuse(
        positions,
        differs,
        "describe a property otherwise than another exposure on it does",
        "give every row of one `property_id` the same type, value and prior liens (what ranks before all of them)",
    )


def _check_specialised_lending(positions: Positions) -> None:
    special = positions.specialised != ABSENT
    refuse(
        positions,
        special & ~of_kind(positions, "corporate", "financial_corporate", "other"),
        "are specialised lending to no company",
        "leave `specialised_lending` empty or correct the `counterparty_type` (Article 122a(1) CRR)",
    )
    high_quality = positions.specialised == number(SPECIALISED, "project_operational_high_quality")
    refuse(
        positions,
        high_quality & positions.infrastructure,
        "are high quality project finance with the infrastructure factor",
        "choose one: Article 122a(3)(c)(ii) CRR gives 80 % only without the factor of Article 501a",
    )


def refuse(positions: Positions, where: Bools, what: str, remedy: str) -> None:
    """Raise where there is anything to refuse, naming the exposures, what is wrong and what to do.

    Raises
    ------
    SimulationError
        `where` holds for an exposure.
    """
    if not where.any():
        return
    ids = sorted(positions.exposure_id.take(pa.array(np.flatnonzero(where))).to_pylist())
    shown = ", ".join(ids[:_SHOWN]) + (f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else "")
    raise SimulationError(f"{len(ids)} exposure(s) {what}: {shown}. To go on, {remedy}.")
