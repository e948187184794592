"""One run in several processes: which of them this is. Only the first speaks: events, seals and the adapter.

torchrun sets the variables. A process without LOCAL_RANK is alone, whatever else its environment says, as
accelerate sees it.
"""

from __future__ import annotations

import os


def processes() -> int:
    """How many processes train together."""
    return int(os.environ.get("WORLD_SIZE", "1")) if "LOCAL_RANK" in os.environ else 1


def speaks() -> bool:
    """Whether this is the first process, or the only one."""
    return processes() == 1 or os.environ.get("RANK", "0") == "0"


def local_rank() -> int:
    """The number of this process on its machine, which is that of its GPU."""
    return int(os.environ["LOCAL_RANK"]) if processes() > 1 else 0


def wait_for_all(use_cpu: bool) -> None:
    """Returns when every process has come here. A process alone does not wait, and imports nothing."""
    if processes() == 1:
        return
    from accelerate import PartialState

    PartialState(cpu=use_cpu).wait_for_everyone()
