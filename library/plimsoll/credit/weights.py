"""Risk weights of unsecured exposures by obligor (Articles 114 to 123 CRR), with the rules that set them."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy

import numpy as np
import pyarrow as pa

from plimsoll.credit.positions import ABSENT, Bools, Codes, Floats, Ints, Positions
from plimsoll.credit.supervision import EQUIVALENT, listed, within_union
from plimsoll.credit.vocabulary import CLASSES, COUNTERPARTY_TYPES, GRADES, PRODUCTS, SPECIALISED, number
from plimsoll.rules import RuleSet

__all__ = ["Weights", "weight_of_obligor"]


class Weights:
    """Risk weight and rule of each exposure, filled class by class.

    Attributes
    ----------
    value
        Shape (n,), fractions; NaN until set.
    rule
        Shape (n,), places in `rule_ids`; -1 until set.
    """

    def __init__(self, size: int, rules: RuleSet) -> None:
        self.rules = rules
        self.rule_ids = tuple(sorted(rules))
        self.value: Floats = np.full(size, np.nan)
        self.rule: Codes = np.full(size, ABSENT, dtype=np.int16)
        self._places = {rule_id: place for place, rule_id in enumerate(self.rule_ids)}

    def rows(self, rows: Ints | slice) -> Weights:
        """Return a copy of those of some of the exposures."""
        twin = copy(self)
        twin.value, twin.rule = self.value[rows].copy(), self.rule[rows].copy()
        return twin

    def place(self, rule_id: str) -> int:
        """Return the place of a rule that is in force."""
        self.rules[rule_id]
        return self._places[rule_id]

    def set_to(self, where: Bools, rule_id: str, value: Floats | float | None = None) -> None:
        """Give the exposures a rule's weight, or another value that follows from the rule."""
        if not where.any():
            return
        chosen = self.rules[rule_id].number if value is None else value
        self.value[where] = chosen[where] if isinstance(chosen, np.ndarray) else chosen
        self.rule[where] = self.place(rule_id)

    def set_by_step(self, where: Bools, rule_id: str, step: Codes) -> None:
        """Give the exposures the weight of their credit quality step, 1 to 6."""
        if where.any():
            self.value[where] = np.array(self.rules[rule_id].numbers)[step[where] - 1]
            self.rule[where] = self.place(rule_id)


def weight_of_obligor(positions: Positions, rules: RuleSet) -> tuple[Codes, Weights]:
    """Return the exposure class and the weight that each exposure would have if nothing secured it.

    Parameters
    ----------
    positions
        n exposures.
    rules
        Those in force on the reference date.

    Returns
    -------
    classes
        Shape (n,), numbers of `CLASSES`; -1 where there is no obligor.
    weights
        Shape (n,), fractions; NaN where there is no obligor.
    """
    weights = Weights(len(positions), rules)
    classes: Codes = np.full(len(positions), ABSENT, dtype=np.int16)
    for fill in (_states, _regions, _public_sector, _development_banks, _international, _institutions):
        fill(positions, classes, weights)
    _corporates_and_retail(positions, classes, weights)
    _doubtful_institutions(positions, classes, weights)
    return classes, weights


def of_kind(positions: Positions, *kinds: str) -> Bools:
    """Say where the obligor is of one of the kinds."""
    return is_any(positions.kind, COUNTERPARTY_TYPES, kinds)


def of_product(positions: Positions, *products: str) -> Bools:
    """Say where the contract is one of the products."""
    return is_any(positions.product, PRODUCTS, products)


def is_any(places: Codes, vocabulary: tuple[str, ...], words: tuple[str, ...]) -> Bools:
    """Say where a column of places in a vocabulary has one of some words."""
    found: Bools = np.zeros(len(places), dtype=np.bool_)
    for word in words:
        found |= places == np.int16(number(vocabulary, word))
    return found


def currency_places(positions: Positions, rules: RuleSet) -> tuple[Bools, Bools]:
    """Say where the currency is that of the obligor's Member State, and where it is another Member State's.

    Funding in the same currency, which Articles 114(4), 115(5) and 500a also ask for, is taken as given.
    """
    domestic = rules["union.domestic_currency"].names
    member = np.array([country in domestic for country in positions.countries] or [False])
    union = [place for place, code in enumerate(positions.currencies) if code in set(domestic.values())]
    in_union, known = member[positions.country], positions.obligor != ABSENT
    is_own = known & in_currency_of_country(positions, domestic)
    is_other = known & in_union & ~is_own & np.isin(positions.currency, union)
    return is_own, is_other


def in_currency_of_country(positions: Positions, domestic: Mapping[str, str]) -> Bools:
    """Say where the currency is the one that the table gives the obligor's country."""
    places = {currency: place for place, currency in enumerate(positions.currencies)}
    own = np.array([places.get(domestic.get(country, ""), -2) for country in positions.countries] or [-2])
    result: Bools = positions.currency == own[positions.country]
    return result


def weigh_government(positions: Positions, step: Codes, where: Bools, weights: Weights) -> None:
    """Give exposures the weight of a government of that step, in their currency (Articles 114 and 500a)."""
    rules = weights.rules
    own, other = currency_places(positions, rules)
    weights.set_to(where & (step == 0), "credit.sa.sovereign.unrated")
    weights.set_by_step(where & (step > 0), "credit.sa.sovereign.rated", step)
    share = rules["credit.sa.sovereign.member_state_other_currency_share"].number
    if share < 1:
        eased = where & other & (step > 0)
        weights.set_to(
            eased, "credit.sa.sovereign.member_state_other_currency_share", np.round(weights.value * share, 6)
        )
    weights.set_to(where & own, "credit.sa.sovereign.member_state_own_currency")


def _states(positions: Positions, classes: Codes, weights: Weights) -> None:
    where = of_kind(positions, "central_government", "central_bank")
    classes[where] = number(CLASSES, "central_governments")
    weigh_government(positions, positions.step, where, weights)
    ecb = [name == "european central bank" for name in _names(positions, where)]
    weights.set_to(_spread(where, ecb), "credit.sa.sovereign.european_central_bank")


def _names(positions: Positions, where: Bools) -> list[str]:
    """Return the obligors' names, in lower case, of the exposures chosen."""
    names = positions.obligor_name.take(pa.array(positions.obligor[where])).to_pylist()
    return [(name or "").strip().lower() for name in names]


def _spread(where: Bools, chosen: list[bool]) -> Bools:
    result = np.zeros(len(where), dtype=np.bool_)
    result[where] = chosen
    return result


def _regions(positions: Positions, classes: Codes, weights: Weights) -> None:
    where = of_kind(positions, "regional_government")
    classes[where] = number(CLASSES, "regional_governments")
    _rated_or_by_government(positions, where, "credit.sa.region", weights)
    own, _ = currency_places(positions, weights.rules)
    weights.set_to(where & own, "credit.sa.region.member_state_own_currency")
    _like_government(positions, where & positions.as_government, "credit.sa.region.as_government", weights)


def _public_sector(positions: Positions, classes: Codes, weights: Weights) -> None:
    where = of_kind(positions, "public_sector_entity")
    classes[where] = number(CLASSES, "public_sector_entities")
    _rated_or_by_government(positions, where, "credit.sa.public_sector", weights)
    short = where & _within(positions, weights.rules, "credit.sa.institution.short_term_days")
    weights.set_to(short, "credit.sa.public_sector.short_term")
    rule_id = "credit.sa.public_sector.as_government"
    _like_government(positions, where & positions.as_government, rule_id, weights)
    weights.set_to(where & ~_recognised(positions, weights.rules), "credit.sa.public_sector.third_country")


def _like_government(positions: Positions, where: Bools, rule_id: str, weights: Weights) -> None:
    """Give exposures the weight that one to the central government of their obligor's country would have."""
    government = Weights(len(positions), weights.rules)
    weigh_government(positions, positions.government_step, where, government)
    weights.set_to(where, rule_id, government.value)


def _rated_or_by_government(positions: Positions, where: Bools, rule: str, weights: Weights) -> None:
    step, government = positions.step, positions.government_step
    weights.set_by_step(where & (step > 0), f"{rule}.rated", step)
    weights.set_by_step(where & (step == 0) & (government > 0), f"{rule}.unrated", government)
    weights.set_to(where & (step == 0) & (government == 0), f"{rule}.government_unrated")


def _within(positions: Positions, rules: RuleSet, rule_id: str) -> Bools:
    """Say where the original maturity is known and no longer than a rule's number of days."""
    result: Bools = (positions.days >= 0) & (positions.days <= rules[rule_id].number)
    return result


def _development_banks(positions: Positions, classes: Codes, weights: Weights) -> None:
    where = of_kind(positions, "multilateral_development_bank")
    classes[where] = number(CLASSES, "multilateral_development_banks")
    weights.set_by_step(where & (positions.step > 0), "credit.sa.development_bank.rated", positions.step)
    weights.set_to(where & (positions.step == 0), "credit.sa.development_bank.unrated")
    value = weights.rules["credit.sa.development_bank.names"].value
    listed = {str(name).lower() for name in value} if isinstance(value, tuple) else set()
    named = [name in listed for name in _names(positions, where)]
    on_list = _spread(where, named) | (where & positions.zero_weight_body)
    weights.set_to(on_list, "credit.sa.development_bank.listed")


def _international(positions: Positions, classes: Codes, weights: Weights) -> None:
    where = of_kind(positions, "international_organisation")
    classes[where] = number(CLASSES, "international_organisations")
    weights.set_to(where, "credit.sa.international_organisation")


def _institutions(positions: Positions, classes: Codes, weights: Weights) -> None:
    where = _is_institution(positions, weights.rules)
    classes[where] = number(CLASSES, "institutions")
    _weigh_institutions(positions, where, weights)


def _doubtful_institutions(positions: Positions, classes: Codes, weights: Weights) -> None:
    """Weigh institutions abroad of which neither the book nor a list says anything as what weighs more."""
    doubtful = of_kind(positions, *EQUIVALENT) & (positions.equivalent == ABSENT)
    doubtful &= ~_recognised(positions, weights.rules)
    if not doubtful.any():
        return
    likewise = Weights(len(positions), weights.rules)
    _weigh_institutions(positions, doubtful, likewise)
    heavier = doubtful & (np.nan_to_num(likewise.value) > weights.value)
    classes[heavier] = number(CLASSES, "institutions")
    weights.value[heavier], weights.rule[heavier] = likewise.value[heavier], likewise.rule[heavier]


def _weigh_institutions(positions: Positions, where: Bools, weights: Weights) -> None:
    rules, step, grade = weights.rules, positions.step, positions.grade
    trade = of_product(positions, "trade_finance")
    short = _within(positions, rules, "credit.sa.institution.short_term_days")
    short |= trade & _within(positions, rules, "credit.sa.institution.trade_short_term_days")
    weights.set_by_step(where & (step > 0), "credit.sa.institution.rated", step)
    weights.set_by_step(where & (step > 0) & short, "credit.sa.institution.rated_short_term", step)
    unrated = where & (step == 0)
    # An institution that is in neither grade A nor B is in grade C: that is also where no grade is given.
    weights.set_to(unrated, "credit.sa.institution.grade_c")
    weights.set_to(unrated & short, "credit.sa.institution.grade_c_short_term")
    weights.set_to(unrated & (grade == number(GRADES, "b")), "credit.sa.institution.grade_b")
    weights.set_to(
        unrated & (grade == number(GRADES, "b")) & short, "credit.sa.institution.grade_b_short_term"
    )
    grade_a = unrated & np.isin(grade, [number(GRADES, "a"), number(GRADES, "a_plus")])
    weights.set_to(grade_a, "credit.sa.institution.grade_a")
    weights.set_to(grade_a & (grade == number(GRADES, "a_plus")), "credit.sa.institution.grade_a_strong")
    weights.set_to(grade_a & short, "credit.sa.institution.grade_a_short_term")
    exempt = trade & _within(positions, rules, "credit.sa.institution.trade_floor_exempt_days")
    _floor_by_government(positions, unrated & ~exempt, weights)


def _is_institution(positions: Positions, rules: RuleSet) -> Bools:
    """Say where the obligor counts as an institution, which abroad takes equivalent supervision (107(3))."""
    kind = of_kind(positions, "credit_institution", "investment_firm")
    result: Bools = kind & _recognised(positions, rules)
    return result


def _recognised(positions: Positions, rules: RuleSet) -> Bools:
    """Say where the obligor is in a Member State or under supervision that is equivalent to the Union's."""
    union = within_union(rules)
    member = np.array([country in union for country in positions.countries] or [False])
    known = np.zeros(len(positions), dtype=np.bool_)
    for kind, rule_id in EQUIVALENT.items():
        countries = listed(rules, rule_id)
        of_list = np.array([country in countries for country in positions.countries] or [False])
        known |= of_kind(positions, kind) & of_list[positions.country]
    unsaid = positions.equivalent == ABSENT
    result: Bools = member[positions.country] | np.where(unsaid, known, positions.equivalent == 1)
    return result


def _floor_by_government(positions: Positions, where: Bools, weights: Weights) -> None:
    own, _ = currency_places(positions, weights.rules)
    abroad = weights.rules["third_countries.domestic_currency"].names
    own |= in_currency_of_country(positions, abroad)
    foreign = where & ~own
    if not foreign.any():
        return
    government = Weights(len(positions), weights.rules)
    weigh_government(positions, positions.government_step, foreign, government)
    raised = foreign & (np.nan_to_num(government.value) > np.nan_to_num(weights.value))
    weights.set_to(raised, "credit.sa.institution.government_floor", government.value)


def _corporates_and_retail(positions: Positions, classes: Codes, weights: Weights) -> None:
    persons = of_kind(positions, "natural_person")
    foreign_bank = of_kind(positions, "credit_institution", "investment_firm")
    foreign_bank &= ~_recognised(positions, weights.rules)
    firms = of_kind(positions, "corporate", "financial_corporate", "other") | foreign_bank
    security = of_product(positions, "bond", "covered_bond")
    special = firms & (positions.specialised != ABSENT)
    corporate = (firms & ~positions.retail_eligible) | ((firms | persons) & security) | special
    corporate |= of_kind(positions, "financial_corporate", "other") | foreign_bank
    classes[corporate] = number(CLASSES, "corporates_other")
    weights.set_to(corporate, "credit.sa.corporate.unrated")
    weights.set_by_step(corporate & (positions.step > 0), "credit.sa.corporate.rated", positions.step)
    _specialised_lending(positions, special, classes, weights)
    retail = (persons | firms) & ~corporate
    classes[retail] = number(CLASSES, "retail")
    weights.set_to(retail, "credit.sa.retail.other_natural_person")
    weights.set_to(retail & positions.retail_eligible, "credit.sa.retail.standard")
    weights.set_to(retail & positions.retail_eligible & positions.transactor, "credit.sa.retail.transactor")
    salary = retail & persons & positions.retail_eligible & positions.salary_loan
    weights.set_to(salary, "credit.sa.retail.salary_loan")


def _specialised_lending(positions: Positions, where: Bools, classes: Codes, weights: Weights) -> None:
    """Weigh specialised lending by its own assessment, else by its kind, whatever its obligor's step."""
    classes[where] = number(CLASSES, "corporates_specialised_lending")
    for place, kind in enumerate(SPECIALISED):
        weights.set_to(where & (positions.specialised == place), f"credit.sa.specialised_lending.{kind}")
    rated = where & (positions.issue_step > 0)
    weights.set_by_step(rated, "credit.sa.specialised_lending.rated", positions.issue_step)
