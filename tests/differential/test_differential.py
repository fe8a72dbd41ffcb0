"""Two other engines, each in its own environment, asked 10,000 questions a topic: every difference has its reason.

They are run as black boxes. Slow: their packages are installed from the registry the first time.
"""

from __future__ import annotations

import functools
import hashlib
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.differential.grids import GRIDS, SIZE, make_grid
from tests.differential.ours import OURS

from plimsoll.dictionary import dictionary_folder

HERE = Path(__file__).parent
PEERS = {"creditriskengine": "ask_creditriskengine.py", "risk-weighted-assets": "ask_risk_weighted_assets.py"}
TOLERANCE = 1e-6
CHANCE = 0.001  # share of the rows of a reason that may agree all the same: where two curves cross
DIFFERENCES: list[Mapping[str, Any]] = tomllib.loads((HERE / "differences.toml").read_text(encoding="utf-8"))[
    "difference"
]


def topics_of(peer: str) -> list[str]:
    text = (HERE / "peers" / PEERS[peer]).read_text(encoding="utf-8")
    return [topic for topic in GRIDS if f'    "{topic}":' in text]


PAIRS = [(peer, topic) for peer in PEERS for topic in topics_of(peer)]


@functools.cache
def interpreter(peer: str) -> Path:
    """Return the Python of a peer's own environment, made on first use from its lock, hashes checked."""
    lock = HERE / "peers" / f"{peer}.txt"
    key = hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
    folder = dictionary_folder().parent / "peers" / f"{peer}-{key}"
    python = folder / "bin" / "python"
    if not (folder / "made").is_file():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        install = [str(python), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(lock)]
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"{peer} cannot be installed here: {done.stderr.strip().splitlines()[-1]}")
        (folder / "made").touch()
    return python


def answers_of(peer: str, topic: str, grid: pd.DataFrame) -> np.ndarray:
    done = subprocess.run(
        [str(interpreter(peer)), str(HERE / "peers" / PEERS[peer]), topic],
        input=grid.to_csv(index=False), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return np.array([float(line) for line in done.stdout.split()])


def test_the_grids_are_large_and_every_topic_has_a_peer() -> None:
    assert SIZE >= 10_000
    assert {topic for _, topic in PAIRS} == set(GRIDS) == set(OURS)
    assert all(difference["article"] and difference["reason"] for difference in DIFFERENCES)
    assert {(difference["peer"], difference["topic"]) for difference in DIFFERENCES} <= set(PAIRS)


@pytest.mark.slow
@pytest.mark.parametrize(("peer", "topic"), PAIRS)
def test_every_difference_has_its_reason(peer: str, topic: str) -> None:
    grid = make_grid(topic)
    theirs, ours = answers_of(peer, topic, grid), OURS[topic](grid)
    assert len(theirs) == len(ours) == SIZE
    differs = ~np.isclose(ours, theirs, rtol=TOLERANCE, atol=TOLERANCE)
    explained = np.zeros(SIZE, dtype=bool)
    for known in DIFFERENCES:
        if (known["peer"], known["topic"]) != (peer, topic):
            continue
        meant = grid.eval(known["where"], engine="python").to_numpy(dtype=bool)
        agreeing = int((meant & ~differs).sum())
        assert meant.any(), f"no row is meant by {known['where']!r}"
        assert agreeing <= CHANCE * meant.sum(), f"{known['where']!r} no longer differs on {agreeing} rows"
        explained |= meant
    open_ = differs & ~explained
    shown = grid.assign(ours=ours, theirs=theirs)[open_].head(10)
    assert not open_.any(), f"{int(open_.sum())} differences without a reason:\n{shown.to_string()}"
    assert (~differs).sum() > SIZE / 20, "they hardly ever agree: the question is put wrongly"
