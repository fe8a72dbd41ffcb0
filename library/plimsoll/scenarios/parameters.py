"""What a person may turn in a scenario: the table of sliders, and a scenario as one line of text."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from plimsoll.errors import ScenarioError
from plimsoll.scenarios.scenario import Scenario, Shock

__all__ = ["ScenarioParameter", "list_parameters", "make_scenario", "parse_scenario"]

_DECIMALS = 6  # of a size, so that a scenario's name says it exactly
_PART = re.compile(r"([a-z_]+)=([+-]?[0-9]+(?:\.[0-9]+)?)", re.ASCII)


@dataclass(frozen=True)
class ScenarioParameter:
    """One kind of shock as it is offered: its group, unit, range, meaning and article."""

    target: str
    group: str
    unit: Literal["share", "steps"]
    minimum: float
    maximum: float
    step: float
    article: str
    about: str


@cache
def list_parameters() -> tuple[ScenarioParameter, ...]:
    """Return what a person may turn, in the order shown."""
    text = files("plimsoll.scenarios").joinpath("parameters.toml").read_text(encoding="utf-8")
    return tuple(ScenarioParameter(**entry) for entry in tomllib.loads(text)["parameter"])


def make_scenario(sizes: Mapping[str, float]) -> Scenario:
    """Return the scenario in which each target moves by its size; without any, the baseline.

    Its name says all of it (`credit_quality_step=1,residential_property_value=-0.2`), so that a run that
    names it can be made again. Targets stand in the order of `list_parameters`, whatever the order given.

    Raises
    ------
    ScenarioError
        A target is unknown, or a size does not fit it.
    """
    known = [parameter.target for parameter in list_parameters()]
    if odd := sorted(target for target, size in sizes.items() if not math.isfinite(size)):
        raise ScenarioError(f"a shock to {odd[0]} has no size {sizes[odd[0]]}")
    if unknown := sorted(set(sizes) - set(known)):
        raise ScenarioError(f"no shock to {unknown[0]!r}; there are shocks to {', '.join(known)}")
    shocks = tuple(
        _shock(parameter, sizes[parameter.target])
        for parameter in list_parameters()
        if round(sizes.get(parameter.target, 0.0), _DECIMALS)
    )
    name = ",".join(f"{shock.target}={_plain(shock.size)}" for shock in shocks)
    return Scenario(name or "baseline", shocks, "Chosen by hand." if shocks else "The book as it stands.")


def parse_scenario(text: str) -> Scenario:
    """Return the scenario that a name made by `make_scenario` says.

    Raises
    ------
    ScenarioError
        The text is not `target=size,target=size`, or names a target twice.
    """
    sizes: dict[str, float] = {}
    for part in text.split(","):
        found = _PART.fullmatch(part.strip())
        if found is None or found[1] in sizes:
            raise ScenarioError(f"{text!r} is no scenario: write target=size,target=size, each target once")
        sizes[found[1]] = float(found[2])
    return make_scenario(sizes)


def _shock(parameter: ScenarioParameter, size: float) -> Shock:
    if parameter.unit == "share":
        return Shock(parameter.target, relative=round(float(size), _DECIMALS))
    if size != int(size):
        raise ScenarioError(f"{parameter.target} moves by whole steps, not by {size}")
    return Shock(parameter.target, steps=int(size))


def _plain(size: float) -> str:
    return f"{size:.{_DECIMALS}f}".rstrip("0").rstrip(".")
