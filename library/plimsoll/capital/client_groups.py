"""Exposures added up by client and by group of connected clients (Articles 4(1)(39) and 390 CRR)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from plimsoll.capital.client_exposures import AMOUNTS
from plimsoll.units import cents

__all__ = ["client_groups"]

_INSTITUTIONS = ("credit_institution", "investment_firm")
_CENTS = 100


def client_groups(exposures: pd.DataFrame, clients: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each group or individual client, sorted by group_id.

    Parameters
    ----------
    exposures
        As `client_exposures` gives them, with `group_id`.
    clients
        The book's counterparties by identifier, with `as_in_union`: supervised as in the Union.

    Returns
    -------
    Columns group_id, head_id, connected, institution, g_sii, shadow_banking, before, after, others_after, exempted
    (amounts exact to the cent). The head is the client that bears the group's name, else the one with the largest
    exposure. Institutions of third countries count as such where their supervision is equivalent (Article 391).
    """
    flat = pd.DataFrame({name: cents(exposures[name].to_numpy(np.float64)) for name in AMOUNTS})
    flat["before"] = flat["original"] - flat["provision"] - flat["deducted"]
    flat["after"] = (
        flat["before"] - flat["substituted"] - flat["funded_protection"] - flat["property"] - flat["exempted"]
    )
    flat["client"] = exposures["counterparty_id"].to_numpy(dtype=object)
    flat["group_id"] = exposures["group_id"].to_numpy(dtype=object)
    columns = ["before", "after", "exempted"]
    by_client = flat.groupby(["group_id", "client"], sort=True)[columns].sum().reset_index()
    facts = clients.reindex(by_client["client"])
    by_client["institution"] = (
        facts["counterparty_type"].isin(_INSTITUTIONS) & facts["as_in_union"].fillna(True)
    ).to_numpy(np.bool_)
    for flag in ("g_sii", "shadow_banking"):
        by_client[flag] = facts[flag].fillna(False).to_numpy(np.bool_)
    by_client["others_after"] = by_client["after"].where(~by_client["institution"], 0)
    named = (by_client["client"] == by_client["group_id"]).to_numpy()
    order = np.lexsort((by_client["client"].to_numpy(dtype=str), -by_client["before"].to_numpy(), ~named))
    heads = by_client.iloc[order].drop_duplicates("group_id").set_index("group_id")["client"]
    grouped = by_client.groupby("group_id", sort=True)
    amounts = grouped[[*columns, "others_after"]].sum() / _CENTS
    flags = grouped[["institution", "g_sii", "shadow_banking"]].any()
    members = clients["group_id"].value_counts()
    found = pd.concat([amounts, flags], axis=1)
    found.insert(0, "head_id", heads.reindex(found.index).to_numpy(dtype=object))
    several = (members.reindex(found.index).fillna(0) > 1) | (grouped.size() > 1)
    found.insert(1, "connected", several.to_numpy(np.bool_))
    return found.reset_index()
