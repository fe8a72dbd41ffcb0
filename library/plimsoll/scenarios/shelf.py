"""The scenarios that come with Plimsoll, and ways to make one of any size."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from plimsoll.errors import ScenarioError
from plimsoll.scenarios.parameters import parse_scenario
from plimsoll.scenarios.scenario import Scenario, Shock

__all__ = ["commercial_prices", "get_scenario", "house_prices", "list_scenarios"]


@cache
def _shelf() -> dict[str, Scenario]:
    text = files("plimsoll.scenarios").joinpath("scenarios.toml").read_text(encoding="utf-8")
    return {
        entry["name"]: Scenario(
            entry["name"], tuple(Shock(**shock) for shock in entry.get("shocks", ())), entry["about"]
        )
        for entry in tomllib.loads(text)["scenario"]
    }


def list_scenarios() -> tuple[Scenario, ...]:
    """Return the scenarios that come with Plimsoll."""
    return tuple(_shelf().values())


def get_scenario(name: str) -> Scenario:
    """Return the scenario of that name, or the one that a name such as `credit_quality_step=1` says.

    Raises
    ------
    ScenarioError
        There is none.
    """
    if "=" in name:
        return parse_scenario(name)
    try:
        return _shelf()[name]
    except KeyError:
        raise ScenarioError(f"no scenario {name!r}; there are {', '.join(_shelf())}") from None


def house_prices(*, relative: float) -> Scenario:
    """Return a scenario in which residential property values change by a share (-0.20: down a fifth)."""
    return _priced("house_prices", "residential_property_value", "Residential", relative)


def commercial_prices(*, relative: float) -> Scenario:
    """Return a scenario in which commercial property values change by a share (-0.20: down a fifth)."""
    return _priced("commercial_property", "commercial_property_value", "Commercial", relative)


def _priced(stem: str, target: str, kind: str, relative: float) -> Scenario:
    way = "down" if relative < 0 else "up"
    size = f"{abs(relative) * 100:g}".replace(".", "_")
    about = f"{kind} property changes by {relative:+.1%}."
    return Scenario(f"{stem}_{way}_{size}", (Shock(target, relative=relative),), about)
