"""Fill, package and judge the sample bank's COREP own-funds return: python -m bench.filing [exposures].

The package is compared with zipping the same bytes again, the verdict with the floor of its Arelle layer: a
Python process that imports Arelle.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import plimsoll
from bench.harness import measure, report


def rezip(source: Path, target: Path) -> None:
    """Write the members of a zip again, as they are."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))


def main(exposures: int) -> None:
    """Time the three steps one after the other."""
    result = plimsoll.simulate(plimsoll.sample_book("savings_bank", seed=7, exposures=exposures))
    filled = plimsoll.fill(result, "corep_of")
    with tempfile.TemporaryDirectory() as folder:
        report("fill", exposures, measure(lambda: plimsoll.fill(result, "corep_of")))
        path = plimsoll.package(filled, Path(folder)).path
        plain = measure(lambda: rezip(path, Path(folder) / "again.zip"))
        written = measure(lambda: plimsoll.package(filled, Path(folder)))
        report("package", len(filled.facts), written, against="zipping the same bytes", baseline=plain)
        start = measure(
            lambda: subprocess.run([sys.executable, "-c", "import arelle.api.Session"], check=True), runs=3
        )
        judged = measure(lambda: plimsoll.validate(path), runs=3)
        report("verdict", len(filled.facts), judged, against="a process that imports Arelle", baseline=start)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
