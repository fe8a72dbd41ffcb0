"""What changed in the figures since the last approved period."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

__all__ = ["list_changes", "list_figures"]

GROUPS = ("ratios", "amounts")


def list_figures(summary: Mapping[str, Any]) -> dict[str, float | None]:
    """Return every figure of a run's summary by its name: `ratios.cet1_ratio`, `rwa_by_class.retail.rwa`."""
    figures: dict[str, float | None] = {
        f"{group}.{name}": value for group in GROUPS for name, value in dict(summary.get(group) or {}).items()
    }
    for row in summary.get("rwa_by_class") or ():
        for column in ("exposure_value", "rwa"):
            figures[f"rwa_by_class.{row['class']}.{column}"] = row[column]
    return figures


def list_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, object]]:
    """Return one row per figure of either summary, in the order of names: before, after, change.

    `change` is the exact decimal difference as text, None where one of the two is absent.
    """
    old, new = list_figures(before), list_figures(after)
    return [
        {
            "figure": name,
            "before": old.get(name),
            "after": new.get(name),
            "change": _difference(old.get(name), new.get(name)),
        }
        for name in sorted(old | new)
    ]


def _difference(before: float | None, after: float | None) -> str | None:
    if before is None or after is None:
        return None
    # As written, not as held in binary: 0.1533 − 0.1532 is 0.0001.
    return format(Decimal(str(after)) - Decimal(str(before)), "f")
