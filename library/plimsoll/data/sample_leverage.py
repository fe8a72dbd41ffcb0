"""What a sample bank says for its leverage ratio: amounts of other systems, days of the quarter, who it is."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd

from plimsoll.data.sample_contracts import Draw

__all__ = ["draw_leverage"]

_DRAW = 42_901  # apart from every other draw of the same seed
_SOURCE = "sample: invented, no system computed it"


def draw_leverage(seed: int, draw: Draw, day: datetime.date) -> dict[str, pd.DataFrame]:
    """Return the tables `leverage_items`, `securities_financing_days` and `institution_facts`.

    An item that the bank has none of is there with zero: that is what the systems behind it say.
    """
    parts: dict[str, float] = draw.assumptions["leverage"]
    amounts = {item: round(draw.base * part, 2) for item, part in parts.items()}
    items = pd.DataFrame({"item": list(amounts), "amount": list(amounts.values()), "source": _SOURCE})
    facts: dict[str, str] = draw.assumptions["institution"]
    return {
        "leverage_items": items,
        "securities_financing_days": _days(seed, amounts.get("sft_add_on", 0.0), day),
        "institution_facts": pd.DataFrame({"fact": list(facts), "value": list(facts.values())}),
    }


def _days(seed: int, last: float, day: datetime.date) -> pd.DataFrame:
    """Return the working days of the quarter up to its end, around its end's value; none without any."""
    first = pd.Timestamp(day).to_period("Q").start_time
    days = pd.bdate_range(first, day) if last > 0 else pd.DatetimeIndex([])
    rng = np.random.Generator(np.random.PCG64([_DRAW, seed]))
    values = np.round(last * rng.lognormal(0.0, 0.1, len(days)), 2)
    values[-1:] = last
    return pd.DataFrame(
        {"day": days.strftime("%Y-%m-%d"), "exposure_value": values, "sales_accounting": np.zeros(len(days))}
    )
