"""The group of a sample bank: a parent, a leasing company and a bank abroad, both wholly owned."""

from __future__ import annotations

import pandas as pd

from plimsoll.data.book import Entity
from plimsoll.data.sample_contracts import Draw

__all__ = ["draw_group"]

_CONSOLIDATED = "CON"
_LEASING = (0.020, 0.0015, 0.115)  # parts of the group's credit and operational risk, and its own CET1 ratio
_ABROAD = (0.035, 0.0025, 0.140)
_ALONE = 0.96  # the parent by itself, as a part of the group
_NEIGHBOUR = {"FR": "BE"}
_ELSEWHERE = "FR"


def draw_group(draw: Draw, entity: Entity) -> dict[str, pd.DataFrame]:
    """Return the table `group_entities`; none for a bank that reports by itself."""
    if entity.scope != _CONSOLIDATED:
        return {}
    size = draw.estimated_rwa
    parent = {
        "entity_id": "GE-1", "name": entity.name, "parent": True, "lei": entity.lei,
        "entity_type": "credit_institution", "country": entity.country,
        "credit_amount": round(size * _ALONE, 2), "operational_amount": round(size * 0.05, 2),
        "cet1": round(size * 0.13, 2), "at1": round(size * 0.01, 2), "tier2": round(size * 0.02, 2),
    }  # fmt: skip
    abroad = _NEIGHBOUR.get(entity.country, _ELSEWHERE)
    rows = [
        parent,
        _owned("GE-2", f"{entity.name} Leasing", "financial_institution", entity.country, size, _LEASING),
        _owned("GE-3", f"{entity.name} International", "credit_institution", abroad, size, _ABROAD),
    ]
    table = pd.DataFrame(rows)
    amounts = table.select_dtypes("number").columns.difference(["share"])
    table[amounts] = table[amounts].fillna(0.0)
    return {
        "group_entities": table.assign(institution=True, parent=table["parent"].fillna(False).astype(bool))
    }


def _owned(
    code: str, name: str, kind: str, country: str, size: float, parts: tuple[float, float, float]
) -> dict[str, object]:
    """Return a wholly owned entity: what it needs and has by itself is what it adds to the group."""
    credit, operational, ratio = parts
    amounts = {"credit": round(size * credit, 2), "operational": round(size * operational, 2)}
    cet1 = round(sum(amounts.values()) * ratio, 2)
    return {
        "entity_id": code, "name": name, "parent": False, "national_code": f"DEMO-{code}", "entity_type": kind,
        "country": country, "share": 1.0, "cet1": cet1, "cet1_contribution": cet1,
        **{f"{risk}_amount": amount for risk, amount in amounts.items()},
        **{f"{risk}_contribution": amount for risk, amount in amounts.items()},
        "conservation_buffer": round(sum(amounts.values()) * 0.025, 2),
    }  # fmt: skip
