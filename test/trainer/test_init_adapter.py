"""Going on from an adapter: the same weights at step 0, and a fused base that every command makes again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from run_folder import NF4, Run, make_model, make_run

FILES = ("adapter_config.json", "adapter_model.safetensors")
SAVED = ["embed_tokens", "lm_head"]
DECAY_FREE = {"lr_scheduler_type": "constant", "weight_decay": 0.0}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("model") / "model")


@pytest.fixture(scope="module")
def biased(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("biased") / "model", biased=True)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Run:
    """A finished run whose last evaluation is that of its adapter."""
    run = make_run(
        tmp_path_factory.mktemp("source") / "run", model, 16, 8, training={"eval_strategy": "epoch"}
    )
    assert run.train() == 0, run.log
    return run


def begin_with(run: Run, adapter: Path, mode: str) -> Run:
    """Puts the adapter into a run folder and its plan, as lorch does."""
    from lorch_trainer.tokens.sequences import sha256_file

    folder = run.path / "data" / "init_adapter"
    folder.mkdir()
    files = {}
    for name in FILES:
        shutil.copy(adapter / name, folder / name)
        files[name] = {"bytes": (folder / name).stat().st_size, "sha256": sha256_file(folder / name)}
    run.plan["init_adapter"] = {
        "from": "source",
        "mode": mode,
        "source": "run",
        "run": "20260101-000000-source-abcd",
        "path": str(adapter),
        "revision": None,
        "files": files,
    }
    return run


def weights(folder: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    return dict(load_file(folder / "adapter_model.safetensors"))


def assert_equal(one: dict[str, Any], other: dict[str, Any]) -> None:
    import torch

    assert one.keys() == other.keys()
    assert [name for name in one if not torch.equal(one[name], other[name])] == []


def random_adapter(model: Path, folder: Path, lora: dict[str, Any]) -> Path:
    """An adapter whose weights are all random, magnitudes, biases and token rows too."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(1)
    base = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32)
    adapted = get_peft_model(base, LoraConfig(task_type="CAUSAL_LM", **lora))
    with torch.no_grad():
        for parameter in adapted.parameters():
            if parameter.requires_grad:
                parameter.add_(0.05 * torch.randn(parameter.shape))
    adapted.save_pretrained(folder, save_embedding_layers=False)
    return folder


def test_the_first_loss_is_the_last_one_of_the_source(tmp_path: Path, model: Path, source: Run) -> None:
    run = make_run(
        tmp_path / "run", model, 16, 8, training={"eval_strategy": "epoch", "eval_on_start": True, "seed": 7}
    )
    assert begin_with(run, source.path / "adapter", "continue").train() == 0, run.log
    last = source.events("eval")[-1]["metrics"]["eval_loss"]
    assert run.events("eval")[0]["metrics"]["eval_loss"] == last
    assert run.losses()[1] < 0.9 * source.losses()[1]
    told = run.event("settings")
    sha256 = run.plan["init_adapter"]["files"][FILES[1]]["sha256"]
    assert told["effective"]["init_adapter"] == {
        "mode": "continue",
        "weights_sha256": sha256,
        "rounded_tensors": 0,
    }
    assert told["differences"] == []
    assert run.events("warning") == []
    card = (run.path / "adapter" / "README.md").read_text()
    assert "20260101-000000-source-abcd" in card
    assert "trained further" in card
    assert sha256 in card


@pytest.mark.parametrize(
    "lora",
    [
        {"r": 4, "use_dora": True, "target_modules": ["q_proj", "v_proj"]},
        {"r": 4, "use_rslora": True, "rank_pattern": {"q_proj": 2}, "target_modules": ["q_proj", "v_proj"]},
        {"r": 2, "bias": "lora_only", "target_modules": ["q_proj"]},
        {"r": 2, "lora_bias": True, "target_modules": ["q_proj"], "modules_to_save": ["lm_head", "norm"]},
        {"r": 2, "target_modules": ["q_proj"], "trainable_token_indices": [9, 10]},
        {"r": 2, "target_modules": ["q_proj", "embed_tokens"]},
    ],
    ids=str,
)
def test_every_part_of_an_adapter_is_taken_over_bit_for_bit(
    tmp_path: Path, biased: Path, lora: dict[str, Any]
) -> None:
    adapter = random_adapter(biased, tmp_path / "adapter", lora)
    run = make_run(
        tmp_path / "run",
        biased,
        4,
        lora={"modules_to_save": None, **lora},
        training={"learning_rate": 0.0, "max_steps": 1, **DECAY_FREE},
    )
    run.plan["forecast"]["parameters"] = None
    run.plan["forecast"]["steps"]["total"] = 1
    assert begin_with(run, adapter, "continue").train() == 0, run.log
    assert_equal(weights(run.path / "adapter"), weights(adapter))


def test_a_quantized_base_rounds_the_adapter_and_says_so(tmp_path: Path, model: Path) -> None:
    lora = {"r": 4, "target_modules": ["q_proj"], "modules_to_save": None}
    adapter = random_adapter(model, tmp_path / "adapter", lora)
    run = make_run(tmp_path / "run", model, 4, lora=lora, quantization=NF4, training={"max_steps": 1})
    run.plan["forecast"]["steps"]["total"] = 1
    assert begin_with(run, adapter, "continue").train() == 0, run.log
    rounded = [event for event in run.events("warning") if event["code"] == "R051"]
    assert len(rounded) == 1
    assert "lora_A" in rounded[0]["message"]


@pytest.mark.parametrize("name", FILES)
def test_files_that_changed_since_the_plan_are_refused(
    tmp_path: Path, model: Path, source: Run, name: str
) -> None:
    run = begin_with(make_run(tmp_path / "run", model, 4), source.path / "adapter", "continue")
    path = run.path / "data" / "init_adapter" / name
    content = bytearray(path.read_bytes())
    content[-2] ^= 1
    path.write_bytes(content)
    assert run.train() == 1
    assert run.event("error")["code"] == "R050"
    assert name in run.event("error")["message"]


def test_an_adapter_of_another_shape_is_refused(tmp_path: Path, model: Path, source: Run) -> None:
    run = make_run(tmp_path / "run", model, 4, lora={"r": 4})
    assert begin_with(run, source.path / "adapter", "continue").train() == 1
    assert run.event("error")["code"] == "R016"


@pytest.mark.parametrize("mode", ["continue", "fuse"])
def test_a_resumed_attempt_is_the_run_uninterrupted(
    tmp_path: Path, model: Path, source: Run, mode: str
) -> None:
    training = {"save_strategy": "steps", "save_steps": 2, "max_steps": 6}
    lora = {"lora_dropout": 0.1}
    if mode == "fuse":
        lora |= {"modules_to_save": None}
    runs = [make_run(tmp_path / name, model, 16, training=training, lora=lora) for name in ("one", "two")]
    for run in runs:
        begin_with(run, source.path / "adapter", mode)
    whole, stopped = runs
    assert whole.train() == 0, whole.log
    assert stopped.train() == 0, stopped.log
    # As after a kill behind step 4: the adapter and the newest checkpoint are gone.
    for name in ("adapter", "checkpoints/checkpoint-6"):
        shutil.rmtree(stopped.path / name)
    assert stopped.train(2) == 0, stopped.log
    assert stopped.event("hello", 2)["resumed_from_step"] == 4
    assert stopped.losses(2) == {step: whole.losses()[step] for step in (5, 6)}
    assert_equal(weights(stopped.path / "adapter"), weights(whole.path / "adapter"))
    assert stopped.event("settings", 2)["differences"] == []
    told = stopped.event("settings", 2)["effective"]["init_adapter"]
    assert told.get("replaced_by") == ("checkpoint-4" if mode == "continue" else None)


def live_logits(run: Run) -> Any:
    """Logits of what was trained, rebuilt by hand with plain PEFT: merge, then load."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    base = AutoModelForCausalLM.from_pretrained(run.plan["base_model"]["path"], dtype=torch.float32)
    base = PeftModel.from_pretrained(base, run.path / "adapter" / "init_adapter").merge_and_unload()
    trained = PeftModel.from_pretrained(base, run.path / "adapter").eval()
    with torch.inference_mode():
        return trained(input_ids=torch.arange(3, 60)[None]).logits


@pytest.fixture(scope="module")
def fused(tmp_path_factory: pytest.TempPathFactory, model: Path, source: Run) -> Run:
    run = make_run(
        tmp_path_factory.mktemp("fused") / "run",
        model,
        16,
        8,
        lora={"r": 2, "target_modules": ["q_proj", "v_proj"], "modules_to_save": None},
        training={"eval_strategy": "epoch", "eval_on_start": True},
    )
    assert begin_with(run, source.path / "adapter", "fuse").train() == 0, run.log
    return run


def test_a_fresh_adapter_on_a_fused_base_begins_where_the_source_ended(fused: Run, source: Run) -> None:
    last = source.events("eval")[-1]["metrics"]["eval_loss"]
    assert fused.events("eval")[0]["metrics"]["eval_loss"] == pytest.approx(last, abs=1e-5)
    assert fused.event("settings")["effective"]["init_adapter"]["mode"] == "fuse"
    assert fused.event("settings")["differences"] == []
    # The forecast, too: base and new adapter, and nothing of the fused one.
    assert fused.events("warning") == []
    config = json.loads((fused.path / "adapter" / FILES[0]).read_text())
    assert config["lorch_init_adapter"]["mode"] == "fuse"
    assert config["r"] == 2
    card = (fused.path / "adapter" / "README.md").read_text()
    assert 'init_adapter").merge_and_unload()' in card


def test_try_and_merge_of_a_fused_run_give_the_trained_model(tmp_path: Path, model: Path, fused: Run) -> None:
    import torch
    from lorch_trainer.commands import merge
    from lorch_trainer.commands.try_ import load_adapted
    from transformers import AutoModelForCausalLM

    expected = live_logits(fused)
    ids = torch.arange(3, 60)[None]
    folder = fused.path / "data" / "init_adapter"
    spec = {
        "model": {"id": str(model), "path": str(model), "revision": None, "trust_remote_code": False},
        "dtype": "float32",
        "quantization": None,
        "adapter": str(fused.path / "adapter"),
        "tokenizer": str(fused.path / "data" / "tokenizer"),
        "out": str(tmp_path / "out"),
        "prompts": [],
        "init_adapter": {"path": str(folder), "files": fused.plan["init_adapter"]["files"]},
    }
    with torch.inference_mode():
        tried = load_adapted(spec)(input_ids=ids).logits
        without = load_adapted({**spec, "init_adapter": None})(input_ids=ids).logits
        value = merge.run(spec)
        merged = AutoModelForCausalLM.from_pretrained(tmp_path / "out")(input_ids=ids).logits
    assert (tried - expected).abs().max() < 1e-4
    assert (merged - expected).abs().max() < 1e-4
    assert value["within_tolerance"]
    assert (without - expected).abs().max() > 1e-2


def test_try_refuses_a_fused_adapter_that_changed(tmp_path: Path, model: Path, fused: Run) -> None:
    from lorch_trainer.adapters.init_adapter import fuse_specified
    from lorch_trainer.errors import LorchError

    folder = shutil.copytree(fused.path / "data" / "init_adapter", tmp_path / "changed")
    (folder / FILES[0]).write_text("{}")
    spec = {"init_adapter": {"path": str(folder), "files": fused.plan["init_adapter"]["files"]}}
    with pytest.raises(LorchError) as failure:
        fuse_specified(spec, None)
    assert failure.value.code == "R050"


def test_what_cannot_be_fused_is_refused_before_training(tmp_path: Path, model: Path) -> None:
    lora = {"r": 2, "lora_bias": True, "target_modules": ["q_proj"]}  # the base's layers have no bias
    adapter = random_adapter(model, tmp_path / "adapter", lora)
    run = make_run(tmp_path / "run", model, 4, lora={"modules_to_save": None})
    assert begin_with(run, adapter, "fuse").train() == 1
    assert run.event("error")["code"] == "R038"
    assert run.events("model") == []
