"""The adapter that a run starts from: trained further (`continue`), or fused into the base first (`fuse`).

Its two files are in RUN/data/init_adapter, copied there when the run was made, so that the run does not
depend on where they came from. plan.json has their SHA-256. Only safetensors weights are read, no pickles.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from ..attempt import Attempt
from ..errors import LorchError
from ..plan import Plan, RunFolder
from .adapter_weights import WEIGHTS, load_adapter_weights

CONFIG = "adapter_config.json"
MARK = "lorch_init_adapter"
"""The key of adapter_config.json that says: this adapter needs another one fused into its base first."""


def check_init_adapter(folder: Path, files: dict[str, dict[str, Any]]) -> None:
    """Raises R050 if a file is missing or is not the one of the plan. `files`: name → {bytes, sha256}."""
    from ..tokens.sequences import sha256_file

    for name in (CONFIG, WEIGHTS):
        path = folder / name
        if name not in files or not path.is_file():
            raise LorchError("R050", f"{path} is missing")
        if sha256_file(path) != files[name]["sha256"]:
            raise LorchError("R050", f"{path} differs from the plan: its SHA-256 is another one")


def fuse_planned(run: RunFolder, plan: Plan, base: Any) -> Any:
    """The base to train on: with the initial adapter fused into it for `mode: fuse`, otherwise unchanged."""
    init = plan.init_adapter
    if init is None or init["mode"] != "fuse":
        return base
    return _fuse(base, run.init_adapter)


def fuse_specified(spec: dict[str, Any], base: Any) -> Any:
    """The same for `try` and `merge`: `spec.init_adapter` is {path, files}, or absent."""
    init = spec.get("init_adapter")
    if not init:
        return base
    folder = Path(init["path"])
    check_init_adapter(folder, init["files"])
    return _fuse(base, folder)


def _fuse(base: Any, folder: Path) -> Any:
    from .folding import attach_adapter, fold_adapter

    return fold_adapter(attach_adapter(base, str(folder)))


def load_init_adapter(
    attempt: Attempt, plan: Plan, model: Any, resumed_from: int | None
) -> dict[str, Any] | None:
    """Puts the initial adapter's weights into the new one if the plan says `mode: continue`.

    Returns what the `settings` event reports about it. A resumed attempt keeps the weights of its checkpoint.
    Weights that the live parameters cannot store exactly (fp32 into bf16) give a warning, R051.
    """
    init = plan.init_adapter
    if init is None:
        return None
    told = {"mode": init["mode"], "weights_sha256": init["files"][WEIGHTS]["sha256"]}
    if init["mode"] == "fuse":
        return told
    if resumed_from is not None:
        return {"mode": "continue", "replaced_by": f"checkpoint-{resumed_from}"}
    folder = attempt.run.init_adapter
    try:
        load_adapter_weights(model, folder)
    except (RuntimeError, KeyError) as cause:
        reason = " ".join(str(cause).split())
        raise LorchError("R016", f"the adapter in {folder} does not fit the model: {reason}") from cause
    rounded, largest = _compare(model, folder)
    if rounded:
        attempt.warn(
            "R051",
            f"{len(rounded)} tensors of the initial adapter were rounded, by at most {largest:.1e}; "
            f"the first is {rounded[0]}",
        )
    return {**told, "rounded_tensors": len(rounded)}


def _compare(model: Any, folder: Path) -> tuple[list[str], float]:
    """Names of the file's tensors that the live model has only rounded, and the largest difference."""
    from peft import get_peft_model_state_dict
    from safetensors.torch import load_file

    live = get_peft_model_state_dict(model, adapter_name="default", save_embedding_layers=False)
    rounded, largest = [], 0.0
    for name, saved in load_file(folder / WEIGHTS).items():
        if name not in live:
            raise LorchError("R016", f"{folder / WEIGHTS}: {name} has no place in the model")
        difference = (
            (live[name].detach().cpu().float() - saved.float()).abs().max().item() if saved.numel() else 0
        )
        if difference > 0:
            rounded.append(name)
            largest = max(largest, difference)
    return rounded, largest


def keep_with_adapter(run: RunFolder, plan: Plan, adapter: Path) -> None:
    """Copies the fused adapter next to the one that needs it, and records it in its adapter_config.json.

    PEFT ignores the key with a warning; the model card has the code that loads both.
    """
    init = plan.init_adapter
    if init is None or init["mode"] != "fuse":
        return
    (adapter / "init_adapter").mkdir()
    for name in (CONFIG, WEIGHTS):
        source, target = run.init_adapter / name, adapter / "init_adapter" / name
        try:
            os.link(source, target)
        except OSError:
            shutil.copy(source, target)
    path = adapter / CONFIG
    config = json.loads(path.read_text("utf-8"))
    config[MARK] = {
        "mode": "fuse",
        "path": "init_adapter",
        "weights_sha256": init["files"][WEIGHTS]["sha256"],
        "meaning": "fuse the adapter in `path` into the base model before this adapter is loaded",
    }
    path.write_text(json.dumps(config, indent=2, sort_keys=True), "utf-8")
