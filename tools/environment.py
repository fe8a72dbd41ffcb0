"""Write `environment.yml` from `requirements.lock`, for those who make their environments with conda.

A test holds the two equal; run this after the lock was compiled again.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PIN = re.compile(r"^(?P<pin>[A-Za-z0-9._\[\]-]+==[^\s;\\]+)(?: ;(?P<marker>[^\\]+))?", re.MULTILINE)
HEAD = """\
# Written by tools/environment.py from requirements.lock: change that one.
name: plimsoll
dependencies:
  - python>=3.11
  - pip
  - pip:
"""


def render(lock: str) -> str:
    """Return the environment file that pins what the lock pins, under the lock's own conditions."""
    lines = []
    for match in PIN.finditer(lock):
        marker = f" ;{match['marker'].rstrip()}" if match["marker"] else ""
        lines.append(f'      - "{match["pin"]}{marker}"\n')
    return HEAD + "".join(lines)


if __name__ == "__main__":
    lock_text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    (ROOT / "environment.yml").write_text(render(lock_text), encoding="utf-8")
