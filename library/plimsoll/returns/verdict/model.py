"""What a verdict says: layers with their counts, and findings a person can act on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

__all__ = ["LAYERS", "Finding", "Layer", "Outcome", "Verdict", "judge"]

Outcome = Literal["pass", "fail", "not_evaluated"]

LAYERS = ("structure", "arelle", "filing", "eba_rules")
"""In the order they are judged: our pre-check, the XBRL specification, the filing rules, the EBA's rules."""

_FORMAT = 1
_OF_CELLS = ("cells", "left_cells", "right_cells")


@dataclass(frozen=True)
class Finding:
    """One thing wrong, where it stands, and a sentence for a person.

    Attributes
    ----------
    layer, severity, rule
        Which check found it; an `error` refuses the package, a `warning` does not.
    table, row, column, sheet
        The cell, by the dictionary's codes; `sheet` is the member (or the values) of the open keys. Empty
        where the finding is not about a cell.
    left, right
        Both sides of a rule that compares, as text; empty where it does not.
    sentence
        What is wrong.
    place
        File and line in the package, where known.
    cells
        The other cells that took part, as `C_03.00, row 0010, column 0010`.
    known_issue
        Of a rule that cannot hold as the EBA wrote it and was evaluated as meant, or that the EBA has deactivated:
        why. Empty elsewhere.
    left_cells, right_cells
        The reported cells of each side of a rule that compares, the first few of many.
    """

    layer: str
    severity: Literal["error", "warning"]
    rule: str
    sentence: str
    table: str = ""
    row: str = ""
    column: str = ""
    sheet: str = ""
    left: str = ""
    right: str = ""
    place: str = ""
    cells: tuple[str, ...] = ()
    known_issue: str = ""
    left_cells: tuple[str, ...] = ()
    right_cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layer:
    """One layer's counts: of `unit`s looked at, how many were evaluated, and with what result.

    `evaluated` is `passed` + `failed` + `warned`. `excluded` counts what was left out and why; `reason` says
    why the layer as a whole was not evaluated; `corrected` names the rules evaluated as meant, with why.
    """

    name: str
    outcome: Outcome
    unit: str
    evaluated: int = 0
    passed: int = 0
    failed: int = 0
    warned: int = 0
    not_applicable: int = 0
    unsupported: int = 0
    excluded: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    corrected: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """The one answer about a package.

    `outcome` is `pass` only if every layer was evaluated, nothing of severity error was found and at least
    one of the EBA's rules was truly evaluated. `findings` is capped; `more_findings` counts those left out.
    `taxonomy` says which taxonomy the specification was checked against.
    """

    outcome: Outcome
    package: str
    sha256: str
    entity: str
    reference_date: str
    module: str
    taxonomy: str
    layers: tuple[Layer, ...]
    findings: tuple[Finding, ...] = ()
    more_findings: int = 0

    def layer(self, name: str) -> Layer:
        """Return a layer by its name (KeyError if there is none)."""
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise KeyError(name)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that refuse the package."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that do not."""
        return tuple(finding for finding in self.findings if finding.severity == "warning")

    def to_json(self) -> str:
        """Return the verdict as JSON; the same package and dictionary give the same bytes."""
        document = {"format": _FORMAT, **asdict(self)}
        return json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Verdict:
        """Return the verdict that `to_json` wrote.

        Raises
        ------
        ValueError
            It is not a verdict, or of a format this version does not read.
        """
        document: dict[str, Any] = json.loads(text)
        if not isinstance(document, dict) or document.pop("format", None) != _FORMAT:
            raise ValueError(f"not a verdict of format {_FORMAT}")
        layers = tuple(Layer(**layer) for layer in document.pop("layers"))
        findings = tuple(
            Finding(**{**finding, **{name: tuple(finding.get(name, ())) for name in _OF_CELLS}})
            for finding in document.pop("findings")
        )
        return cls(layers=layers, findings=findings, **document)

    def __str__(self) -> str:
        """Return a few lines for a terminal."""
        lines = [f"{self.package}: {self.outcome.replace('_', ' ')}"]
        for layer in self.layers:
            counts = f"{layer.evaluated} {layer.unit} evaluated, {layer.failed} failed, {layer.warned} warned"
            lines.append(f"  {layer.name}: {layer.outcome}, {layer.reason or counts}")
        lines += [f"  {finding.severity}: {finding.sentence}" for finding in self.findings[:20]]
        return "\n".join(lines)


def judge(layers: tuple[Layer, ...]) -> Outcome:
    """Return the outcome of a package from its layers: an error refuses it, a gap leaves it open."""
    if any(layer.outcome == "fail" for layer in layers):
        return "fail"
    rules = [layer for layer in layers if layer.name == "eba_rules"]
    complete = {layer.name for layer in layers} == set(LAYERS)
    if complete and all(layer.outcome == "pass" for layer in layers) and rules[0].evaluated > 0:
        return "pass"
    return "not_evaluated"
