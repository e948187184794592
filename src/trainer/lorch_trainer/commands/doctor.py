"""`doctor`: reports what this Python environment can do, and what prevents it from doing the rest.

Nothing is imported at the top and nothing raises, because this verb must explain broken packages.
"""

from __future__ import annotations

import platform
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

_REQUIREMENTS = Path(__file__).parents[2] / "requirements.txt"
_OLDEST_PYTHON = (3, 10)


def run(_spec: dict[str, Any]) -> dict[str, Any]:
    """`{"python", "packages", "device", "bf16", "bitsandbytes", "problems"}`.

    `bitsandbytes.works` means that a 4-bit layer with double quantization trained one step here.
    """
    problems: list[dict[str, str]] = []
    packages = _packages(problems)
    device = _device(problems)
    return {
        "python": {"version": platform.python_version(), "executable": sys.executable},
        "packages": packages,
        "device": device,
        "bf16": device is not None and _bf16_works(device["kind"]),
        "bitsandbytes": _bitsandbytes(device, problems),
        "problems": problems,
    }


def _problem(problems: list[dict[str, str]], code: str, message: str, hint: str) -> None:
    problems.append({"code": code, "message": message, "hint": hint})


def _packages(problems: list[dict[str, str]]) -> dict[str, str | None]:
    if sys.version_info < _OLDEST_PYTHON:
        _problem(
            problems, "R010", f"Python {platform.python_version()} is too old", "use Python 3.10 or newer"
        )
    found: dict[str, str | None] = {}
    wanted = _REQUIREMENTS.read_text("utf-8").splitlines() if _REQUIREMENTS.exists() else []
    for line in (line.partition("#")[0].strip() for line in wanted):
        if line:
            name, message = _check_requirement(line, found)
            if message:
                _problem(problems, "R010", message, f"`lorch setup`, or: pip install '{line}'")
                found.setdefault(name, None)
    return found


def _check_requirement(line: str, found: dict[str, str | None]) -> tuple[str, str | None]:
    name = line.partition("=")[0].rstrip("<>!~ ")
    try:
        from packaging.requirements import Requirement
    except ModuleNotFoundError:
        return "packaging", "the Python package 'packaging' is not installed"
    requirement = Requirement(line)
    try:
        version = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return requirement.name, f"{requirement.name} is not installed"
    found[requirement.name] = version
    if not requirement.specifier.contains(version.partition("+")[0], prereleases=True):
        return name, f"{requirement.name} {version} is installed; lorch needs {requirement.specifier}"
    return name, None


def _device(problems: list[dict[str, str]]) -> dict[str, Any] | None:
    try:
        import torch

        from ..device import describe_device

        device = describe_device()
    except Exception as cause:
        _problem(problems, "R010", f"torch cannot be used: {_reason(cause)}", "`lorch setup` repairs it")
        return None
    device["torch_cuda"] = torch.version.cuda
    if device["kind"] == "cpu" and torch.version.cuda and Path("/proc/driver/nvidia/version").exists():
        _problem(
            problems,
            "R010",
            f"there is an NVIDIA driver, but torch built for CUDA {torch.version.cuda} finds no GPU",
            "update the driver, or run `lorch setup` for a build that the driver supports",
        )
    return device


def _bf16_works(kind: str) -> bool:
    import torch

    if kind == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    one = torch.ones(2, 2, dtype=torch.bfloat16, device=kind)
    return bool((one @ one).float().sum().item() == 8)


def _bitsandbytes(device: dict[str, Any] | None, problems: list[dict[str, str]]) -> dict[str, Any]:
    if device is None:
        return {"works": False, "reason": "torch cannot be used"}
    try:
        _train_four_bit_layer("cuda" if device["kind"] == "cuda" else "cpu")
    except Exception as cause:
        reason = _reason(cause)
        _problem(
            problems,
            "R015",
            f"bitsandbytes does not work here: {reason}",
            "plain LoRA does not need it; `lorch setup` installs the build for this machine",
        )
        return {"works": False, "reason": reason}
    return {"works": True, "reason": None}


def _train_four_bit_layer(device: str) -> None:
    """One forward and backward pass through an nf4 layer with double quantization."""
    import bitsandbytes as bnb
    import torch

    layer = bnb.nn.Linear4bit(
        64, 64, bias=False, compute_dtype=torch.float32, compress_statistics=True, quant_type="nf4"
    ).to(device)
    inputs = torch.ones(2, 64, device=device, requires_grad=True)
    layer(inputs).sum().backward()
    if inputs.grad is None or not bool(torch.isfinite(inputs.grad).all()):
        raise RuntimeError("a 4-bit layer gives no gradient")


def _reason(cause: BaseException) -> str:
    lines = [line.strip() for line in str(cause).splitlines() if line.strip()]
    return f"{type(cause).__name__}: {lines[0]}" if lines else type(cause).__name__
