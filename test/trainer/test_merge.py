"""Merged = base with adapter: on the logits, read back from disk, for every kind of adapter."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from run_folder import LORA, NF4, TRAINER, make_model, make_run

PROMPTS = [
    {"messages": [{"role": "user", "content": "w1 w2 w3"}, {"role": "assistant", "content": "w4"}]},
    {"messages": [{"role": "user", "content": "w9 w8"}]},
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("model") / "model")


def spec(model: Path, adapter: Path, out: Path, **changes: Any) -> dict[str, Any]:
    base = {"id": str(model), "path": str(model), "revision": None, "trust_remote_code": False}
    return {
        "model": base,
        "dtype": "float32",
        "quantization": None,
        "adapter": str(adapter),
        "tokenizer": str(model),
        "out": str(out),
        "prompts": PROMPTS,
        **changes,
    }


def make_adapter(model: Path, folder: Path, lora: dict[str, Any]) -> Path:
    """An adapter whose weights are all random, saved modules and magnitudes too."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(1)
    base = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32)
    adapted = get_peft_model(
        base, LoraConfig(task_type="CAUSAL_LM", **{**LORA, "modules_to_save": None, **lora})
    )
    with torch.no_grad():
        for parameter in adapted.parameters():
            if parameter.requires_grad:
                parameter.add_(0.1 * torch.randn(parameter.shape))
    adapted.save_pretrained(folder)
    return folder


def merge(**fields: Any) -> dict[str, Any]:
    from lorch_trainer.commands import merge as command

    return command.run(fields)


@pytest.mark.parametrize("double_quant", [False, True])
def test_a_trained_qlora_run_merges_within_tolerance_and_tells_its_drift(
    tmp_path: Path, model: Path, double_quant: bool
) -> None:
    quantization = {**NF4, "bnb_4bit_use_double_quant": double_quant}
    run = make_run(tmp_path / "run", model, quantization=quantization)
    assert run.train() == 0, run.log
    value = merge(**spec(model, run.path / "adapter", tmp_path / "out", quantization=quantization))
    assert value["within_tolerance"]
    assert value["max_logit_diff"] < value["tolerance"] == 1e-4
    assert value["argmax_agreement"] == 1.0
    # The 4-bit base is another base: rounding to 16 levels moves the logits far beyond fp32's rounding.
    assert 1e-3 < value["quantized_drift"]["max_logit_diff"] < 1.0
    assert 0.8 < value["quantized_drift"]["argmax_agreement"] <= 1.0


@pytest.mark.parametrize(
    ("dtype", "largest"),
    [("float32", 1e-4), ("float16", 2e-2), ("bfloat16", 2e-1)],
    ids=lambda value: str(value),
)
def test_each_dtype_keeps_its_stated_tolerance(
    tmp_path: Path, model: Path, dtype: str, largest: float
) -> None:
    import torch
    from safetensors.torch import load_file

    adapter = make_adapter(model, tmp_path / "adapter", {"modules_to_save": ["embed_tokens", "lm_head"]})
    value = merge(**spec(model, adapter, tmp_path / "out", dtype=dtype))
    assert value["max_logit_diff"] <= largest
    assert value["within_tolerance"]
    assert value["quantized_drift"] is None
    weights = load_file(tmp_path / "out" / "model.safetensors")
    assert {tensor.dtype for tensor in weights.values()} == {getattr(torch, dtype)}
    assert json.loads((tmp_path / "out" / "config.json").read_text())["dtype"] == dtype


@pytest.mark.parametrize(
    "lora",
    [
        {},
        {"use_rslora": True},
        {"use_dora": True},
        {"rank_pattern": {"q_proj": 3}, "alpha_pattern": {"v_proj": 5}},
        {"target_modules": ["q_proj", "embed_tokens"]},
        {"trainable_token_indices": [9, 10]},
        {"modules_to_save": ["lm_head", "norm"]},
    ],
    ids=str,
)
@pytest.mark.parametrize("tied", [False, True], ids=["untied", "tied"])
def test_every_kind_of_adapter_is_folded_right(tmp_path: Path, lora: dict[str, Any], tied: bool) -> None:
    base = make_model(tmp_path / "base", tied=tied)
    adapter = make_adapter(base, tmp_path / "adapter", lora)
    value = merge(**spec(base, adapter, tmp_path / "out"))
    assert value["max_logit_diff"] < 2e-5, value
    assert value["argmax_agreement"] == 1.0


def test_biases_are_folded_where_the_base_has_them(tmp_path: Path) -> None:
    base = make_model(tmp_path / "base", biased=True)
    lora = {"bias": "lora_only", "lora_bias": True, "target_modules": ["q_proj", "v_proj", "o_proj"]}
    value = merge(**spec(base, make_adapter(base, tmp_path / "adapter", lora), tmp_path / "out"))
    assert value["max_logit_diff"] < 2e-5


def test_an_adapter_that_cannot_be_folded_is_refused_with_the_reason(tmp_path: Path, model: Path) -> None:
    from lorch_trainer.errors import LorchError

    adapter = make_adapter(model, tmp_path / "adapter", {"lora_bias": True})
    with pytest.raises(LorchError, match="no bias") as failure:
        merge(**spec(model, adapter, tmp_path / "out"))
    assert failure.value.code == "R038"
    assert not (tmp_path / "out").exists()


def test_folding_is_done_in_fp32_and_rounded_once(tmp_path: Path, model: Path) -> None:
    import torch
    from safetensors.torch import load_file

    adapter = make_adapter(model, tmp_path / "adapter", {"target_modules": ["down_proj"]})
    merge(**spec(model, adapter, tmp_path / "out", dtype="bfloat16"))
    name = "model.layers.1.mlp.down_proj"
    weights = load_file(adapter / "adapter_model.safetensors")
    a, b = (weights[f"base_model.model.{name}.lora_{part}.weight"].float() for part in "AB")
    base = load_file(model / "model.safetensors")[f"{name}.weight"].to(torch.bfloat16).float()
    expected = (base + 16 / 8 * b @ a).to(torch.bfloat16)
    found = load_file(tmp_path / "out" / "model.safetensors")[f"{name}.weight"]
    # A sum of products may round to the other neighbour where it lies between two; nothing more may differ.
    assert (found != expected).float().mean() < 0.002
    assert torch.allclose(found.float(), expected.float(), rtol=0.008, atol=1e-6)


def test_the_tolerance_would_notice_a_merge_that_did_nothing(tmp_path: Path, model: Path) -> None:
    import torch
    from lorch_trainer.adapters.folding import attach_adapter
    from lorch_trainer.adapters.logits import compare_logits, disturb, logits_of, tolerance
    from transformers import AutoModelForCausalLM

    adapter = make_adapter(model, tmp_path / "adapter", {})
    ids = [torch.arange(3, 60)[None]]
    for dtype in ("float32", "float16", "bfloat16"):
        base = AutoModelForCausalLM.from_pretrained(model, dtype=getattr(torch, dtype)).eval()
        before = logits_of(base, ids)
        adapted = attach_adapter(base, str(adapter))
        after = logits_of(adapted, ids)
        disturb(base)
        noise = compare_logits(logits_of(adapted, ids), after)["max_logit_diff"]
        assert compare_logits(before, after)["max_logit_diff"] > 2 * tolerance(dtype, noise)


def test_a_nan_is_never_within_tolerance() -> None:
    import torch
    from lorch_trainer.adapters.logits import compare_logits

    nan = compare_logits([torch.tensor([[1.0, float("nan")]])], [torch.zeros(1, 2)])["max_logit_diff"]
    assert not nan <= 1.0


def test_an_existing_folder_is_not_overwritten(tmp_path: Path, model: Path) -> None:
    from lorch_trainer.errors import LorchError

    out = tmp_path / "out"
    out.mkdir()
    (out / "precious").write_text("data")
    with pytest.raises(LorchError) as failure:
        merge(**spec(model, tmp_path / "adapter", out))
    assert failure.value.code == "R033"
    assert (out / "precious").read_text() == "data"


def test_a_folder_that_is_no_adapter_leaves_nothing_behind(tmp_path: Path, model: Path) -> None:
    from lorch_trainer.errors import LorchError

    (tmp_path / "adapter").mkdir()
    with pytest.raises(LorchError) as failure:
        merge(**spec(model, tmp_path / "adapter", tmp_path / "out"))
    assert failure.value.code == "R016"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["adapter"]


def test_the_command_answers_with_one_result_line(tmp_path: Path, model: Path) -> None:
    adapter = make_adapter(model, tmp_path / "adapter", {})
    request = json.dumps(spec(model, adapter, tmp_path / "out"))
    done = subprocess.run(
        [sys.executable, "-m", "lorch_trainer", "merge"],
        input=request,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(TRAINER), "OMP_NUM_THREADS": "1", "PATH": "/usr/bin:/bin"},
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {line["type"] for line in lines[:-1]} == {"progress"}
    value = lines[-1]["value"]
    files = {file["path"]: file for file in value["files"]}
    assert {
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "tokenizer.json",
        "chat_template.jinja",
    } <= set(files)
    for name, file in files.items():
        assert (tmp_path / "out" / name).stat().st_size == file["bytes"]
