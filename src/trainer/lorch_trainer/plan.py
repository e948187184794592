"""Reads plan.json (src/run/plan.ts), the trainer's only instructions, and knows the run folder's names."""

from __future__ import annotations

import json
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from .errors import LorchError


@dataclass(frozen=True)
class RunFolder:
    """Names inside a run folder that the trainer uses (docs/run-folder.md)."""

    path: Path

    @property
    def plan(self) -> Path:
        return self.path / "plan.json"

    @property
    def tokenizer(self) -> Path:
        return self.path / "data" / "tokenizer"

    @property
    def init_adapter(self) -> Path:
        return self.path / "data" / "init_adapter"

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    @property
    def adapter(self) -> Path:
        return self.path / "adapter"

    def relative(self, path: Path | str) -> str:
        """`path` as events name it: relative to the run folder."""
        return Path(path).resolve().relative_to(self.path.resolve()).as_posix()


@dataclass(frozen=True)
class Plan:
    """The parts of plan.json that training needs, unchanged."""

    plan_hash: str
    lorch_version: str
    name: str
    base_model: dict[str, Any]
    model: dict[str, Any]
    dataset: dict[str, Any]
    lora: dict[str, Any]
    quantization: dict[str, Any] | None
    training: dict[str, Any]
    resources: dict[str, Any]
    forecast: dict[str, Any]
    tokenizer: dict[str, Any] | None = None
    """New tokens; absent in plans without any."""
    evaluation_loss: str | None = None
    """`by_token` (evaluation.py); None in plans of earlier versions."""
    method: str = "sft"
    """The method; plans of earlier versions have no such field."""
    init_adapter: dict[str, Any] | None = None
    """`mode`, `files` and the origin; None in plans with a new adapter."""

    base_folder: str | None = field(default=None, metadata={"in_file": False})
    """Where the base model lies on this machine, if not where the plan says; never part of plan.json."""

    @property
    def use_cpu(self) -> bool:
        """Whether the CPU is meant, even if a GPU is."""
        return self.resources.get("gpus") == 0 or bool(self.training.get("use_cpu"))

    @property
    def model_source(self) -> str:
        """The base model as the adapter names it: the local folder if there is one, otherwise the hub id."""
        return str(self.base_model["path"] or self.base_model["id"])

    @property
    def model_folder(self) -> str:
        """The argument for `from_pretrained`."""
        return self.base_folder or self.model_source


def fields_of_file() -> list[Field[Any]]:
    """The fields that plan.json has; the others say how it is executed on this machine."""
    return [each for each in fields(Plan) if each.metadata.get("in_file", True)]


def read_plan(run: RunFolder) -> Plan:
    """The plan of a run folder. Raises R025 if it is not a valid plan."""
    try:
        raw = json.loads(run.plan.read_text("utf-8"))
    except FileNotFoundError as cause:
        raise LorchError("R025", f"{run.path} holds no plan.json") from cause
    except (ValueError, OSError) as cause:
        raise LorchError("R025", f"{run.plan} cannot be read: {cause}") from cause
    if not isinstance(raw, dict) or raw.get("lorch") != 1:
        raise LorchError("R025", f"{run.plan} is not a plan of this version")
    known = fields_of_file()
    missing = [each.name for each in known if each.name not in raw and each.default is MISSING]
    if missing:
        raise LorchError("R025", f"{run.plan} lacks {', '.join(missing)}")
    return Plan(**{each.name: raw[each.name] for each in known if each.name in raw})
