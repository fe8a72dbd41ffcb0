"""Several packages of one entity and date judged together: each on its own, then the rules across modules."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from plimsoll.dictionary import Dictionary, Rule, Table, open_dictionary
from plimsoll.errors import PackageError
from plimsoll.returns.reading import open_package
from plimsoll.returns.verdict.eba_rules import DEACTIVATED, Tally, evaluate, rules_layer
from plimsoll.returns.verdict.judging import validate
from plimsoll.returns.verdict.model import LAYERS, Finding, Layer, Outcome, Verdict
from plimsoll.returns.verdict.placing import Placing
from plimsoll.returns.verdict.provider import JointProvider, ReportProvider
from plimsoll.returns.verdict.structure import find_module

__all__ = ["JointVerdict", "validate_together"]

Progress = Callable[[str, int, int], None]

_UNREAD = "the packages cannot be read together"


@dataclass(frozen=True)
class JointVerdict:
    """The one answer about several packages.

    Attributes
    ----------
    outcome
        `pass` only if every package passes and a rule across modules was truly evaluated and none of severity
        error fails; `not_evaluated` is never a pass.
    verdicts
        Each package's own, in the order given.
    layer
        The rules across modules, counted.
    findings
        What they found. Of a rule that the EBA has deactivated on that date, a finding is a warning, says so
        (`known_issue`) and counts nowhere.
    unevaluated
        Every rule across modules that shows nothing, by code, with why.
    """

    outcome: Outcome
    entity: str
    reference_date: str
    verdicts: tuple[Verdict, ...]
    layer: Layer
    findings: tuple[Finding, ...]
    unevaluated: Mapping[str, str]

    def __str__(self) -> str:
        """Return a few lines for a terminal."""
        counts = f"{self.layer.evaluated} evaluated, {self.layer.failed} failed, {self.layer.warned} warned"
        lines = [f"together: {self.outcome.replace('_', ' ')}", *map(str, self.verdicts)]
        lines.append(f"across modules: {self.layer.reason or counts}, {len(self.unevaluated)} not evaluated")
        lines += [f"  {finding.severity}: {finding.sentence}" for finding in self.findings[:20]]
        return "\n".join(lines)


def validate_together(
    package_paths: Sequence[Path | str],
    *,
    dictionary: Dictionary | None = None,
    timeout: float = 1_200.0,
    progress: Progress | None = None,
    layers: Collection[str] = LAYERS,
) -> JointVerdict:
    """Judge the packages that one entity files for one date.

    Parameters
    ----------
    package_paths
        The zip files, each of another module.
    dictionary, progress, layers
        As `validate` takes them.
    timeout
        In seconds, for everything together.

    Raises
    ------
    PackageError
        They are of several entities or dates, or two are of one module: there is nothing to judge together.
    """
    deadline = monotonic() + timeout
    known, tell = dictionary or open_dictionary(), progress or (lambda _step, _done, _total: None)
    verdicts = tuple(
        validate(path, dictionary=known, timeout=max(deadline - monotonic(), 0), progress=tell, layers=layers)
        for path in package_paths
    )
    _check_belong(verdicts)
    tally = Tally()
    if all(verdict.module for verdict in verdicts):
        layer = _across(package_paths, verdicts, known, tally, deadline=deadline, progress=tell)
    else:
        layer = rules_layer(tally, _UNREAD)
    layer = replace(layer, name="across_modules")
    return JointVerdict(
        outcome=_judge(verdicts, layer),
        entity=verdicts[0].entity,
        reference_date=verdicts[0].reference_date,
        verdicts=verdicts,
        layer=layer,
        findings=tuple(replace(finding, layer="across_modules") for finding in tally.findings),
        unevaluated=dict(sorted(tally.unevaluated.items())),
    )


def _check_belong(verdicts: tuple[Verdict, ...]) -> None:
    read = [verdict for verdict in verdicts if verdict.module]
    for what, named in (("entity", "entities"), ("reference_date", "dates")):
        several = sorted({getattr(verdict, what) for verdict in read})
        if len(several) > 1:
            raise PackageError(f"the packages are of several {named}: {', '.join(several)}")
    modules = [verdict.module for verdict in read]
    if len(set(modules)) < len(modules) or not verdicts:
        raise PackageError("give packages of one entity and date, each of another module")


def _judge(verdicts: tuple[Verdict, ...], layer: Layer) -> Outcome:
    outcomes = {verdict.outcome for verdict in verdicts} | {layer.outcome}
    return "fail" if "fail" in outcomes else "pass" if outcomes == {"pass"} else "not_evaluated"


def _across(  # what is judged, by what, and until when
    paths: Sequence[Path | str],
    verdicts: tuple[Verdict, ...],
    known: Dictionary,
    tally: Tally,
    *,
    deadline: float,
    progress: Progress,
) -> Layer:
    placings = _placed(paths, verdicts, known)
    if placings is None:
        return rules_layer(tally, "a package changed while it was judged")
    rules = {
        rule.code: rule for placing in placings for rule in known.rules(placing.module) if rule.cross_module
    }
    here = {placing.module.code for placing in placings}
    active = [rule for rule in _complete(rules.values(), here, tally) if rule.active]
    provider = JointProvider([ReportProvider(placing) for placing in placings])
    tables = _tables_of(placings)
    late = evaluate(active, provider, tables, tally, deadline=deadline, progress=progress)
    off = [rule for rule in rules.values() if not rule.active and set(rule.modules) <= here]
    _tell_deactivated(off, provider, tables, tally, deadline=deadline)
    return rules_layer(tally, late)


def _placed(
    paths: Sequence[Path | str], verdicts: tuple[Verdict, ...], known: Dictionary
) -> list[Placing] | None:
    """Return the packages beside their modules; None where one is no longer the one that was judged."""
    placings = []
    for path, verdict in zip(paths, verdicts, strict=True):
        package = open_package(Path(path))
        module = find_module(package, known)
        if isinstance(module, Finding) or package.sha256 != verdict.sha256:
            return None
        placings.append(Placing(package, module))
    return placings


def _tables_of(placings: list[Placing]) -> Callable[[str], Table]:
    tables = {code: placing.module for placing in reversed(placings) for code in placing.module.tables}
    return lambda code: tables[code].table(code)


def _complete(rules: Collection[Rule], here: set[str], tally: Tally) -> list[Rule]:
    """Return the active rules whose modules are all here; say of the others why they show nothing."""
    found = []
    for rule in rules:
        missing = sorted(set(rule.modules) - here)
        why = f"needs the report of {', '.join(missing)}" if missing else "" if rule.active else DEACTIVATED
        if why:
            tally.unevaluated[rule.code] = why
            tally.excluded[why] += 1
        else:
            found.append(rule)
    return found


def _tell_deactivated(
    rules: list[Rule],
    provider: JointProvider,
    tables: Callable[[str], Table],
    tally: Tally,
    *,
    deadline: float,
) -> None:
    """Add what the rules that the EBA has switched off would say, marked, and nowhere counted."""
    told = Tally()
    evaluate(rules, provider, tables, told, deadline=deadline, progress=lambda *_: None)
    for finding in told.findings:
        tally.findings.append(replace(finding, severity="warning", known_issue=DEACTIVATED))
