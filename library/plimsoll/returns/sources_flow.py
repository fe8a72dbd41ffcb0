"""What moved the risk-weighted exposure amounts of internal ratings since the quarter before (template C 08.04)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plimsoll.errors import ReturnError
from plimsoll.returns.position import Position
from plimsoll.returns.sources_geography import quarter_before
from plimsoll.simulation.movement import Movement, explain_movement

if TYPE_CHECKING:
    from plimsoll.simulation import Result

__all__ = ["FLOW_SOURCES", "with_flow"]

_CAUSES = {
    **dict.fromkeys(("matured", "volume", "new"), "asset_size"),
    **dict.fromkeys(("rating", "default"), "asset_quality"),
    "rules": "methodology",
}
"""Steps of a movement by what the template calls them; every other step is `other`, also one of several together."""
_PARAMETERS = "parameters"
_COLUMNS = ["exposure_id", "cause", "step", "amount"]


def _flow(result: Result) -> pd.DataFrame:  # noqa: ARG001  # a source is made of a result; `with_flow` knows the earlier one
    """Return no flow: it takes the position of the quarter before."""
    return pd.DataFrame(columns=_COLUMNS).astype({**dict.fromkeys(_COLUMNS, "str"), "amount": "float64"})


def _periods(result: Result) -> pd.DataFrame:
    """Return whether the quarter before is known of a bank that rates internally: `no`; no row for other banks."""
    rated = (result.lines["approach"] != "standardised").any()
    return pd.DataFrame({"earlier": pd.Series(["no"] if rated else [], dtype="str")})


def with_flow(position: Position, result: Result, earlier: Result | None) -> Position:
    """Return the position with the flow since the quarter before; itself where no template asks or none is given.

    Raises
    ------
    ReturnError
        The earlier position is not that of the quarter before.
    """
    if earlier is None or "irb_flow" not in position.tables or position.table("flow_periods").empty:
        return position
    expected = quarter_before(result.book.reference_date)
    if earlier.book.reference_date != expected:
        raise ReturnError(
            f"the earlier position is of {earlier.book.reference_date}; what moved since the quarter before "
            f"needs that of {expected}"
        )
    known = pd.DataFrame({"earlier": pd.Series(["yes"], dtype="str")})
    return position.replace(irb_flow=_moved(explain_movement(earlier, result)), flow_periods=known)


def _moved(movement: Movement) -> pd.DataFrame:
    """Return the flow.

    Returns
    -------
    Columns exposure_id, cause, step, amount: a row for each exposure at the beginning (cause `beginning`) and at the
    end (`end`), and one for each change a step of the movement made to it. `cause` is asset_size, asset_quality,
    model_updates, methodology or other. Estimates that changed with an obligor's grade are asset quality, those of
    an obligor whose grade stayed are an update of the model.
    """
    parts = [_standing(movement.before, "beginning"), _standing(movement.after, "end")]
    regraded = _regraded(movement)
    for place, step in enumerate(movement.steps["step"]):
        changed = movement.rated_exposures(place)
        together = bool(movement.steps["detail"][place])  # weighed with another step, or a scenario's shock
        cause = np.full(len(changed), "other" if together else _CAUSES.get(step, "other"), dtype=object)
        if step == _PARAMETERS and not together:
            quality = changed["exposure_id"].isin(regraded).to_numpy(np.bool_)
            cause = np.where(quality, "asset_quality", "model_updates").astype(object)
        parts.append(_rows(changed["exposure_id"], cause, step, changed["change"]))
    return pd.concat(parts, ignore_index=True)


def _standing(result: Result, cause: str) -> pd.DataFrame:
    rated = result.lines[result.lines["approach"] != "standardised"]
    return _rows(rated["exposure_id"], np.full(len(rated), cause, dtype=object), "", rated["rwa"])


def _rows(exposures: pd.Series, cause: NDArray[np.object_], step: str, amounts: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "exposure_id": exposures.astype("str").to_numpy(),
            "cause": cause,
            "step": np.full(len(exposures), step, dtype=object),
            "amount": amounts.to_numpy(np.float64),
        }
    ).astype({"exposure_id": "str", "cause": "str", "step": "str"})


def _regraded(movement: Movement) -> list[str]:
    """Return the exposures in both books whose grade or state of default differs."""
    named = ["rating_grade", "slotting_category", "defaulted"]
    old, new = (
        result.book.tables["exposures"]
        .set_index("exposure_id")[named]
        .astype(object)
        .fillna("")
        .astype("str")
        for result in (movement.before, movement.after)
    )
    both = old.index.intersection(new.index)
    differs = (old.loc[both] != new.loc[both]).any(axis=1)
    return list(both[differs.to_numpy(np.bool_)])


FLOW_SOURCES: Mapping[str, Callable[[Result], pd.DataFrame]] = {"irb_flow": _flow, "flow_periods": _periods}
"""What makes each table without an earlier position; `with_flow` puts what one gives in their place."""
