"""Learning rates by parameter group, and the optimizers that transformers has no name for.

transformers gives every parameter one rate. LoRA+ gives the B matrices a higher one, and embeddings that
train in full often want a lower one. The groups keep their ratio over the whole schedule, because a schedule
multiplies each group's own first rate.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

OWN_FIELDS = ("loraplus_lr_ratio", "loraplus_lr_embedding", "embedding_learning_rate")
"""Fields of plan.training that SFTConfig does not have."""
_EMBEDDING_RATE = 1e-6
"""PEFT's default for adapters on an embedding under LoRA+."""


def trl_fields(training: dict[str, Any]) -> dict[str, Any]:
    """plan.training without what only `choose_optimizer` understands."""
    fields = {name: value for name, value in training.items() if name not in OWN_FIELDS}
    if fields.get("optim") == "muon":
        # Never built, because choose_optimizer returns Muon.
        fields |= {"optim": "adamw_torch", "optim_args": None}
    return fields


def choose_optimizer(
    trainer: Any, model: Any, default: tuple[Any, dict[str, Any]]
) -> tuple[Any, dict[str, Any]]:
    """Class and arguments of the optimizer, as `Trainer.get_optimizer_cls_and_kwargs` returns them.

    `default` is what transformers would take. Groups go with it as `params`, which the Trainer prefers to its
    own two groups; so 8-bit and paged optimizers are built with all that transformers does for them.
    """
    training = trainer.plan.training
    optimizer, arguments = default
    if training.get("optim") == "muon":
        optimizer, arguments = torch.optim.Muon, _muon_arguments(training)
    groups = _groups(trainer, model, training)
    return optimizer, {**arguments, "params": groups} if groups else arguments


def settle_weights(trainer: Any) -> None:
    """Schedule-free optimizers train different weights than those to save; this switches to the latter.

    The next training step switches back automatically. Other optimizers have no such modes.
    """
    if trainer.state.global_step >= trainer.state.max_steps and trainer.loads_best:
        return  # the current weights are those of the best checkpoint
    settle = getattr(trainer.optimizer, "eval", None)
    if callable(settle) and str(trainer.plan.training.get("optim")).startswith("schedule_free"):
        settle()


def _groups(trainer: Any, model: Any, training: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Parameter groups with their own rates; None if all parameters share one rate."""
    ratio, rate = training.get("loraplus_lr_ratio"), training.get("embedding_learning_rate")
    if ratio is None and rate is None:
        return None
    args = trainer.args
    if ratio is None:
        decayed = set(trainer.get_decay_parameter_names(model))
        named = [(name, parameter) for name, parameter in model.named_parameters() if parameter.requires_grad]
        groups = [
            {"params": [p for n, p in named if n in decayed], "weight_decay": args.weight_decay},
            {"params": [p for n, p in named if n not in decayed], "weight_decay": 0.0},
        ]
    else:
        groups = _loraplus_groups(model, args, ratio, training.get("loraplus_lr_embedding"))
    if rate is not None:
        groups = _with_embedding_rate(groups, full_embeddings(model), rate)
    return [group for group in groups if group["params"]]


def _loraplus_groups(model: Any, args: Any, ratio: float, embedding: float | None) -> list[dict[str, Any]]:
    """The groups that PEFT makes. Its optimizer is discarded: transformers sets the arguments."""
    from peft.optimizers import create_loraplus_optimizer

    grouped = create_loraplus_optimizer(
        model,
        torch.optim.SGD,
        lr=args.learning_rate,
        loraplus_lr_ratio=ratio,
        loraplus_weight_decay=args.weight_decay,
        loraplus_lr_embedding=_EMBEDDING_RATE if embedding is None else embedding,
    )
    return [
        {name: group[name] for name in ("params", "weight_decay", "lr")} for group in grouped.param_groups
    ]


def _with_embedding_rate(
    groups: list[dict[str, Any]], embeddings: set[int], rate: float
) -> list[dict[str, Any]]:
    """Moves the embeddings of each group into a second group that only differs in the rate."""
    split = []
    for group in groups:
        apart = [p for p in group["params"] if id(p) in embeddings]
        split.append({**group, "params": [p for p in group["params"] if id(p) not in embeddings]})
        split.append({**group, "params": apart, "lr": rate})
    return split


def full_embeddings(model: Any) -> set[int]:
    """`id`s of trained weights of embeddings and of the head: whole copies, or rows. Adapters are not."""
    embeddings = _embedding_names(model)
    return {
        id(parameter)
        for name, parameter in model.named_parameters()
        if parameter.requires_grad and _kind(name, embeddings) == "embedding"
    }


def _embedding_names(model: Any) -> set[str]:
    """Full names, as in the base model, of embeddings and of the output head."""
    from peft.utils.other import AuxiliaryTrainingWrapper

    base = model.get_base_model()
    head = base.get_output_embeddings()
    names = set()
    for name, module in base.named_modules():
        # The wrapper replaces the embedding and contains what it wraps.
        inner = module.original_module if isinstance(module, AuxiliaryTrainingWrapper) else module
        if isinstance(inner, torch.nn.Embedding) or module is head:
            names.add(name)
    return names


def _kind(name: str, embeddings: set[str]) -> str:
    """What a trained parameter is: lora_A, lora_B, lora_embedding, embedding or other."""
    from .adapters.parameters import module_of

    if "lora_embedding_" in name:
        return "lora_embedding"
    if (".modules_to_save." in name or "trainable_tokens_" in name) and module_of(name) in embeddings:
        return "embedding"
    for part in ("lora_A", "lora_B"):
        if f".{part}." in name:
            return part
    return "other"


def live_rates(trainer: Any) -> dict[str, Any]:
    """The optimizer's initial learning rates under the plan's names, and its groups.

    None for a rate that no parameter has: a setting without effect.
    """
    embeddings = _embedding_names(trainer.model)
    kinds = {id(p): _kind(n, embeddings) for n, p in trainer.model.named_parameters()}
    rates: dict[str, set[float]] = {}
    groups = []
    for group in trainer.optimizer.param_groups:
        if not group["params"]:
            continue
        rate = _rate(group)
        held = sorted({kinds.get(id(p), "other") for p in group["params"]})
        for kind in held:
            rates.setdefault(kind, set()).add(rate)
        groups.append(
            {
                "learning_rate": rate,
                "weight_decay": group.get("weight_decay", 0.0),
                "kinds": held,
                "tensors": len(group["params"]),
                "parameters": sum(int(p.numel()) for p in group["params"]),
            }
        )
    training = trainer.plan.training
    plus = training.get("loraplus_lr_ratio") is not None
    apart = {"lora_B", "lora_embedding", "other"} if plus else set()
    if training.get("embedding_learning_rate") is not None:
        apart.add("embedding")
    base = {rate for kind, found in rates.items() if kind not in apart for rate in found}
    live: dict[str, Any] = {
        "learning_rate": _one(base),
        "loraplus_lr_ratio": _ratio(rates) if plus else None,
        "loraplus_lr_embedding": _one(rates.get("lora_embedding", set())) if plus else None,
        "embedding_learning_rate": _one(rates.get("embedding", set())),
        "parameter_groups": groups,
    }
    if isinstance(getattr(trainer.optimizer, "optimizer", trainer.optimizer), torch.optim.Muon):
        live |= {"optim": "muon", "optim_args": training.get("optim_args")}
    return live


def _rate(group: dict[str, Any]) -> float:
    """The rate before warm-up and schedule. torchao stores rates in fp32, where 0.01 is 0.0099999998."""
    rate = group.get("initial_lr", group["lr"])
    return float(f"{float(rate):.6g}") if torch.is_tensor(rate) else float(rate)


def _ratio(rates: dict[str, set[float]]) -> Any:
    a, b = _one(rates.get("lora_A", set())), _one(rates.get("lora_B", set()))
    if not isinstance(a, float) or not isinstance(b, float):
        return None
    return float(f"{b / a:.12g}")  # 16 × 0.0002 / 0.0002 is not quite 16


def _one(values: set[float]) -> Any:
    """The single value, None without any, or all values if they differ."""
    return next(iter(values)) if len(values) == 1 else sorted(values) or None


def _muon_arguments(training: dict[str, Any]) -> dict[str, Any]:
    """Arguments of torch.optim.Muon from `learning_rate`, `weight_decay` and `optim_args`."""
    read: dict[str, Callable[[str], Any]] = {
        "momentum": float,
        "eps": float,
        "ns_steps": int,
        "adjust_lr_fn": str,
        "nesterov": _flag,
    }
    given = dict(
        pair.split("=", 1)
        for pair in str(training.get("optim_args") or "").replace(" ", "").split(",")
        if pair
    )
    unknown = sorted(given.keys() - read.keys())
    if unknown:
        from .errors import LorchError

        raise LorchError("R026", f"optim_args: muon takes {', '.join(read)}, not {unknown[0]}")
    arguments: dict[str, Any] = {name: read[name](value) for name, value in given.items()}
    return {"lr": float(training["learning_rate"]), **arguments}


def _flag(text: str) -> bool:
    return text.lower() in ("true", "1", "yes")
