"""The device of a run: one per process. Called before and after the import of torch."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

from .survival.ranks import local_rank, processes

PACKAGES = ("torch", "transformers", "peft", "trl", "accelerate", "bitsandbytes", "datasets", "safetensors")


def pin_device(use_cpu: bool) -> None:
    """Limits this process to one GPU. Must run before torch is imported.

    With several visible, transformers would split the batch among them, and TRL refuses that. Of several
    processes each sees all GPUs, as accelerate expects, and takes its own.
    """
    os.environ.setdefault("CUDA_DEVICE_ORDER", "PCI_BUS_ID")
    if use_cpu:
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
        return
    if processes() > 1:
        return
    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "0").split(",")
    os.environ["CUDA_VISIBLE_DEVICES"] = visible[0].strip()


def keep_offline(local_model: bool) -> None:
    """Switches off telemetry and, with a local model, the libraries' network use. Must run before imports."""
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["DISABLE_TELEMETRY"] = "1"
    if local_model:
        os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ["TRANSFORMERS_OFFLINE"] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def torch_device() -> str:
    """The GPU of this process if one is visible, else `cpu`."""
    import torch

    return f"cuda:{local_rank()}" if torch.cuda.is_available() else "cpu"


def describe_device() -> dict[str, Any]:
    """The `device` of the hello event. `memory_bytes`: of the GPU, or this machine's RAM."""
    import torch

    if torch.cuda.is_available():
        properties = torch.cuda.get_device_properties(0)
        uuid = getattr(properties, "uuid", None)
        return {
            "kind": "cuda",
            "name": properties.name,
            "count": 1,
            "memory_bytes": properties.total_memory,
            "uuids": [f"GPU-{uuid}"] if uuid else [],
        }
    return {"kind": "cpu", "name": _cpu_name(), "count": 1, "memory_bytes": _ram_bytes(), "uuids": []}


def versions() -> dict[str, str]:
    """Versions of Python and of every package that may change results."""
    from . import __version__

    found = {"lorch_trainer": __version__, "python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    import torch

    if torch.version.cuda:
        found["cuda"] = torch.version.cuda
    return found


def _cpu_name() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _ram_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
