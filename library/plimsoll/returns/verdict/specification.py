"""The XBRL specification, judged by Arelle in a worker process that can be stopped.

Judged by the level of its messages, and only if it saw every fact of the package: a processor that loaded
nothing finds nothing wrong.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import Any, Literal

from plimsoll.returns.reading import FactLine
from plimsoll.returns.verdict.model import Finding, Layer
from plimsoll.returns.verdict.placing import Placing

__all__ = ["TOO_MANY_BAD_FACTS", "check_specification", "not_specified"]

Progress = Callable[[str, int, int], None]

TOO_MANY_BAD_FACTS = 50
"""With more unknown data points or members Arelle is not started: its time grows as their square."""

WORKER = Path(__file__).with_name("worker.py")
"""The program the worker process runs; never imported, for Arelle keeps global state."""

MEMORY = 6 * 1024**3
"""How much address space the worker may take, in bytes."""

_STEP = "the XBRL specification"
_REFERENCE = re.compile(r"#(?P<table>[^#]+)\.r_(?P<row>\d+)\.factValue$")
_IN_TEXT = re.compile(r"\bTable (?P<table>[\w-]+) row (?P<row>\d+)")


def not_specified(reason: str) -> Layer:
    """Return the layer as not evaluated, and why."""
    return Layer("arelle", "not_evaluated", "facts", reason=reason)


def check_specification(
    placing: Placing, package: Path, taxonomy: Path, *, deadline: float, progress: Progress
) -> tuple[Layer, list[Finding]]:
    """Judge a package by the XBRL specification.

    Parameters
    ----------
    package, taxonomy
        The zip files; nothing is fetched.
    deadline
        In seconds of `time.monotonic`; past it the worker is stopped and the layer is not evaluated.
    """
    with tempfile.TemporaryDirectory(prefix="plimsoll-arelle-") as folder:
        answer = Path(folder) / "answer.json"
        reason = _run(package, taxonomy, answer, deadline, progress)
        if reason:
            return not_specified(reason), []
        document = json.loads(answer.read_text("utf-8"))
    return _judged(placing, document)


def _run(package: Path, taxonomy: Path, answer: Path, deadline: float, progress: Progress) -> str:
    """Run the worker; return why it gave no answer, or the empty string."""
    folder = answer.parent
    command = [sys.executable, "-I", str(WORKER)]
    command += [str(package), str(taxonomy), str(answer), str(MEMORY)]
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  # our own file, by the running interpreter
            command,
            stdout=output,
            stderr=output,
            cwd=folder,
            env=_environment(folder),
            start_new_session=True,
        )
        try:
            finished = _wait(process, deadline, progress)
        finally:
            _stop(process)
    if not finished:
        return "the time limit was reached"
    if process.returncode != 0 or not answer.is_file():
        said = (folder / "output").read_text("utf-8", "replace").strip().splitlines()
        return f"Arelle ended without an answer ({process.returncode}): {said[-1] if said else 'no message'}"
    return ""


def _wait(process: subprocess.Popen[bytes], deadline: float, progress: Progress) -> bool:
    started = monotonic()
    while monotonic() < deadline:
        try:
            process.wait(timeout=min(0.2, max(deadline - monotonic(), 0.001)))
        except subprocess.TimeoutExpired:
            progress(_STEP, int(monotonic() - started), 0)
        else:
            return True
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the worker and whatever it started; leaves no process behind, whoever interrupted us."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _environment(folder: Path) -> dict[str, str]:
    """Return the little a worker needs: no secrets, and a home that goes with it."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    home = str(folder)
    return {**kept, "HOME": home, "XDG_CONFIG_HOME": home, "TMPDIR": home, "LANG": "C.UTF-8"}


def _judged(placing: Placing, document: Mapping[str, Any]) -> tuple[Layer, list[Finding]]:
    findings = [_finding(placing, message) for message in document["messages"]]
    errors = [finding for finding in findings if finding.severity == "error"]
    warned = {finding.place or finding.sentence for finding in findings if finding.severity == "warning"}
    bad = {finding.place or finding.sentence for finding in errors}
    facts = sum(1 for _ in placing.package.facts)
    seen = int(document["facts"]) - len(placing.package.indicator_rows)
    if not errors and seen != facts:
        return not_specified(f"Arelle saw {seen} of {facts} facts"), findings
    layer = Layer(
        name="arelle",
        outcome="fail" if errors else "pass",
        unit="facts",
        evaluated=facts,
        passed=max(facts - len(bad) - len(warned - bad), 0),
        failed=len(bad),
        warned=len(warned - bad),
    )
    return layer, findings


def _finding(placing: Placing, message: Mapping[str, Any]) -> Finding:
    fact = _fact(placing, message["refs"], message["text"])
    where: dict[str, Any] = placing.locate(fact) if fact else {}
    severity: Literal["error", "warning"] = "warning" if message["level"] == "WARNING" else "error"
    text = " ".join(message["text"].split())
    named = ", ".join(f"{axis} {where[axis]}" for axis in ("row", "column", "sheet") if where.get(axis))
    sentence = f"{where['table']}, {named}: {text}" if named else text
    return Finding("arelle", severity, message["code"], sentence[:500], **where)


def _fact(placing: Placing, references: Sequence[str], text: str) -> FactLine | None:
    """Return the fact a message is about: its references name the table and the row, the first being 1."""
    matches = [_REFERENCE.search(reference) for reference in references]
    for match in (*matches, _IN_TEXT.search(text)):
        if match is None:
            continue
        code = match["table"].replace("-", ".")
        row = int(match["row"]) - 1
        for table in placing.tables.values():
            if table.code == code:
                facts = next(held.facts for held in placing.package.tables if held.file == table.file)
                return facts[row] if row < len(facts) else None
    return None
