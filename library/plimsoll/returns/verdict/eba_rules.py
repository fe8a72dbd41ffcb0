"""The EBA's own validation rules, evaluated on a package; each failure in a sentence with both sides.

A rule counts as evaluated only if a value of the report entered it: a rule that compared nothing with nothing
has shown nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any, Literal

from dpmxl import Outcome as Record
from dpmxl import RuleResult, SelectionCache, evaluate_rule, explain

from plimsoll.dictionary import Rule
from plimsoll.returns.verdict.known_issues import find_known_issue
from plimsoll.returns.verdict.model import Finding, Layer, Outcome
from plimsoll.returns.verdict.placing import Placing
from plimsoll.returns.verdict.provider import CellRef, ReportProvider

__all__ = ["check_rules"]

Progress = Callable[[str, int, int], None]
Kind = Literal["passed", "failed", "warned", "not_applicable", "unsupported", "empty"]

_SHOWN_PER_RULE = 20
_SENTENCE = 240
_OTHER_CELLS = 20
_OTHER_MODULE = "need another module's report"
_EMPTY = "hold, but no reported value entered them"
_DEACTIVATED = "deactivated by the EBA"


@dataclass
class _Tally:
    """What happened to the rules so far."""

    counts: Counter[str] = field(default_factory=Counter)
    excluded: Counter[str] = field(default_factory=Counter)
    blocked: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    corrected: dict[str, str] = field(default_factory=dict)


def check_rules(
    placing: Placing, rules: tuple[Rule, ...], *, deadline: float, progress: Progress
) -> tuple[Layer, list[Finding]]:
    """Evaluate the rules of a module on a package.

    Parameters
    ----------
    deadline
        In seconds of `time.monotonic`; past it the layer is not evaluated.
    """
    provider = ReportProvider(placing)
    cache = SelectionCache()
    tally = _Tally()
    for done, rule in enumerate(rules, 1):
        if monotonic() > deadline:
            reason = f"the time limit was reached after {done - 1} of {len(rules)} rules"
            return _layer(tally, "not_evaluated", reason), tally.findings
        excluded = _excluded(rule)
        if excluded:
            tally.excluded[excluded] += 1
            continue
        _evaluate(rule, placing, provider, cache, tally)
        if done % 50 == 0 or done == len(rules):
            progress("the EBA's rules", done, len(rules))
    if provider.unreadable:
        tally.excluded["values that could not be read"] = provider.unreadable
    return _layer(tally, *_outcome(tally)), tally.findings


def _excluded(rule: Rule) -> str:
    """Return why a rule is left out, or the empty string."""
    if not rule.active:
        return _DEACTIVATED
    return _OTHER_MODULE if rule.cross_module else ""


def _outcome(tally: _Tally) -> tuple[Outcome, str]:
    if tally.counts["failed"]:
        return "fail", ""
    if tally.blocked:
        return (
            "not_evaluated",
            f"{len(tally.blocked)} blocking rules could not be evaluated: {tally.blocked[0]}",
        )
    if not tally.counts["passed"] + tally.counts["warned"]:
        return "not_evaluated", "no rule applies to what was reported"
    return "pass", ""


def _layer(tally: _Tally, outcome: Outcome, reason: str) -> Layer:
    counts = tally.counts
    return Layer(
        name="eba_rules",
        outcome=outcome,
        unit="rules",
        evaluated=counts["passed"] + counts["failed"] + counts["warned"],
        passed=counts["passed"],
        failed=counts["failed"],
        warned=counts["warned"],
        not_applicable=counts["not_applicable"],
        unsupported=counts["unsupported"],
        excluded=dict(sorted(tally.excluded.items())),
        corrected=dict(sorted(tally.corrected.items())),
        reason=reason,
    )


def _evaluate(
    rule: Rule, placing: Placing, provider: ReportProvider, cache: SelectionCache, tally: _Tally
) -> None:
    known = find_known_issue(rule)
    if known is not None:
        rule = replace(rule, expression=known.instead)
        tally.corrected[rule.code] = known.why
    result = evaluate_rule(rule.expression, provider, precondition=rule.precondition, cache=cache)
    kind = _kind(rule, result, provider)
    tally.counts[kind] += 1
    if kind == "empty":
        tally.excluded[_EMPTY] += 1
    if kind == "unsupported":
        sentence = f"{rule.code} could not be evaluated: {result.message}."
        if rule.severity == "error":
            tally.blocked.append(sentence)
        tally.findings.append(Finding("eba_rules", "warning", rule.code, sentence))
    if kind in ("failed", "warned"):
        why = known.why if known else ""
        tally.findings.extend(replace(found, known_issue=why) for found in _findings(rule, result, placing))


def _kind(rule: Rule, result: RuleResult, provider: ReportProvider) -> Kind:
    if not any(provider.table_reported(table) for table in rule.tables):
        return "not_applicable"
    if result.status in ("unsupported", "error"):
        return "unsupported"
    if result.status == "failed":
        return "failed" if rule.severity == "error" else "warned"
    if result.status == "passed":
        return "passed" if any(_had_value(record) for record in result.outcomes) else "empty"
    return "not_applicable"


def _had_value(record: Record) -> bool:
    return record.passed is not None and any(point.value is not None for point in record.points)


def _findings(rule: Rule, result: RuleResult, placing: Placing) -> Iterator[Finding]:
    failures = result.failures
    severity: Literal["error", "warning"] = "error" if rule.severity == "error" else "warning"
    for record in failures[:_SHOWN_PER_RULE]:
        if result.evaluation is None:  # a traced evaluation always has it; a rule without is no less failed
            yield Finding("eba_rules", severity, rule.code, f"{rule.code} failed.")
            continue
        said = explain(result.evaluation, rule.expression, record.key)
        points = said.primary or tuple(point for point in record.points if point.value is not None)
        ref = next((point.ref for point in (*points, *record.points) if isinstance(point.ref, CellRef)), None)
        where = _where(placing, ref)
        named = _named(where)
        yield Finding(
            "eba_rules",
            severity,
            rule.code,
            f"{named}: {_short(said.summary)} ({rule.code}: {_short(said.formula)}).",
            **where,
            left=said.left.value if said.left else _short(said.filled),
            right=said.right.value if said.right else "",
            cells=_others(placing, record, named),
        )
    if len(failures) > _SHOWN_PER_RULE:
        more = len(failures) - _SHOWN_PER_RULE
        yield Finding("eba_rules", severity, rule.code, f"{rule.code} fails in {more} more places.")


def _named(where: Mapping[str, Any]) -> str:
    axes = ("row", "column", "sheet")
    return ", ".join([where["table"], *(f"{axis} {where[axis]}" for axis in axes if where[axis])])


def _others(placing: Placing, record: Record, named: str) -> tuple[str, ...]:
    """Return the other reported cells that took part, the first few of many."""
    refs = [p.ref for p in record.points if p.value is not None and isinstance(p.ref, CellRef)]
    cells = dict.fromkeys(_named(_where(placing, ref)) for ref in refs)
    return tuple(cell for cell in cells if cell != named)[:_OTHER_CELLS]


def _short(text: str) -> str:
    return text if len(text) <= _SENTENCE else f"{text[:_SENTENCE]}…"


def _where(placing: Placing, ref: CellRef | None) -> dict[str, Any]:
    if ref is None:
        return {"table": "", "row": "", "column": "", "sheet": ""}
    table = placing.module.table(ref.table)
    return {
        "table": ref.table,
        "row": placing.row(table, ref.row, dict(ref.keys)),
        "column": ref.column or "",
        "sheet": placing.sheet(table, ref.sheet, dict(ref.keys)),
    }
