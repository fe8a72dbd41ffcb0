"""The page of attacks is what the tests try."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_the_table_of_attacks_is_drawn_from_these_tests():
    tool = Path(__file__).resolve().parents[2] / "tools" / "draw_attacks.py"
    shown = subprocess.run([sys.executable, str(tool), "--check"], check=False)
    assert shown.returncode == 0, "run python3 tools/draw_attacks.py"
