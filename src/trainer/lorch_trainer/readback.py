"""Reads the settings back from the live objects and names those that had no effect (the `settings` event).

Libraries drop settings silently: PEFT ignores a `modules_to_save` name that matches nothing, TRL ignores
`model_init_kwargs` of a loaded model. So each value is read from what training really uses if that is
possible (layers, optimizer, weights), and otherwise from the libraries' configuration objects.
"""

from __future__ import annotations

import dataclasses
import enum
from typing import Any

from .adapters.new_rows import live_rows, trained_rows
from .adapters.parameters import quantized_layers
from .liger import liger_kernels
from .optimizers import live_rates
from .plan import Plan
from .settings import EARLY_STOPPING

# Equivalent spellings by (path, requested); the library resolves one to the other.
_SAME: dict[tuple[str, str], Any] = {
    ("training.pad_to_multiple_of", "auto"): None,
    ("training.loss_type", "chunked_nll"): "nll",
    ("training.report_to", "none"): [],
    # Without the package, transformers uses the same kernel from the hub.
    ("model.attn_implementation", "flash_attention_2"): "kernels-community/flash-attn2",
    ("model.attn_implementation", "flash_attention_3"): "kernels-community/vllm-flash-attn3",
}


def effective_settings(trainer: Any, plan: Plan) -> dict[str, Any]:
    """The effective lora, quantization, training and model settings. Call it after the optimizer is made."""
    model = trainer.model
    return {
        "lora": _lora(model, plan.lora),
        "quantization": _quantization(model, plan.quantization),
        "training": _training(trainer, plan.training),
        "model": _model(model),
        **({"tokenizer": live_rows(model, plan.tokenizer)} if plan.tokenizer else {}),
        **({"init_adapter": trainer.init_adapter} if trainer.init_adapter else {}),
    }


def setting_differences(effective: dict[str, Any], plan: Plan) -> list[dict[str, Any]]:
    """Every setting of the plan with a different effective value: path, requested, effective.

    A requested None means "the library decides" and is never different.
    """
    requested = {
        "model": {name: plan.model[name] for name in ("dtype", "attn_implementation")},
        "lora": plan.lora,
        "quantization": plan.quantization or {},
        "training": plan.training,
        "init_adapter": _asked_start(plan, effective),
    }
    if plan.tokenizer:
        requested["tokenizer"] = {
            "rows": (plan.tokenizer.get("embedding") or {}).get("after"),
            "trained": [entry["id"] for entry in plan.tokenizer["added"]],
        }
    differences = []
    for group, fields in requested.items():
        live = effective.get(group) or {}
        for name, wanted in fields.items():
            path = f"{group}.{name}"
            found = live.get(name)
            if wanted is not None and not _same(path, plain(wanted), found):
                differences.append({"path": path, "requested": plain(wanted), "effective": found})
    return differences


def _asked_start(plan: Plan, effective: dict[str, Any]) -> dict[str, Any]:
    """Mode and weights of the initial adapter; empty after a checkpoint was loaded."""
    if plan.init_adapter is None or "replaced_by" in effective.get("init_adapter", {}):
        return {}
    weights = plan.init_adapter["files"]["adapter_model.safetensors"]["sha256"]
    return {"mode": plan.init_adapter["mode"], "weights_sha256": weights}


def plain(value: Any) -> Any:
    """A value for JSON: enums by value, torch dtypes by name, sets sorted."""
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (set, frozenset)):
        return sorted(plain(item) for item in value)
    if isinstance(value, dict):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return str(value).removeprefix("torch.")


def _same(path: str, wanted: Any, found: Any) -> bool:
    if isinstance(wanted, str) and (path, wanted) in _SAME:
        return bool(found in (wanted, _SAME[(path, wanted)]))
    if path.endswith(("dtype", "quant_storage")):
        return str(wanted).removeprefix("torch.") in ("auto", found)
    if isinstance(wanted, dict) and isinstance(found, dict):
        return all(_same(f"{path}.{name}", value, found.get(name)) for name, value in wanted.items())
    if isinstance(wanted, list) and isinstance(found, list):
        return sorted(map(str, wanted)) == sorted(map(str, found))
    if isinstance(found, list) and not isinstance(wanted, list):
        return bool(found == ([wanted] if wanted else []))
    return bool(wanted == found)


def _lora(model: Any, requested: dict[str, Any]) -> dict[str, Any]:
    from peft.tuners.lora import LoraLayer
    from peft.utils.other import ModulesToSaveWrapper

    config = model.peft_config["default"]
    live = {name: plain(getattr(config, name, None)) for name in requested}
    layers = [module for module in model.modules() if isinstance(module, LoraLayer)]
    # PEFT translates the old names of fused experts: it drops them, and writes ranks and alphas of its own.
    for pattern in ("rank_pattern", "alpha_pattern"):
        if pattern in live:
            live[pattern] = {key: value for key, value in live[pattern].items() if key in requested[pattern]}
    if "r" in live and not config.rank_pattern:
        live["r"] = _only({layer.r["default"] for layer in layers})
    if "lora_dropout" in live:
        live["lora_dropout"] = _only({getattr(layer.lora_dropout["default"], "p", 0.0) for layer in layers})
    if "lora_alpha" in live and not config.alpha_pattern:
        live["lora_alpha"] = _only({plain(layer.lora_alpha["default"]) for layer in layers})
    if "use_dora" in live:
        live["use_dora"] = any(len(layer.lora_magnitude_vector) for layer in layers)
    names = list(model.targeted_module_names)
    if isinstance(requested.get("target_modules"), list):
        kept = set(config.target_modules or [])
        live["target_modules"] = [
            name for name in requested["target_modules"] if name not in kept or _matches(name, names)
        ]
    elif "target_modules" in live:
        # A shorthand or pattern equals the list of what it matched.
        live["target_modules"] = requested["target_modules"] if names else None
    if requested.get("target_parameters"):
        parameters = list(model.targeted_parameter_names)
        live["target_parameters"] = [
            name for name in requested["target_parameters"] if _matches(name, parameters)
        ]
    if isinstance(requested.get("trainable_token_indices"), dict):
        rows = trained_rows(model)
        live["trainable_token_indices"] = {
            key: next((ids for name, ids in rows.items() if name.endswith(key)), None)
            for key in requested["trainable_token_indices"]
        }
    if requested.get("modules_to_save"):
        saved = [name for name, module in model.named_modules() if isinstance(module, ModulesToSaveWrapper)]
        live["modules_to_save"] = [name for name in requested["modules_to_save"] if _matches(name, saved)]
    return live


def _matches(name: str, modules: list[str]) -> bool:
    return any(module == name or module.endswith(f".{name}") for module in modules)


def _quantization(model: Any, requested: dict[str, Any] | None) -> dict[str, Any] | None:
    if not requested:
        return None
    config = getattr(model.config, "quantization_config", None)
    if config is None or not quantized_layers(model):
        return dict.fromkeys(requested)
    live = {name: plain(getattr(config, name, None)) for name in requested}
    linear = quantized_layers(model)[0]
    if hasattr(linear, "compute_dtype"):  # 4 bit
        state = linear.weight.quant_state
        in_use = {
            "bnb_4bit_quant_type": state.quant_type,
            "bnb_4bit_use_double_quant": bool(state.nested),
            "bnb_4bit_compute_dtype": plain(linear.compute_dtype),
        }
        live.update({name: value for name, value in in_use.items() if name in live})
    return live


def _training(trainer: Any, requested: dict[str, Any]) -> dict[str, Any]:
    args, groups = trainer.args, trainer.optimizer.param_groups
    live = {name: plain(getattr(args, name, None)) for name in requested}
    in_use = {
        **live_rates(trainer),
        "weight_decay": max(group.get("weight_decay", 0.0) for group in groups),
        "gradient_checkpointing": _checkpoints_activations(trainer.model),
        "per_device_train_batch_size": trainer._train_batch_size,
        "use_liger_kernel": bool(kernels := liger_kernels(trainer.model)),
        "packing": "seq_lengths" in trainer.train_dataset.column_names,
        "save_total_limit": trainer.checkpoint_limit,
        **{name: getattr(trainer.early_stopping, name, None) for name in EARLY_STOPPING},
        "stop_on_loss_explosion": trainer.stops_on_explosion,
    }
    live.update({name: value for name, value in in_use.items() if name in live})
    if kernels:
        live["liger_kernels"] = kernels
    live["parameter_groups"] = in_use["parameter_groups"]
    optimizer = getattr(trainer.optimizer, "optimizer", trainer.optimizer)
    package = type(optimizer).__module__.partition(".")[0]
    live["optimizer_class"] = f"{package}.{type(optimizer).__name__}"
    live["max_steps_resolved"] = trainer.state.max_steps
    return live


def _checkpoints_activations(model: Any) -> bool:
    return any(getattr(module, "gradient_checkpointing", False) for module in model.modules())


def _model(model: Any) -> dict[str, Any]:
    base = model.get_base_model()
    adapters = {plain(p.dtype) for p in model.parameters() if p.requires_grad}
    return {
        "dtype": plain(base.dtype),
        "attn_implementation": base.config._attn_implementation,
        "adapter_dtype": _only(adapters),
        "device": str(next(base.parameters()).device),
        "training_mode": "quantized" if quantized_layers(model) else "full precision base",
    }


def _only(values: set[Any]) -> Any:
    """The single value, or all values if layers disagree."""
    return next(iter(values)) if len(values) == 1 else sorted(values, key=str)
