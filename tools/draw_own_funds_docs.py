"""Draw docs/own_funds.md: the lines of own funds, where each comes from, and the law's numbers beside them."""

from __future__ import annotations

import sys
from pathlib import Path

from plimsoll.capital.gathering import COMPUTED_LINES
from plimsoll.capital.lines import Line, leaves_of, lines
from plimsoll.data.schema import read_schema
from plimsoll.returns.parsing import read_definitions
from plimsoll.rules import Rule, read_rules

PAGE = Path(__file__).resolve().parents[1] / "docs" / "own_funds.md"
_HEAD = """# Own funds

How a book becomes own funds, the total risk exposure amount and the distance to its limits. Every amount is in
whole cents; `Result.own_funds_parts` names the row of the book behind each part, and a cell of template C 01.00
opens down to it.

1. **Parts.** Items of `own_funds_items`; instruments of `own_funds_instruments`, Tier 2 amortised by days over its
   final five years; what others own of `subsidiaries`, less their share of the surplus; `deferred_taxes` after
   set-off; the coverage that non-performing exposures lack; the expected loss that provisions do not cover. What a
   table calculates is not given as an item as well: that is refused.
2. **Holdings of financial sector entities.** Reciprocal ones, and significant ones of Additional Tier 1 and Tier 2,
   are deducted in full. The others are held against 10 % of Common Equity Tier 1 after the deductions that Article
   46(1)(a) names (the column "in the 10 % base" below); the excess is shared among the layers as the holdings are.
3. **The two large items.** Significant holdings of Common Equity Tier 1 and tax assets from temporary differences:
   each up to 10 %, both together up to 17.65 % of what is left with both deducted in full. What is not deducted
   weighs 250 %: the exposure keeps that part, the deducted part becomes a line without a weight.
4. **Credit risk** is weighed after these deductions; then the limits that depend on it: general adjustments (1.25 %
   of the standardised amount) and the excess of provisions (0.6 % of the internal ratings' amount) in Tier 2.
5. **Deductions above a layer** fall on the one above. In the base of the 17.65 % they count before the items of
   Article 62(c) and (d), which depend on the risk-weighted amounts and so on the threshold itself.
6. **The total risk exposure amount** adds operational risk (business indicator), settlement risk and the amounts
   other systems report. With internal models the output floor applies: `Result.floor` holds the un-floored, the
   standardised, the floored and the fully loaded total side by side, and ratios of each.
7. **Marks.** Minimum, Pillar 2, combined buffer (with the countercyclical rate weighted by country) and guidance;
   `Result.distribution` says how much Common Equity Tier 1 is left for the buffer after every requirement, which
   ratio binds, and the share of profits that may be distributed below it.

Not calculated: permissions under Articles 49 and 79 (the book states them), the separate component of Article
314(3), adjustments for mergers and disposals (Article 315), the transitional weights of Article 465(3) to (5), the
cap of Article 104a(6)(a) of Directive 2013/36/EU, grandfathering (ended), specialised debt restructurers
(Article 36(5)).

Drawn from `library/plimsoll/capital/own_funds.toml`, the templates and the rules by `python
tools/draw_own_funds_docs.py`.

## Lines

| line | row of C 01.00 | sign | in the 10 % base | comes from | article |
| --- | --- | --- | --- | --- | --- |
"""
_NUMBERS = """
## The law's numbers

| rule | value | what it measures | article | from | to |
| --- | --- | --- | --- | --- | --- |
"""
_PREFIX = "capital."


def draw() -> str:
    """Return the page."""
    rows = _rows()
    numbers = [rule for rule in read_rules() if rule.id.startswith(_PREFIX)]
    body = "\n".join(_line(line, rows) for line in lines())
    return _HEAD + body + "\n" + _NUMBERS + "\n".join(_number(rule) for rule in numbers) + "\n"


def _rows() -> dict[str, str]:
    """Return the row of the template that shows each line, where one does alone."""
    found: dict[str, str] = {}
    for cell, formula in read_definitions("corep_of", "4.1.0").tables["C_01.00"].cells.items():
        named = [where["line"] for where in formula.where if "line" in where]
        if named and isinstance(named[0], str):
            found[named[0]] = cell.row
    return found


def _line(line: Line, rows: dict[str, str]) -> str:
    if line.sum:
        parts = ", ".join(f"`{part}`" for part in line.sum)
        return f"| **{line.line}** |  |  |  | sum of {parts} | {line.article} |"
    sign = "adds" if line.sign > 0 else "taken off"
    in_cet1 = line.line in {leaf.line for leaf in leaves_of("cet1")}
    base = "" if not in_cet1 else "yes" if line.in_base else "no"
    shown = "memorandum" if line.memorandum else sign
    return f"| {line.line} | {rows.get(line.line, '')} | {shown} | {base} | {_origin(line.line)} | {line.article} |"


def _origin(line: str) -> str:
    items = read_schema()["own_funds_items"].columns["item"].values
    tables = [table for table, names in COMPUTED_LINES.items() if line in names]
    origins = ["item"] if line in items else []
    origins += [f"`{table}`" for table in tables]
    return " or ".join(origins) or "calculated"


def _number(rule: Rule) -> str:
    value = str(rule.value).replace("|", "\\|")
    until = rule.valid_to or ""
    return f"| `{rule.id}` | {value} | {rule.unit} | {rule.article} | {rule.valid_from} | {until} |"


if __name__ == "__main__":
    PAGE.write_text(draw(), encoding="utf-8")
    sys.stderr.write(f"drawn: {PAGE.name}\n")
