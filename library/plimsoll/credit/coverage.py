"""Which part of an exposure which protection covers: the heaviest part by the lightest provider first.

Laid side by side on one line, the parts of an exposure stand from the heaviest to the lightest and its protections
from the lightest to the heaviest; what lies opposite is covered, as long as that is lighter. No other allotment
gives less, so more protection never gives more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plimsoll.credit.reading import Floats, Ints

__all__ = ["Pieces", "cover"]


@dataclass(frozen=True)
class Pieces:
    """Pieces of parts that protection covers, shape (p,), whole cents from the start of their part.

    `part` and `protection` are places; the pieces of a part stand side by side from its start.
    """

    part: Ints
    protection: Ints
    start: Ints
    end: Ints


def cover(
    part_exposure: Ints, part_size: Ints, part_weight: Floats, protection: tuple[Ints, Ints, Floats]
) -> Pieces:
    """Return the pieces that protections cover.

    Parameters
    ----------
    part_exposure, part_size, part_weight
        Shape (m,): place of the exposure, whole cents, weight with all that eases it.
    protection
        Three of shape (k,): place of the exposure, amount in whole cents, weight of the provider.
    """
    exposure, amount, weight = protection
    rows = np.flatnonzero(np.isin(part_exposure, exposure) & (part_size > 0))
    rows = rows[np.lexsort((rows, -part_weight[rows], part_exposure[rows]))]
    covers = np.flatnonzero(amount > 0)
    covers = covers[np.lexsort((covers, weight[covers], exposure[covers]))]
    owner, covered = part_exposure[rows], exposure[covers]
    part_end = _ends(part_size[rows], owner)
    cover_end = _ends(amount[covers], covered)
    first, last = (np.searchsorted(owner, covered, side=side) for side in ("left", "right"))
    count = last - first
    pair_cover = np.repeat(np.arange(len(covers)), count)
    within = np.arange(len(pair_cover)) - np.repeat(np.cumsum(count) - count, count)
    pair_row = first[pair_cover] + within
    part_start = part_end - part_size[rows]
    start = np.maximum(part_start[pair_row], (cover_end - amount[covers])[pair_cover])
    end = np.minimum(part_end[pair_row], cover_end[pair_cover])
    lighter = part_weight[rows][pair_row] > weight[covers][pair_cover]
    kept = np.flatnonzero((end > start) & lighter)
    pair_row, pair_cover = pair_row[kept], pair_cover[kept]
    offset = part_start[pair_row]
    return Pieces(rows[pair_row], covers[pair_cover], start[kept] - offset, end[kept] - offset)


def _ends(size: Ints, owner: Ints) -> Ints:
    """Return where each piece ends on the line of its owner; pieces of an owner stand side by side."""
    ends = np.cumsum(size)
    if not len(ends):
        return ends
    before = (ends - size)[np.searchsorted(owner, owner, side="left")]
    result: Ints = ends - before
    return result
