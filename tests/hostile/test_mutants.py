"""The attacks can fail: with one check or one policy taken out of the guard, one of them succeeds and is seen."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.hostile.mutation import MUTANTS, VARIABLE, apply

from harbour.db import guard

ROOT = Path(__file__).resolve().parents[2]


def attack(tests: tuple[str, ...], mutant: str) -> subprocess.CompletedProcess[str]:
    """Run tests in a process of their own, on a server whose guard is the mutant; "" is the guard as it is."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-p",
        "tests.hostile.mutation",
        "-p",
        "no:cacheprovider",
    ]
    return subprocess.run(
        [*command, *tests],
        cwd=ROOT,
        env=os.environ | {VARIABLE: mutant},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", MUTANTS)
def test_what_is_taken_out_of_the_guard_is_written_in_it(name):
    assert apply(guard._scripts(), MUTANTS[name]) != guard._scripts()


@pytest.mark.slow
@pytest.mark.parametrize("name", MUTANTS)
def test_a_guard_with_one_thing_missing_is_seen(name):
    told = attack(MUTANTS[name].noticed_by, name)
    assert told.returncode == pytest.ExitCode.TESTS_FAILED, told.stdout[-3000:]
    assert " failed" in told.stdout.splitlines()[-1], "a server that does not start proves nothing"


@pytest.mark.slow
def test_the_same_attacks_fail_on_the_guard_as_it_is():
    tests = sorted({test for mutant in MUTANTS.values() for test in mutant.noticed_by})
    told = attack(tuple(tests), "")
    assert told.returncode == pytest.ExitCode.OK, told.stdout[-3000:]
