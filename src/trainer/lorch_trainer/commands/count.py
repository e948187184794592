"""`count`: PEFT's own count of LoRA parameters, on the meta device: no weights are read or made."""

from __future__ import annotations

from typing import Any

from .. import stdio
from ..device import keep_offline
from ..errors import LorchError, from_exception

# These starts compute values from weights, which the meta device does not have; the shapes are the same.
_INIT_FROM_WEIGHTS = ("pissa", "olora", "loftq", "eva", "corda", "lora_ga")


def run(spec: dict[str, Any]) -> dict[str, Any]:
    """Counts a model with a LoRA config.

    Returns `trainable`, `total`, `modules` (trainable by name), `architecture`, and
    `base`, the model before anything is added. `new_tokens`: a plan's `tokenizer`, or null.
    Quantization does not change the counts: a quantized weight counts unpacked.
    """
    with stdio.spec_fields("count"):
        model_spec, lora = spec["model"], dict(spec["lora"])
    keep_offline(bool(model_spec.get("path")))
    model = meta_model(model_spec)
    architecture = type(model).__name__
    if str(lora.get("init_lora_weights", "")).startswith(_INIT_FROM_WEIGHTS):
        lora |= {"init_lora_weights": True, "eva_config": None}
    from ..adapters.new_rows import grow_embeddings, with_new_rows
    from ..adapters.parameters import count_parameters

    base = count_parameters(model)[1]
    new_tokens = spec.get("new_tokens")
    grow_embeddings(model, new_tokens)
    adapted = _adapt(model, with_new_rows(model, lora, new_tokens))
    trainable, total, modules = count_parameters(adapted)
    return {
        "trainable": trainable,
        "total": total,
        "base": base,
        "modules": modules,
        "architecture": architecture,
    }


def meta_model(model_spec: dict[str, Any]) -> Any:
    """The causal language model of a config.json, without storage."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    source = model_spec.get("path") or model_spec["id"]
    options = {"trust_remote_code": bool(model_spec.get("trust_remote_code"))}
    try:
        revision = None if model_spec.get("path") else model_spec.get("revision")
        config = AutoConfig.from_pretrained(source, revision=revision, **options)
        with torch.device("meta"):
            return AutoModelForCausalLM.from_config(config, **options)
    except Exception as cause:
        raise from_exception(cause, str(model_spec["id"])) from cause


def _adapt(model: Any, lora: dict[str, Any]) -> Any:
    import torch
    from peft import LoraConfig, get_peft_model

    try:
        config = LoraConfig(**{"task_type": "CAUSAL_LM", **lora})
        with torch.device("meta"):
            return get_peft_model(model, config)
    except (TypeError, ValueError) as cause:
        text = " ".join(str(cause).split())
        # The same codes as when training begins.
        code = "R035" if "not found in the base model" in text or "target_modules" in text else "R026"
        raise LorchError(code, text) from cause
