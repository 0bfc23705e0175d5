"""Kernel managers for papermill and nbclient: warm kernels, and ordinary ones."""

from __future__ import annotations

import sys
from subprocess import Popen
from typing import Any, Literal

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from traitlets import Int, Unicode

from mapping.kernels.client import ReadyClient
from mapping.kernels.limits import Limits, restrict
from mapping.kernels.provisioner import NAME, refusal
from mapping.kernels.server import usable

__all__ = ["Kind", "Limits", "RunningInterpreter", "WarmKernel", "manager_class", "usable"]

Kind = Literal["warm", "plain"]
_LOOK_AGAIN = 0.005  # seconds


class RunningInterpreter(AsyncKernelManager):
    """Starts ``sys.executable``, whatever kernels the machine has.

    ``memory`` is the limit of a kernel in bytes; 0 is none.
    """

    memory = Int()

    @property
    def kernel_spec(self) -> KernelSpec:
        """The one kernel of this package."""
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name="Python 3", language="python")

    async def _async_post_start_kernel(self, **kw: Any) -> None:
        process = getattr(self.provisioner, "process", None)
        if isinstance(process, Popen):  # one that was forked has restricted itself
            restrict(process.pid, self.memory or None)
        await super()._async_post_start_kernel(**kw)


class WarmKernel(RunningInterpreter):
    """A fork of the warmed process, ready at once.

    ``address`` is the socket of a fork server; without one, this process has its own.
    """

    client_factory = ReadyClient
    address = Unicode()

    @property
    def kernel_spec(self) -> KernelSpec:
        """The kernel of this package, forked."""
        return warm_spec(super().kernel_spec, self.address, self.memory)

    async def _async_wait(self, pollinterval: float = _LOOK_AGAIN) -> None:
        await super()._async_wait(min(pollinterval, _LOOK_AGAIN))


class NamedKernel(WarmKernel):
    """The kernel of that name, forked if it can be, else as it says itself."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """What is installed under the name, with our provisioner."""
        named = self.kernel_spec_manager.get_kernel_spec(self.kernel_name)
        return named if why_plain(named) else warm_spec(named, self.address, self.memory)


def manager_class(
    kind: Kind, address: str = "", limits: Limits | None = None
) -> type[RunningInterpreter]:
    """The kernel manager for nbclient's ``kernel_manager_class``.

    Parameters
    ----------
    kind
        Forked from a warmed process, or started as papermill does.
    address
        The fork server's (``ForkServer.address``); without, this process has one of its own.
    limits
        Memory of each kernel; the time is the client's affair.

    """
    memory = (limits or Limits()).memory or 0
    if kind == "plain":
        return type("PlainKernel", (RunningInterpreter,), {"memory": memory})
    return type("WarmKernel", (WarmKernel,), {"memory": memory, "address": address})


def warm_spec(spec: KernelSpec, address: str = "", memory: int = 0) -> KernelSpec:
    """The same kernel, forked."""
    config = {"address": address, "memory": memory}
    warm = {"kernel_provisioner": {"provisioner_name": NAME, "config": config}}
    return KernelSpec(**(spec.to_dict() | {"metadata": spec.metadata | warm}))


def why_plain(spec: KernelSpec) -> str:
    """Why the kernel must be started as it says itself; empty if it can be a warm one."""
    provisioner = spec.metadata.get("kernel_provisioner", {}).get("provisioner_name", NAME)
    if provisioner != NAME:
        return f"the kernel has a provisioner of its own: {provisioner}"
    if spec.language.lower() != "python":
        return f"the kernel is for {spec.language}"
    return refusal(spec.argv)
