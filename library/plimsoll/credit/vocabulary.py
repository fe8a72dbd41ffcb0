"""The words of the schema and of the exposure classes, in a fixed order so that arrays can hold numbers."""

from __future__ import annotations

from typing import Final

__all__ = [
    "APPROACHES",
    "CLASSES",
    "COUNTERPARTY_TYPES",
    "EQUITY_TYPES",
    "GRADES",
    "IRB_CLASSES",
    "PARTS",
    "PLEDGES",
    "PRODUCTS",
    "PROPERTIES",
    "PROTECTIONS",
    "SPECIALISED",
    "USES",
    "number",
]

COUNTERPARTY_TYPES: Final = (
    "central_government",
    "central_bank",
    "regional_government",
    "public_sector_entity",
    "multilateral_development_bank",
    "international_organisation",
    "credit_institution",
    "investment_firm",
    "financial_corporate",
    "corporate",
    "natural_person",
    "other",
)
PRODUCTS: Final = (
    "cash",
    "central_bank_balance",
    "loan",
    "mortgage",
    "current_account",
    "credit_card",
    "bond",
    "covered_bond",
    "interbank",
    "equity",
    "intangible_software",
    "tangible_asset",
    "other_asset",
    "cash_in_collection",
    "commitment",
    "guarantee_issued",
    "trade_finance",
    "deferred_tax_asset",
    "securitisation",
    "derivative",
    "sft",
    "fund",
)
EQUITY_TYPES: Final = (
    "listed",
    "unlisted",
    "speculative_unlisted",
    "central_bank",
    "legislative_programme",
    "significant_financial",
    "intragroup",
    "not_deducted",
)
PROPERTIES: Final = ("residential", "commercial", "adc")
SPECIALISED: Final = (
    "object_finance",
    "commodity_finance",
    "project_pre_operational",
    "project_operational_high_quality",
    "project_operational",
)
APPROACHES: Final = ("standardised", "foundation", "advanced", "slotting")
USES: Final = ("permanent_partial_use", "roll_out")
IRB_CLASSES: Final = (
    "sovereign",
    "regional_government",
    "public_sector",
    "institution",
    "corporate",
    "specialised_lending",
    "retail_mortgage",
    "retail_qrre",
    "retail_other",
)
"""Exposure classes of Article 147(2) CRR that internal ratings weigh."""

PLEDGES: Final = (
    "cash",
    "on_balance_netting",
    "gold",
    "debt_security",
    "main_index_equity",
    "listed_equity",
    "receivables",
    "other_physical",
)
PROTECTIONS: Final = ("guarantee", "credit_derivative")
GRADES: Final = ("a_plus", "a", "b", "c")
PARTS: Final = ("whole", "secured", "unsecured")
CLASSES: Final = (
    "central_governments",
    "regional_governments",
    "public_sector_entities",
    "multilateral_development_banks",
    "international_organisations",
    "institutions",
    "corporates_other",
    "corporates_specialised_lending",
    "retail",
    "real_estate_residential_non_ipre_secured",
    "real_estate_residential_non_ipre_unsecured",
    "real_estate_residential_other_non_ipre",
    "real_estate_residential_ipre",
    "real_estate_residential_other_ipre",
    "real_estate_commercial_non_ipre_secured",
    "real_estate_commercial_non_ipre_unsecured",
    "real_estate_commercial_other_non_ipre",
    "real_estate_commercial_ipre",
    "real_estate_commercial_other_ipre",
    "adc",
    "default",
    "subordinated",
    "covered_bonds",
    "short_term",
    "ciu",
    "equity",
    "other_items",
)
"""Exposure classes of Article 112 CRR in the split of template C 07.00; the order is the template's."""


def number(words: tuple[str, ...], word: str) -> int:
    """Return the place of a word in its vocabulary."""
    return words.index(word)
