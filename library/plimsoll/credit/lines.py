"""From exposures to risk-weighted exposure amounts by the standardised approach: one line for each part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from plimsoll.credit.amounts import Reliefs, amounts_of, reliefs
from plimsoll.credit.assignment import Assignment, assign
from plimsoll.credit.checks import check_positions
from plimsoll.credit.columns import Lazy, Words, frame_of
from plimsoll.credit.conversion import conversion_factor
from plimsoll.credit.line_columns import COLUMNS, Weighing, in_order, numeric_columns, word_columns
from plimsoll.credit.line_rules import audit_of, mark_protection
from plimsoll.credit.parts import Parts, Treatment, covered, cut
from plimsoll.credit.positions import ABSENT, Bools, Codes, Floats, Ints, Positions
from plimsoll.credit.protections import Protections
from plimsoll.credit.reading import text
from plimsoll.credit.substitution import REPORT_COLUMNS, Covers, covers_of, funded_of, pieces_of, report_of
from plimsoll.credit.weights import of_product
from plimsoll.rules import RuleSet

__all__ = ["COLUMNS", "Weighted", "weigh"]

_NOT_COMMITMENTS = ("guarantee_issued", "trade_finance")


@dataclass(frozen=True)
class Weighted:
    """Lines, sorted by `line_id`, the ids of the rules that made them, and the account of credit protection."""

    columns: Lazy
    rule_ids: frozenset[str]
    protection: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(REPORT_COLUMNS)))

    @cached_property
    def lines(self) -> pd.DataFrame:
        """The lines as a table, columns `COLUMNS`."""
        return frame_of(self.columns)

    def lines_of(self, exposure_ids: pd.Series, names: Sequence[str]) -> pd.DataFrame:
        """Return some columns of the lines of some exposures, as a table."""
        return frame_of(self.columns.some(names).rows(np.flatnonzero(self._is_of(exposure_ids))))

    def _is_of(self, exposure_ids: pd.Series) -> Bools:
        exposure = self.columns["exposure_id"]
        assert isinstance(exposure, Words)
        chosen = np.asarray(pc.is_in(exposure.vocabulary, value_set=text(exposure_ids)))
        result: Bools = chosen[exposure.places]
        return result


@dataclass(frozen=True)
class _Setting:
    """What all steps read: exposures, their treatment, factors and supporting factors, protection, the law."""

    positions: Positions
    treatment: Treatment
    assignment: Assignment
    factor: Floats
    full: Floats
    eases: Reliefs
    rules: RuleSet


def weigh(
    positions: Positions,
    rules: RuleSet,
    *,
    in_euro: bool = True,
    protections: Protections | None = None,
    day: np.datetime64 | None = None,
) -> Weighted:
    """Return the risk-weighted exposure amounts of exposures under the standardised approach.

    Parameters
    ----------
    positions
        n exposures.
    rules
        Those in force on the reference date.
    in_euro
        Whether amounts are in euro: the thresholds of Articles 5(9) and 501 are, and without a rate nothing
        can be held against them, so no exposure is then one to an SME.
    protections
        Pledges and guarantees behind them; none by default.
    day
        Reference date, from which maturities count; that of the rules by default.

    Returns
    -------
    `Weighted`: lines with `COLUMNS`. Amounts in currency units, exact to the cent:
    rwa = rwa_before_factors - sme_factor_reduction - infrastructure_reduction, where
    rwa_before_factors = ead * risk_weight holds the currency_mismatch_addition already.

    Raises
    ------
    SimulationError
        An exposure lacks what its weight needs.
    """
    check_positions(positions)
    cancellable = ~of_product(positions, *_NOT_COMMITMENTS)
    factor = conversion_factor(positions.bucket, positions.on_balance, cancellable, rules)
    full = conversion_factor(positions.bucket, positions.on_balance, np.zeros_like(cancellable), rules)
    treatment, assignment = assign(positions, factor, rules)
    eases = reliefs(positions, rules, in_euro)
    setting = _Setting(positions, treatment, assignment, factor, full, eases, rules)
    found, report = _weighed(setting, protections, day or np.datetime64(rules.date, "D"))
    audit = audit_of(positions, (treatment, assignment), found, cancellable)
    mark_protection(audit, positions, found.parts, report)
    columns = {**numeric_columns(positions, found), **word_columns(positions, found, rules)}
    used = audit.used()
    used |= assignment.rules_of_obligors(treatment.covered_bond & (positions.issue_step == 0))
    ordered = in_order({**columns, "rule_ids": audit.words}, ordered=positions.ordered)
    return Weighted(ordered, frozenset(used), report)


def _weighed(
    setting: _Setting, protections: Protections | None, day: np.datetime64
) -> tuple[Weighing, pd.DataFrame]:
    positions, rules = setting.positions, setting.rules
    nothing = np.zeros(len(positions), dtype=np.int64)
    report = pd.DataFrame(columns=list(REPORT_COLUMNS))
    if protections is None:
        parts = cut(positions, setting.treatment, nothing, setting.factor, rules)
        return _amounts(setting, parts, nothing, None), report
    funded = funded_of(positions, protections, day, rules)
    covers = covers_of(positions, protections, day, rules)
    whole = cut(positions, setting.treatment, funded.taken_off, setting.factor, rules)
    classes, weights, _ = setting.assignment.of_parts(whole)
    bare = amounts_of(positions, whole, classes, weights, setting.eases, rules)
    pieces = pieces_of(whole, bare, covers)
    report = report_of(positions, protections, funded, covers, pieces)
    return _amounts(setting, covered(whole, pieces), funded.worth, covers), report


def _amounts(setting: _Setting, parts: Parts, worth: Ints, covers: Covers | None) -> Weighing:
    """Return parts with class, weight and amounts, and what Article 495d spares them."""
    positions, rules, at = setting.positions, setting.rules, parts.exposure
    original, weights, rule = setting.assignment.of_parts(parts)
    classes, weights, rule = _substituted(parts, (original, weights, rule), covers)
    amounts = amounts_of(positions, parts, classes, weights, setting.eases, rules)
    eased = setting.factor < setting.full
    relief = np.zeros(len(at), dtype=np.int64)
    rows = np.flatnonzero(eased[at])
    if len(rows):
        relief[rows] = (
            _unrelieved(setting, parts.rows(rows), (classes[rows], weights[rows])) - amounts.rwa[rows]
        )
    obligor = setting.assignment.obligor[at]
    sme = setting.eases.sme[at]
    return Weighing(
        parts, classes, original, obligor, weights, rule, amounts, sme, eased[at], relief, worth, covers
    )


def _unrelieved(setting: _Setting, parts: Parts, own: tuple[Codes, Floats]) -> Ints:
    """Return the risk-weighted amounts of parts without the relief, whole cents."""
    positions, rules = setting.positions, setting.rules
    full, (classes, weights) = parts.converted(setting.full), own
    again = np.flatnonzero((setting.factor < setting.full) & positions.defaulted)
    if len(again):  # the weight of a default depends on the factor, by its coverage
        _, assignment = assign(positions.take(again), setting.full[again], rules)
        place = np.full(len(positions), ABSENT, dtype=np.int64)
        place[again] = np.arange(len(again))
        rows = np.flatnonzero((place[parts.exposure] != ABSENT) & (parts.protection == ABSENT))
        weights = weights.copy()
        weights[rows] = assignment.of_parts(replace(full.rows(rows), exposure=place[parts.exposure[rows]]))[1]
    return amounts_of(positions, full, classes, weights, setting.eases, rules).rwa


def _substituted(
    parts: Parts, own: tuple[Codes, Floats, Codes], covers: Covers | None
) -> tuple[Codes, Floats, Codes]:
    """Return class, weight and rule of each part, the provider's where protection covers it."""
    if covers is None:
        return own
    by, is_covered = parts.protection, parts.protection != ABSENT
    if not is_covered.any():
        return own
    classes, weights, rule = own
    return (
        np.where(is_covered, covers.classes[by], classes),
        np.where(is_covered, covers.weight[by], weights),
        np.where(is_covered, covers.rule[by], rule),
    )
