"""Counts trainable parameters per module, and all parameters; 4-bit weights count unpacked."""

from __future__ import annotations

import re
from typing import Any

import torch

_PREFIX = "base_model.model."
_PART = re.compile(r"\.(?:lora_|modules_to_save\.|token_adapter\.|base_layer\.)")
_QUANTIZED = frozenset({"Linear4bit", "Linear8bitLt"})


def count_parameters(model: Any) -> tuple[int, int, dict[str, int]]:
    """Trainable, total, and trainable by module (full names as in the base model, without PEFT's prefix).

    Total = base + adapters + the copies that `modules_to_save` makes; tied weights count once. Equal for a
    quantized base as for an unquantized one.
    """
    trainable = total = 0
    modules: dict[str, int] = {}
    for name, parameter in model.named_parameters():
        count = unpacked_numel(parameter)
        total += count
        if parameter.requires_grad:
            trainable += count
            owner = module_of(name)
            modules[owner] = modules.get(owner, 0) + count
    return trainable, total, modules


def unpacked_numel(parameter: Any) -> int:
    """Elements of the weight before quantization: bitsandbytes stores 4-bit weights as packed bytes."""
    state = getattr(parameter, "quant_state", None)
    if state is not None and parameter.__class__.__name__ == "Params4bit":
        numel = 1
        for size in state.shape:
            numel *= size
        return numel
    return int(parameter.numel())


def module_of(parameter: str) -> str:
    """The module of the base model that a PEFT parameter belongs to."""
    name = parameter.removeprefix(_PREFIX)
    parts = _PART.split(name, maxsplit=1)
    return parts[0] if len(parts) > 1 else name.rpartition(".")[0]


def quantized_layers(model: Any) -> list[Any]:
    """The linear layers that bitsandbytes replaced. (PEFT's wrappers around them have the same names.)"""
    return [m for m in model.modules() if isinstance(m, torch.nn.Linear) and type(m).__name__ in _QUANTIZED]


def compare_with_forecast(
    trainable: int, total: int, modules: dict[str, int], forecast: dict[str, Any] | None
) -> str | None:
    """Differences from `plan.forecast.parameters`, in sums or modules, in words; None without differences."""
    if forecast is None:
        return None
    planned = {module["name"]: module["trainable"] for module in forecast["modules"]}
    names = sorted(name for name in {*planned, *modules} if planned.get(name, 0) != modules.get(name, 0))
    if not names and (forecast["trainable"], forecast["total"]) == (trainable, total):
        return None
    text = (
        f"{trainable:,} of {total:,} parameters train; "
        f"the plan said {forecast['trainable']:,} of {forecast['total']:,}"
    )
    if not names:
        return text
    more = f", and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{text} ({names[0]}: {modules.get(names[0], 0):,}, not {planned.get(names[0], 0):,}{more})"
