"""The packages of one bank judged together: rules across modules, both sides explained, what is not evaluated."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

import plimsoll
from harbour.cli import main
from plimsoll.data import sample_book
from plimsoll.dictionary import Dictionary, open_dictionary
from plimsoll.errors import PackageError
from plimsoll.returns import Return, explain_finding, fill, package
from plimsoll.returns.verdict import JointVerdict, Verdict
from plimsoll.simulation import simulate

MODULES = ("corep_of", "corep_le", "corep_lr")


@pytest.fixture(scope="module")
def dictionary(dictionary_path: Path) -> Dictionary:
    return open_dictionary(dictionary_path)


@pytest.fixture(scope="module")
def returns(dictionary: Dictionary) -> dict[str, Return]:
    result = simulate(sample_book("corporate_lender", exposures=400))
    return {module: fill(result, module, dictionary) for module in MODULES}


def together(returns: dict[str, Return], dictionary: Dictionary, folder: Path, *modules: str) -> JointVerdict:
    """Judge the packages by our own pre-check and the rules across modules: the rest has tests of its own."""
    paths = [package(returns[module], folder, dictionary=dictionary).path for module in modules or MODULES]
    return plimsoll.validate_together(paths, dictionary=dictionary, layers=())


def test_the_rules_across_modules_are_evaluated_and_the_others_listed(
    returns: dict[str, Return], dictionary: Dictionary, tmp_path: Path
) -> None:
    joint = together(returns, dictionary, tmp_path)
    assert (joint.layer.outcome, joint.layer.failed, joint.layer.warned) == ("pass", 0, 0), joint.findings
    rules = {
        rule.code: rule
        for filled in returns.values()
        for rule in dictionary.rules(dictionary.module(filled.module, on=filled.reference_date))
        if rule.cross_module
    }
    assert joint.layer.evaluated >= 2
    assert joint.layer.evaluated + len(joint.unevaluated) == len(rules)
    assert joint.unevaluated["v0680_m"] == "deactivated by the EBA"
    assert "needs the report of" in {why[:19] for why in joint.unevaluated.values()}
    # A quick look never passes a package, so it passes no set of them either.
    assert joint.outcome == "not_evaluated"
    assert all(found.known_issue for found in joint.findings)


def test_a_difference_between_two_modules_shows_both_sides_and_their_exposures(
    returns: dict[str, Return], dictionary: Dictionary, tmp_path: Path
) -> None:
    le = returns["corep_le"]
    share = next(fact for fact in le.facts if (fact.table, fact.column) == ("C_28.00", "230"))
    facts = tuple(
        replace(fact, value=fact.value + Decimal("0.1")) if fact is share else fact  # type: ignore[operator]  # a share
        for fact in le.facts
    )
    joint = together(
        returns | {"corep_le": replace(le, facts=facts)}, dictionary, tmp_path, "corep_of", "corep_le"
    )
    (found,) = [finding for finding in joint.findings if finding.rule == "v0655_m"]
    assert (found.layer, found.severity, found.known_issue) == ("across_modules", "warning", "")
    assert (found.left, found.right) != ("", "")
    sides = explain_finding(found, *returns.values())
    assert {told.cell.table for told in sides.left} == {"C_28.00", "C_01.00"}
    assert {told.cell.table for told in sides.right} == {"C_28.00"}
    assert any(len(told.lines) or told.parts for told in sides.right)
    assert sides.elsewhere == ()
    assert explain_finding(found).elsewhere == (*found.left_cells, *found.right_cells)


def test_a_verdict_keeps_the_sides(
    returns: dict[str, Return], dictionary: Dictionary, tmp_path: Path
) -> None:
    joint = together(returns, dictionary, tmp_path, "corep_le")
    (verdict,) = joint.verdicts
    assert Verdict.from_json(verdict.to_json()) == verdict
    assert joint.layer.outcome == "not_evaluated"
    assert joint.layer.reason == "no rule applies to what was reported"


def test_only_what_belongs_together_is_judged_together(
    returns: dict[str, Return], dictionary: Dictionary, tmp_path: Path
) -> None:
    one = package(returns["corep_le"], tmp_path, dictionary=dictionary).path
    with pytest.raises(PackageError, match="each of another module"):
        plimsoll.validate_together([one, one], dictionary=dictionary, layers=())
    other = replace(returns["corep_lr"].entity, scope="IND")
    away = package(replace(returns["corep_lr"], entity=other), tmp_path, dictionary=dictionary).path
    with pytest.raises(PackageError, match="several entities"):
        plimsoll.validate_together([one, away], dictionary=dictionary, layers=())
    (tmp_path / "none.zip").write_bytes(b"no package")
    joint = plimsoll.validate_together([one, tmp_path / "none.zip"], dictionary=dictionary, layers=())
    assert (joint.outcome, joint.layer.reason) == ("fail", "the packages cannot be read together")


def test_out_of_time_is_not_a_pass(
    returns: dict[str, Return], dictionary: Dictionary, tmp_path: Path
) -> None:
    paths = [package(returns[module], tmp_path, dictionary=dictionary).path for module in MODULES]
    joint = plimsoll.validate_together(paths, dictionary=dictionary, layers=(), timeout=0)
    assert (joint.outcome, joint.layer.outcome) == ("not_evaluated", "not_evaluated")
    assert joint.layer.reason.startswith("the time limit was reached after 0 of")


def test_the_command_line_gives_one_exit_code(
    returns: dict[str, Return], dictionary: Dictionary, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [str(package(returns[module], tmp_path, dictionary=dictionary).path) for module in MODULES]
    assert main(["validate", *paths, "--time-limit", "0"]) == 4
    assert "together: not evaluated" in capsys.readouterr().out
    (tmp_path / "none.zip").write_bytes(b"no package")
    assert main(["validate", str(tmp_path / "none.zip")]) == 1


@pytest.mark.slow  # every rule of every layer
def test_a_bank_passes_together(returns: dict[str, Return], dictionary: Dictionary, tmp_path: Path) -> None:
    paths = [package(returns[module], tmp_path, dictionary=dictionary).path for module in MODULES]
    joint = plimsoll.validate_together(paths, dictionary=dictionary)
    assert joint.outcome == "pass", str(joint)
