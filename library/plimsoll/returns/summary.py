"""The figures of a run as one JSON document: what dashboards read."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from plimsoll.returns.packaging import Package
from plimsoll.returns.return_ import Return

if TYPE_CHECKING:
    from plimsoll.returns.verdict import Verdict
    from plimsoll.simulation import Result

__all__ = ["RATIOS", "summarise"]

RATIOS = ("cet1_ratio", "tier1_ratio", "total_ratio", "leverage_ratio")
_AMOUNTS = ("cet1", "tier1", "own_funds", "rwa", "rwa_credit", "leverage_exposure")
_FINDINGS_SHOWN = 50


def summarise(result: Result, filled: Return, package: Package, verdict: Verdict) -> dict[str, Any]:
    """Return the summary of a run, ready for `json.dumps`.

    A ratio or amount that the result does not have (a book without own funds) is None; the notices say why.
    """
    entity = filled.entity
    return {
        "entity": {
            "name": entity.name,
            "lei": entity.lei,
            "scope": entity.scope,
            "country": entity.country,
            "currency": entity.currency,
        },
        "reference_date": filled.reference_date.isoformat(),
        "scenario": result.scenario.name,
        "ratios": {name: _number(result.all_ratios.get(name)) for name in RATIOS},
        "amounts": {name: _number(result.all_ratios.get(name)) for name in _AMOUNTS},
        "marks": {name: _marks(result, name) for name in RATIOS},
        "rwa_by_class": _by_class(result),
        "verdict": _verdict(verdict),
        "package": {"name": package.name, "sha256": package.sha256},
        "large_exposures": _large_exposures(result),
        "notices": [*result.notices, *result.leverage.missing, *result.large_exposures.notices],
        "book_digest": filled.book_digest,
        "rules_digest": filled.rules_digest,
    }


def _number(value: float | None) -> float | None:
    """Return a number JSON can hold: None for what is absent or not a number."""
    return None if value is None or math.isnan(value) else float(value)


def _marks(result: Result, ratio: str) -> list[dict[str, Any]]:
    marks = result.all_marks[result.all_marks["ratio"] == ratio]
    columns = (marks["mark"], marks["level"], marks["article"])
    return [
        {"mark": mark, "level": float(level), "article": article}
        for mark, level, article in zip(*columns, strict=True)
    ]


def _by_class(result: Result) -> list[dict[str, Any]]:
    """Return exposure value and risk-weighted amount per class, in the order of the classes' names."""
    table = result.by_class()
    columns = (table["class"], table["exposure_value"], table["rwa"])
    return [
        {"class": str(name), "exposure_value": float(exposure), "rwa": float(rwa)}
        for name, exposure, rwa in zip(*columns, strict=True)
    ]


def _large_exposures(result: Result) -> dict[str, Any]:
    """Return how many exposures are large and reported, the limits, and what is above one."""
    found = result.large_exposures
    limits = zip(found.limits["limit"], found.limits["amount"], strict=True)
    above = found.breaches
    columns = (above["group_id"], above["after"], above["limit"], above["excess"])
    return {
        "large": int(found.groups["large"].sum()),
        "reported": int(found.groups["reported"].sum()),
        "limits": {str(name): float(amount) for name, amount in limits},
        "breaches": [
            {"group": str(group), "after": float(after), "limit": float(limit), "excess": float(excess)}
            for group, after, limit, excess in zip(*columns, strict=True)
        ][:_FINDINGS_SHOWN],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "outcome": verdict.outcome,
        "layers": [
            {
                "layer": layer.name,
                "evaluated": layer.evaluated,
                "passed": layer.passed,
                "failed": layer.failed,
                "warned": layer.warned,
                "not_applicable": layer.not_applicable,
            }
            for layer in verdict.layers
        ],
        "findings": [
            {
                "layer": finding.layer,
                "severity": finding.severity,
                "rule": finding.rule,
                "table": finding.table,
                "row": finding.row,
                "column": finding.column,
                "sheet": finding.sheet,
                "left": finding.left,
                "right": finding.right,
                "sentence": finding.sentence,
            }
            for finding in verdict.findings[:_FINDINGS_SHOWN]
        ],
    }
