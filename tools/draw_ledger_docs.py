"""Draw docs/ledger.md, the page of the accounts: items, where each stands, what is reconciled, what is needed."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from plimsoll.accounting.classification import read_classification
from plimsoll.data.ledger import read_items
from plimsoll.returns.parsing import read_definitions

PAGE = Path(__file__).resolve().parents[1] / "docs" / "ledger.md"
_STATEMENTS = {
    "asset": "F_01.01",
    "liability": "F_01.02",
    "equity": "F_01.03",
    "income": "F_02.00",
    "expense": "F_02.00",
    "comprehensive_income": "F_03.00",
    "attribution": "F_02.00",
}
_HEAD = """# The ledger and the financial statements

FINREP under IFRS is filled from two sides. The **statements** (F 01.01 to F 03.00) add the accounts of the
`ledger`; the **breakdowns** (F 04.01 to F 08.02) add the contracts: `exposures` on the balance sheet and
`deposits`. A cell of either is a selection of rows and a column, defined once as data; `plimsoll.explain`
gives the accounts or contracts whose exact sum it is. Subtotals add the same rows again, never other cells,
so the EBA's rules compare figures that were made apart.

```python
import plimsoll

book = plimsoll.sample_book("savings_bank") plimsoll.reconcile(book).statement # the ledger beside everything
that says the same amount again result = plimsoll.simulate(book) plimsoll.find_gaps(result, "finrep9") # what
the book lacks, before anything is filled filled = plimsoll.fill(result, "finrep9") plimsoll.explain(filled,
"F_04.04.1", row="0130", column="0030").lines ```

`harbour report finrep9 --book … --date … --out …` does all of it and writes the reconciliation as
`reconciliation.csv`.

## What a book says

Each account has a `side` and an `item`. Assets equal liabilities and equity, to the cent; accounts of income,
expense and comprehensive income stand beside them, because the result is in equity already, as
`profit_of_the_period`. An expense is a positive amount, a loss among income a negative one. Accounts of loss
allowances are negative and marked `allowance`.

An asset's carrying amount is `amount` less `specific_provision`. At amortised cost that is the gross carrying
amount less the loss allowance. At fair value through other comprehensive income it is the fair value: the
allowance is in equity (IFRS 9, 5.5.2) and `gross_carrying_amount` states amortised cost before it. Through
profit or loss there is no allowance; `fair_value_credit_loss` states what a non-performing asset lost through
credit risk.

## Nothing is made to agree

`plimsoll.reconcile` has a line for each amount that a book says twice, with both sides and the difference,
explained where it is one that the law wants. Nothing is forced: a difference stays in the figures. Where
ledger and contracts would state one fact of the return with two values, the return is not filled and the
message leads to the reconciliation. An account without an item, or an asset that belongs to none, has a line
of its own.

## A true zero

A ledger that balances is whole: a line of the statements without an account is zero, and reported as zero; so
is a cell of a breakdown whose table has contracts but none there. A line that national accounting frameworks
alone know is left out, and a template without any amount has a negative filing indicator. A *missing* value
is neither: a return is not filled over it (see the last table).

## What is assumed

- The templates are those of Annex III, for institutions under IFRS; a book under national GAAP is refused.
  The annexes of ITS (EU) 2024/3117 were not at hand in full: paragraphs are cited as the templates' own
  references name them.
- A counterparty's sector follows its type unless it states its own `sector`: a public sector entity counts as
  general government, a corporate as a non-financial corporation.
- Small and medium-sized enterprises are told by turnover alone; headcount and balance sheet total are not in
  a book.
- NACE is Rev. 2, whose sections A to S are the rows of F 06.01.
- An exposure is non-performing where it is in default, in stage 3, more than 90 days past due, or marked
  `non_performing`.
- Repurchase agreements are not told from other deposits; short positions
  are one amount.
- For loans at fair value through other comprehensive income EBA rule v4975 compares fair value with gross
  carrying amount and does not hold: a warning since release 4.2, an error before. No sample bank has such
  loans.

Drawn by `python tools/draw_ledger_docs.py`; do not edit.
"""


def draw() -> str:
    """Return the page."""
    parts = [_HEAD, "## Items and their lines\n"]
    parts += [_items(side) for side in read_items()]
    parts += ["## Words of the book in the statements\n", *_words()]
    parts += ["## What the ledger is held against\n", _reconciled()]
    parts += ["## What FINREP needs of a book\n", _needs()]
    return "\n".join(parts)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _items(side: str) -> str:
    rows = [(f"`{item}`", label, _line(side, item)) for item, label in read_items()[side].items()]
    return f"### {side.replace('_', ' ').capitalize()}\n\n" + _table(("item", "line", "cell"), rows)


def _line(side: str, item: str) -> str:
    """Return the statement's row that takes an item: the narrowest of those that do."""
    tables = read_definitions("FINREP9", "3.3.0").tables
    table = "F_03.00" if item == "minority_comprehensive_income" else _STATEMENTS[side]
    held = {
        cell.row: items
        for cell, formula in tables[table].cells.items()
        if item in (items := _named(formula.where[0].get("item", [])))
    }
    return f"{table.replace('_', ' ')}, row {min(held, key=lambda row: (len(held[row]), row))}"


def _named(items: str | list[str]) -> list[str]:
    return [items] if isinstance(items, str) else items


def _words() -> Iterator[str]:
    words = read_classification()
    for title, head, pairs in (
        ("Counterparty type to sector", ("counterparty_type", "sector"), words.sectors),
        ("Product to instrument", ("product", "instrument"), words.instruments),
        ("Product to loan product (F 05.01)", ("product", "row"), words.loan_products),
        ("Product to kind of funding (F 08.01)", ("product", "row"), words.funding),
    ):
        rows = [(f"`{key}`", value.replace("_", " ")) for key, value in pairs.items()]
        yield f"### {title}\n\n" + _table(head, rows)


def _reconciled() -> str:
    text = files("plimsoll.accounting").joinpath("reconciliation.toml").read_text(encoding="utf-8")
    rows = [
        ("every other item of assets, gross and allowance apart", "contracts in `exposures`", ""),
        ("every item of deposits and of debt issued", "contracts in `deposits`", ""),
    ]
    against = {
        "assets": "contracts in `exposures`",
        "off_balance": "provisions off balance sheet in `exposures`",
        "own_funds": "`own_funds_items`",
        "result": "income less expense in the ledger",
    }
    for line in tomllib.loads(text)["line"]:
        rows.append((line["name"].replace("_", " "), against[line["against"]], line.get("note", "")))
    return _table(("line", "held against", "where it rightly differs"), rows)


def _needs() -> str:
    plan = tomllib.loads(read_definitions("FINREP9", "3.3.0").texts["module.toml"])
    rows = [
        (need["book"], need["cells"], "no" if need.get("assumed") else "yes", need["consequence"])
        for need in plan["needs"]
    ]
    return _table(("book", "cells", "needed", "without it"), rows)


if __name__ == "__main__":
    PAGE.write_text(draw(), encoding="utf-8")
    sys.stdout.write(f"drawn: {PAGE.name}\n")
