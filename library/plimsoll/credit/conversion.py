"""Share of an off-balance-sheet item that counts as exposure (Articles 111 and 495d CRR)."""

from __future__ import annotations

import numpy as np

from plimsoll.credit.positions import Bools, Codes, Floats
from plimsoll.rules import RuleSet

__all__ = ["BUCKET_RULES", "CANCELLABLE_RULE", "conversion_factor"]

BUCKET_RULES = tuple(f"credit.sa.ccf.bucket_{bucket}" for bucket in range(1, 6))
CANCELLABLE_RULE = "credit.sa.ccf.cancellable_factor"
_CANCELLABLE_BUCKET = 5


def conversion_factor(bucket: Codes, on_balance: Bools, cancellable: Bools, rules: RuleSet) -> Floats:
    """Return the share of the nominal value, after specific credit risk adjustments, that is exposure value.

    Parameters
    ----------
    bucket
        Shape (n,), bucket of Annex I, 1 to 5; not read where `on_balance`.
    on_balance
        Shape (n,), whether the exposure is an asset, which counts in full (Article 111(1)).
    cancellable
        Shape (n,), whether a bucket 5 item is an unconditionally cancellable commitment, whose percentage
        Article 495d multiplies by 0 % until the end of 2029.
    rules
        Those in force on the reference date.

    Returns
    -------
    Shape (n,), fractions.
    """
    by_bucket = np.array([1.0, *(rules[rule_id].number for rule_id in BUCKET_RULES)])
    factor: Floats = by_bucket[np.where(on_balance, 0, bucket)]
    eased = ~on_balance & (bucket == _CANCELLABLE_BUCKET) & cancellable
    return np.where(eased, np.round(factor * rules[CANCELLABLE_RULE].number, 6), factor)
