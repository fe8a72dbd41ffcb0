"""LGD without own estimates: the values of Article 161(1) CRR, and collateral by Articles 230 and 231."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from plimsoll.credit.irb.classes import COLLATERAL, CORPORATE, WHOLESALE, check_class
from plimsoll.credit.irb.inputs import ABOVE_ZERO, flags, numbers_within
from plimsoll.credit.positions import Floats
from plimsoll.errors import ParameterError
from plimsoll.rules import RuleSet

__all__ = ["effective_lgd", "read_shares", "secured_shares", "supervisory_lgd"]

_ROUNDING = 1e-9  # shares computed elsewhere may sum to a hair above one


def supervisory_lgd(
    *,
    exposure_class: str,
    financial: ArrayLike = False,
    subordinated: ArrayLike = False,
    covered_bond: ArrayLike = False,
    rules: RuleSet,
) -> Floats:
    """Return the LGD of exposures without collateral (Article 161(1)(a), (aa), (b), (d)).

    Parameters
    ----------
    exposure_class
        A class of Article 153; retail needs own estimates (Article 151(7)).
    financial
        Any shape: for corporate classes, whether the obligor is a financial sector entity.
    subordinated, covered_bond
        Broadcast: subordinated claims; covered bonds eligible under Article 129(4) or (5), which go first.
    rules
        Those in force on the reference date.

    Returns
    -------
    Broadcast shape, fractions.

    Raises
    ------
    ParameterError
        Another class, or marks that are not true or false.
    """
    check_class(exposure_class, WHOLESALE, "own estimates of LGD are required (Article 151(7))")
    corporate, other, junior, covered = (
        rules[f"credit.irb.lgd.{kind}"].number
        for kind in ("senior_corporate", "senior_public_or_financial", "subordinated", "covered_bond")
    )
    entity = flags("financial", financial)
    senior = np.where(entity, other, corporate if exposure_class in CORPORATE else other)
    claim = np.where(flags("subordinated", subordinated), junior, senior)
    return np.where(flags("covered_bond", covered_bond), covered, claim)


def secured_shares(
    exposure: ArrayLike,
    collateral: Mapping[str, ArrayLike],
    *,
    currency_haircut: ArrayLike = 0.0,
    rules: RuleSet,
) -> dict[str, Floats]:
    """Return the share of an exposure that each type of collateral covers, E_S over E·(1 + H_E).

    Parameters
    ----------
    exposure
        Any shape, E·(1 + H_E) of Article 230(1), above 0, currency units.
    collateral
        By type, the current value, shapes that broadcast. Types are recognised in the order given, each up to
        what the earlier ones leave (Article 231). `financial`: the value after the volatility adjustments of
        Articles 224 to 227, which are not computed here.
    currency_haircut
        Broadcasts, H_fx of Article 224 for collateral in another currency than the exposure; fractions.
    rules
        Those in force on the reference date.

    Returns
    -------
    By type, broadcast shape, fractions that sum to 1 at most.

    Raises
    ------
    ParameterError
        Unknown type, a value below zero, or an exposure that is not above zero.
    """
    amount = numbers_within("exposure", exposure, ABOVE_ZERO)
    mismatch = numbers_within("currency_haircut", currency_haircut, 0, 1)
    left: Floats = np.ones(())
    shares: dict[str, Floats] = {}
    for kind, value in collateral.items():
        _check_kind(kind)
        haircut = 0.0 if kind == "financial" else rules[f"credit.irb.haircut.{kind}"].number
        worth = numbers_within(kind, value, 0) * np.maximum(1 - haircut - mismatch, 0)
        shares[kind] = np.minimum(worth / amount, left)
        left = left - shares[kind]
    return shares


def effective_lgd(unsecured_lgd: ArrayLike, secured: Mapping[str, ArrayLike], *, rules: RuleSet) -> Floats:
    """Return LGD* of Articles 230(1) and 231: the average over the unsecured and the secured shares.

    Parameters
    ----------
    unsecured_lgd
        Any shape, fractions (`supervisory_lgd`; or own estimates in the case of Article 161(7)).
    secured
        As `secured_shares` returns it.
    rules
        Those in force on the reference date.

    Returns
    -------
    Broadcast shape, fractions; NaN where an input is.

    Raises
    ------
    ParameterError
        Unknown type, or shares that are negative or above one in sum.

    Notes
    -----
    Both formulas are pictures in the text at hand; they were read in the Basel Framework, CRE32.10
    and CRE32.14.
    """
    shares = read_shares(secured)
    result = numbers_within("unsecured_lgd", unsecured_lgd, 0) * (1 - sum(shares.values(), np.zeros(())))
    for kind, share in shares.items():
        result = result + share * rules[f"credit.irb.lgd.secured.{kind}"].number
    return np.asarray(result)


def read_shares(secured: Mapping[str, ArrayLike] | None) -> dict[str, Floats]:
    """Return secured shares as arrays.

    Raises
    ------
    ParameterError
        Unknown type, or shares that are negative or above one in sum.
    """
    shares: dict[str, Floats] = {}
    for kind, values in (secured or {}).items():
        _check_kind(kind)
        shares[kind] = numbers_within(kind, values, 0, 1)
    numbers_within("secured", sum(shares.values(), np.zeros(())), 0, 1 + _ROUNDING)
    return shares


def _check_kind(kind: str) -> None:
    if kind not in COLLATERAL:
        raise ParameterError(
            f"{kind!r} is no type of collateral; there are {', '.join(COLLATERAL)}", "secured"
        )
