"""`harbour`: the command line over reports and the installation."""

from __future__ import annotations

from harbour.cli.commands import main

__all__ = ["main"]
