"""A whole running platform in a throwaway data folder: the fixture `running_platform`, known to every test.

As root it leaves the members' system users (`pl-port-amelie` and so on) on the machine, as the product does.
"""

from __future__ import annotations

import os
import pwd
import random
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from tests.letterbox import Letterbox, open_letterbox

from harbour.services.ports import free_block

REPOSITORY = Path(__file__).resolve().parents[1]
HARBOUR = Path(sys.executable).parent / "harbour"
PERSON = re.compile(r"^(?P<login>[a-z]+@[a-z]+) +(?P<password>\S+) +(?P<role>[a-z ]+?)  +", re.MULTILINE)
XSRF = re.compile(r'name="_xsrf" value="([^"]+)"')


@dataclass
class RunningPlatform:
    """A platform that runs: where it is, who may sign in, and what it printed when it started."""

    data: Path
    port: int
    user: str | None = None
    """System user it was started as; None for the one that runs the tests."""
    printed: str = ""
    one_time: dict[str, str] = field(default_factory=dict)
    """Sign-in name → the one-time password printed at the start, not used yet."""
    chosen: dict[str, str] = field(default_factory=dict)
    """Sign-in name → the password set at the first sign-in through `signed_in`."""
    landing: dict[str, str] = field(default_factory=dict)
    """Sign-in name → where the last sign-in led."""
    letterbox: Letterbox | None = None
    """The bank's mail server, when it has one."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def harbour(self, *arguments: str, timeout: float = 600) -> subprocess.CompletedProcess[str]:
        """Run a `harbour` command against this platform."""
        person = pwd.getpwnam(self.user) if self.user else None
        identity = {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []} if person else {}
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PLIMSOLL_")}
        ours = {"PLIMSOLL_DATA": str(self.data), "PLIMSOLL_PORT": str(self.port), "HOME": str(self.data)}
        if self.letterbox is not None:
            ours |= {
                "PLIMSOLL_MAIL_SERVER": f"127.0.0.1:{self.letterbox.port}",
                "PLIMSOLL_MAIL_FROM": "plimsoll@bank.example",
                "PLIMSOLL_MAIL_SECURITY": "none",
            }
        return subprocess.run(
            [HARBOUR, *arguments],
            env=kept | ours | {"COLUMNS": "160"},
            cwd=self.data,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            **identity,
        )

    def start(self, *options: str) -> None:
        """Start it, and learn the one-time passwords from what is printed, as its first user would."""
        done = self.harbour("up", *options)
        self.printed = done.stdout + done.stderr
        assert done.returncode == 0, self.printed + self.logs()
        self.one_time |= {found["login"]: found["password"] for found in PERSON.finditer(done.stdout)}

    def logs(self) -> str:
        """Return the end of every service's log, for the message of a failed test."""
        ends = (f"\n== {log.name}\n{log.read_text()[-3000:]}" for log in (self.data / "logs").glob("*.log"))
        return "".join(ends)

    def stop(self) -> None:
        done = self.harbour("down")
        assert done.returncode == 0, done.stdout + done.stderr

    @contextmanager
    def signed_in(self, login: str) -> Iterator[httpx.Client]:
        """Yield a browser-like client signed in as a member, his one-time password replaced first."""
        with httpx.Client(base_url=self.address, follow_redirects=True, timeout=60) as client:
            self._sign_in(client, login)
            yield client

    def _sign_in(self, client: httpx.Client, login: str) -> None:
        form = {"username": login, "_xsrf": XSRF.findall(client.get("/hub/login").text)[0]}
        if login not in self.chosen:
            form["password"] = self.one_time.pop(login)
            page = client.post("/hub/login", data=form, follow_redirects=False)
            assert "Choose your password" in page.text, page.text
            new = secrets.token_urlsafe(12)
            form |= {"_xsrf": XSRF.findall(page.text)[0], "new_password": new, "new_password_again": new}
            self.chosen[login] = new
        else:
            form["password"] = self.chosen[login]
        answer = client.post("/hub/login", data=form, follow_redirects=False)
        assert answer.status_code == 302, answer.text
        self.landing[login] = answer.headers["location"]


@contextmanager
def platform_folder(user: str | None = None) -> Iterator[Path]:
    """Yield a data folder other users may pass through, and take it away again."""
    folder = Path(tempfile.mkdtemp(prefix="plimsoll-", dir="/tmp"))
    folder.chmod(0o711)
    if user:
        shutil.chown(folder, user)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def lend_dictionary(dictionary: Path, platform: RunningPlatform) -> None:
    """Give a platform a copy of a dictionary built before: building one takes half a minute."""
    target = platform.data / "dictionary"
    shutil.copytree(dictionary, target)
    if platform.user:
        for path in (target, *target.rglob("*")):
            shutil.chown(path, platform.user)


def free_port() -> int:
    """Return the first of a block of free ports; random, for two test processes look at the same time."""
    return free_block(random.randrange(20000, 30000))


@pytest.fixture(scope="session")
def running_platform(dictionary_path: Path) -> Iterator[RunningPlatform]:
    """Return a platform with the two demonstration banks, the main job's submission waiting for review."""
    with open_letterbox() as letterbox, platform_folder() as folder:
        platform = RunningPlatform(folder, free_port(), letterbox=letterbox)
        lend_dictionary(dictionary_path, platform)
        try:
            platform.start()
            yield platform
        finally:
            platform.stop()
