from __future__ import annotations

import configparser
import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from harbour.credentials import SECRET_NAMES, ensure_secrets, read_secret
from harbour.errors import StartFailed
from harbour.services.launch import record_path
from harbour.services.programs import PROGRAMS
from harbour.services.supervision import (
    is_running,
    render_configuration,
    start_supervisor,
    states,
    stop_leftovers,
)
from harbour.settings import Settings


def parsed(settings: Settings) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.read_string(render_configuration(settings))
    return parser


def test_every_program_is_launched_by_name_and_restarted(tmp_path: Path) -> None:
    parser = parsed(Settings(tmp_path))
    for name in PROGRAMS:
        section = parser[f"program:{name}"]
        assert section["command"] == f"{sys.executable} -m harbour.services.launch {name}"
        assert section["autorestart"] == "true"
        assert int(section["startretries"]) > 1, "Postgres' first restart after a kill fails"
    assert parser["program:postgres"]["stopsignal"] == "INT"


def test_only_the_owner_may_command_the_supervisor(tmp_path: Path) -> None:
    parser = parsed(Settings(tmp_path))
    assert parser["unix_http_server"]["chmod"] == "0700"
    assert "inet_http_server" not in parser


def test_no_secret_stands_in_the_configuration_or_a_command(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    ensure_secrets(settings)
    written = render_configuration(settings)
    commands = " ".join(word for program in PROGRAMS.values() for word in program.command(settings))
    for name in SECRET_NAMES:
        assert read_secret(settings, name) not in written + commands


def test_a_percent_sign_in_the_path_is_escaped(tmp_path: Path) -> None:
    assert f"{tmp_path}/50%%/logs" in render_configuration(Settings(tmp_path / "50%"))


def test_a_path_too_long_for_a_socket_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(StartFailed, match="PLIMSOLL_DATA"):
        start_supervisor(Settings(tmp_path / ("x" * 100)))


def test_nothing_runs_in_an_empty_folder(tmp_path: Path) -> None:
    assert not is_running(Settings(tmp_path))
    assert states(Settings(tmp_path)) == {}


def leave(settings: Settings, name: str, *, started: float | None = None) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    path = record_path(settings, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    created = psutil.Process(process.pid).create_time() if started is None else started
    path.write_text(json.dumps({"pid": process.pid, "started": created}))
    return process


def test_what_a_crash_left_is_stopped(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    orphan = leave(settings, "hub")
    assert stop_leftovers(settings) == ["hub"]
    assert not psutil.pid_exists(orphan.pid)
    orphan.poll()


def test_another_program_under_a_recycled_number_is_left_alone(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    stranger = leave(settings, "hub", started=1.0)
    assert stop_leftovers(settings) == []
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_spoiled_record_stops_nothing(tmp_path: Path) -> None:
    path = record_path(Settings(tmp_path), "hub")
    path.parent.mkdir(parents=True)
    path.write_text(f"{os.getpid()}")
    assert stop_leftovers(Settings(tmp_path)) == []
