from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from harbour.services.steps import Steps, read_record


def steps(tmp_path: Path) -> tuple[Steps, io.StringIO]:
    printed = io.StringIO()
    return Steps(Console(file=printed, width=100), tmp_path / "up.jsonl"), printed


def test_a_step_prints_its_name_time_and_outcome_and_is_recorded(tmp_path: Path) -> None:
    running, printed = steps(tmp_path)
    running.run("database", lambda: "created [x]")
    assert printed.getvalue().split() == ["database", "0.0", "s", "created", "[x]"]
    entry = json.loads((tmp_path / "up.jsonl").read_text())
    assert set(entry) == {"name", "n", "runs", "median_s", "min_s", "max_s"}
    assert entry["name"] == "up.database"


def test_a_failing_step_says_so_and_passes_its_error_on(tmp_path: Path) -> None:
    running, printed = steps(tmp_path)

    def fail() -> str:
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        running.run("database", fail)
    assert "failed" in printed.getvalue()
    assert not (tmp_path / "up.jsonl").exists()


def test_the_record_becomes_a_table_with_a_sum(tmp_path: Path) -> None:
    entries = [{"name": f"up.{name}", "median_s": seconds} for name, seconds in (("one", 1.25), ("two", 2.5))]
    (tmp_path / "up.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    printed = io.StringIO()
    Console(file=printed, width=60).print(read_record(tmp_path / "up.jsonl"))
    assert printed.getvalue().split()[-2:] == ["together", "3.8"]
