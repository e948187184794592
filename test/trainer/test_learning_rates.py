"""LoRA+ and the embedding's own rate: which parameter has which rate, and what that changes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from run_folder import LORA, NF4, Run, make_model, make_run
from safetensors.torch import load_file

RATE = 1e-3


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("model") / "model")


def one_step(
    folder: Path,
    model: Path,
    lora: dict[str, Any],
    quantization: Any = None,
    **training: Any,
) -> Run:
    """One step of AdamW, whose first step moves every weight by its learning rate, whatever the gradient."""
    settings = {
        "learning_rate": RATE,
        "max_steps": 1,
        "lr_scheduler_type": "constant",
        **training,
    }
    run = make_run(folder, model, lora=lora, training=settings, quantization=quantization)
    assert run.train() == 0, run.log
    return run


def differences(run: Run) -> list[Any]:
    return list(run.event("settings")["differences"])


def effective(run: Run) -> dict[str, Any]:
    return dict(run.event("settings")["effective"]["training"])


def saved(run: Run) -> dict[str, torch.Tensor]:
    return load_file(run.path / "adapter" / "adapter_model.safetensors")


def step_size(after: torch.Tensor, before: torch.Tensor | float = 0.0) -> float:
    """How far the weights that had a gradient moved: the median, since Adam's first step is ± the rate."""
    moved = (after - before).abs()
    return float(moved[moved > 1e-9].median())


def test_the_b_matrices_move_by_the_ratio(tmp_path: Path, model: Path) -> None:
    lora = {"modules_to_save": None}
    plain = one_step(tmp_path / "plain", model, lora)
    plus = one_step(tmp_path / "plus", model, lora, loraplus_lr_ratio=16)
    assert differences(plain) == differences(plus) == []
    b = "base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight"
    # B starts at zero, so it is what the first step made of it.
    assert step_size(saved(plain)[b]) == pytest.approx(RATE, rel=1e-3)
    assert step_size(saved(plus)[b]) == pytest.approx(16 * RATE, rel=1e-3)
    # A has no gradient in the first step, because B is zero: it stays in both.
    a = b.replace("lora_B", "lora_A")
    assert torch.equal(saved(plain)[a], saved(plus)[a])
    assert effective(plus)["loraplus_lr_ratio"] == 16
    assert effective(plus)["learning_rate"] == RATE
    assert [(group["kinds"], group["learning_rate"]) for group in effective(plus)["parameter_groups"]] == [
        (["lora_A"], RATE),
        (["lora_B"], 16 * RATE),
    ]


def test_the_a_matrices_keep_the_rate_once_they_move(tmp_path: Path, model: Path) -> None:
    lora = {"modules_to_save": None, "init_lora_weights": False}
    start = one_step(tmp_path / "start", model, lora, learning_rate=1e-12)
    plus = one_step(tmp_path / "plus", model, lora, loraplus_lr_ratio=4)
    name = "base_model.model.model.layers.1.mlp.up_proj.lora_{}.weight"
    sizes = [step_size(saved(plus)[name.format(x)], saved(start)[name.format(x)]) for x in "AB"]
    assert sizes == pytest.approx([RATE, 4 * RATE], rel=1e-2)


def test_embeddings_trained_in_full_have_their_own_rate(tmp_path: Path, model: Path) -> None:
    run = one_step(tmp_path / "run", model, {}, embedding_learning_rate=1e-4)
    assert differences(run) == []
    base = load_file(model / "model.safetensors")
    head = saved(run)["base_model.model.lm_head.weight"]
    assert step_size(head, base["lm_head.weight"]) == pytest.approx(1e-4, rel=1e-2)
    b = saved(run)["base_model.model.model.layers.0.mlp.up_proj.lora_B.weight"]
    assert step_size(b) == pytest.approx(RATE, rel=1e-3)
    groups = effective(run)["parameter_groups"]
    assert [(group["kinds"], group["learning_rate"], group["tensors"]) for group in groups] == [
        (["lora_A", "lora_B"], RATE, 28),
        (["embedding"], 1e-4, 2),
    ]


def test_single_rows_of_the_embedding_have_it_too(tmp_path: Path, model: Path) -> None:
    lora = {"modules_to_save": None, "trainable_token_indices": [5, 6]}
    run = one_step(tmp_path / "run", model, lora, embedding_learning_rate=1e-4, loraplus_lr_ratio=8)
    assert differences(run) == []
    assert {
        tuple(group["kinds"]): group["learning_rate"] for group in effective(run)["parameter_groups"]
    } == {
        ("lora_A",): RATE,
        ("lora_B",): 8 * RATE,
        ("embedding",): 1e-4,
    }


def test_an_adapter_on_the_embedding_has_the_rate_of_loraplus(tmp_path: Path, model: Path) -> None:
    lora = {
        "modules_to_save": None,
        "target_modules": [*LORA["target_modules"], "embed_tokens"],
    }
    run = one_step(tmp_path / "run", model, lora, loraplus_lr_ratio=8, loraplus_lr_embedding=3e-4)
    assert differences(run) == []
    default = one_step(tmp_path / "default", model, lora, loraplus_lr_ratio=8)
    assert (["lora_embedding"], 1e-6) in [
        (group["kinds"], group["learning_rate"]) for group in effective(default)["parameter_groups"]
    ]
    name = "base_model.model.model.embed_tokens.lora_embedding_A"
    assert step_size(saved(run)[name]) == pytest.approx(3e-4, rel=1e-2)


def test_a_rate_that_no_parameter_has_is_a_finding(tmp_path: Path, model: Path) -> None:
    lora = {"modules_to_save": None}
    run = one_step(tmp_path / "run", model, lora, embedding_learning_rate=1e-4)
    assert differences(run) == [
        {
            "path": "training.embedding_learning_rate",
            "requested": 1e-4,
            "effective": None,
        }
    ]


def test_peft_would_group_the_same(tmp_path: Path, model: Path) -> None:
    """The rates of each parameter, against an optimizer that PEFT makes from start to end."""
    from lorch_trainer.optimizers import _loraplus_groups
    from peft import LoraConfig, get_peft_model
    from peft.optimizers import create_loraplus_optimizer
    from transformers import AutoModelForCausalLM

    adapted = get_peft_model(
        AutoModelForCausalLM.from_pretrained(model),
        LoraConfig(task_type="CAUSAL_LM", **{**LORA, "use_dora": True}),
    )
    args = type("Args", (), {"learning_rate": RATE, "weight_decay": 0.1})
    theirs = create_loraplus_optimizer(
        adapted,
        torch.optim.AdamW,
        lr=RATE,
        loraplus_lr_ratio=16,
        loraplus_weight_decay=0.1,
    )

    def rates(groups: Any) -> dict[int, tuple[float, float]]:
        return {id(p): (group["lr"], group["weight_decay"]) for group in groups for p in group["params"]}

    assert rates(_loraplus_groups(adapted, args, 16, None)) == rates(theirs.param_groups)
    assert len(rates(theirs.param_groups)) == sum(p.requires_grad for p in adapted.parameters())


@pytest.mark.parametrize("optim", ["adamw_torch", "adamw_8bit", "paged_adamw_8bit", "adafactor"])
def test_a_resumed_run_keeps_groups_and_schedule(tmp_path: Path, model: Path, optim: str) -> None:
    training = {
        "optim": optim,
        "loraplus_lr_ratio": 16,
        "embedding_learning_rate": 2e-4,
        "learning_rate": RATE,
        "warmup_steps": 4,
        "lr_scheduler_type": "cosine",
        "save_strategy": "steps",
        "save_steps": 5,
    }
    run = make_run(tmp_path / "whole", model, training=training)
    assert run.train() == 0, run.log
    assert differences(run) == []
    whole = run.losses()
    # Back to the checkpoint of step 10, as if killed before step 15.
    shutil.rmtree(run.path / "checkpoints" / "checkpoint-15")
    shutil.rmtree(run.path / "checkpoints" / "checkpoint-16")
    adapter = saved(run)
    assert run.train(attempt=2) == 0, run.log
    resumed = run.losses(attempt=2)
    assert list(resumed) == list(range(11, 17))
    assert resumed == {step: whole[step] for step in resumed}
    assert all(torch.equal(tensor, adapter[name]) for name, tensor in saved(run).items())
    second = run.event("settings", attempt=2)
    assert second["differences"] == []
    assert second["effective"]["training"]["parameter_groups"] == effective(run)["parameter_groups"]


def test_quantized_bases_take_it(tmp_path: Path, model: Path) -> None:
    run = one_step(
        tmp_path / "run",
        model,
        {"modules_to_save": None},
        NF4,
        optim="paged_adamw_8bit",
        loraplus_lr_ratio=16,
    )
    assert differences(run) == []
    b = saved(run)["base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight"]
    assert step_size(b.float()) == pytest.approx(16 * RATE, rel=2e-2)
