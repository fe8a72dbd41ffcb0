"""Which parallel worker runs what: everything that needs a running platform goes to one.

The marker `xdist_group` would say the same, but pytest 9.2 no longer lets pytest-xdist 3.8 see it, and
silently: the tests are spread, and each worker starts a platform of its own.
"""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

ON_A_PLATFORM = ("tests/browser/", "tests/integration/ops/")
ON_A_HUB = "tests/integration/hub/"


class PlatformTogether(LoadScopeScheduling):
    """Every test by itself, but those on a running platform as one block, started first."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(ON_A_HUB):
            return "hub"
        return "platform" if nodeid.startswith(ON_A_PLATFORM) else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> PlatformTogether:
    return PlatformTogether(config, log)
