"""The words of the IRB approach: classes of Article 147(2) CRR that share a formula, types of collateral."""

from __future__ import annotations

from collections.abc import Collection

from plimsoll.errors import ParameterError

__all__ = ["CLASSES", "COLLATERAL", "CORPORATE", "FINANCIAL", "RETAIL", "WHOLESALE", "check_class"]

CORPORATE = ("corporate", "specialised_lending")
"""Article 147(2)(c)(i) and (ii)."""

FINANCIAL = (*CORPORATE, "institution")
"""Classes that can hold financial sector entities."""

WHOLESALE = (*FINANCIAL, "sovereign", "regional_public")
"""Weighed by Article 153. `sovereign`: central governments and central banks, Article 147(2)(a);
`regional_public`: regional governments, local authorities, public sector entities, point (aa)."""

RETAIL = ("retail_mortgage", "retail_qrre", "retail_other")
"""Weighed by Article 154: secured by residential property, qualifying revolving, other."""

CLASSES = (*WHOLESALE, *RETAIL)

COLLATERAL = ("financial", "receivables", "immovable_property", "other_physical")
"""Types of funded credit protection of Article 230(2)."""


def check_class(exposure_class: str, allowed: Collection[str], reason: str = "") -> None:
    """Raise unless the class is one of those allowed.

    Raises
    ------
    ParameterError
        It is not; the sentence has the reason and the classes allowed.
    """
    if exposure_class not in CLASSES:
        raise ParameterError(
            f"{exposure_class!r} is no exposure class of the IRB approach; there are {', '.join(CLASSES)}",
            "exposure_class",
        )
    if exposure_class not in allowed:
        raise ParameterError(
            f"{exposure_class}: {reason}; this holds for {', '.join(allowed)}", "exposure_class"
        )
