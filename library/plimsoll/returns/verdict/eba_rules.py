"""The EBA's own validation rules, evaluated on a package; each failure in a sentence with both sides.

A rule counts as evaluated only if a value of the report entered it: a rule that compared nothing with nothing
has shown nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any, Literal

from dpmxl import DataPoint, RuleResult, SelectionCache, evaluate_rule, explain
from dpmxl import Outcome as Record

from plimsoll.dictionary import Rule, Table
from plimsoll.returns.verdict.known_issues import find_known_issue
from plimsoll.returns.verdict.model import Finding, Layer, Outcome
from plimsoll.returns.verdict.placing import Placing
from plimsoll.returns.verdict.provider import CellRef, JointProvider, ReportProvider

__all__ = ["DEACTIVATED", "Tally", "check_rules", "evaluate", "rules_layer"]

Progress = Callable[[str, int, int], None]
Provider = ReportProvider | JointProvider
TableOf = Callable[[str], Table]
Kind = Literal["passed", "failed", "warned", "not_applicable", "unsupported", "empty"]

_SHOWN_PER_RULE = 20
_SENTENCE = 240
_OTHER_CELLS = 20
_OTHER_MODULE = "need another module's report"
_NOT_APPLICABLE = "no table of it is reported, or its condition does not hold"
_EMPTY = "hold, but no reported value entered them"
DEACTIVATED = "deactivated by the EBA"


@dataclass
class Tally:
    """What happened to the rules so far; `unevaluated` says by rule why it shows nothing."""

    counts: Counter[str] = field(default_factory=Counter)
    excluded: Counter[str] = field(default_factory=Counter)
    blocked: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    corrected: dict[str, str] = field(default_factory=dict)
    unevaluated: dict[str, str] = field(default_factory=dict)


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
    tally = Tally()
    asked = []
    for rule in rules:
        if excluded := _excluded(rule):
            tally.excluded[excluded] += 1
        else:
            asked.append(rule)
    if late := evaluate(asked, provider, placing.module.table, tally, deadline=deadline, progress=progress):
        return rules_layer(tally, late), tally.findings
    if provider.unreadable:
        tally.excluded["values that could not be read"] = provider.unreadable
    return rules_layer(tally), tally.findings


def evaluate(  # what is asked, of what, and until when
    rules: Sequence[Rule],
    provider: Provider,
    table_of: TableOf,
    tally: Tally,
    *,
    deadline: float,
    progress: Progress,
) -> str:
    """Evaluate rules one after the other into a tally; return why it stopped early, or the empty string."""
    cache = SelectionCache()
    for done, rule in enumerate(rules, 1):
        if monotonic() > deadline:
            return f"the time limit was reached after {done - 1} of {len(rules)} rules"
        _evaluate(rule, table_of, provider, cache, tally)
        if done % 50 == 0 or done == len(rules):
            progress("the EBA's rules", done, len(rules))
    return ""


def _excluded(rule: Rule) -> str:
    """Return why a rule is left out, or the empty string."""
    if not rule.active:
        return DEACTIVATED
    return _OTHER_MODULE if rule.cross_module else ""


def _outcome(tally: Tally, late: str) -> tuple[Outcome, str]:
    if late:
        return "not_evaluated", late
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


def rules_layer(tally: Tally, late: str = "") -> Layer:
    """Return the layer of a tally; `late` says why not all rules were come to."""
    outcome, reason = _outcome(tally, late)
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


def _evaluate(rule: Rule, table_of: TableOf, provider: Provider, cache: SelectionCache, tally: Tally) -> None:
    known = find_known_issue(rule)
    if known is not None:
        rule = replace(rule, expression=known.instead)
        tally.corrected[rule.code] = known.why
    result = evaluate_rule(rule.expression, provider, precondition=rule.precondition, cache=cache)
    kind = _kind(rule, result, provider)
    tally.counts[kind] += 1
    if kind == "not_applicable":
        tally.unevaluated[rule.code] = _NOT_APPLICABLE
    if kind == "empty":
        tally.excluded[_EMPTY] += 1
        tally.unevaluated[rule.code] = _EMPTY
    if kind == "unsupported":
        sentence = f"{rule.code} could not be evaluated: {result.message}."
        tally.unevaluated[rule.code] = sentence
        if rule.severity == "error":
            tally.blocked.append(sentence)
        tally.findings.append(Finding("eba_rules", "warning", rule.code, sentence))
    if kind in ("failed", "warned"):
        why = known.why if known else ""
        tally.findings.extend(replace(found, known_issue=why) for found in _findings(rule, result, table_of))


def _kind(rule: Rule, result: RuleResult, provider: Provider) -> Kind:
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


def _findings(rule: Rule, result: RuleResult, table_of: TableOf) -> Iterator[Finding]:
    failures = result.failures
    severity: Literal["error", "warning"] = "error" if rule.severity == "error" else "warning"
    for record in failures[:_SHOWN_PER_RULE]:
        if result.evaluation is None:  # a traced evaluation always has it; a rule without is no less failed
            yield Finding("eba_rules", severity, rule.code, f"{rule.code} failed.")
            continue
        said = explain(result.evaluation, rule.expression, record.key)
        points = said.primary or tuple(point for point in record.points if point.value is not None)
        ref = next((point.ref for point in (*points, *record.points) if isinstance(point.ref, CellRef)), None)
        where = _where(table_of, ref)
        named = _named(where)
        yield Finding(
            "eba_rules",
            severity,
            rule.code,
            f"{named}: {_short(said.summary)} ({rule.code}: {_short(said.formula)}).",
            **where,
            left=said.left.value if said.left else _short(said.filled),
            right=said.right.value if said.right else "",
            cells=_others(table_of, record.points, named),
            left_cells=_others(table_of, said.left.points if said.left else ()),
            right_cells=_others(table_of, said.right.points if said.right else ()),
        )
    if len(failures) > _SHOWN_PER_RULE:
        more = len(failures) - _SHOWN_PER_RULE
        yield Finding("eba_rules", severity, rule.code, f"{rule.code} fails in {more} more places.")


def _named(where: Mapping[str, Any]) -> str:
    axes = ("row", "column", "sheet")
    return ", ".join([where["table"], *(f"{axis} {where[axis]}" for axis in axes if where[axis])])


def _others(table_of: TableOf, points: Iterable[DataPoint], named: str = "") -> tuple[str, ...]:
    """Return the reported cells that took part, but for the one named; the first few of many."""
    refs = [p.ref for p in points if p.value is not None and isinstance(p.ref, CellRef)]
    cells = dict.fromkeys(_named(_where(table_of, ref)) for ref in refs)
    return tuple(cell for cell in cells if cell != named)[:_OTHER_CELLS]


def _short(text: str) -> str:
    return text if len(text) <= _SENTENCE else f"{text[:_SENTENCE]}…"


def _where(table_of: TableOf, ref: CellRef | None) -> dict[str, Any]:
    if ref is None:
        return {"table": "", "row": "", "column": "", "sheet": ""}
    table = table_of(ref.table)
    return {
        "table": ref.table,
        "row": Placing.row(table, ref.row, dict(ref.keys)),
        "column": ref.column or "",
        "sheet": Placing.sheet(table, ref.sheet, dict(ref.keys)),
    }
