from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harbour import errors as harbour_errors
from harbour.cli import exits
from harbour.cli.report import spell_entity
from harbour.errors import BadParameters, HarbourError
from plimsoll import errors as plimsoll_errors
from plimsoll.errors import PlimsollError

HARBOUR = Path(sys.executable).parent / "harbour"
REPORT = ("report", "corep_of", "--book", "sample:savings_bank")


def run(*arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PLIMSOLL_")}
    environment = kept | {"PLIMSOLL_DATA": str(data), "PLIMSOLL_DICTIONARY": str(data / "dictionary")}
    return subprocess.run([HARBOUR, *arguments], env=environment, capture_output=True, text=True, check=False)


def test_help_states_every_exit_code(tmp_path: Path) -> None:
    shown = run("--help", data=tmp_path)
    assert shown.returncode == 0
    for command in ("up", "down", "status", "doctor", "report", "dictionary", "member"):
        assert command in shown.stdout
    for code in ("0 ", "1 ", "2 ", "3 ", "4 ", "5 ", "6 ", "7 ", "130 "):
        assert f"\n{code}" in shown.stdout


@pytest.mark.parametrize("arguments", [(), ("sink",), ("report", "corep_of"), ("member",)])
def test_a_command_not_understood_is_two(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    refused = run(*arguments, data=tmp_path)
    assert refused.returncode == 2
    assert "usage: harbour" in refused.stderr


def test_a_date_that_is_none_is_two(tmp_path: Path) -> None:
    refused = run(
        "report",
        "corep_of",
        "--book",
        "sample:savings_bank",
        "--date",
        "30.06.2026",
        "--out",
        "x",
        data=tmp_path,
    )
    assert refused.returncode == 2
    assert "'30.06.2026' is not a date like 2026-06-30" in refused.stderr


def test_a_return_nobody_makes_is_seven_and_names_those_there_are(tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    refused = run(
        "report",
        "corep_xx",
        "--book",
        "sample:savings_bank",
        "--date",
        "2026-06-30",
        "--out",
        out,
        data=tmp_path,
    )
    assert refused.returncode == 7
    assert "corep_own_funds" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_status_and_down_of_what_does_not_run(tmp_path: Path) -> None:
    assert run("status", data=tmp_path).returncode == 1
    stopped = run("down", data=tmp_path)
    assert stopped.returncode == 0
    assert "nothing was running" in stopped.stdout


def test_a_wrong_setting_is_five_and_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("port = 'x'\n")
    refused = run("status", data=tmp_path)
    assert refused.returncode == 5
    assert refused.stderr.strip() == "harbour: PLIMSOLL_PORT must be a whole number, not 'x'"


def test_doctor_names_what_is_missing(tmp_path: Path) -> None:
    seen = run("doctor", data=tmp_path)
    assert seen.returncode == 1
    assert "none yet: run `make up`" in seen.stdout
    assert "dictionary" in seen.stdout


def test_every_error_of_ours_has_an_exit_code_of_its_own_kind() -> None:
    for module, root in ((harbour_errors, HarbourError), (plimsoll_errors, PlimsollError)):
        for name in module.__all__:
            kind = getattr(module, name)
            if isinstance(kind, type) and issubclass(kind, root):
                assert 0 < exits.exit_code(kind.__new__(kind)) < 8
    assert exits.exit_code(plimsoll_errors.DictionaryMissing("x")) == 4
    assert exits.exit_code(plimsoll_errors.BookError("x")) == 3
    assert exits.exit_code(harbour_errors.PortTaken("x")) == 5
    assert exits.exit_code(harbour_errors.RunFailed("x")) == 6
    assert exits.exit_code(harbour_errors.OwnWork("x")) == 7


def test_a_verdict_not_reached_is_never_a_pass() -> None:
    assert exits.BY_VERDICT == {"pass": 0, "fail": 1, "not_evaluated": 4}


PORT = "969500DEMOPORT000140"


@pytest.mark.parametrize(
    ("given", "spelled"),
    [
        ({"entity": ""}, ""),
        ({"entity": PORT}, PORT),
        ({"entity": PORT, "scope": "CON"}, f"{PORT}.CON"),
        ({"entity": f"{PORT}.CON.FR.Banque"}, f"{PORT}.CON.FR.Banque"),
        ({"entity": "Banque du Port"}, f"{PORT}.CON.FR.Banque du Port"),
        ({"entity": "A Bank", "lei": PORT, "scope": "IND", "country": "FR"}, f"{PORT}.IND.FR.A Bank"),
    ],
)
def test_an_entity_is_spelled_as_a_run_takes_it(given: dict[str, str], spelled: str) -> None:
    assert spell_entity(**given) == spelled


def test_a_name_alone_does_not_say_who_is_meant() -> None:
    with pytest.raises(BadParameters, match="--lei, --scope, --country"):
        spell_entity("Some Bank")
