"""The book as FIRE objects fill it, and what every exposure says whatever its kind."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from plimsoll.data.book import Entity
from plimsoll.data.fire_object import FireObject, Refused
from plimsoll.errors import Problem

__all__ = ["SUBORDINATED", "Placing", "Row", "bucket", "common_facts", "place_counterparty"]

_BUCKETS = {1.0: 1, 0.5: 2, 0.4: 3, 0.2: 4, 0.1: 5}  # CRR Annex I and Article 111(2)
SUBORDINATED = ("subordinated_secured", "subordinated_unsecured", "mezzanine")
_FINANCING = (
    "securities financing is not computed by this version: "
    "report counterparty credit risk in reported_amounts"
)
_STATED = ("defaulted", "income_producing", "retail_eligible")

Row = dict[str, Any]


@dataclass
class Placing:
    """The book as it grows: rows by table, and what a reader must be told."""

    entity: Entity
    rates: dict[str, float]
    stated: Mapping[str, bool]
    terms: Mapping[str, Mapping[str, Any]]
    day: datetime.date = datetime.date(1970, 1, 1)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    purposes: dict[str, str | None] = field(default_factory=dict)  # of each loan
    parties: dict[str, Row] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.stated:
            if name not in _STATED:
                raise ValueError(f"a FIRE set can state {', '.join(_STATED)}, not {name!r}")

    def add(self, table: str, **row: object) -> None:
        """Add a row to a table."""
        self.rows.setdefault(table, []).append(row)

    def obligor(self, thing: FireObject, attribute: str) -> str:
        """Return the party an object names, which must be among the documents."""
        party = thing.text(attribute, "the exposure has no obligor")
        if party not in self.parties:
            raise Refused(attribute, party, "names no customer, issuer or entity among the documents")
        return party

    def retail(self, party: str) -> bool:
        """Return whether the set states that its natural persons meet Article 123(1)."""
        person = self.parties[party]["counterparty_type"] == "natural_person"
        return person and self.stated.get("retail_eligible", False)

    def told(self, objects: list[FireObject]) -> tuple[str, ...]:
        """Return all notices, the attributes nobody read last."""
        unread = sorted(
            {f"{o.kind}.{name}" for o in objects for name in set(o.facts) - o.used - {"id", "date"}}
        )
        said = [
            f"stated for the whole set, not by FIRE: {n} = {str(v).lower()}" for n, v in self.stated.items()
        ]
        rest = [f"FIRE attributes that no calculation reads: {', '.join(unread)}"] if unread else []
        return (*dict.fromkeys(self.notices), *said, *rest)

    def check_mortgages(self, objects: list[FireObject]) -> list[Problem]:
        """Return a problem for each mortgage whose property no document describes."""
        secured = {row["exposure_id"] for row in self.rows.get("collateral", [])}
        bare = {
            row["exposure_id"]
            for row in self.rows.get("exposures", [])
            if row["product"] == "mortgage" and row["exposure_id"] not in secured
        }
        refusal = Refused("id", "", "is a mortgage, but no collateral document names it in loan_ids")
        return [o.problem(refusal) for o in objects if o.kind == "loan" and o.facts.get("id") in bare]


def place_counterparty(thing: FireObject, placing: Placing) -> None:
    """Add a party; the same party may stand under several kinds if it says the same."""
    turnover = None
    if thing.get("turnover") is not None:
        _, price = thing.price(placing.rates, placing.entity.currency)
        turnover = thing.amount(thing.cents("turnover"), price)
    row = {
        "counterparty_id": thing.text("id"),
        "name": thing.find_text("name") or thing.find_text("legal_entity_name"),
        "counterparty_type": thing.term(
            "type",
            placing.terms["counterparty_type"],
            "the sector decides the exposure class; this one has no place",
        ),
        "country": thing.text("country_code", "the country of residence is needed")[:2],
        "lei": thing.find_text("lei_code"),
        "turnover": turnover,
        "credit_quality_step": thing.get("cqs_standardised"),
        "scra_grade": thing.find_text("scra"),
        "nace_code": thing.find_text("nace_code"),
        "group_id": thing.find_text("ultimate_parent_id"),
    }
    known = placing.parties.setdefault(str(row["counterparty_id"]), row)
    if known is row:
        placing.add("counterparties", **row)
    elif known != row:
        raise Refused("id", row["counterparty_id"], "is described twice, differently")


def common_facts(thing: FireObject, placing: Placing) -> Row:
    """Return what every exposure says: default, stage, dates, rate."""
    start, end = (
        thing.find_date("start_date"),
        thing.find_date("end_date") or thing.find_date("maturity_date"),
    )
    defaulted, stage = _default(thing, placing)
    return {
        "exposure_id": thing.text("id"),
        "start_date": start,
        "maturity_date": end,
        "original_maturity_days": (end - start).days if start and end and end >= start else None,
        "rate": thing.find_rate(),
        "defaulted": defaulted,
        "stage": stage,
        "subordinated": thing.find_text("seniority") in SUBORDINATED,
        **_accounting(thing, placing),
    }


def _accounting(thing: FireObject, placing: Placing) -> Row:
    """Return what accounting asks of an exposure; what the document does not say plainly stays missing."""
    treatment, purpose = thing.find_text("accounting_treatment"), thing.find_text("purpose")
    return {
        "accounting_portfolio": placing.terms["accounting_portfolio"].get(treatment or ""),
        "purpose": placing.terms["purpose"].get(purpose or "") if thing.kind == "loan" else None,
        "finance_lease": thing.kind == "loan" and thing.find_text("type") == "financial_lease",
    }


def _default(thing: FireObject, placing: Placing) -> tuple[bool, int | None]:
    """Return whether the exposure is in default, and its stage.

    A date of default or stage 3 is default (CRR Article 178; EBA/GL/2016/07 on credit-impaired exposures).
    """
    status = thing.find_text("impairment_status")
    since = thing.find_date("default_date")
    if thing.kind == "loan" and thing.find_text("status") == "defaulted":
        return True, None
    if since is not None and since <= placing.day:
        return True, 3
    if status is not None and status in placing.terms["stage"]:
        stage = int(placing.terms["stage"][status])
        return stage == 3, stage
    if status is not None and status in placing.terms["performing"]:
        return not placing.terms["performing"][status], None
    if status is not None:
        raise Refused("impairment_status", status, "does not say whether the obligor is in default")
    if "defaulted" in placing.stated:
        return placing.stated["defaulted"], None
    why = "is missing, and default_date too: nothing says whether the obligor is in default (Article 178)"
    raise Refused("impairment_status", None, why)


def bucket(thing: FireObject) -> int:
    """Return the Annex I bucket that a conversion factor stands for."""
    if thing.get("ccf") is None:
        why = "is missing: off balance sheet the conversion factor says which bucket of Annex I it is"
        raise Refused("ccf", None, why)
    factor = round(thing.number("ccf"), 6)
    if factor not in _BUCKETS:
        raise Refused("ccf", factor, "is the factor of no bucket of Annex I (1, 0.5, 0.4, 0.2, 0.1)")
    return _BUCKETS[factor]
