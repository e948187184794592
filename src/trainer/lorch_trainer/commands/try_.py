"""`try`: greedy answers of the base model and of the adapter to the same prompts."""

from __future__ import annotations

import json
from typing import Any

from .. import stdio
from ..device import keep_offline, pin_device
from ..errors import LorchError, from_exception
from ..tokens.conversation import template_messages
from ..tokens.stops import generation_ends
from ..tokens.template import Template, TemplateRefusalError
from ..tokens.template_set import TemplateSet
from ..tokens.tokenizer import adds_bos


def run(spec: dict[str, Any]) -> dict[str, Any]:
    """Answers `prompts`; `{"answers": [{"base", "adapter"}]}` in their order.

    A prompt is a conversation without its final assistant messages, because they are what is
    asked for, or `{"text"}`, which is continued without a template. The base is loaded as it was for
    training, quantized if it was then.
    """
    with stdio.spec_fields("try"):
        model_spec, prompts = spec["model"], [_read_tools(prompt) for prompt in spec["prompts"]]
        max_new_tokens = int(spec["max_new_tokens"])
    keep_offline(bool(model_spec.get("path")))
    pin_device(use_cpu=False)
    from ..model_loading import load_tokenizer

    tokenizer = load_tokenizer(spec["tokenizer"], bool(model_spec.get("trust_remote_code")))
    if not tokenizer.chat_template and any("text" not in prompt for prompt in prompts):
        raise LorchError("T001", f"the tokenizer in {spec['tokenizer']} has no chat template")
    ends = generation_ends(model_spec, tokenizer)
    kwargs, date = spec.get("template_kwargs") or {}, spec.get("template_date")
    templates = TemplateSet(tokenizer, "model", kwargs, ends, date)
    texts = [_prompt_text(tokenizer, templates, index, prompt) for index, prompt in enumerate(prompts)]
    model = load_adapted(spec)
    stops = [
        Stops(tokenizer, None if "text" in prompt else templates.for_tools(prompt.get("tools")))
        for prompt in prompts
    ]
    answers: list[dict[str, str]] = []
    for text, stop in zip(texts, stops, strict=True):
        stdio.progress("answering", len(answers), len(texts))
        with model.disable_adapter():
            base = answer(model, tokenizer, text, stop, max_new_tokens)
        answers.append({"base": base, "adapter": answer(model, tokenizer, text, stop, max_new_tokens)})
    stdio.progress("answering", len(answers), len(texts))
    return {"answers": answers}


class Stops:
    """Tokens that end an answer: the model's end tokens, and the template's end of turn."""

    def __init__(self, tokenizer: Any, template: Template | None) -> None:
        self.strings: list[str] = []
        self.ids: set[int] = set() if tokenizer.eos_token_id is None else {int(tokenizer.eos_token_id)}
        for end in template.ends if template is not None else []:
            ids = tokenizer.backend_tokenizer.encode(end.strip(), add_special_tokens=False).ids
            if len(ids) == 1:
                self.ids.add(ids[0])
            else:
                self.strings.append(end.strip())


def answer(model: Any, tokenizer: Any, text: str, stops: Stops, max_new_tokens: int) -> str:
    """The greedy continuation of `text`, without special tokens, up to the end of turn."""
    import torch
    from transformers import GenerationConfig

    ids = tokenizer(text, add_special_tokens=False, return_tensors="pt")["input_ids"].to(model.device)
    own = getattr(model.generation_config, "eos_token_id", None)
    ends = stops.ids | set(own if isinstance(own, list) else [] if own is None else [own])
    config = GenerationConfig(
        do_sample=False,
        max_new_tokens=max_new_tokens,
        eos_token_id=sorted(ends) or None,
        pad_token_id=tokenizer.pad_token_id if tokenizer.pad_token_id is not None else min(ends, default=0),
        stop_strings=stops.strings or None,
    )
    with torch.inference_mode():
        out = model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            generation_config=config,
            tokenizer=tokenizer,
        )
    written = tokenizer.decode(out[0, ids.shape[1] :], skip_special_tokens=True)
    for string in stops.strings:
        written = written.partition(string)[0]
    return str(written).strip()


def load_adapted(spec: dict[str, Any]) -> Any:
    """Base of `{model, dtype, attn_implementation, quantization, new_tokens}` with `adapter`, eval mode.

    If the run fused another adapter first, `init_adapter` names it, and it is fused here too.
    """
    from peft import PeftModel

    from ..adapters.init_adapter import fuse_specified
    from ..adapters.new_rows import grow_embeddings
    from ..device import torch_device
    from ..model_loading import load_base
    from ..settings import build_quantization_config

    model_spec = spec["model"]
    base = load_base(
        model_spec.get("path") or model_spec["id"],
        revision=None if model_spec.get("path") else model_spec.get("revision"),
        trust_remote_code=bool(model_spec.get("trust_remote_code")),
        dtype=spec["dtype"],
        attn_implementation=spec.get("attn_implementation"),
        quantization=build_quantization_config(spec.get("quantization")),
        device=torch_device(),
    )
    grow_embeddings(base, spec.get("new_tokens"))
    base = fuse_specified(spec, base)
    try:
        # PEFT's default cast to fp32 would make saved copies of bf16 modules reject their inputs.
        model = PeftModel.from_pretrained(base, spec["adapter"], autocast_adapter_dtype=False)
    except Exception as cause:
        failure = from_exception(cause)
        if failure.code in ("R001", "R099"):
            reason = str(cause).strip().partition("\n")[0]
            failure = LorchError("R016", f"the adapter in {spec['adapter']} cannot be loaded: {reason}")
        raise failure from cause
    model.eval()
    return model


def _read_tools(prompt: dict[str, Any]) -> dict[str, Any]:
    """The prompt; tools that the plan holds as JSON text, so that no number in them changes, are read."""
    if not prompt.get("tools"):
        return prompt
    tools = [json.loads(tool) if isinstance(tool, str) else tool for tool in prompt["tools"]]
    return {**prompt, "tools": tools}


def _prompt_text(tokenizer: Any, templates: TemplateSet, index: int, prompt: dict[str, Any]) -> str:
    if "text" in prompt:
        return (str(tokenizer.bos_token) if adds_bos(tokenizer) else "") + str(prompt["text"])
    messages = template_messages(prompt["messages"])
    while messages and messages[-1]["role"] == "assistant":
        messages.pop()
    if not messages:
        raise LorchError("R012", f"prompt {index} has no message to answer")
    tools = prompt.get("tools") or None
    try:
        return templates.for_tools(tools).prompt(messages, tools)
    except TemplateRefusalError as refusal:
        raise LorchError("T005", f"prompt {index}: the template says: {refusal}") from refusal
