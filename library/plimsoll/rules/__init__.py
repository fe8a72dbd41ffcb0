"""The law's numbers as dated, cited data: `rules.on(date)` gives those in force."""

from plimsoll.rules.reading import on, parse_rules, read_rules
from plimsoll.rules.ruleset import Rule, RuleSet, RuleUse

__all__ = ["Rule", "RuleSet", "RuleUse", "on", "parse_rules", "read_rules"]
