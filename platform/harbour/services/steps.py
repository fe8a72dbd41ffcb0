"""Run set-up steps one after the other, printing each one's name, time and outcome."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

__all__ = ["Steps", "read_record"]


@dataclass
class Steps:
    """A start, as it goes: what has been done, and how long each step took."""

    console: Console
    record: Path
    """JSON lines, one per step, in the form of the benchmarks."""
    prefix: str = "up"
    done: list[tuple[str, float]] = field(default_factory=list)

    def run(self, name: str, work: Callable[[], str]) -> None:
        """Do one step; its returned sentence is printed beside its time. Errors go through."""
        self.console.print(f"  {name:<12}", end="", highlight=False)
        began = time.perf_counter()
        try:
            outcome = work()
        except BaseException:
            self.console.print(f"{time.perf_counter() - began:7.1f} s  [red]failed[/red]", highlight=False)
            raise
        seconds = time.perf_counter() - began
        self.console.print(f"{seconds:7.1f} s  {outcome}", highlight=False, markup=False, soft_wrap=True)
        self.done.append((name, seconds))
        self._write(name, seconds)

    def _write(self, name: str, seconds: float) -> None:
        entry: dict[str, str | int | float] = {"name": f"{self.prefix}.{name}", "n": 1, "runs": 1}
        entry |= dict.fromkeys(("median_s", "min_s", "max_s"), round(seconds, 3))
        with self.record.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(entry) + "\n")


def read_record(path: Path) -> Table:
    """Return the steps of the last start as a table with their sum, in seconds."""
    table = Table("step", "seconds", box=None, pad_edge=False)
    table.columns[1].justify = "right"
    entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for entry in entries:
        table.add_row(entry["name"].removeprefix("up."), f"{entry['median_s']:.1f}")
    table.add_row("together", f"{sum(entry['median_s'] for entry in entries):.1f}")
    return table
