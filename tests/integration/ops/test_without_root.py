"""A platform started by somebody who is not root: it works, and says what is missing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.kernels import open_lab, run_code
from tests.platform_fixture import RunningPlatform, free_port, lend_dictionary, platform_folder

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="run by somebody else, `running_platform` is this already"
)
USER = "nobody"


@pytest.fixture(scope="module")
def evaluation(dictionary_path: Path) -> Iterator[RunningPlatform]:
    with platform_folder(USER) as folder:
        platform = RunningPlatform(folder, free_port(), user=USER)
        lend_dictionary(dictionary_path, platform)
        try:
            platform.start()
            yield platform
        finally:
            platform.stop()


def test_every_start_says_what_isolation_is_missing(evaluation: RunningPlatform) -> None:
    for printed in (evaluation.printed, evaluation.harbour("up").stdout):
        assert "For evaluation only: not started by root" in printed
        assert f"every member's notebooks run as the user {USER}" in printed
        assert "verdict  pass" in printed


def test_an_analyst_works_in_a_home_of_his_own(evaluation: RunningPlatform) -> None:
    code = "import harbour, os, pwd\nprint(pwd.getpwuid(os.getuid()).pw_name, os.environ['HOME'])\n"
    code += "with harbour.connect() as c: print(c.me.name)"
    with evaluation.signed_in("anders@nordhaven") as client:
        open_lab(client, "nordhaven-anders")
        answer = run_code(client, "nordhaven-anders", code)
    assert answer == f"{USER} {evaluation.data}/homes/nordhaven-anders\nnordhaven-anders\n"


def test_no_system_user_is_made(evaluation: RunningPlatform) -> None:
    owners = {path.owner() for path in evaluation.data.rglob("*")}
    assert owners == {USER}
