"""The main job from the command line: a sample bank, a bank of FIRE documents, a real bank of the EBA's exercise."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import plimsoll

REPOSITORY = Path(__file__).resolve().parents[3]
HARBOUR = Path(sys.executable).parent / "harbour"
REAL_BANK = "213800TC9PZRBHMJW403"  # MDB Group Limited, one of the 120 of the exercise


def report(dictionary: Path, out: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `harbour report corep_of` with a dictionary and nothing else: no Hub, no database."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PLIMSOLL_")}
    return subprocess.run(
        [HARBOUR, "report", "corep_of", *arguments, "--out", str(out)],
        env=kept | {"PLIMSOLL_DICTIONARY": str(dictionary), "COLUMNS": "160"},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def evaluated(out: Path) -> dict[str, int]:
    """Return how many checks each layer of the verdict evaluated."""
    verdict = json.loads((out / "summary.json").read_text(encoding="utf-8"))["verdict"]
    assert verdict["outcome"] == "pass"
    return {layer["layer"]: layer["evaluated"] for layer in verdict["layers"]}


def test_a_bank_of_fire_documents(dictionary_path: Path, tmp_path: Path) -> None:
    out = tmp_path / "filing"
    done = report(dictionary_path, out, "--book", "notebooks/examples/fire_bank", "--date", "2026-06-30")
    assert done.returncode == 0, done.stdout + done.stderr
    ratio = plimsoll.simulate(plimsoll.load(REPOSITORY / "notebooks" / "examples" / "fire_bank")).ratios[
        "cet1_ratio"
    ]
    assert f"{ratio:.2%}" in done.stdout
    assert "EBA validation rules" in done.stdout
    assert evaluated(out)["eba_rules"] >= 100
    assert len(list(out.glob("969500DEMOPORT000140.CON_FR_COREP*_COREPOF_2026-06-30_*.zip"))) == 1


def test_a_real_bank(dictionary_path: Path, shared_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "filing"
    book = f"transparency:{shared_data / 'eba_transparency_2025'}"
    done = report(dictionary_path, out, "--book", book, "--date", "2025-06-30", "--entity", REAL_BANK)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "MDB Group Limited" in done.stdout
    # The exercise publishes no own funds: a ratio would be invented.
    assert "Own funds are not in this file: ratios cannot be computed." in done.stdout
    assert evaluated(out)["eba_rules"] >= 50
    assert json.loads((out / "summary.json").read_text(encoding="utf-8"))["amounts"]["rwa"] > 1e9


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("--book", "sample:savings_bank", "--date", "2026-02-30"), 2, "2026-02-30"),
        (("--book", "sample:no_such_bank", "--date", "2026-06-30"), 3, "no_such_bank"),
        (
            ("--book", "sample:savings_bank", "--date", "2026-06-30", "--entity", f"{REAL_BANK}.SOLO.MT.MDB"),
            3,
            "SOLO",
        ),
        (("--book", "/nowhere", "--date", "2026-06-30"), 3, "/nowhere"),
        (("--book", "sample:savings_bank", "--date", "2026-06-30", "--scenario", "boom"), 3, "boom"),
    ],
)
def test_what_cannot_be_used_is_named(
    dictionary_path: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    done = report(dictionary_path, tmp_path / "filing", *arguments)
    assert done.returncode == code, done.stdout + done.stderr
    assert sentence in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
