"""Counts on the meta device, against r·(in + out) by hand and against published figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lorch_trainer.commands import count
from lorch_trainer.errors import LorchError

LLAMA_8B = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "vocab_size": 128256,
    "tie_word_embeddings": False,
}
ATTENTION = ["q_proj", "k_proj", "v_proj", "o_proj"]


def spec(folder: Path, lora: dict[str, Any], **config: Any) -> dict[str, Any]:
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps({**LLAMA_8B, **config}))
    return {"model": {"id": "x", "path": str(folder), "trust_remote_code": False}, "lora": lora}


def test_llama_8b_counts_as_published(tmp_path: Path) -> None:
    result = count.run(spec(tmp_path, {"r": 16, "target_modules": ATTENTION}))
    assert (result["trainable"], result["total"]) == (13_631_488, 8_043_892_736)
    assert result["architecture"] == "LlamaForCausalLM"
    assert result["modules"]["model.layers.31.self_attn.k_proj"] == 16 * (4096 + 1024)
    assert len(result["modules"]) == 4 * 32
    assert result["base"] == result["total"] - result["trainable"] == 8_030_261_248
    assert sum(result["modules"].values()) == result["trainable"]


def test_saved_modules_count_twice_and_tied_ones_once(tmp_path: Path) -> None:
    small = {"hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "vocab_size": 1000}
    small |= {"num_attention_heads": 4, "num_key_value_heads": 4}
    lora = {"r": 4, "target_modules": ["q_proj"], "modules_to_save": ["lm_head"]}
    plain = count.run(spec(tmp_path, {"r": 4, "target_modules": ["q_proj"]}, **small))
    saved = count.run(spec(tmp_path, lora, **small))
    assert plain["trainable"] == 2 * 4 * (64 + 64)
    assert saved["trainable"] - plain["trainable"] == saved["total"] - plain["total"] == 1000 * 64
    assert saved["modules"]["lm_head"] == 1000 * 64
    tied = count.run(
        spec(tmp_path, {"r": 4, "target_modules": ["q_proj"]}, **small, tie_word_embeddings=True)
    )
    assert plain["total"] - tied["total"] == 1000 * 64


@pytest.mark.parametrize("init", ["pissa", "olora", "pissa_niter_4", "gaussian", False])
def test_how_weights_begin_changes_no_count(tmp_path: Path, init: Any) -> None:
    lora = {"r": 8, "target_modules": ["q_proj", "v_proj"], "init_lora_weights": init}
    result = count.run(spec(tmp_path, lora, num_hidden_layers=2))
    assert result["trainable"] == 2 * 8 * ((4096 + 4096) + (4096 + 1024))


def test_targets_that_match_nothing_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(LorchError) as caught:
        count.run(spec(tmp_path, {"r": 8, "target_modules": ["nonesuch"]}, num_hidden_layers=1))
    assert caught.value.code == "R035"
    assert "nonesuch" in caught.value.message


def test_the_base_counts_without_what_the_adapter_adds(tmp_path: Path) -> None:
    """With `bias: all` parameters of the base train, so base is not total - trainable."""
    lora = {"r": 4, "target_modules": ["q_proj"], "bias": "all"}
    small = {"hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 1, "vocab_size": 100}
    small |= {"num_attention_heads": 4, "num_key_value_heads": 4, "attention_bias": True}
    result = count.run(spec(tmp_path, lora, **small))
    assert result["total"] - result["base"] == 4 * (64 + 64)
    assert result["trainable"] == 4 * (64 + 64) + 4 * 64


def test_a_field_that_peft_does_not_know_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LorchError, match="R026"):
        count.run(spec(tmp_path, {"rank": 8}, num_hidden_layers=1))


def test_an_unknown_architecture_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LorchError, match="R009"):
        count.run(spec(tmp_path, {"r": 8}, model_type="nonesuch"))
