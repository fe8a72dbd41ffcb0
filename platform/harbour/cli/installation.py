"""`harbour down`, `status`, `doctor` and `dictionary build`."""

from __future__ import annotations

import subprocess
import sys

from rich.console import Console
from rich.table import Table

from harbour.cli.exits import DONE, FAIL, NOT_EVALUATED
from harbour.services.doctor import examine
from harbour.services.folders import check_owner
from harbour.services.health import CHECKS
from harbour.services.supervision import states, stop_everything
from harbour.settings import PORT_NAMES, load_settings

__all__ = ["build_dictionary", "doctor", "down", "status"]


def down(console: Console) -> int:
    """Stop what this installation started and wait until it is gone."""
    settings = load_settings()
    check_owner(settings)
    stopped = stop_everything(settings)
    console.print(f"stopped {', '.join(stopped)}" if stopped else "nothing was running", highlight=False)
    return DONE


def status(console: Console) -> int:
    """Print each program's state and whether its service answers; exit 1 when one does not."""
    settings = load_settings()
    check_owner(settings)
    running = states(settings)
    if not running:
        console.print("not running: start with `make up`", highlight=False)
        return FAIL
    table = Table("service", "state", "answers", "port", box=None, pad_edge=False)
    healthy = True
    for name, state in running.items():
        answers = CHECKS[name](settings) if name in CHECKS else state == "RUNNING"
        healthy = healthy and answers
        port = str(settings.port_of(name)) if name in PORT_NAMES else ""
        table.add_row(name, state.lower(), "yes" if answers else "no", port)
    console.print(table)
    console.print(f"address  {settings.address}\ndata     {settings.data}", highlight=False, soft_wrap=True)
    return DONE if healthy else FAIL


def doctor(console: Console) -> int:
    """Print every finding; exit 1 when one is wrong."""
    findings = examine(load_settings())
    for finding in findings:
        mark = "[green]ok  [/]" if finding.ok else "[red]bad [/]"
        console.print(f"{mark} {finding.subject:<12} {finding.sentence}", highlight=False, soft_wrap=True)
    return DONE if all(finding.ok for finding in findings) else FAIL


def build_dictionary() -> int:
    """Build the EBA dictionary into the data folder, unless it is there."""
    target = load_settings().dictionary
    command = [sys.executable, "-m", "plimsoll.dictionary", "build", "--into", str(target)]
    code = subprocess.run(command, check=False).returncode  # noqa: S603  # our own module
    return DONE if code == 0 else NOT_EVALUATED
