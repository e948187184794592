"""A base stored in mxfp4 is unpacked when it is loaded, by the format's formula; all of it trains."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from lorch_trainer.model_loading import load_base

# OCP Microscaling Formats (MX) 1.0: e2m1 values by their four bits; scales are 2 to (what is stored - 127).
E2M1 = [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0]
VALUES = torch.tensor([*E2M1, *(-value for value in E2M1)])


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    from safetensors.torch import save_file
    from transformers import GptOssConfig, GptOssForCausalLM

    torch.manual_seed(0)
    config = GptOssConfig(
        vocab_size=128,
        hidden_size=64,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=16,
        num_local_experts=4,
        num_experts_per_tok=2,
        max_position_embeddings=64,
        layer_types=["full_attention"],
    )
    tensors = GptOssForCausalLM(config).to(torch.bfloat16).state_dict()
    for name in [one for one in tensors if one.endswith(("experts.gate_up_proj", "experts.down_proj"))]:
        experts, rows, columns = tensors.pop(name).shape
        tensors[f"{name}_blocks"] = torch.randint(
            0, 256, (experts, columns, rows // 32, 16), dtype=torch.uint8
        )
        tensors[f"{name}_scales"] = torch.randint(120, 124, (experts, columns, rows // 32), dtype=torch.uint8)
    folder = tmp_path_factory.mktemp("mxfp4")
    save_file({k: v.contiguous() for k, v in tensors.items()}, folder / "model.safetensors", {"format": "pt"})
    quantized = {"quant_method": "mxfp4", "modules_to_not_convert": ["model.layers.*.self_attn", "lm_head"]}
    fields = {**config.to_dict(), "architectures": ["GptOssForCausalLM"], "quantization_config": quantized}
    (folder / "config.json").write_text(json.dumps(fields))
    return folder, tensors


def load(folder: Path) -> Any:
    return load_base(
        str(folder),
        revision=None,
        trust_remote_code=False,
        dtype="bfloat16",
        attn_implementation="eager",
        quantization=None,
        device="cpu",
    )


def test_experts_are_unpacked_by_the_formats_formula(stored: tuple[Path, dict[str, Any]]) -> None:
    folder, tensors = stored
    model = load(folder)
    name = "model.layers.0.mlp.experts.gate_up_proj"
    blocks, scales = tensors[f"{name}_blocks"].int(), tensors[f"{name}_scales"].int()
    # The low four bits stand first.
    pairs = torch.stack([VALUES[blocks & 15], VALUES[blocks >> 4]], dim=-1)
    values = pairs.flatten(-2) * torch.exp2((scales - 127).float())[..., None]
    weight = dict(model.named_parameters())[name]
    assert weight.dtype == torch.bfloat16
    assert torch.equal(weight.float(), values.flatten(-2).transpose(1, 2))
    assert getattr(model.config, "quantization_config", None) is None


def test_adapters_on_its_experts_get_gradients(stored: tuple[Path, dict[str, Any]]) -> None:
    from peft import LoraConfig, get_peft_model

    targets = ["mlp.experts.gate_up_proj", "mlp.experts.down_proj"]
    lora = LoraConfig(r=2, target_modules=["q_proj"], target_parameters=targets, init_lora_weights=False)
    model = get_peft_model(load(stored[0]), lora)
    ids = torch.arange(32)[None]
    model(input_ids=ids, labels=ids).loss.backward()
    gradients = {name: one.grad for name, one in model.named_parameters() if one.requires_grad}
    assert any("experts" in name for name in gradients)
    for name, gradient in gradients.items():
        assert gradient is not None and torch.isfinite(gradient).all() and gradient.any(), name
