"""Answers of base and adapter: side by side, greedy, and ending where the template says."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lorch_trainer.commands import try_
from lorch_trainer.errors import LorchError
from prepared import assistant, user

NF4 = {
    "load_in_4bit": True,
    "bnb_4bit_quant_type": "nf4",
    "bnb_4bit_use_double_quant": True,
    "bnb_4bit_compute_dtype": "float32",
}


@pytest.fixture(scope="module")
def adapter(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An adapter whose saved head always writes `ok`, then the end of turn: a bigram table in the weights."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.manual_seed(0)
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    base = AutoModelForCausalLM.from_pretrained(tiny_model)
    config = LoraConfig(
        r=2, target_modules=["q_proj"], modules_to_save=["embed_tokens", "lm_head"], task_type="CAUSAL_LM"
    )
    model = get_peft_model(base, config)
    chain = tokenizer("<|im_start|>assistant\nok<|im_end|>", add_special_tokens=False)["input_ids"]
    inner = model.get_base_model()
    with torch.no_grad():
        embed = inner.model.embed_tokens.modules_to_save["default"].weight
        head = inner.lm_head.modules_to_save["default"].weight
        head.zero_()
        # Each token of the chain gets a direction of its own, large enough to drown what the layers add.
        for place, (now, following) in enumerate(pairwise(chain[2:])):
            embed[now] = 0
            embed[now, place] = 1000
            head[following] = 0
            head[following, place] = 10
    folder = tmp_path_factory.mktemp("adapter")
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def spec(model: Path, adapter: Path, **changes: Any) -> dict[str, Any]:
    return {
        "model": {"id": "tiny", "path": str(model), "revision": None, "trust_remote_code": False},
        "dtype": "float32",
        "attn_implementation": "sdpa",
        "quantization": None,
        "adapter": str(adapter),
        "tokenizer": str(adapter),
        "prompts": [{"messages": [user("Say ok.")]}, {"messages": [user("Again?"), assistant("never read")]}],
        "max_new_tokens": 12,
        **changes,
    }


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("quantization", [None, NF4], ids=["plain", "nf4"])
def test_the_adapter_answers_and_the_base_is_untouched(
    tiny_model: Path, adapter: Path, dtype: str, quantization: Any
) -> None:
    given = spec(tiny_model, adapter, dtype=dtype, quantization=quantization)
    answers = try_.run(given)["answers"]
    assert [one["adapter"] for one in answers] == ["ok", "ok"]
    assert all(one["base"] != "ok" for one in answers)
    assert try_.run(given)["answers"] == answers


def test_the_base_answers_as_it_would_alone(tiny_model: Path, adapter: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    alone = AutoModelForCausalLM.from_pretrained(tiny_model)
    prompt = tokenizer.apply_chat_template(
        [user("Say ok.")], add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    with torch.inference_mode():
        out = alone.generate(**prompt, do_sample=False, max_new_tokens=12)
    expected = tokenizer.decode(out[0, prompt["input_ids"].shape[1] :], skip_special_tokens=True).strip()
    assert try_.run(spec(tiny_model, adapter))["answers"][0]["base"] == expected


def test_an_adapter_that_is_not_there_is_an_error(tiny_model: Path, tmp_path: Path, adapter: Path) -> None:
    given = spec(tiny_model, tmp_path, tokenizer=str(adapter))
    with pytest.raises(LorchError) as caught:
        try_.run(given)
    assert caught.value.code == "R016"
    assert str(tmp_path) in caught.value.message


def test_a_prompt_without_question_is_an_error(tiny_model: Path, adapter: Path) -> None:
    with pytest.raises(LorchError, match="R012"):
        try_.run(spec(tiny_model, adapter, prompts=[{"messages": [assistant("alone")]}]))


def test_a_text_is_continued_without_a_template(tiny_model: Path, adapter: Path) -> None:
    # The head of the adapter knows the way from this header on: `ok`, then the end of turn.
    prompts = [{"text": "<|im_start|>assistant\n"}]
    result = try_.run(spec(tiny_model, adapter, prompts=prompts))
    assert result["answers"][0]["adapter"] == "ok"


def test_a_text_needs_no_chat_template(tiny_model: Path, adapter: Path, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    tokenizer.chat_template = None
    tokenizer.save_pretrained(tmp_path)
    changed = spec(tiny_model, adapter, prompts=[{"text": "a"}], tokenizer=str(tmp_path))
    assert len(try_.run(changed)["answers"]) == 1
    with pytest.raises(LorchError, match="T001"):
        try_.run({**changed, "prompts": [{"messages": [user("a")]}]})
