"""The bank's accounts: what each asset and liability is in the financial statements, and whether the ledger agrees."""

from __future__ import annotations

from plimsoll.accounting.assets import financial_assets
from plimsoll.accounting.liabilities import financial_liabilities
from plimsoll.accounting.reconciliation import Reconciliation, reconcile

__all__ = ["Reconciliation", "financial_assets", "financial_liabilities", "reconcile"]
