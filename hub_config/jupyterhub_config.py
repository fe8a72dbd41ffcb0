"""The Hub's configuration; every value is set by a tested function of `harbour.hub`."""

from __future__ import annotations

from typing import Any

from harbour.hub import configure
from harbour.settings import load_settings

c: Any = get_config()  # type: ignore[name-defined]  # noqa: F821  # the Hub puts it there

configure(c, load_settings())
