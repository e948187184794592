"""What is learned: one recipe a file, listed here. Importing this list imports no recipe, and no torch."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from ..errors import LorchError
from ..tokens.sequences import TOKENS


@dataclass(frozen=True)
class Method:
    """One entry of the list."""

    recipe: str
    """The file of this folder: its `train` executes a plan."""
    streams: tuple[str, ...]
    """The sequences that `prepare` writes of each row."""


METHODS = {
    "sft": Method("sft", (TOKENS,)),
}
"""By the name that configs and plans use (src/config/schema/method.ts)."""


def find_method(name: str) -> Method:
    """The method of that name. Raises R074 for one that is not in the list."""
    if name not in METHODS:
        raise LorchError("R074", f"there is no method {name!r}; this trainer knows {', '.join(METHODS)}")
    return METHODS[name]


def find_recipe(name: str) -> Any:
    """The module that executes plans of a method. Imports torch, transformers, peft and trl: seconds."""
    return import_module(f".{find_method(name).recipe}", __name__)
