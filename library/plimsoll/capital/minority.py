"""What others own of subsidiaries and counts as the group's (Articles 81 to 88 CRR)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["recognised"]

Floats = NDArray[np.float64]


def recognised(owned: Floats, capital: Floats, required: Floats, items: Floats) -> Floats:
    """Return how much of what others own in subsidiaries counts, shape (n,).

    One formula serves minority interests (Article 84), Tier 1 (Article 85) and own funds (Article 87); the
    Additional Tier 1 and Tier 2 that count are the differences (Articles 86 and 88).

    Parameters
    ----------
    owned
        Shape (n,): what others own of that layer and better.
    capital
        Shape (n,): the subsidiary's capital of that layer and better.
    required
        Shape (n,): the lower of what the subsidiary needs and what the group needs for it, buffers included.
    items
        Shape (n,): the subsidiary's items of that layer and better, of which `owned` is a part. For own funds
        without the amounts of Article 62(c) and (d).

    Returns
    -------
    `owned` less the surplus over the requirement in the proportion that others own; a subsidiary without
    surplus counts in full.
    """
    surplus = np.maximum(capital - required, 0.0)
    share = np.divide(owned, items, out=np.zeros_like(owned), where=items > 0)
    return np.asarray(np.maximum(owned - surplus * share, 0.0))
