"""Every number of the rule file is read by a function: none is there for show."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping

import numpy as np

from plimsoll import rules
from plimsoll.credit import irb
from plimsoll.rules import Rule, RuleSet

IN_FORCE = rules.on(datetime.date(2026, 6, 30))


class Watched(Mapping[str, Rule]):
    """The rules in force, remembering which were asked for."""

    def __init__(self) -> None:
        self.read: set[str] = set()

    def __getitem__(self, rule_id: str) -> Rule:
        self.read.add(rule_id)
        return IN_FORCE[rule_id]

    def __iter__(self) -> Iterator[str]:
        return iter(IN_FORCE)

    def __len__(self) -> int:
        return len(IN_FORCE)


def test_every_rule_is_read() -> None:
    watched = Watched()
    watching = RuleSet(IN_FORCE.date, watched)
    half = dict.fromkeys(irb.COLLATERAL, 0.25)
    for name in irb.CLASSES:
        irb.risk_weight(0.01, 0.4, 2.0, exposure_class=name, rules=watching)
        irb.floored_pd(0.01, exposure_class=name, rules=watching)
        irb.floored_ccf(0.1, 0.4, exposure_class=name, rules=watching)
        if name != "institution":
            irb.lgd_floor(name, half, rules=watching)
    financial = np.array([True])
    irb.correlation(
        0.01, exposure_class="corporate", turnover_meur=5, large_financial=financial, rules=watching
    )
    irb.supervisory_lgd(exposure_class="corporate", rules=watching)
    irb.effective_lgd(0.4, irb.secured_shares(1.0, half, rules=watching), rules=watching)
    irb.foundation_maturity(rules=watching)
    for kind in ("general", "collateralised_netted", "repo_netted", "secured_lending_netted", "short_term"):
        irb.effective_maturity(1.0, kind=kind, rules=watching)
    irb.slotting_weight(1, 1.0, rules=watching)
    irb.slotting_expected_loss(1, 1.0, rules=watching)

    # Which obligors are large is a matter of permission, not of a formula: a case of the credit cases reads it.
    formulas = {rule_id for rule_id in IN_FORCE if rule_id.startswith("credit.irb.")}
    assert watched.read == formulas - {"credit.irb.large_corporate_turnover"}


def test_what_was_read_as_a_picture_says_where() -> None:
    pictures = [rule for rule in rules.read_rules() if rule.id.startswith("credit.irb.") and not rule.found]

    assert pictures
    assert all("CRE31" in rule.note for rule in pictures)
