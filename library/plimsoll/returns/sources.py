"""What a return is filled from: the simulation's tables, with the few facts of the book its rows ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from plimsoll.data import Entity
from plimsoll.errors import ReturnError
from plimsoll.returns import sources_accounts
from plimsoll.returns.position import Position
from plimsoll.units import cents

if TYPE_CHECKING:
    from plimsoll.simulation import Result

__all__ = ["SOURCES", "entity_table", "position_of", "stated_totals"]


def position_of(result: Result, sources: tuple[str, ...]) -> Position:
    """Return the tables that a module's templates read of a simulation's result.

    Raises
    ------
    ReturnError
        A module's plan names a table that nothing makes.
    """
    if unknown := [source for source in sources if source not in SOURCES]:
        raise ReturnError(f"nothing makes {', '.join(unknown)}; there are {', '.join(SOURCES)}")
    return Position(MappingProxyType({source: SOURCES[source](result) for source in sources}))


def stated_totals(result: Result) -> Mapping[str, float]:
    """Return the totals that the simulation itself states, by name; those it does not have are absent."""
    totals = result.own_funds.set_index("line")["amount"]
    stated = {name: float(totals[name]) for name in ("cet1", "tier1", "own_funds") if name in totals.index}
    return {**stated, "rwa": result.ratios["rwa"]}


def _lines(result: Result) -> pd.DataFrame:
    """Return the lines, with the property that secures each.

    The memorandum items of C 07.00 ask for it whatever the line's class.
    """
    pledged = result.book.tables["collateral"].set_index("exposure_id")
    lines = result.lines.reset_index(drop=True)
    held = pledged.reindex(lines["exposure_id"])
    lines["property_type"] = held["property_type"].fillna("none").to_numpy()
    exempt = held["ipre_exempt"].fillna(False) & held["income_producing"].fillna(False)
    lines["ipre_exempt"] = exempt.to_numpy(dtype=bool)
    raised = cents(lines["rwa_before_factors"]) - cents(lines["currency_mismatch_addition"])
    lines["rwa_before_mismatch"] = raised / 100
    return lines


def _own_funds(result: Result) -> pd.DataFrame:
    return result.own_funds.reset_index(drop=True)


def _requirements(result: Result) -> pd.DataFrame:
    """Return the amounts another system computed, with the approach behind each.

    Credit risk is in the lines, and a risk the book is silent about is no zero.
    """
    amounts = result.book.tables["reported_amounts"].set_index("risk")
    given = result.requirements["risk"].isin(amounts.index)
    requirements = result.requirements[given].reset_index(drop=True)
    approach = amounts["approach"].reindex(requirements["risk"]) if "approach" in amounts else None
    requirements["approach"] = "" if approach is None else approach.fillna("").to_numpy()
    return requirements


def _marks(result: Result) -> pd.DataFrame:
    return result.marks.reset_index(drop=True)


def entity_table(entity: Entity) -> pd.DataFrame:
    """Return what the templates read of who reports: one row; an unknown accounting standard is empty."""
    return pd.DataFrame({"scope": [entity.scope], "accounting": [entity.accounting or ""]})


def _entity(result: Result) -> pd.DataFrame:
    return entity_table(result.book.entity)


SOURCES: Mapping[str, Callable[[Result], pd.DataFrame]] = {
    "lines": _lines,
    "own_funds": _own_funds,
    "requirements": _requirements,
    "marks": _marks,
    "entity": _entity,
    "ledger": sources_accounts.ledger,
    "assets": sources_accounts.assets,
    "liabilities": sources_accounts.liabilities,
}
"""What makes each table that a definition may read. A module's plan names the ones it needs."""
