"""The figures of a run as one JSON document: what dashboards read."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from plimsoll.returns.packaging import Package
from plimsoll.returns.return_ import Return
from plimsoll.units import cents

if TYPE_CHECKING:
    from plimsoll.returns.verdict import Verdict
    from plimsoll.simulation import Result

__all__ = ["RATIOS", "summarise"]

RATIOS = ("cet1_ratio", "tier1_ratio", "total_ratio")
_AMOUNTS = ("cet1", "tier1", "own_funds", "rwa")
_FINDINGS_SHOWN = 50


def summarise(result: Result, filled: Return, package: Package, verdict: Verdict) -> dict[str, Any]:
    """Return the summary of a run, ready for `json.dumps`.

    A ratio or amount that the result does not have (a book without own funds) is None; the notices say why.
    """
    entity = filled.entity
    credit = result.requirements.loc[result.requirements["risk"] == "credit_sa", "amount"]
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
        "ratios": {name: _number(result.ratios.get(name)) for name in RATIOS},
        "amounts": {
            **{name: _number(result.ratios.get(name)) for name in _AMOUNTS},
            "rwa_credit": _exact(credit),
        },
        "marks": {name: _marks(result, name) for name in RATIOS},
        "rwa_by_class": _by_class(result),
        "verdict": _verdict(verdict),
        "package": {"name": package.name, "sha256": package.sha256},
        "notices": list(result.notices),
        "book_digest": filled.book_digest,
        "rules_digest": filled.rules_digest,
    }


def _number(value: float | None) -> float | None:
    """Return a number JSON can hold: None for what is absent or not a number."""
    return None if value is None or math.isnan(value) else float(value)


def _exact(amounts: Any) -> float:  # noqa: ANN401  # a pandas column of any backing
    """Return the sum of amounts, exact to the cent."""
    return int(cents(amounts.to_numpy(dtype=float)).sum()) / 100


def _marks(result: Result, ratio: str) -> list[dict[str, Any]]:
    marks = result.marks[result.marks["ratio"] == ratio]
    columns = (marks["mark"], marks["level"], marks["article"])
    return [
        {"mark": mark, "level": float(level), "article": article}
        for mark, level, article in zip(*columns, strict=True)
    ]


def _by_class(result: Result) -> list[dict[str, Any]]:
    """Return exposure value and risk-weighted amount per class, in the order of the classes' names."""
    counted = result.lines[~result.lines["deducted"].to_numpy(dtype=bool)]
    return [
        {"class": str(name), "exposure_value": _exact(group["ead"]), "rwa": _exact(group["rwa"])}
        for name, group in counted.groupby("sa_class", sort=True, observed=True)
    ]


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
