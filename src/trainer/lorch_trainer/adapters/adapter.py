"""Saves the result of a run: the adapter, with the tokenizer, its chat template and a model card."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from ..plan import Plan, RunFolder
from ..tokens.sequences import sha256_file
from .adapter_weights import WEIGHTS
from .init_adapter import keep_with_adapter
from .lora_start import save_plain
from .model_card import model_card


def save_adapter(model: Any, run: RunFolder, plan: Plan, results: dict[str, Any]) -> dict[str, Any]:
    """Writes RUN/adapter in one rename and returns the fields of its `artifact` event.

    The tokenizer is copied as prepare saved it: TRL sets a padding token on the one it was given.
    """
    partial = run.path / ".adapter.partial"
    shutil.rmtree(partial, ignore_errors=True)
    config = model.peft_config["default"]
    config.base_model_name_or_path = plan.model_source
    config.revision = plan.base_model["revision"]
    # False: otherwise PEFT would save the whole embedding if one is targeted, in case it was resized.
    model.save_pretrained(str(partial), safe_serialization=True, save_embedding_layers=False)
    save_plain(partial, run, plan)
    keep_with_adapter(run, plan, partial)
    shutil.copytree(run.tokenizer, partial, dirs_exist_ok=True)
    (partial / "README.md").write_text(model_card(plan, results), "utf-8")
    shutil.rmtree(run.adapter, ignore_errors=True)
    partial.rename(run.adapter)
    return {
        "kind": "adapter",
        "path": run.relative(run.adapter),
        "bytes": folder_bytes(run.adapter),
        "sha256": sha256_file(run.adapter / WEIGHTS),
    }


def folder_bytes(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
