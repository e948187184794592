"""Which Liger kernels a live model runs: the settings object only says what was asked for."""

from __future__ import annotations

from collections import Counter
from typing import Any

_PACKAGE = "liger_kernel."


def liger_kernels(model: Any) -> dict[str, int]:
    """How many modules run each kernel of Liger, by the kernel's class or function; empty without any.

    Liger puts its code into a model that exists already by giving each module another `forward`. Its rotary
    kernel takes the place of a function and is not among them.
    """
    found: Counter[str] = Counter()
    for module in model.modules():
        forward = getattr(module.forward, "__func__", module.forward)
        if str(getattr(forward, "__module__", "")).startswith(_PACKAGE):
            found[str(forward.__qualname__).partition(".")[0]] += 1
    return dict(sorted(found.items()))
