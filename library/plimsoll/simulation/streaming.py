"""Simulates a book that does not fit into memory, a part at a time, from its Parquet folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import add
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from plimsoll import rules as law
from plimsoll.capital.distribution import Distribution
from plimsoll.capital.non_performing import classified
from plimsoll.capital.output_floor import OutputFloor
from plimsoll.credit.columns import frame_of
from plimsoll.credit.irb import Cover
from plimsoll.credit.reading import text
from plimsoll.data import Book
from plimsoll.data.folder import read_tables
from plimsoll.data.manifest import MANIFEST, Manifest
from plimsoll.data.partition import SPLIT, partition
from plimsoll.errors import BookError, Problem, ScenarioError
from plimsoll.rules import RuleSet, RuleUse
from plimsoll.scenarios import Scenario, get_scenario
from plimsoll.simulation.capital_position import CapitalPosition, capital_position
from plimsoll.simulation.credit_risk import CreditRisk
from plimsoll.simulation.exposures import Exposures, read_exposures, set_apart, weigh_exposures
from plimsoll.simulation.gist import Gist, gist_of
from plimsoll.simulation.notices import (
    SUPERVISED,
    about_third_countries,
    check_legislative_equity,
    notices_of,
)
from plimsoll.simulation.rating_notices import Facts
from plimsoll.simulation.result import class_table

__all__ = ["Streamed", "simulate_stream"]

_ROWS = 250_000
_WITH_EXPOSURES = ("elections", "reported_amounts")
_NAMING = ("financial_holdings", "deferred_taxes")
_UNREAD = ("deposits",)
_ELSEWHERE = ("product", "amount")


@dataclass(frozen=True, eq=False, kw_only=True)
class Streamed:
    """The position of a streamed book under a scenario: attributes are those of `Result` of the same names.

    Attributes
    ----------
    by_class
        Exposure value and risk-weighted amount of each class, as `Result.by_class` gives it.
    exposures
        How many exposures were weighed.
    lines
        Folder with the lines of each part, and those by the standardised approach, as Parquet; None where none was
        asked for.
    """

    scenario: Scenario
    rules: RuleSet = field(repr=False)
    exposures: int
    ratios: Mapping[str, float]
    own_funds: pd.DataFrame = field(repr=False)
    own_funds_parts: pd.DataFrame = field(repr=False)
    requirements: pd.DataFrame = field(repr=False)
    marks: pd.DataFrame = field(repr=False)
    by_class: pd.DataFrame = field(repr=False)
    floor: OutputFloor | None
    cover: Cover | None
    coverage: pd.DataFrame = field(repr=False)
    countercyclical: pd.DataFrame = field(repr=False)
    distribution: Distribution | None
    memorandum: pd.DataFrame = field(repr=False)
    protection: pd.DataFrame = field(repr=False)
    notices: tuple[str, ...]
    rules_used: tuple[RuleUse, ...] = field(repr=False)
    lines: Path | None


@dataclass(frozen=True)
class _Part:
    """What is kept of a part once it is weighed."""

    size: int
    gist: Gist
    facts: Facts
    elsewhere: pd.DataFrame
    exposures: pd.DataFrame
    counterparties: pd.DataFrame


def simulate_stream(
    folder: str | Path,
    *,
    scenario: str | Scenario = "baseline",
    rules: RuleSet | None = None,
    lines: str | Path | None = None,
    rows: int = _ROWS,
) -> Streamed:
    """Return the capital position of a book in a folder, holding no more of its exposures than a part at a time.

    A first pass cuts the folder into parts on disk (beside the system's temporary files) so that what the law adds up
    stays together: groups of connected clients for the SME factor, exposures on one property. Each part is then
    validated and weighed as a book of its own. Memory grows with one part, with sixteen bytes for each exposure, and
    with the exposures in default, those that own funds deduct, and pledges and guarantees.

    Parameters
    ----------
    folder
        A folder that `plimsoll.load` reads, with Parquet files for exposures and what belongs to them.
    scenario, rules
        As for `plimsoll.simulate`. A shock of `credit_losses` is refused: it charges own funds with what all parts
        lose together.
    lines
        An empty or new folder for the lines of every exposure; they are not kept otherwise.
    rows
        About how many exposures a part has. The result does not depend on it.

    Returns
    -------
    The figures that `plimsoll.simulate` gives for the loaded book, to the cent.

    Raises
    ------
    BookError
        The book is not sound. Ids are held unique within tables of a part, and over all parts those of exposures.
    SimulationError, RuleError, ScenarioError
        As for `plimsoll.simulate`.
    """
    place, chosen = Path(folder), get_scenario(scenario) if isinstance(scenario, str) else scenario
    if any(shock.target == "credit_losses" for shock in chosen.shocks):
        raise ScenarioError(
            "credit losses are charged to own funds as a whole and cannot be streamed: use `simulate`"
        )
    source = _Source.read(place)
    in_force = rules or law.on(source.manifest.date(place))
    target = None if lines is None else _new_folder(Path(lines))
    with tempfile.TemporaryDirectory(prefix="plimsoll-") as scratch:
        parts = list(_weighed(source, partition(place, Path(scratch), rows), chosen, in_force, target))
    return _streamed(source, chosen, in_force, parts, target)


@dataclass(frozen=True)
class _Source:
    """The folder of a book: what it says of itself, and its tables but for the large ones, not yet validated."""

    folder: Path
    manifest: Manifest
    tables: Mapping[str, pd.DataFrame]

    @classmethod
    def read(cls, folder: Path) -> _Source:
        return cls(folder, Manifest.read(folder / MANIFEST), read_tables(folder, without=(*SPLIT, *_UNREAD)))

    def book(self, tables: Mapping[str, pd.DataFrame]) -> Book:
        """Return a book of some tables, validated."""
        manifest = self.manifest
        made_by = manifest.entity(self.folder), manifest.date(self.folder), manifest.source(self.folder)
        return Book(*made_by, tables, manifest.notices())

    @property
    def named(self) -> pa.Array:
        """Ids of exposures that own funds look at one by one."""
        found = [pa.array([], pa.string())]
        for name in _NAMING:
            if name in self.tables and "exposure_id" in self.tables[name]:
                found.append(pa.array(self.tables[name]["exposure_id"], pa.string(), from_pandas=True))
        return pc.unique(pa.concat_arrays([_whole(array) for array in found])).drop_null()


def _whole(array: pa.Array | pa.ChunkedArray) -> pa.Array:
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _new_folder(folder: Path) -> Path:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        problem = Problem("lines", "-", "-", str(folder), "exists and is not empty: name a new folder")
        raise BookError("The lines were not written.", (problem,))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _weighed(
    source: _Source, folders: list[Path], scenario: Scenario, rules: RuleSet, target: Path | None
) -> Iterator[_Part]:
    named = source.named
    beside = {name: source.tables[name] for name in _WITH_EXPOSURES if name in source.tables}
    seen: set[str] = set()
    for folder in folders:
        book = source.book({**beside, **_part_tables(folder)})
        exposures = read_exposures(book, scenario.apply(book.tables), changed=bool(scenario.shocks))
        credit = weigh_exposures(book, exposures, rules)
        if target is not None:
            _write_lines(credit, target, folder.name)
        part = _kept(book, exposures, credit, named)
        new = ~part.counterparties["counterparty_id"].isin(list(seen))
        seen.update(part.counterparties.loc[new, "counterparty_id"])
        yield replace(part, counterparties=part.counterparties[new])


def _part_tables(folder: Path) -> dict[str, pd.DataFrame]:
    shared = folder / "shared_counterparties.parquet"
    files = {file.stem: file for file in sorted(folder.glob("*.parquet")) if file != shared}
    tables = {name: pq.read_table(file) for name, file in files.items()}
    if shared.exists():
        alone = [tables["counterparties"]] if "counterparties" in tables else []
        tables["counterparties"] = pa.concat_tables([*alone, pq.read_table(shared)])
    return {
        name: table.to_pandas(types_mapper=pd.ArrowDtype, ignore_metadata=True)
        for name, table in tables.items()
    }


def _write_lines(credit: CreditRisk, target: Path, name: str) -> None:
    for kind, weighted in (("lines", credit.applied), ("standardised", credit.by_standard)):
        place = target / kind
        place.mkdir(exist_ok=True)
        table = pa.Table.from_pandas(frame_of(weighted.columns), preserve_index=False)
        pq.write_table(table.replace_schema_metadata(None), place / f"{name}.parquet", compression="zstd")


def _kept(book: Book, exposures: Exposures, credit: CreditRisk, named: pa.Array) -> _Part:
    given = book.table("exposures")
    by_one = (
        given["defaulted"]
        | given["cet1_item"].notna()
        | ~np.isnat(classified(given))
        | np.asarray(pc.is_in(text(given["exposure_id"]), value_set=named))
    ).to_numpy(np.bool_)
    positions = exposures.positions
    single = np.asarray(pc.is_in(positions.exposure_id, value_set=text(given["exposure_id"][by_one])))
    internal = positions.ratings.internal & ~positions.deducted
    parties = book.table("counterparties")
    owing = parties["counterparty_id"].isin(given["counterparty_id"][by_one])
    supervised = parties["counterparty_type"].isin(SUPERVISED)
    return _Part(
        size=len(positions),
        gist=gist_of(credit, internal, single),
        facts=Facts.of(positions),
        elsewhere=_alone(exposures.elsewhere[list(_ELSEWHERE)]),
        exposures=given[by_one],
        counterparties=parties[owing | supervised],
    )


def _alone(table: pd.DataFrame) -> pd.DataFrame:
    """Return the same rows in memory of their own: a slice would keep the whole part alive."""
    return pd.DataFrame(
        {name: pd.Series(column.to_list(), dtype=column.dtype) for name, column in table.items()}
    )


def _streamed(
    source: _Source, scenario: Scenario, rules: RuleSet, parts: list[_Part], target: Path | None
) -> Streamed:
    exposures = pd.concat([part.exposures for part in parts], ignore_index=True)
    parties = pd.concat([part.counterparties for part in parts]).drop_duplicates(
        "counterparty_id", ignore_index=True
    )
    book = source.book({**source.tables, "exposures": exposures, "counterparties": parties})
    gist = Gist.joined(part.gist for part in parts)
    credit, facts = gist.credit_risk(), reduce(add, (part.facts for part in parts))
    elsewhere = pd.concat([part.elsewhere for part in parts], ignore_index=True)
    tables = scenario.apply(book.tables)
    _, weighed = set_apart(tables["exposures"], book)
    position = capital_position(book, {**tables, "exposures": weighed}, credit, rules)
    check_legislative_equity(position.lines.some("rule_id", "ead"), position.funds.lines, rules)
    notices = notices_of(book, facts, position, elsewhere, gist.protection)
    return _result(
        (scenario, rules),
        credit,
        position,
        notices=(*notices, *about_third_countries(book, rules)),
        exposures=sum(part.size for part in parts),
        lines=target,
    )


def _result(
    made_by: tuple[Scenario, RuleSet],
    credit: CreditRisk,
    position: CapitalPosition,
    *,
    notices: tuple[str, ...],
    exposures: int,
    lines: Path | None,
) -> Streamed:
    scenario, rules = made_by
    return Streamed(
        scenario=scenario,
        rules=rules,
        exposures=exposures,
        ratios=MappingProxyType({**position.ratios, **credit.totals}),
        own_funds=position.funds.lines,
        own_funds_parts=position.funds.parts,
        requirements=position.requirements,
        marks=position.marks,
        by_class=class_table(position.lines.table),
        floor=position.floor,
        cover=credit.cover,
        coverage=position.coverage,
        countercyclical=position.countercyclical,
        distribution=position.distribution,
        memorandum=position.memorandum,
        protection=credit.applied.protection,
        notices=notices,
        rules_used=rules.uses({*credit.rule_ids, *position.rule_ids}),
        lines=lines,
    )
