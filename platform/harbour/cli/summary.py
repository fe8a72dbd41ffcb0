"""Print what a run came to: its ratios and its verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

__all__ = ["print_summary"]

RATIOS = (
    ("CET1 ratio", "cet1_ratio"),
    ("Tier 1 ratio", "tier1_ratio"),
    ("Total capital ratio", "total_ratio"),
    ("Leverage ratio", "leverage_ratio"),
)

LAYERS = {
    "structure": "structure",
    "arelle": "XBRL specification (facts)",
    "filing": "filing rules",
    "eba_rules": "EBA validation rules",
}


def print_summary(console: Console, summary: Mapping[str, Any]) -> None:
    """Print the ratios and the verdict, with its first findings."""
    entity = summary["entity"]
    title = f"{entity['name']} ({entity['lei']}.{entity['scope']}), {summary['reference_date']}"
    console.print(f"\n{title}, scenario {summary['scenario']}", highlight=False, markup=False)
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    for label, key in RATIOS:
        value = summary["ratios"].get(key)
        table.add_row(label, "unknown" if value is None else f"{value:.2%}")
    for label, key in (("Own funds", "own_funds"), ("Risk-weighted assets", "rwa")):
        value = summary["amounts"].get(key)
        table.add_row(label, "unknown" if value is None else f"{entity['currency']} {value:,.2f}")
    console.print(table)
    _print_verdict(console, summary["verdict"])
    for notice in summary.get("notices", ()):
        console.print(f"note     {notice}", highlight=False, markup=False, soft_wrap=True)


def _print_verdict(console: Console, verdict: Mapping[str, Any]) -> None:
    console.print(f"verdict  {verdict['outcome'].replace('_', ' ')}", highlight=False)
    for layer in verdict.get("layers", []):
        # By layer: the sum would let thousands of well-formed facts pass for rules that were evaluated.
        counts = ", ".join(
            f"{layer.get(key, 0)} {key.replace('_', ' ')}"
            for key in ("evaluated", "passed", "failed", "warned", "not_applicable")
        )
        name = LAYERS.get(layer["layer"], layer["layer"])
        console.print(f"         {name}: {counts}", highlight=False, soft_wrap=True)
    for finding in verdict.get("findings", [])[:10]:
        console.print(
            f"         {finding.get('sentence', finding)}", highlight=False, markup=False, soft_wrap=True
        )
