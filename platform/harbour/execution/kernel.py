"""The kernel of a run: this installation's interpreter over Unix sockets, no kernelspec to install.

Its start is closed to what is not part of the run: no user site, no IPython profile, no start-up files,
and the working folder is not on the import path.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from jupyter_core.paths import jupyter_runtime_dir

__all__ = ["RunKernel", "WarmKernel"]

PYTHON = [sys.executable, "-s", "-P", "-m"]
CLOSED = [
    "--InteractiveShellApp.ignore_cwd=True",
    "--HistoryManager.enabled=False",
    "-f",
    "{connection_file}",
]


class RunKernel(AsyncKernelManager):
    """Start the kernel on Unix sockets (every local user reaches a TCP port) and tell its process id."""

    on_start: ClassVar[Callable[[int], None]] = staticmethod(lambda _pid: None)
    launcher: ClassVar[str] = "ipykernel_launcher"

    def __init__(self, **traits: object) -> None:
        super().__init__(**traits)
        self.transport = "ipc"
        self.connection_file = str(Path(jupyter_runtime_dir()) / "kernel.json")  # sockets lie beside it

    @property
    def kernel_spec(self) -> KernelSpec:
        """Return the one kernel there is."""
        return KernelSpec(
            argv=[*PYTHON, self.launcher, *CLOSED], language="python", display_name="Plimsoll run"
        )

    async def _async_launch_kernel(self, kernel_cmd: list[str], **options: object) -> None:
        await super()._async_launch_kernel(kernel_cmd, **options)
        if isinstance(self.provisioner, LocalProvisioner) and self.provisioner.process is not None:
            type(self).on_start(int(self.provisioner.process.pid))


class WarmKernel(RunKernel):
    """The same kernel with what reports import already in memory; nothing has run in it."""

    launcher = "harbour.execution.warm"

    def __init__(self, **traits: object) -> None:
        super().__init__(**traits)
        self._only_client: ReadyClient | None = None

    def client(self, **traits: object) -> ReadyClient:  # type: ignore[override]  # the base's stub names the blocking one
        """Return the one client of this kernel, which has waited for it already."""
        if self._only_client is None:
            self._only_client = ReadyClient(**self.get_connection_info(session=True), parent=self, **traits)
        return self._only_client


class ReadyClient(AsyncKernelClient):
    """A client that waits for its kernel once: waiting again costs a fifth of a second."""

    waited = False

    def start_channels(
        self,
        shell: bool = True,
        iopub: bool = True,
        stdin: bool = True,
        hb: bool = True,
        control: bool = True,
    ) -> None:
        """Open the channels, the first time."""
        if not self.waited:
            super().start_channels(shell, iopub, stdin, hb, control)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers, the first time."""
        if not self.waited:
            await self._async_wait_for_ready(timeout)
            self.waited = True
