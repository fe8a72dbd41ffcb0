"""Input floors on PD, LGD and conversion factors (Articles 160, 161, 163, 164, 166 and 495b CRR).

No floor applies to a part of an exposure that an eligible guarantee of a central government, a central bank
or the European Central Bank covers (Article 159a): give that part as an exposure of its own, marked
`guaranteed`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from plimsoll.credit.irb.classes import CLASSES, CORPORATE, RETAIL, check_class
from plimsoll.credit.irb.inputs import flags, numbers_within
from plimsoll.credit.irb.supervisory import read_shares
from plimsoll.credit.irb.weighting import HIGHEST_LGD, LGD_HINT
from plimsoll.credit.positions import Bools, Floats
from plimsoll.errors import ParameterError
from plimsoll.rules import RuleSet

__all__ = ["PD_FLOOR_RULES", "floored_ccf", "floored_lgd", "floored_pd", "lgd_floor"]

_PD_RULES = {
    "corporate": "corporate_and_institution",
    "specialised_lending": "corporate_and_institution",
    "institution": "corporate_and_institution",
    "regional_public": "regional_public",
    "retail_mortgage": "retail",
    "retail_other": "retail",
}
PD_FLOOR_RULES: Mapping[str, tuple[str, ...]] = {
    **{name: (f"credit.irb.pd_floor.{rule}",) for name, rule in _PD_RULES.items()},
    "retail_qrre": ("credit.irb.pd_floor.qrre_revolver", "credit.irb.pd_floor.retail"),
    "sovereign": (),
}
"""Ids of the rules that `floored_pd` reads for each class."""

_OWN_LGD = (*CORPORATE, "sovereign", "regional_public", *RETAIL)


def floored_pd(
    pd: ArrayLike,
    *,
    exposure_class: str,
    transactor: ArrayLike = False,
    guaranteed: ArrayLike = False,
    rules: RuleSet,
) -> Floats:
    """Return PDs no lower than the floor of their class (Articles 160(1), 160(1a), 163(1)).

    Parameters
    ----------
    pd
        Any shape, fractions.
    exposure_class
        One of `CLASSES`; `sovereign` has no floor.
    transactor
        Broadcasts with `pd`: for `retail_qrre`, whether the exposure is a transactor's (Article 147(5a));
        the others are revolvers.
    guaranteed
        Broadcasts with `pd`: covered by a guarantee of Article 159a, so without floor.
    rules
        Those in force on the reference date.

    Returns
    -------
    Broadcast shape, fractions; NaN where `pd` is.

    Raises
    ------
    ParameterError
        Unknown class, a PD outside 0 to 1, or transactors in another class than `retail_qrre`.
    """
    check_class(exposure_class, CLASSES)
    probability = numbers_within("pd", pd, 0, 1, LGD_HINT)
    transacting = flags("transactor", transactor)
    if transacting.any():
        check_class(exposure_class, ("retail_qrre",), "it has no transactors")
    if exposure_class == "sovereign":
        floor: ArrayLike = 0.0
    elif exposure_class == "retail_qrre":
        revolver, other = (
            rules[f"credit.irb.pd_floor.{kind}"].number for kind in ("qrre_revolver", "retail")
        )
        floor = np.where(transacting, other, revolver)
    else:
        floor = rules[f"credit.irb.pd_floor.{_PD_RULES[exposure_class]}"].number
    return _floored(probability, floor, flags("guaranteed", guaranteed))


def lgd_floor(
    exposure_class: str, secured: Mapping[str, ArrayLike] | None = None, *, rules: RuleSet
) -> Floats:
    """Return the LGD input floor of a class (Articles 161(4) to (6), 164(4) and (4a), 495b(1)).

    Parameters
    ----------
    exposure_class
        One of `CLASSES` but `institution`.
    secured
        By type of collateral, the share of the exposure that its value covers after volatility adjustments
        (`secured_shares`); shapes that broadcast. The floor is the average by shares, over several types as
        over one. Not read for mortgages and revolving retail, whose floor collateral does not lower.
    rules
        Those in force on the reference date.

    Returns
    -------
    Broadcast shape of the shares, fractions.

    Raises
    ------
    ParameterError
        Unknown class or collateral, a class without own estimates of LGD (Article 151(8)), or shares that are
        negative or above one in sum.

    Notes
    -----
    Article 161(5) gives `regional_public` a floor only where there is no eligible collateral: where any share
    is positive, none is applied. The formula of Article 161(6) is a picture in the text at hand; it was read
    in the Basel Framework, CRE32.17.
    """
    check_class(exposure_class, _OWN_LGD, "no own estimates of LGD (Article 151(8))")
    if exposure_class == "sovereign":
        return np.zeros(())
    if exposure_class in ("retail_mortgage", "retail_qrre"):
        return np.asarray(rules[f"credit.irb.lgd_floor.{exposure_class}"].number)
    shares = read_shares(secured)
    open_share = 1 - sum(shares.values(), np.zeros(()))
    if exposure_class == "regional_public":
        bare = rules["credit.irb.lgd_floor.regional_public.unsecured"].number
        return np.where(open_share < 1, 0.0, bare)
    table = "corporate" if exposure_class in CORPORATE else exposure_class
    floor = open_share * rules[f"credit.irb.lgd_floor.{table}.unsecured"].number
    for kind, share in shares.items():
        floor = floor + share * rules[f"credit.irb.lgd_floor.{table}.{kind}"].number
    if exposure_class == "specialised_lending":
        floor = floor * rules["credit.irb.lgd_floor.specialised_lending_factor"].number
    return np.asarray(floor)


def floored_lgd(
    lgd: ArrayLike,
    *,
    exposure_class: str,
    secured: Mapping[str, ArrayLike] | None = None,
    guaranteed: ArrayLike = False,
    rules: RuleSet,
) -> Floats:
    """Return own estimates of LGD no lower than their floor (`lgd_floor`).

    Parameters
    ----------
    lgd
        Any shape, fractions.
    exposure_class, secured, rules
        As for `lgd_floor`.
    guaranteed
        As for `floored_pd`.

    Returns
    -------
    Broadcast shape, fractions; NaN where `lgd` or a share is.

    Raises
    ------
    ParameterError
        An LGD out of range; and as `lgd_floor`.
    """
    loss = numbers_within("lgd", lgd, 0, HIGHEST_LGD, LGD_HINT)
    return _floored(loss, lgd_floor(exposure_class, secured, rules=rules), flags("guaranteed", guaranteed))


def floored_ccf(
    ccf: ArrayLike,
    standardised_ccf: ArrayLike,
    *,
    exposure_class: str,
    guaranteed: ArrayLike = False,
    rules: RuleSet,
) -> Floats:
    """Return own conversion factors of revolving commitments no lower than their floor (Article 166(8c)).

    Parameters
    ----------
    ccf
        Own estimates, any shape, multiples of the undrawn amount (above 1 is possible).
    standardised_ccf
        Broadcasts with `ccf`, the factor of Article 111(2) for the same commitment.
    exposure_class
        One of `CLASSES`; `sovereign` has no floor.
    guaranteed, rules
        As for `floored_pd`.

    Returns
    -------
    Broadcast shape, fractions; NaN where an input is.

    Raises
    ------
    ParameterError
        A factor out of range, or a standardised factor of 100 %, for which own estimates are not allowed
        (Article 166(8b)).
    """
    check_class(exposure_class, CLASSES)
    own = numbers_within("ccf", ccf, 0)
    standardised = numbers_within("standardised_ccf", standardised_ccf, 0, 1, LGD_HINT)
    if (standardised == 1).any():
        raise ParameterError(
            "standardised_ccf: own conversion factors are not allowed where it is 100 % (Article 166(8b))",
            "standardised_ccf",
        )
    share = 0.0 if exposure_class == "sovereign" else rules["credit.irb.ccf_floor"].number
    return _floored(own, standardised * share, flags("guaranteed", guaranteed))


def _floored(values: Floats, floor: ArrayLike, guaranteed: Bools) -> Floats:
    raised: Floats = np.maximum(values, floor)
    return np.where(guaranteed, values, raised) if guaranteed.any() else raised
