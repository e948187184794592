"""Builds PEFT's, bitsandbytes' and TRL's own settings objects from plan.json.

The plan has the same field names. If a library refuses a value, that is R026 with the library's message.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .adapters.lora_start import peft_fields
from .errors import LorchError
from .plan import Plan, RunFolder

EARLY_STOPPING = ("early_stopping_patience", "early_stopping_threshold")
"""Fields of `training` that belong to transformers' EarlyStoppingCallback, and not to SFTConfig."""

LORCH_FIELDS = (*EARLY_STOPPING, "stop_on_loss_explosion")
"""Fields of `training` that SFTConfig does not have."""


def build_lora_config(plan: Plan) -> Any:
    """`peft.LoraConfig`. lorch always trains causal language models."""
    from peft import LoraConfig

    return _build("LoraConfig", LoraConfig, {"task_type": "CAUSAL_LM", **peft_fields(plan.lora)})


def build_quantization_config(fields: dict[str, Any] | None) -> Any:
    """`transformers.BitsAndBytesConfig`, or None."""
    if not fields or not (fields.get("load_in_4bit") or fields.get("load_in_8bit")):
        return None
    from transformers import BitsAndBytesConfig

    # Notebooks write `torch.bfloat16`; this class needs `bfloat16`.
    plain = {k: v.removeprefix("torch.") if isinstance(v, str) else v for k, v in fields.items()}
    if "llm_int8_threshold" in plain:
        # JSON has one kind of number: 6.0 arrives as 6, which this class refuses.
        plain["llm_int8_threshold"] = float(plain["llm_int8_threshold"])
    return _build("BitsAndBytesConfig", BitsAndBytesConfig, plain)


def build_training_config(plan: Plan, run: RunFolder, device: str) -> Any:
    """`trl.SFTConfig`: the plan's fields, and the few that lorch sets."""
    from trl import SFTConfig

    from .optimizers import trl_fields

    # A loss that is not finite ends the run, and must be recorded unchanged.
    fields = {"report_to": "none", "logging_nan_inf_filter": False, **trl_fields(plan.training)}
    for name in LORCH_FIELDS:
        fields.pop(name, None)
    if fields.get("padding_free") and not fields.get("packing"):
        # TRL requires this, so that no row exceeds max_length; prepare has cut them (sft.py restores it).
        fields["max_length"] = None
    fields |= {
        "output_dir": str(run.checkpoints),
        # Events report progress; TRL must not render, mask, cut or drop the prepared rows.
        "disable_tqdm": True,
        "dataset_kwargs": {"skip_prepare_dataset": True},
        # Pushing to the hub is a separate step, after a person has checked the result.
        "push_to_hub": False,
        # It exits with 0 after SIGTERM, but lorch needs 143 to distinguish a stopped run from a finished one.
        "enable_jit_checkpoint": False,
    }
    if device == "cpu":
        fields["use_cpu"] = True
    return _build("SFTConfig", SFTConfig, fields)


def torch_dtype(name: str) -> Any:
    """torch's dtype of a name such as `bfloat16`; `auto` stays (the dtype of the model's files)."""
    import torch

    short = name.removeprefix("torch.")
    if short == "auto":
        return "auto"
    dtype = getattr(torch, short, None)
    if not isinstance(dtype, torch.dtype):
        raise LorchError("R026", f"model.dtype {name!r} is no torch dtype")
    return dtype


def _build(name: str, make: Callable[..., Any], fields: dict[str, Any]) -> Any:
    try:
        return make(**fields)
    except (TypeError, ValueError, AttributeError) as cause:
        raise LorchError("R026", f"{name} refused the settings: {cause}") from cause
