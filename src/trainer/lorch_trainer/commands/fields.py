"""`fields`: which settings the installed PEFT, bitsandbytes and TRL know, with their defaults."""

from __future__ import annotations

import dataclasses
import enum
import inspect
from typing import Any

from ..device import keep_offline, versions


def run(_spec: dict[str, Any]) -> dict[str, Any]:
    """`{"lora", "quantization", "training": {name: default}, "versions"}`; what JSON cannot store is text."""
    keep_offline(local_model=True)
    from peft import LoraConfig
    from transformers import BitsAndBytesConfig
    from trl import SFTConfig

    return {
        "lora": _dataclass_defaults(LoraConfig),
        "quantization": _argument_defaults(BitsAndBytesConfig),
        "training": _dataclass_defaults(SFTConfig),
        "versions": versions(),
    }


def _dataclass_defaults(cls: Any) -> dict[str, Any]:
    found = {}
    for field in dataclasses.fields(cls):
        if not field.init:
            continue
        value = field.default
        if value is dataclasses.MISSING and field.default_factory is not dataclasses.MISSING:
            value = field.default_factory()
        found[field.name] = None if value is dataclasses.MISSING else _plain(value)
    return dict(sorted(found.items()))


def _argument_defaults(cls: Any) -> dict[str, Any]:
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    arguments = inspect.signature(cls.__init__).parameters.values()
    found = {one.name: one.default for one in arguments if one.kind in named and one.name != "self"}
    empty = inspect.Parameter.empty
    return {name: None if value is empty else _plain(value) for name, value in sorted(found.items())}


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return _plain(value.value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(map(str, value))
    return str(value)
