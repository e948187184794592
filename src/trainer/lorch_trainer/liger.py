"""Finds which Liger kernels a live model runs; the settings object only has the request."""

from __future__ import annotations

from collections import Counter
from typing import Any

_PACKAGE = "liger_kernel."


def liger_kernels(model: Any) -> dict[str, int]:
    """How many modules run each kernel of Liger, by the kernel's class or function; empty without any.

    Liger patches an existing model by replacing the `forward` of each module. Its rotary
    kernel replaces a function and is not included.
    """
    found: Counter[str] = Counter()
    for module in model.modules():
        forward = getattr(module.forward, "__func__", module.forward)
        if str(getattr(forward, "__module__", "")).startswith(_PACKAGE):
            found[str(forward.__qualname__).partition(".")[0]] += 1
    return dict(sorted(found.items()))
