"""Credit risk by internal ratings (CRR Articles 153 to 166): functions on arrays, each with its article.

`weigh_internal` composes them for a book's exposures, as `plimsoll.simulate` does.

Not built: purchased receivables and dilution risk (Article 157), the basket of Article 153(8), guarantees
(Articles 235a to 236a), volatility adjustments of financial collateral (Articles 224 to 227), units in funds.
"""

from plimsoll.credit.irb.backtesting import binomial_test, discrimination, jeffreys_test, stability_index
from plimsoll.credit.irb.classes import CLASSES, COLLATERAL, RETAIL
from plimsoll.credit.irb.correlations import correlation
from plimsoll.credit.irb.floors import floored_ccf, floored_lgd, floored_pd, lgd_floor
from plimsoll.credit.irb.lines import weigh_internal
from plimsoll.credit.irb.losses import Cover, expected_loss, shortfall
from plimsoll.credit.irb.maturity import cash_flow_maturity, effective_maturity, foundation_maturity
from plimsoll.credit.irb.slotting import slotting_expected_loss, slotting_weight
from plimsoll.credit.irb.supervisory import effective_lgd, secured_shares, supervisory_lgd
from plimsoll.credit.irb.weighting import maturity_adjustment, risk_weight

__all__ = [
    "CLASSES",
    "COLLATERAL",
    "RETAIL",
    "Cover",
    "binomial_test",
    "cash_flow_maturity",
    "correlation",
    "discrimination",
    "effective_lgd",
    "effective_maturity",
    "expected_loss",
    "floored_ccf",
    "floored_lgd",
    "floored_pd",
    "foundation_maturity",
    "jeffreys_test",
    "lgd_floor",
    "maturity_adjustment",
    "risk_weight",
    "secured_shares",
    "shortfall",
    "slotting_expected_loss",
    "slotting_weight",
    "stability_index",
    "supervisory_lgd",
    "weigh_internal",
]
