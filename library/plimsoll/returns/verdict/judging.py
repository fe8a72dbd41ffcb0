"""Judges a report package, layer by layer, into one verdict."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

from plimsoll.dictionary import Dictionary, Module, open_dictionary
from plimsoll.dictionary.taxonomy import TAXONOMY_NAME, ensure_taxonomy
from plimsoll.errors import DictionaryError, PackageError
from plimsoll.returns.reading import ReportPackage, open_package
from plimsoll.returns.verdict.eba_rules import check_rules
from plimsoll.returns.verdict.filing import check_filing
from plimsoll.returns.verdict.model import LAYERS, Finding, Layer, Verdict, judge
from plimsoll.returns.verdict.placing import Placing
from plimsoll.returns.verdict.specification import TOO_MANY_BAD_FACTS, check_specification, not_specified
from plimsoll.returns.verdict.structure import check_structure, find_module

__all__ = ["TAXONOMY_VARIABLE", "validate"]

Progress = Callable[[str, int, int], None]

TAXONOMY_VARIABLE = "PLIMSOLL_TAXONOMY"
"""Names the official taxonomy package, where a bank has it; without it the reconstructed one is used."""

_KEPT_FINDINGS = 1_000
_LONGEST = 700
_UNITS = {"structure": "checks", "arelle": "facts", "filing": "filing rules", "eba_rules": "rules"}
_BAD_FACTS = ("structure.datapoint", "structure.key")


def validate(
    package_path: Path | str,
    *,
    dictionary: Dictionary | None = None,
    timeout: float = 600.0,
    progress: Progress | None = None,
    layers: Collection[str] = LAYERS,
) -> Verdict:
    """Judge a report package as it is found.

    Parameters
    ----------
    package_path
        The zip file.
    dictionary
        The supervisor's dictionary; the installation's own unless given.
    timeout
        In seconds, for everything together; what is not done by then is not evaluated.
    progress
        Called with (step, done, total) as the work goes on; total is 0 where it is not known. Whatever it
        raises stops the work, leaves no process behind and is raised on.
    layers
        Which layers to judge, for a quick look (`structure` always is). What is left out is not evaluated, so
        such a verdict may refuse a package and never passes one.

    Returns
    -------
    Verdict
        `pass`, `fail`, or `not_evaluated`, which is never a pass.

    Raises
    ------
    DictionaryError
        There is no dictionary to judge by, or the taxonomy package named is not there.
    """
    deadline = monotonic() + timeout
    known = dictionary or open_dictionary()
    with tempfile.TemporaryDirectory(prefix="plimsoll-verdict-") as folder:
        source = Path(package_path)
        try:
            copy = _own_copy(source, Path(folder))
            package = open_package(copy)
        except PackageError as error:
            return _unreadable(source.name, str(error))
        module = find_module(package, known)
        if isinstance(module, Finding):
            return _without_module(package, module)
        judging = _Judging(copy, package, module, known, deadline, progress or _silent)
        return judging.judge(frozenset(layers))


def _silent(step: str, done: int, total: int) -> None:
    """Report nothing."""


def _own_copy(source: Path, folder: Path) -> Path:
    """Copy the package, so that every layer judges the same bytes whatever happens to the original."""
    copy = folder / source.name
    try:
        shutil.copyfile(source, copy)
    except OSError as error:
        raise PackageError(f"{source.name} cannot be read: {error.strerror}") from error
    return copy


def _unreadable(name: str, sentence: str) -> Verdict:
    finding = Finding("structure", "error", "structure.package", sentence)
    return _refused(name, "", "", "", (_capped(finding),))


def _without_module(package: ReportPackage, finding: Finding) -> Verdict:
    parameters = package.parameters
    entity, reference_date = parameters.get("entityID", ""), parameters.get("refPeriod", "")
    return _refused(package.name, package.sha256, entity, reference_date, (_capped(finding),))


def _refused(
    name: str, sha256: str, entity: str, reference_date: str, findings: tuple[Finding, ...]
) -> Verdict:
    layers = [Layer("structure", "fail", _UNITS["structure"], evaluated=1, failed=1)]
    for layer in ("arelle", "filing", "eba_rules"):
        layers.append(_not_evaluated(layer, "the package cannot be read"))
    return Verdict("fail", name, sha256, entity, reference_date, "", "", tuple(layers), findings)


def _capped(finding: Finding) -> Finding:
    """Shorten what a stranger wrote: a cell may hold a megabyte, a finding repeats it."""
    long: dict[str, Any] = {
        name: f"{text[:_LONGEST]}…"
        for name, text in vars(finding).items()
        if isinstance(text, str) and len(text) > _LONGEST
    }
    return replace(finding, **long) if long else finding


class _Judging:
    """One package being judged; each method adds a layer."""

    def __init__(
        self,
        path: Path,
        package: ReportPackage,
        module: Module,
        dictionary: Dictionary,
        deadline: float,
        progress: Progress,
    ) -> None:
        self.path, self.package, self.dictionary = path, package, dictionary
        self.deadline, self.progress = deadline, progress
        self.placing = Placing(package, module)
        self.layers: list[Layer] = []
        self.findings: list[Finding] = []
        self.taxonomy, self.taxonomy_name = _taxonomy(dictionary, path.parent)

    def judge(self, layers: Collection[str]) -> Verdict:
        """Judge the layers asked for and return the verdict."""
        self.progress("structure", 0, 0)
        self._add(*check_structure(self.placing))
        judges = {"arelle": self._specification, "filing": self._filing, "eba_rules": self._rules}
        for name, judge_layer in judges.items():
            if name not in layers:
                self._add(_not_evaluated(name, "it was not asked for"), [])
            elif monotonic() > self.deadline:
                self._add(_not_evaluated(name, "the time limit was reached"), [])
            else:
                self._add(*judge_layer())
        return self._verdict()

    def _filing(self) -> tuple[Layer, list[Finding]]:
        self.progress("the filing rules", 0, 0)
        return check_filing(self.placing, self.path, self.taxonomy)

    def _rules(self) -> tuple[Layer, list[Finding]]:
        rules = self.dictionary.rules(self.placing.module)
        return check_rules(self.placing, rules, deadline=self.deadline, progress=self.progress)

    def _specification(self) -> tuple[Layer, list[Finding]]:
        bad = sum(1 for finding in self.findings if finding.rule in _BAD_FACTS)
        if bad > TOO_MANY_BAD_FACTS:
            return not_specified(f"{bad} facts have unknown data points or members; mend them first"), []
        return check_specification(
            self.placing, self.path, self.taxonomy, deadline=self.deadline, progress=self.progress
        )

    def _add(self, layer: Layer, findings: list[Finding]) -> None:
        self.layers.append(layer)
        self.findings.extend(_capped(finding) for finding in findings)

    def _verdict(self) -> Verdict:
        module = self.placing.module
        parameters = self.package.parameters
        # Errors first, so that the cap never hides what refuses the package behind warnings.
        ordered = sorted(self.findings, key=lambda finding: finding.severity != "error")
        return Verdict(
            outcome=judge(tuple(self.layers)),
            package=self.package.name,
            sha256=self.package.sha256,
            entity=parameters.get("entityID", ""),
            reference_date=parameters.get("refPeriod", ""),
            module=f"{module.code} {module.version}",
            taxonomy=self.taxonomy_name,
            layers=tuple(self.layers),
            findings=tuple(ordered[:_KEPT_FINDINGS]),
            more_findings=max(len(ordered) - _KEPT_FINDINGS, 0),
        )


def _not_evaluated(layer: str, reason: str) -> Layer:
    return Layer(layer, "not_evaluated", _UNITS[layer], reason=reason)


def _taxonomy(dictionary: Dictionary, scratch: Path) -> tuple[Path, str]:
    """Return the taxonomy package and its name: the one an installation names, else the reconstructed one."""
    official = os.environ.get(TAXONOMY_VARIABLE)
    if official:
        if not Path(official).is_file():
            raise DictionaryError(f"{TAXONOMY_VARIABLE} names {official}, which is not there")
        return Path(official), Path(official).name
    try:
        return ensure_taxonomy(dictionary), TAXONOMY_NAME
    except OSError:
        # A member may read the installation's dictionary folder but not write it: build one for this time.
        return ensure_taxonomy(dictionary, into=scratch), TAXONOMY_NAME
