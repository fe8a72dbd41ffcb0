"""A run's summary as the rooms read it: every part may be absent, and absent is never zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboards.theme.figures import is_reported
from dashboards.theme.gauge import Mark, marks_of

__all__ = ["RATIOS", "ClassRow", "Layer", "Summary", "read_summary"]

RATIOS = ("cet1_ratio", "tier1_ratio", "total_ratio", "leverage_ratio")
AMOUNTS = ("cet1", "tier1", "own_funds", "rwa", "rwa_credit", "leverage_exposure")


@dataclass(frozen=True)
class ClassRow:
    """Risk-weighted assets of one exposure class; `share` of the whole and `bar` of the largest, 0 to 1."""

    name: str
    exposure_value: float | None
    rwa: float | None
    share: float | None
    bar: float

    @property
    def weight(self) -> float | None:
        """Return the average risk weight, when there is an exposure value."""
        if self.exposure_value is None or self.rwa is None or self.exposure_value == 0:
            return None
        return self.rwa / self.exposure_value


@dataclass(frozen=True)
class Layer:
    """One layer of the verdict, with its counts."""

    name: str
    evaluated: int | None
    passed: int | None
    failed: int | None
    warned: int | None
    not_applicable: int | None


@dataclass(frozen=True)
class Summary:
    """What the rooms show of a run."""

    present: bool = False
    is_dashboard: bool = False
    entity: str = "–"
    lei: str = ""
    scope: str = ""
    currency: str = "EUR"
    reference_date: str | None = None
    scenario: str = ""
    ratios: Mapping[str, float | None] = field(default_factory=dict)
    marks: Mapping[str, tuple[Mark, ...]] = field(default_factory=dict)
    amounts: Mapping[str, float | None] = field(default_factory=dict)
    classes: tuple[ClassRow, ...] = ()
    outcome: str = "not_evaluated"
    layers: tuple[Layer, ...] = ()
    findings: tuple[Mapping[str, Any], ...] = ()
    notices: tuple[str, ...] = ()
    package: Mapping[str, Any] = field(default_factory=dict)


def _figure(value: object) -> float | None:
    """Return a finite number, or None for anything else (true and false are no figures)."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not is_reported(value):
        return None
    return float(value)


def _classes(rows: list[Mapping[str, Any]]) -> tuple[ClassRow, ...]:
    known = [_figure(row.get("rwa")) for row in rows]
    whole = sum(value for value in known if value is not None)
    largest = max((value for value in known if value is not None), default=0.0)
    drawn = [
        ClassRow(
            str(row.get("class", "")),
            _figure(row.get("exposure_value")),
            rwa,
            rwa / whole if rwa is not None and whole > 0 else None,
            max(rwa, 0.0) / largest if rwa is not None and largest > 0 else 0.0,
        )
        for row, rwa in zip(rows, known, strict=True)
    ]
    return tuple(sorted(drawn, key=lambda row: -(row.rwa or 0.0)))


def _layers(rows: list[Mapping[str, Any]]) -> tuple[Layer, ...]:
    counts = ("evaluated", "passed", "failed", "warned", "not_applicable")
    return tuple(Layer(str(row.get("layer", "")), *(row.get(key) for key in counts)) for row in rows)


def read_summary(data: Mapping[str, Any] | None) -> Summary:
    """Return a summary from the JSON a run wrote; an empty one, not `present`, where there is none."""
    if not data:
        return Summary()
    entity, verdict = data.get("entity") or {}, data.get("verdict") or {}
    ratios, amounts, marks = (data.get(key) or {} for key in ("ratios", "amounts", "marks"))
    return Summary(
        present=True,
        is_dashboard="title" in data,
        entity=str(data.get("title") or entity.get("name") or "–"),  # a dashboard goes by its title
        lei=str(entity.get("lei") or ""),
        scope=str(entity.get("scope") or ""),
        currency=str(entity.get("currency") or "EUR"),
        reference_date=data.get("reference_date"),
        scenario=str(data.get("scenario") or ""),
        ratios={name: _figure(ratios.get(name)) for name in RATIOS},
        marks={name: marks_of(marks.get(name) or ()) for name in RATIOS},
        amounts={name: _figure(amounts.get(name)) for name in AMOUNTS},
        classes=_classes(data.get("rwa_by_class") or []),
        outcome=str(verdict.get("outcome") or "not_evaluated"),
        layers=_layers(verdict.get("layers") or []),
        findings=tuple(verdict.get("findings") or ()),
        notices=tuple(str(notice) for notice in data.get("notices") or ()),
        package=data.get("package") or {},
    )
