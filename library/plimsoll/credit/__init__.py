"""Credit risk: functions on arrays, each with the article it follows; internal ratings in `irb`."""

from plimsoll.credit.checks import OTHER_ITEMS, REPORTED_ELSEWHERE, check_positions, reported_elsewhere
from plimsoll.credit.conversion import conversion_factor
from plimsoll.credit.factors import is_sme, owed_by_group, sme_factor, with_currency_mismatch
from plimsoll.credit.line_columns import COLUMNS, in_order
from plimsoll.credit.lines import Weighted, weigh
from plimsoll.credit.portions import portion
from plimsoll.credit.positions import Liens, Positions, read_positions
from plimsoll.credit.protections import Protections, read_protections
from plimsoll.credit.real_estate import (
    exposure_to_value,
    income_producing_weight,
    secured_part,
    within_lien,
)
from plimsoll.credit.substitution import REPORT_COLUMNS
from plimsoll.credit.vocabulary import CLASSES
from plimsoll.credit.weights import Weights, weight_of_obligor

__all__ = [
    "CLASSES",
    "COLUMNS",
    "OTHER_ITEMS",
    "REPORTED_ELSEWHERE",
    "REPORT_COLUMNS",
    "Liens",
    "Positions",
    "Protections",
    "Weighted",
    "Weights",
    "check_positions",
    "conversion_factor",
    "exposure_to_value",
    "in_order",
    "income_producing_weight",
    "is_sme",
    "owed_by_group",
    "portion",
    "read_positions",
    "read_protections",
    "reported_elsewhere",
    "secured_part",
    "sme_factor",
    "weigh",
    "weight_of_obligor",
    "with_currency_mismatch",
    "within_lien",
]
