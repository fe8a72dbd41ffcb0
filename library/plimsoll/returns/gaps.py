"""What a book lacks of what a module's templates need: never a silent zero, always a list."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plimsoll.dictionary import Dictionary, open_dictionary
from plimsoll.errors import Gap, MissingInputs
from plimsoll.returns.definitions import Definitions
from plimsoll.returns.parsing import read_definitions
from plimsoll.returns.position import Position, matching
from plimsoll.returns.sources import position_of
from plimsoll.returns.sources_flow import with_flow

if TYPE_CHECKING:
    from plimsoll.simulation import Result

__all__ = ["check_inputs", "find_gaps"]

_EXAMPLES = 5
_NAMES = ("exposure_id", "deposit_id", "account", "item_id")


def find_gaps(
    result: Result, module: str, dictionary: Dictionary | None = None, *, earlier: Result | None = None
) -> tuple[Gap, ...]:
    """Return what the book behind a result lacks of what a module's templates need.

    Parameters
    ----------
    result
        What `simulate` returned.
    module
        The module's code, such as `finrep9`.
    dictionary
        The supervisor's dictionary; the built one when omitted.
    earlier
        The position of the quarter before, if `fill` is given it.

    Returns
    -------
    A `Gap` for each column that lacks values: which cells, which column of the book, how many rows, what follows.
    Without one that `stops` the module can be filled; the others say what is reported as none because the book
    says nothing.
    """
    described = (dictionary or open_dictionary()).module(module, on=result.book.reference_date)
    definitions = read_definitions(described.code, described.version)
    position = with_flow(position_of(result, definitions.plan.sources), result, earlier)
    return tuple(_gaps(definitions, position))


def check_inputs(definitions: Definitions, position: Position) -> None:
    """Raise where the book lacks what the templates need.

    Raises
    ------
    MissingInputs
        With every gap that stops it.
    """
    if gaps := tuple(gap for gap in _gaps(definitions, position) if gap.stops):
        raise MissingInputs(definitions.module, gaps)


def _gaps(definitions: Definitions, position: Position) -> Iterator[Gap]:
    for need in tomllib.loads(definitions.texts.get("module.toml", "")).get("needs", ()):
        table = position.table(need["source"])
        chosen = matching(table, (need.get("where", {}),))
        if need.get("assumed"):
            if chosen.any() and not (chosen & _said(table, need)).any():
                yield Gap(need["cells"], need["book"], 0, (), need["consequence"], stops=False)
            continue
        lacking = chosen if need.get("rows") else chosen & _silent(table, need)
        if bool(lacking.any()) is not bool(need.get("rows")):
            named = () if need.get("rows") else _examples(table[lacking])
            count = 0 if need.get("rows") else int(lacking.sum())
            yield Gap(need["cells"], need["book"], count, named, need["consequence"])


def _silent(table: pd.DataFrame, need: Mapping[str, Any]) -> NDArray[np.bool_]:
    """Return which rows say nothing, or what the templates have no place for."""
    values = table[need["column"]]
    silent = ~values.isin(need["known"]) if "known" in need else values == ""
    return np.asarray(silent, dtype=np.bool_)


def _said(table: pd.DataFrame, need: Mapping[str, Any]) -> NDArray[np.bool_]:
    """Return which rows say what is otherwise taken to be none: an amount, or one of the words looked for."""
    values = table[need["column"]]
    said = values.isin(need["words"]) if "words" in need else values != 0
    return np.asarray(said, dtype=np.bool_)


def _examples(rows: pd.DataFrame) -> tuple[str, ...]:
    """Return the names of the first rows: of the exposure, the deposit or the account."""
    names = pd.Series("", index=rows.index, dtype="str")
    for column in _NAMES:
        if column in rows:
            names = names.where(names != "", rows[column].astype("str"))
    return tuple(names[names != ""].head(_EXAMPLES))
