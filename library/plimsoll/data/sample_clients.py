"""Who a sample bank's clients are to each other: codes, and groups of connected clients."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["connect"]

_DRAW = 51_389  # apart from every other draw of the same seed
_GROUPED = {"corporate": 0.4, "credit_institution": 0.2, "financial_corporate": 0.2}
"""Part of each kind of client that belongs to a group: of companies too large for the factor of Article 501 CRR, which
looks at what a whole group owes, so that groups leave the bank's risk weights as they are."""
_LARGE = 50.0e6
_LARGEST_GROUP = 4


def connect(seed: int, counterparties: pd.DataFrame) -> pd.DataFrame:
    """Return the counterparties with an LEI for all but natural persons, and some of them in groups.

    A group bears the identifier of the client at its head, which is the first of its members.
    """
    rng = np.random.Generator(np.random.PCG64([_DRAW, seed]))
    kinds = counterparties["counterparty_type"].to_numpy()
    small = (kinds == "corporate") & (counterparties["turnover"].fillna(0.0).to_numpy() < _LARGE)
    names = counterparties["counterparty_id"].to_numpy(dtype=object)
    group = np.full(len(names), None, dtype=object)
    for kind, part in _GROUPED.items():
        members = rng.permutation(np.flatnonzero((kinds == kind) & ~small))
        members = members[: int(len(members) * part)]
        place = 0
        while place + 1 < len(members):
            size = int(rng.integers(2, _LARGEST_GROUP + 1))
            group[members[place : place + size]] = names[members[place]]
            place += size
    lei = [None if kind == "natural_person" else _lei(place) for place, kind in enumerate(kinds)]
    return counterparties.assign(
        group_id=pd.array(group, dtype="str"), lei=pd.array(np.array(lei, dtype=object), dtype="str")
    )


def _lei(place: int) -> str:
    """Return a code in the form of an LEI (ISO 17442) that no one has: its check digits are right."""
    body = f"0000SAMPLE{place:08d}"
    digits = "".join(str(int(character, 36)) for character in f"{body}00")
    return f"{body}{98 - int(digits) % 97:02d}"
