"""Scenarios: named shocks to a book, stored as data, applied before anything is weighed."""

from plimsoll.scenarios.parameters import ScenarioParameter, list_parameters, make_scenario, parse_scenario
from plimsoll.scenarios.scenario import Scenario, Shock
from plimsoll.scenarios.shelf import commercial_prices, get_scenario, house_prices, list_scenarios

__all__ = [
    "Scenario",
    "ScenarioParameter",
    "Shock",
    "commercial_prices",
    "get_scenario",
    "house_prices",
    "list_parameters",
    "list_scenarios",
    "make_scenario",
    "parse_scenario",
]
