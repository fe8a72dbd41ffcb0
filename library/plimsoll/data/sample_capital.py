"""What a sample bank says for operational risk and buffers: its business indicator, rates abroad and at home."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd

from plimsoll.data.sample_contracts import Draw

__all__ = ["draw_capital"]

_DRAW = 31_400  # apart from every other draw of the same seed
_SOURCE = "sample: invented, no authority set it"
_GROWTH = 0.03
_NOISE = 0.02
_YEARS = 3


def draw_capital(seed: int, draw: Draw, day: datetime.date) -> dict[str, pd.DataFrame]:
    """Return the tables `business_indicator` and `countercyclical_rates`.

    Every item of the business indicator is a part of total assets, a little smaller each year back.
    """
    rates: dict[str, float] = draw.assumptions["countercyclical_rates"]
    return {
        "business_indicator": _business_indicator(seed, draw, day),
        "countercyclical_rates": pd.DataFrame(
            {"country": list(rates), "rate": list(rates.values()), "source": _SOURCE}
        ),
    }


def _business_indicator(seed: int, draw: Draw, day: datetime.date) -> pd.DataFrame:
    parts: dict[str, float] = draw.assumptions["business_indicator"]
    booked: dict[str, float] = draw.assumptions["operational_losses"]
    rng = np.random.Generator(np.random.PCG64([_DRAW, seed]))
    last = day if (day.month, day.day) == (12, 31) else datetime.date(day.year - 1, 12, 31)
    rows = []
    for back in range(_YEARS):
        end = last.replace(year=last.year - back)
        size = draw.base / (1.0 + _GROWTH) ** back
        entries: list[tuple[str, float, str | None]] = [(item, part, None) for item, part in parts.items()]
        entries += [("operational_risk_loss", part, where) for where, part in booked.items()]
        for item, part, where in entries:
            amount = round(size * part * float(rng.lognormal(0.0, _NOISE)), 2)
            rows.append((f"{end.year} {item}" + (f" in {where}" if where else ""), end, item, amount, where))
    return pd.DataFrame(rows, columns=["entry_id", "year_end", "item", "amount", "booked_in"])
