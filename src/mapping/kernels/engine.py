"""The papermill engine ``mapping-warm``: any notebook in a kernel that is ready at once."""

from __future__ import annotations

from typing import Any

from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from papermill.engines import NBClientEngine, NotebookExecutionManager
from papermill.log import logger

from mapping.kernels.client import Client
from mapping.kernels.managers import NamedKernel, why_plain

_ONLY_PAPERMILLS = ("input_path", "timeout", "startup_timeout")


class WarmEngine(NBClientEngine):  # type: ignore[misc]
    """Like papermill's own, with a forked kernel where the notebook's kernel can be forked."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **settings: Any
    ) -> None:
        """Execute the notebook; ordinarily, and said so, if its kernel can't be forked."""
        if reason := _why_plain(kernel_name):
            logger.warning("mapping-warm: ordinary execution, for %s", reason)
            super().execute_managed_notebook(nb_man, kernel_name, **settings)
            return
        own = {key: value for key, value in settings.items() if key not in _ONLY_PAPERMILLS}
        limit = own.pop("execution_timeout", None) or settings.get("timeout")
        start = own.pop("start_timeout", None) or settings.get("startup_timeout", 60)
        kernel = {"kernel_name": kernel_name, "kernel_manager_class": NamedKernel}
        Client(nb_man, **(own | kernel), timeout=limit, startup_timeout=start, log=logger).execute()


def _why_plain(kernel_name: str) -> str:
    try:
        return why_plain(KernelSpecManager().get_kernel_spec(kernel_name))
    except NoSuchKernel:
        return f"there is no kernel {kernel_name!r}"
