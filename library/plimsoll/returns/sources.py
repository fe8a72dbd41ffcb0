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
from plimsoll.returns.sources_buffer import BUFFER_SOURCES
from plimsoll.returns.sources_capital import CAPITAL_SOURCES, with_capital_columns
from plimsoll.returns.sources_flow import FLOW_SOURCES
from plimsoll.returns.sources_geography import with_geography
from plimsoll.returns.sources_group import GROUP_SOURCES
from plimsoll.returns.sources_irb import IRB_SOURCES
from plimsoll.returns.sources_large_exposures import LARGE_EXPOSURE_SOURCES
from plimsoll.returns.sources_leverage import LEVERAGE_SOURCES, LEVERAGE_TOTALS
from plimsoll.returns.sources_outcomes import OUTCOME_SOURCES
from plimsoll.returns.sources_protection import with_origin
from plimsoll.returns.sources_scope import SCOPE_SOURCES
from plimsoll.units import cents

if TYPE_CHECKING:
    from plimsoll.simulation import Result

__all__ = ["SOURCES", "TOTALS", "entity_table", "position_of", "stated_total"]


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


def stated_total(result: Result, name: str) -> float | None:
    """Return a total that the simulation itself states; None where it has none.

    Raises
    ------
    ReturnError
        It is no total of a simulation.
    """
    if name not in TOTALS:
        raise ReturnError(f"a simulation states no total {name}; there are {', '.join(TOTALS)}")
    return TOTALS[name](result)


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
    return with_origin(with_geography(with_capital_columns(lines, result), result), result)


def _marks(result: Result) -> pd.DataFrame:
    return result.marks.reset_index(drop=True)


def entity_table(entity: Entity) -> pd.DataFrame:
    """Return what the templates read of who reports: one row; an unknown accounting standard is empty."""
    return pd.DataFrame({"scope": [entity.scope], "accounting": [entity.accounting or ""]})


def _entity(result: Result) -> pd.DataFrame:
    return entity_table(result.book.entity)


def _total_of(line: str) -> Callable[[Result], float | None]:
    """Return what reads a line of own funds."""

    def read(result: Result) -> float | None:
        amounts = dict(zip(result.own_funds["line"], result.own_funds["amount"], strict=True))
        return None if line not in amounts else float(amounts[line])

    return read


SOURCES: Mapping[str, Callable[[Result], pd.DataFrame]] = {
    "lines": _lines,
    **CAPITAL_SOURCES,
    "marks": _marks,
    "entity": _entity,
    "ledger": sources_accounts.ledger,
    "assets": sources_accounts.assets,
    "liabilities": sources_accounts.liabilities,
    **LEVERAGE_SOURCES,
    **LARGE_EXPOSURE_SOURCES,
    **IRB_SOURCES,
    **SCOPE_SOURCES,
    **OUTCOME_SOURCES,
    **FLOW_SOURCES,
    **GROUP_SOURCES,
    **BUFFER_SOURCES,
}
"""What makes each table that a definition may read. A module's plan names the ones it needs."""

TOTALS: Mapping[str, Callable[[Result], float | None]] = {
    "cet1": _total_of("cet1"),
    "tier1": _total_of("tier1"),
    "own_funds": _total_of("own_funds"),
    "rwa": lambda result: result.ratios["rwa"],
    **LEVERAGE_TOTALS,
}
"""Totals that the simulation states, by name. A module's plan names the cells that must be equal to them."""
