"""Which ports an installation needs, and whether they are free."""

from __future__ import annotations

import socket

import psutil

from harbour.errors import PortTaken
from harbour.settings import PORT_NAMES, Settings

__all__ = ["check_ports_free", "find_taken", "free_block", "is_free"]


def is_free(port: int, bind: str = "127.0.0.1") -> bool:
    """Say whether a program could listen there now."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError:
            return False
    return True


def find_taken(settings: Settings) -> list[str]:
    """Return the services whose port somebody else holds."""
    addresses = {name: settings.bind if name == "proxy" else "127.0.0.1" for name in PORT_NAMES}
    return [name for name in PORT_NAMES if not is_free(settings.port_of(name), addresses[name])]


def free_block(start: int) -> int:
    """Return the first port from `start` in steps of a hundred whose whole block is free; 0 when none is."""
    for first in range(start, 65000, 100):
        if all(is_free(first + offset) for offset in range(len(PORT_NAMES))):
            return first
    return 0


def check_ports_free(settings: Settings) -> None:
    """Refuse to start anything while one port is taken.

    Raises
    ------
    PortTaken
        Naming each taken port, who holds it as far as can be seen, and a free block.
    """
    if taken := find_taken(settings):
        ports = {settings.port_of(name): name for name in taken}
        held = ", ".join(f"{port} ({name}{_holder(port)})" for port, name in ports.items())
        raise PortTaken(held, ports=tuple(ports), free=free_block(settings.port + 100))


def _holder(port: int) -> str:
    try:
        for connection in psutil.net_connections(kind="tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
                return f", held by {psutil.Process(connection.pid).name()} pid {connection.pid}"
    except psutil.Error:
        return ""
    return ""
