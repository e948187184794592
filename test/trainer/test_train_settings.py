"""Settings are read back from what training really uses."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from run_folder import HIDDEN, NF4, VOCABULARY, Run, make_model, make_run


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("model") / "model")


def trained(run: Run) -> Run:
    assert run.train() == 0, run.log
    return run


def differences(run: Run) -> dict[str, tuple[object, object]]:
    found = run.event("settings")["differences"]
    warned = [event["message"] for event in run.events("warning") if event["code"] == "R023"]
    assert len(warned) == len(found)
    return {item["path"]: (item["requested"], item["effective"]) for item in found}


def test_names_that_match_nothing_are_found(tmp_path: Path, model: Path) -> None:
    lora = {"target_modules": ["q_proj", "w_proj"], "modules_to_save": ["lm_head", "score"]}
    run = trained(make_run(tmp_path / "run", model, lora=lora))
    assert differences(run) == {
        "lora.target_modules": (["q_proj", "w_proj"], ["q_proj"]),
        "lora.modules_to_save": (["lm_head", "score"], ["lm_head"]),
    }


def test_a_value_that_lorch_owns_is_found(tmp_path: Path, model: Path) -> None:
    run = trained(make_run(tmp_path / "run", model, training={"output_dir": "/elsewhere"}))
    assert differences(run) == {"training.output_dir": ("/elsewhere", str(run.path / "checkpoints"))}


def test_every_kind_of_setting_in_effect_leaves_no_difference(tmp_path: Path, model: Path) -> None:
    run = make_run(
        tmp_path / "run",
        model,
        validation_rows=4,
        quantization={
            **NF4,
            "bnb_4bit_compute_dtype": "torch.bfloat16",
            "bnb_4bit_use_double_quant": True,
            "load_in_8bit": False,
        },
        lora={
            "task_type": "CAUSAL_LM",
            "lora_dropout": 0.1,
            "target_modules": "all-linear",
            "use_rslora": True,
            "init_lora_weights": "gaussian",
            "layers_to_transform": None,
        },
        model={"dtype": "bfloat16", "attn_implementation": "eager"},
        training={
            "gradient_checkpointing": True,
            "gradient_checkpointing_kwargs": {"use_reentrant": True},
            "gradient_accumulation_steps": 2,
            "bf16": True,
            "weight_decay": 0.01,
            "warmup_steps": 0.1,
            "lr_scheduler_type": "cosine",
            "lr_scheduler_kwargs": {"num_cycles": 0.5},
            "optim": "adamw_8bit",
            "neftune_noise_alpha": 5,
            "packing": True,
            "eval_packing": False,
            "eval_strategy": "epoch",
            "save_strategy": "epoch",
            "save_total_limit": 1,
            "shuffle_dataset": True,
            "loss_type": "dft",
            "train_sampling_strategy": "group_by_length",
            "dataloader_num_workers": 1,
            "pad_to_multiple_of": None,
            "report_to": [],
            "data_seed": 7,
            "full_determinism": True,
        },
    )
    trained(run)
    assert differences(run) == {}
    effective = run.event("settings")["effective"]
    assert effective["model"]["attn_implementation"] == "eager"
    assert effective["model"]["adapter_dtype"] == "bfloat16"
    assert effective["quantization"]["bnb_4bit_compute_dtype"] == "bfloat16"
    assert effective["training"]["optimizer_class"] == "bitsandbytes.AdamW"


def test_padding_free_batches_of_single_rows_train_alike(tmp_path: Path, model: Path) -> None:
    padded = trained(make_run(tmp_path / "padded", model))
    free = trained(make_run(tmp_path / "free", model, training={"padding_free": True}))
    assert differences(free) == {}
    assert list(free.losses().values()) == pytest.approx(list(padded.losses().values()), abs=1e-4)


def test_parameters_that_differ_from_the_forecast_are_a_finding(tmp_path: Path, model: Path) -> None:
    run = make_run(tmp_path / "run", model)
    run.plan["forecast"]["parameters"]["trainable"] += 1
    trained(run)
    assert [event["code"] for event in run.events("warning")] == ["R022"]
    assert "32,768 of 123,200" in run.events("warning")[0]["message"]


def test_parameters_of_other_modules_than_forecast_are_a_finding(tmp_path: Path, model: Path) -> None:
    run = make_run(tmp_path / "run", model)
    planned = run.plan["forecast"]["parameters"]["modules"]
    first, second = planned[0], planned[1]
    first["trainable"] += 8
    second["trainable"] -= 8
    trained(run)
    assert [event["code"] for event in run.events("warning")] == ["R022"]
    assert f"({min(first['name'], second['name'])}: " in run.events("warning")[0]["message"]
    assert ", and 1 more)" in run.events("warning")[0]["message"]


def test_parameters_without_gradient_are_a_finding(tmp_path: Path) -> None:
    import torch
    from lorch_trainer.attempt import Attempt
    from lorch_trainer.events import EventWriter
    from lorch_trainer.plan import RunFolder
    from lorch_trainer.survival.report import ReportCallback

    used, idle = torch.nn.Linear(2, 1), torch.nn.Linear(2, 1)
    used(torch.ones(2)).sum().backward()
    attempt = Attempt(RunFolder(tmp_path), 1, EventWriter(tmp_path / "events.jsonl"))
    trainer = SimpleNamespace(model=torch.nn.ModuleDict({"used": used, "idle": idle}))
    report = ReportCallback(attempt, trainer)
    report.on_pre_optimizer_step(None, None, None)
    report.on_pre_optimizer_step(None, None, None)
    lines = (tmp_path / "events.jsonl").read_text().splitlines()
    assert len(lines) == 1, "told once"
    assert "2 trainable parameters get no gradient, such as idle.weight" in lines[0]


@pytest.mark.parametrize(("ensured", "copies"), [(False, 2), (True, 1)])
def test_tied_embeddings_are_copied_once_where_they_stay_tied(
    tmp_path: Path, ensured: bool, copies: int
) -> None:
    base = make_model(tmp_path / "model", tied=True)
    run = make_run(tmp_path / "run", base, lora={"ensure_weight_tying": ensured})
    planned = run.plan["forecast"]["parameters"]
    embedding = VOCABULARY * HIDDEN
    planned["total"] -= embedding * (3 - copies)  # one embedding instead of two, and its copies
    planned["trainable"] -= embedding * (2 - copies)
    if ensured:
        planned["modules"] = [module for module in planned["modules"] if module["name"] != "lm_head"]
    trained(run)
    assert run.events("warning") == []


def test_dora_counts_its_magnitudes(tmp_path: Path, model: Path) -> None:
    run = make_run(tmp_path / "run", model, lora={"use_dora": True, "modules_to_save": None})
    outputs = {"q": 64, "k": 32, "v": 32, "o": 64, "gate": 128, "up": 128, "down": 64}
    planned = run.plan["forecast"]["parameters"]
    for module in planned["modules"]:
        module["trainable"] += outputs[module["name"].rpartition(".")[2].removesuffix("_proj")]
    planned["trainable"] += 2 * sum(outputs.values())
    planned["total"] += 2 * sum(outputs.values())
    trained(run)
    assert run.events("warning") == []
