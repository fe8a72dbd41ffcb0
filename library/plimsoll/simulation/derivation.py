"""How each line of an exposure came about: number, formula, article, step by step.

`plimsoll.explain` leads from a reported cell to the lines behind it; `derive` from a line to the book and the law.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from plimsoll.credit.irb import CLASSES, correlation, maturity_adjustment
from plimsoll.credit.irb.components import formula_class
from plimsoll.errors import SimulationError
from plimsoll.rules import RuleSet

if TYPE_CHECKING:
    from plimsoll.simulation.result import Result

__all__ = ["Derivation", "Step", "derive"]

_SECURED = ("secured_financial", "secured_receivables", "secured_property", "secured_physical")
_TAKES_OFF = "{before:,.2f} − {taken:,.2f}"


@dataclass(frozen=True)
class Step:
    """One number of a line: its name (a column of the lines, or `correlation`, `maturity_adjustment`), its formula.

    `formula` is written with the numbers that entered; `article` says where the law has it, empty for what the book
    states; `rule_ids` are the rules read.
    """

    line_id: str
    name: str
    value: float
    formula: str
    article: str
    rule_ids: tuple[str, ...] = ()

    def __str__(self) -> str:
        source = f"  [{self.article}]" if self.article else ""
        return f"{self.name} = {self.formula} = {_shown(self.name, self.value)}{source}"


@dataclass(frozen=True)
class Derivation:
    """The steps of every line of an exposure, in the order of the lines."""

    exposure_id: str
    steps: tuple[Step, ...]

    @property
    def rwa(self) -> float:
        """The risk-weighted amount that the last step of each line comes to."""
        return round(sum(step.value for step in self.steps if step.name == "rwa"), 2)

    def table(self) -> pd.DataFrame:
        """Return the steps as a table: line_id, name, value, formula, article, rule_ids."""
        return pd.DataFrame([vars(step) for step in self.steps])

    def __str__(self) -> str:
        blocks: dict[str, list[str]] = {}
        for step in self.steps:
            blocks.setdefault(step.line_id, []).append(f"  {step}")
        return "\n".join("\n".join([line_id, *steps]) for line_id, steps in blocks.items())


def derive(result: Result, exposure_id: str, *, standardised: bool = False) -> Derivation:
    """Return how the risk-weighted amount of an exposure came about.

    The values are those of the line; each formula is written with the numbers that enter it, so that it can be
    checked by hand.

    Parameters
    ----------
    result
        Of a simulation.
    exposure_id
        The exposure.
    standardised
        Whether to derive what the standardised approach gives (S-TREA) rather than the exposure's own approach.

    Raises
    ------
    SimulationError
        The result has no such exposure, or its risk-weighted amount was computed elsewhere.
    """
    lines = result.standardised if standardised else result.lines
    own = lines[lines["exposure_id"] == exposure_id]
    if own.empty:
        raise SimulationError(
            f"no line of the exposure {exposure_id!r}: it is not in the book, or another system computes it"
        )
    records = [{str(name): value for name, value in line.items()} for line in own.to_dict("records")]
    steps = [step for line in records for step in _steps(line, result)]
    return Derivation(exposure_id, tuple(steps))


def _steps(line: Mapping[str, Any], result: Result) -> Iterator[Step]:
    rules = result.rules
    yield from _exposure_steps(line, result)
    if line["deducted"]:
        article = "CRR Article 36(1)"
        yield Step(line["line_id"], "rwa", 0.0, "deducted from own funds: no risk weight", article)
        return
    if line["approach"] == "standardised":
        yield _step(
            line,
            "risk_weight",
            line["risk_weight"],
            "of the class " + line["sa_class"],
            rules,
            line["rule_id"],
        )
    elif line["slotting_category"] or np.isnan(line["pd"]):
        formula = f"of category {line['slotting_category'] or 5}"
        yield _step(line, "risk_weight", line["risk_weight"], formula, rules, line["rule_id"])
    else:
        yield from _rating_steps(line, result)
    yield from _amount_steps(line, rules)


def _step(
    line: Mapping[str, Any], name: str, value: float, formula: str, rules: RuleSet, *rule_ids: str
) -> Step:
    articles = dict.fromkeys(rules[rule_id].article for rule_id in rule_ids if rule_id)
    return Step(
        line["line_id"], name, float(value), formula, "; ".join(articles), tuple(filter(None, rule_ids))
    )


def _exposure_steps(line: Mapping[str, Any], result: Result) -> Iterator[Step]:
    rules, rated = result.rules, line["approach"] != "standardised"
    stated = "what the guarantor covers" if line["protection_id"] else f"{line['part']} of the book's amount"
    yield Step(line["line_id"], "original_exposure", line["original_exposure"], stated, "")
    before = line["original_exposure"]
    if not rated and line["provision"]:
        net = round(before - line["provision"], 2)
        taken = _TAKES_OFF.format(before=before, taken=line["provision"])
        yield Step(line["line_id"], "net_exposure", net, taken, "CRR Art. 111(1)")
        before = net
    if line["collateral_adjusted"]:
        left = round(before - line["collateral_adjusted"], 2)
        taken = _TAKES_OFF.format(before=before, taken=line["collateral_adjusted"])
        pledges = _pledges(line, result)
        yield Step(
            line["line_id"], "adjusted_exposure", left, f"{taken} ({pledges})", "CRR Art. 223(5) and 228"
        )
        before = left
    bucket = int(line["ccf_bucket"])
    rule_id = "credit.irb.ccf_floor" if line["ccf_own_estimate"] else f"credit.sa.ccf.bucket_{bucket}"
    eased = "credit.sa.ccf.cancellable_factor" if line["ccf_in_transition"] else ""
    if bucket:
        yield _step(line, "ead", line["ead"], f"{before:,.2f} × {line['ccf']:.6g}", rules, rule_id, eased)
    else:
        article = "CRR Art. 166(1)" if rated else "CRR Art. 111(1)"
        yield Step(line["line_id"], "ead", before, f"{before:,.2f}", article)


def _pledges(line: Mapping[str, Any], result: Result) -> str:
    account = result.protection
    mine = account[(account["exposure_id"] == line["exposure_id"]) & (account["reason"] == "recognised")]
    rows = zip(mine["protection_id"], mine["protection_type"], mine["used"], strict=True)
    return ", ".join(f"{name} {kind} {used:,.2f}" for name, kind, used in rows) or "its collateral"


def _rating_steps(line: Mapping[str, Any], result: Result) -> Iterator[Step]:
    """Yield PD, LGD, correlation, maturity adjustment and weight (Articles 153, 154 and 160 to 164)."""
    rules, name = result.rules, formula_class(line["irb_class"])
    ids = line["rule_ids"].split()
    floors = [rule_id for rule_id in ids if ".pd_floor." in rule_id]
    yield _step(line, "pd", line["pd"], "the grade's, or 1 in default, at least the floor", rules, *floors)
    secured = ", ".join(f"{kind} {line[kind]:,.2f}" for kind in _SECURED if line[kind])
    lgd = [rule_id for rule_id in ids if ".lgd" in rule_id or ".haircut." in rule_id]
    yield _step(line, "lgd", line["lgd"], secured or "unsecured", rules, *lgd)
    if line["pd"] == 1:
        formula = f"12.5 × max(0, {line['lgd']:.6g} − {line['elbe']:.6g})"
        yield Step(
            line["line_id"],
            "risk_weight",
            line["risk_weight"],
            formula,
            _weight_article(name, in_default=True),
        )
        return
    r = _correlation(line, name, result)
    size = [rule_id for rule_id in ids if ".correlation." in rule_id or ".irb.sme." in rule_id]
    yield _step(line, "correlation", r, f"at PD {line['pd']:.6g}", rules, *size)
    adjusted = 1.0
    if not np.isnan(line["maturity"]) and name in CLASSES:
        adjusted = float(maturity_adjustment(line["pd"], line["maturity"], rules=rules))
        maturities = [rule_id for rule_id in ids if ".irb.maturity." in rule_id]
        yield _step(
            line, "maturity_adjustment", adjusted, f"M {line['maturity']:.6g} years", rules, *maturities
        )
    inner = f"N((G({line['pd']:.6g}) + √{r:.6g} · G(0.999)) / √(1 − {r:.6g})) − {line['pd']:.6g}"
    formula = f"12.5 × {line['lgd']:.6g} × ({inner}) × {adjusted:.6g}"
    yield Step(line["line_id"], "risk_weight", line["risk_weight"], formula, _weight_article(name))


def _weight_article(name: str, *, in_default: bool = False) -> str:
    if name.startswith("retail"):
        return "CRR Art. 154(1)(i)" if in_default else "CRR Art. 154(1)(ii)"
    return "CRR Art. 153(1)(ii)" if in_default else "CRR Art. 153(1)(iii)"


def _correlation(line: Mapping[str, Any], name: str, result: Result) -> float:
    turnover = None
    if "credit.irb.sme.reduction" in line["rule_ids"].split():
        party = result.book.table("counterparties").set_index("counterparty_id").loc[line["counterparty_id"]]
        sales = party["turnover"] if pd.isna(party["group_turnover"]) else party["group_turnover"]
        turnover = float(sales) / 1_000_000
    large = np.asarray(bool(line["large_financial"]))
    found = correlation(
        line["pd"], exposure_class=name, turnover_meur=turnover, large_financial=large, rules=result.rules
    )
    return float(found)


def _amount_steps(line: Mapping[str, Any], rules: RuleSet) -> Iterator[Step]:
    amount = line["rwa_before_factors"]
    formula = f"{line['ead']:,.2f} × {line['risk_weight']:.10g}"
    if line["currency_mismatch_addition"]:
        raised = "credit.sa.currency_mismatch.multiplier"
        yield _step(
            line, "rwa_before_factors", amount, formula + ", raised for currency mismatch", rules, raised
        )
    else:
        yield Step(line["line_id"], "rwa_before_factors", amount, formula, "")
    taken = [line["sme_factor_reduction"], line["infrastructure_reduction"]]
    if line["sme_factor_applied"]:
        sides = (
            "credit.sme.factor_up_to_threshold",
            "credit.sme.factor_above_threshold",
            "credit.sme.threshold",
        )
        yield _step(line, "sme_factor_reduction", taken[0], "what the SME factor takes off", rules, *sides)
    if line["infrastructure_factor_applied"]:
        rule_id = "credit.infrastructure.factor"
        yield _step(line, "infrastructure_reduction", taken[1], "what the factor takes off", rules, rule_id)
    left = round(amount - sum(taken), 2)
    minus = "".join(f" − {part:,.2f}" for part in taken if part)
    yield Step(line["line_id"], "rwa", left, f"{amount:,.2f}{minus}", "")
    if line["el"]:
        yield Step(
            line["line_id"],
            "el",
            line["el"],
            f"expected loss of {line['ead']:,.2f}",
            "CRR Art. 158(5) and (6)",
        )


def _shown(name: str, value: float) -> str:
    if name in ("risk_weight", "pd", "lgd", "correlation"):
        return f"{value:.4%}"
    return f"{value:.6g}" if name == "maturity_adjustment" else f"{value:,.2f}"
