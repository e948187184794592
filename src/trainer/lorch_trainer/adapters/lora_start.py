"""Computed starts of an adapter: from the base's weights (PiSSA, OLoRA) or from the rows (EVA).

PiSSA and OLoRA put a part of each weight into the adapter and leave the rest in the base:
W = W_rest + s·B₀A₀. Training then uses W_rest as its base, which does not exist elsewhere. So the run folder
keeps B₀ and A₀, for two reasons. A resumed attempt makes W_rest from them, and not from a new decomposition,
which another machine may round differently. And the adapter that is saved at the end contains what was learnt
as a change of W: s·(BA − B₀A₀), an ordinary LoRA of twice the rank over the original base.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import LorchError
from ..plan import Plan, RunFolder

_FILE = "start.safetensors"
_EVA_BATCHES = 2000


def peft_fields(lora: dict[str, Any]) -> dict[str, Any]:
    """LoraConfig fields of plan.lora. A computed start waits until the model exists (`start_adapter`)."""
    if not _computed(lora):
        return lora
    return {**lora, "init_lora_weights": True, "eva_config": None}


def start_adapter(trainer: Any, run: RunFolder, plan: Plan) -> None:
    """Gives the adapter its computed start. A resumed attempt gets the same base; its weights come later.

    Raises R026 if a layer does not support this start, R042 if a checkpoint's start is lost.
    """
    lora = plan.lora
    if not _computed(lora):
        return
    config = trainer.model.peft_config["default"]
    init = lora["init_lora_weights"]
    if init == "eva":
        _start_by_rows(trainer, config, lora.get("eva_config") or {})
    else:
        _split_base(trainer, run.path / _FILE, init)
    # The setting in checkpoints and in the read-back.
    config.init_lora_weights = init


def save_plain(adapter: Path, run: RunFolder, plan: Plan) -> None:
    """Rewrites a saved adapter as a plain LoRA over the original base, which any PEFT loads."""
    if not _computed(plan.lora):
        return
    path = adapter / "adapter_config.json"
    config = json.loads(path.read_text("utf-8"))
    if plan.lora["init_lora_weights"] != "eva":
        _convert_weights(adapter, run.path / _FILE)
        # The scale alpha / r, or alpha / √r, must stay the same.
        factor: float = math.sqrt(2) if config.get("use_rslora") else 2
        config["r"] *= 2
        config["lora_alpha"] *= factor
        config["rank_pattern"] = {key: 2 * rank for key, rank in (config.get("rank_pattern") or {}).items()}
        config["alpha_pattern"] = {
            key: factor * alpha for key, alpha in (config.get("alpha_pattern") or {}).items()
        }
    config |= {"init_lora_weights": True, "eva_config": None}
    path.write_text(json.dumps(config, indent=2, sort_keys=True), "utf-8")


def _computed(lora: dict[str, Any]) -> bool:
    return str(lora.get("init_lora_weights", True)).startswith(("pissa", "olora", "eva"))


# PiSSA and OLoRA


def _split_base(trainer: Any, file: Path, init: str) -> None:
    import torch
    from safetensors.torch import load_file

    layers = dict(_layers(trainer.model, init))
    with torch.no_grad():
        if file.exists():
            _take_start(layers, load_file(file))
            return
        if trainer.seal is not None:
            raise LorchError("R042", f"{file.name} is missing: the base of the checkpoints cannot be rebuilt")
        _compute_start(layers, init, int(trainer.args.seed))
    _write(file, {key: tensor.contiguous().cpu() for key, tensor in _factors(layers)})


def _layers(model: Any, init: str) -> Iterator[tuple[str, Any]]:
    """The layers to split, checked, by full name. Adapters on embeddings start as usual, from zero."""
    from peft.tuners.lora import Embedding, Linear, LoraLayer

    for name, module in model.named_modules():
        if not isinstance(module, LoraLayer) or isinstance(module, Embedding):
            continue
        weight = module.get_base_layer().weight if isinstance(module, Linear) else None
        if weight is None or not weight.is_floating_point():
            raise LorchError(
                "R026", f"{init} only works on linear layers that are not quantized; {name} is not one"
            )
        if init == "olora" and module.fan_in_fan_out:
            raise LorchError(
                "R026", f"PEFT's OLoRA does not support transposed layers such as {name}: use pissa"
            )
        yield name, module


def _compute_start(layers: dict[str, Any], init: str, seed: int) -> None:
    """PEFT's own decomposition, not through LoraConfig: that would round B₀ and A₀ to the base's dtype."""
    import torch

    devices = list(range(torch.cuda.device_count())) if torch.cuda.is_available() else []
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(seed)
        for name, layer in layers.items():
            shapes = [factor.shape for _, factor in _factors({name: layer})]
            layer.olora_init("default") if init == "olora" else layer.pissa_init("default", init)
            found = [factor.shape for _, factor in _factors({name: layer})]
            if found != shapes:
                raise LorchError(
                    "R026", f"{init}: {name} has fewer singular vectors than the rank {shapes[0][0]}"
                )


def _factors(layers: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """A and B of each layer, by their names in a saved adapter."""
    for name, layer in layers.items():
        yield f"{name}.lora_A.weight", layer.lora_A["default"].weight.data
        yield f"{name}.lora_B.weight", layer.lora_B["default"].weight.data


def _take_start(layers: dict[str, Any], start: dict[str, Any]) -> None:
    """W − s·B₀A₀ with the factors of the first attempt: the same operations as PEFT's, in the same order."""
    import torch
    from peft.utils.other import transpose

    for name, layer in layers.items():
        weight = layer.get_base_layer().weight
        pair = [start.get(f"{name}.lora_{x}.weight") for x in "AB"]
        if any(factor is None for factor in pair):
            raise LorchError("R042", f"{_FILE} has no start for {name}")
        a, b = (factor.to(weight.device) for factor in pair if factor is not None)
        layer.lora_A["default"].weight.data, layer.lora_B["default"].weight.data = a, b
        full = transpose(weight.data.to(torch.float32), layer.fan_in_fan_out)
        rest = full - layer.scaling["default"] * b @ a
        weight.data = transpose(rest.to(weight.dtype), layer.fan_in_fan_out)


def _convert_weights(adapter: Path, file: Path) -> None:
    """[A; A₀] and [B, −B₀] for A and B; everything else that was trained is unchanged."""
    import torch
    from safetensors.torch import load_file, save_file

    from .adapter_weights import WEIGHTS

    start, weights = load_file(file), load_file(adapter / WEIGHTS)
    for key, tensor in weights.items():
        # Adapters on embeddings have no part of the base: pad them with zeros to the rank in the config.
        first = start.get(key, torch.zeros_like(tensor))
        if ".lora_A" in key or ".lora_embedding_A" in key:
            weights[key] = torch.cat([tensor, first.to(tensor.dtype)], dim=0).contiguous()
        elif ".lora_B" in key or ".lora_embedding_B" in key:
            weights[key] = torch.cat([tensor, -first.to(tensor.dtype)], dim=1).contiguous()
    save_file(weights, adapter / WEIGHTS, metadata={"format": "pt"})


def _write(file: Path, tensors: dict[str, Any]) -> None:
    from safetensors.torch import save_file

    partial = file.with_name(f".{file.name}.partial")
    save_file(tensors, partial)
    with partial.open("rb") as written:
        os.fsync(written.fileno())
    partial.replace(file)


# EVA


def _start_by_rows(trainer: Any, config: Any, fields: dict[str, Any]) -> None:
    """A from the main directions of each layer's inputs, B zero: the base is unchanged."""
    import torch
    from peft import EvaConfig
    from peft.tuners.lora.eva import initialize_lora_eva_weights

    config.eva_config = EvaConfig(**{"rho": 1, **fields})  # 1: each layer keeps its rank
    if trainer.seal is not None:  # the weights come from the checkpoint
        return
    config.init_lora_weights = "eva"
    targets, rank = config.target_modules, int(config.r)
    batches = _RowBatches(trainer, config.eva_config.use_label_mask, rank)
    devices = list(range(torch.cuda.device_count())) if torch.cuda.is_available() else []
    with torch.random.fork_rng(devices=devices):
        initialize_lora_eva_weights(
            trainer.model, batches, forward_fn=_BoundedForward(), show_progress_bar=False
        )
    if config.rank_pattern:
        raise LorchError("R026", f"eva: PEFT gave layers other ranks than r: {config.rank_pattern}")
    # PEFT lists the layers that it found; the plan's targets mean the same ones.
    config.target_modules = targets


class _BoundedForward:
    """Runs the layers without the head, and stops if PEFT would repeat the rows forever."""

    def __init__(self) -> None:
        self.done = 0

    def __call__(self, model: Any, inputs: dict[str, Any]) -> None:
        self.done += 1
        if self.done > _EVA_BATCHES:
            raise LorchError(
                "R026",
                f"eva: the directions still change after {_EVA_BATCHES} batches",
                "lower lora.eva_config.tau, or lora.r",
            )
        fed = {name: value for name, value in inputs.items() if name != "labels"}
        model.get_base_model().base_model(**fed, use_cache=False)


class _RowBatches:
    """Training rows in a seeded order, collated as in training; a batch has 2 × r tokens without padding."""

    def __init__(self, trainer: Any, trained_only: bool, rank: int) -> None:
        import numpy as np

        from ..methods.feeding import IGNORED

        self.rows, self.collate = trainer.train_dataset, trainer.data_collator
        seed = trainer.args.seed if trainer.args.data_seed is None else trainer.args.data_seed
        self.batches: list[list[int]] = []
        batch: list[int] = []
        tokens = 0
        for index in np.random.default_rng(seed).permutation(len(self.rows)).tolist():
            labels = np.asarray(self.rows[index]["labels"])
            batch.append(index)
            tokens += int((labels != IGNORED).sum()) if trained_only else len(labels)
            if tokens >= 2 * rank and len(batch) >= trainer.args.per_device_train_batch_size:
                self.batches.append(batch)
                batch, tokens = [], 0
        if self.batches:
            return
        if tokens < rank:
            raise LorchError("R026", f"eva needs {rank} tokens, but the training rows have {tokens}")
        self.batches.append(batch)

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for batch in self.batches:
            yield dict(self.collate([self.rows[index] for index in batch]))
