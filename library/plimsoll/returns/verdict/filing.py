"""The EBA's filing rules, judged by `dpm-xbrl` beside our own pre-check."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dpmxbrl import FilingFinding, ReportError, read_report
from dpmxbrl.filing import RULE_TITLES, checked_rules

from plimsoll.returns.reading import FactLine
from plimsoll.returns.verdict.model import Finding, Layer
from plimsoll.returns.verdict.placing import Placing

__all__ = ["check_filing"]


def check_filing(placing: Placing, package: Path, taxonomy: Path) -> tuple[Layer, list[Finding]]:
    """Judge a package by the filing rules that its file and its module show."""
    try:
        report = read_report(package, taxonomy_packages=[taxonomy])
    except ReportError as error:
        sentence = f"The package cannot be read by the filing rules: {error}."
        finding = Finding("filing", "error", "filing.unreadable", sentence)
        return Layer("filing", "fail", "filing rules", evaluated=1, failed=1), [finding]
    checked = checked_rules("xbrl-csv", taxonomy=True)
    broken = {(found.rule, found.code): found.severity for found in report.filing}
    failed = sum(1 for severity in broken.values() if severity == "error")
    lines = {(fact.file, fact.line): fact for fact in placing.package.facts} if broken else {}
    layer = Layer(
        name="filing",
        outcome="fail" if failed else "pass",
        unit="filing rules",
        evaluated=len(checked | set(broken)),
        passed=len(checked - set(broken)),
        failed=failed,
        warned=len(broken) - failed,
    )
    return layer, [_finding(placing, found, lines) for found in report.filing]


def _finding(placing: Placing, found: FilingFinding, lines: dict[tuple[str, int], FactLine]) -> Finding:
    where: dict[str, Any] = {"place": ", ".join(found.examples)}
    for example in found.examples:
        name, _, line = example.partition(": ")[0].rpartition(":")
        fact = lines.get((name.rpartition("/")[2], int(line))) if line.isdigit() else None
        if fact is not None:
            where = placing.locate(fact)
            break
    title = RULE_TITLES.get(found.rule, found.rule)
    times = f" ({found.count} times)" if found.count > 1 else ""
    sentence = f"Filing rule {found.rule}, {title}: {found.message}{times}"
    return Finding("filing", found.severity, f"{found.rule} {found.code}", sentence, **where)
