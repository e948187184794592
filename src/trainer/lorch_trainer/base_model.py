"""The base model of a plan, ready for its adapter: loaded, fused if planned, with rows for new tokens."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

from .adapters.init_adapter import check_init_adapter, fuse_planned
from .adapters.new_rows import grow_embeddings, with_new_rows
from .model_loading import check_vocabulary, load_base, load_tokenizer
from .plan import Plan, RunFolder
from .settings import build_lora_config


@dataclass(frozen=True)
class BaseModel:
    """What a recipe gives to its trainer, and the plan with what was found out on the way."""

    model: Any
    tokenizer: Any
    lora: Any
    """peft.LoraConfig, with the rows of new tokens among what it trains."""
    plan: Plan
    load_ms: int


def load_planned_base(
    run: RunFolder, plan: Plan, quantization: Any, device: str, largest_id: int
) -> BaseModel:
    """Loads it, and checks that it has a row for `largest_id`, the largest token id of the data."""
    trust = bool(plan.model["trust_remote_code"])
    tokenizer = load_tokenizer(str(run.tokenizer), trust)
    began = time.monotonic()
    if plan.init_adapter:
        check_init_adapter(run.init_adapter, plan.init_adapter["files"])
    model = load_base(
        plan.model_folder,
        revision=plan.base_model["revision"],
        trust_remote_code=trust,
        dtype=plan.model["dtype"],
        attn_implementation=plan.model["attn_implementation"],
        quantization=quantization,
        device=device,
    )
    model = fuse_planned(run, plan, model)
    rows = grow_embeddings(model, plan.tokenizer)
    if plan.tokenizer and not plan.tokenizer.get("embedding"):  # of an architecture that lorch does not know
        plan = replace(plan, tokenizer={**plan.tokenizer, "embedding": rows})
    lora = build_lora_config(replace(plan, lora=with_new_rows(model, plan.lora, plan.tokenizer)))
    load_ms = int(1000 * (time.monotonic() - began))
    check_vocabulary(model, largest_id)
    return BaseModel(model, tokenizer, lora, plan, load_ms)
