"""Memory peaks of this process, to compare with the forecast."""

from __future__ import annotations

import resource
import sys
from typing import Any


def memory_peaks() -> dict[str, Any]:
    """Peak bytes since the process began: on the GPU (None without one), and resident in RAM."""
    import torch

    cuda = torch.cuda.is_available()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "allocated_peak_bytes": torch.cuda.max_memory_allocated() if cuda else None,
        "reserved_peak_bytes": torch.cuda.max_memory_reserved() if cuda else None,
        # getrusage counts KiB on Linux and bytes on macOS.
        "rss_peak_bytes": peak if sys.platform == "darwin" else peak * 1024,
    }
