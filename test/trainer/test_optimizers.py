"""Optimizers that a config may name: what they keep, that they train, and that a resumed run goes on."""

from __future__ import annotations

import json
import shutil
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch
from run_folder import Run, make_model, make_run

ROOT = Path(__file__).resolve().parents[2]
NAMES = json.loads((ROOT / "run-config.schema.json").read_text("utf-8"))["properties"]["training"][
    "properties"
]["optim"]["enum"]
BYTES = json.loads((ROOT / "test/fixtures/model/optimizer-bytes.json").read_text("utf-8"))
"""Bytes of state for a parameter of 4 and of 2 bytes; test/model/optimizer-state.test.ts has the same."""
PACKAGES = {
    "adamw_torch_8bit": "torchao",
    "adamw_torch_4bit": "torchao",
    "schedule_free_adamw": "schedulefree",
    "schedule_free_radam": "schedulefree",
    "schedule_free_sgd": "schedulefree",
    "stable_adamw": "optimi",
}


def needs_package(name: str) -> Any:
    if name.startswith("paged_ademamix") and not torch.cuda.is_available():
        # The plan says so before launch (C025).
        return pytest.param(name, marks=pytest.mark.skip(reason="bitsandbytes has no paged memory on a CPU"))
    package = PACKAGES.get(name)
    missing = package is not None and find_spec(package) is None
    return pytest.param(
        name,
        marks=pytest.mark.skipif(missing, reason=f"{package} is not part of the environment"),
    )


def held_bytes(value: Any) -> int:
    """Bytes of a state's tensor; the parts of a packed one."""
    if not torch.is_tensor(value):
        return 0
    if type(value) is not torch.Tensor and hasattr(value, "__tensor_flatten__"):
        return sum(held_bytes(getattr(value, name)) for name in value.__tensor_flatten__()[0])
    return value.numel() * value.element_size()


@pytest.mark.parametrize("name", [needs_package(name) for name in NAMES])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_forecast_knows_what_it_keeps(name: str, dtype: torch.dtype, tmp_path: Path) -> None:
    from lorch_trainer.optimizers import choose_optimizer, trl_fields
    from trl import SFTConfig, SFTTrainer

    training = {"optim": name, "optim_args": None, "learning_rate": 1e-3}
    args = SFTConfig(output_dir=str(tmp_path), use_cpu=True, bf16=False, **trl_fields(training))
    trainer = type("Holder", (), {"plan": type("Plan", (), {"training": training}), "args": args})()
    parameters = [torch.nn.Parameter(torch.randn(256, 512, dtype=dtype)) for _ in range(2)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        optimizer, arguments = choose_optimizer(trainer, None, SFTTrainer.get_optimizer_cls_and_kwargs(args))
        made = optimizer(parameters, **arguments)
        getattr(made, "train", lambda: None)()
        for parameter in parameters:
            parameter.grad = torch.randn_like(parameter)
        made.step()
    held = sum(held_bytes(value) for state in made.state.values() for value in state.values())
    found = held / sum(parameter.numel() for parameter in parameters)
    # Quantization maps and step counts are a few hundred bytes a tensor.
    wanted = BYTES[name][0 if dtype is torch.float32 else 1]
    # A row and a column: 0.1 is a bound.
    assert found == pytest.approx(wanted, abs=0.08 if name == "adafactor" else 0.05)


TRAINED = {
    "muon": {"learning_rate": 1e-2},
    "adamw_torch_8bit": {},
    "adamw_torch_4bit": {},
    "schedule_free_adamw": {"lr_scheduler_type": "constant"},
    "schedule_free_radam": {"lr_scheduler_type": "constant"},
    "schedule_free_sgd": {"lr_scheduler_type": "constant", "learning_rate": 1.0},
    "stable_adamw": {},
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("model") / "model")


def train(run: Run, attempt: int = 1) -> int:
    """torchao compiles its step, with threads that a fork would not have: it gets a process from scratch."""
    if not run.plan["training"]["optim"].startswith("adamw_torch_"):
        return run.train(attempt)
    process = run.start(attempt)
    process.communicate()
    return process.returncode


def run_of(folder: Path, model: Path, name: str, **training: Any) -> Run:
    lora = {"modules_to_save": None} if name == "muon" else {}
    changes = {"optim": name, "num_train_epochs": 4, **TRAINED[name], **training}
    run = make_run(folder, model, lora=lora, training=changes, validation_rows=8)
    assert train(run) == 0, run.log
    return run


@pytest.mark.parametrize("name", [needs_package(name) for name in TRAINED])
def test_it_trains_and_a_resumed_run_is_the_same_run(name: str, tmp_path: Path, model: Path) -> None:
    saves = {"save_strategy": "steps", "save_steps": 8, "save_total_limit": 9}
    run = run_of(tmp_path / "run", model, name, eval_strategy="epoch", **saves)
    assert run.event("settings")["differences"] == []
    assert run.event("settings")["effective"]["training"]["optim"] == name
    losses = run.losses()
    assert losses[32] < losses[1] - 0.005, losses
    evaluations = [event["metrics"]["eval_loss"] for event in run.events("eval")]
    shutil.rmtree(run.path / "checkpoints" / "checkpoint-24")
    shutil.rmtree(run.path / "checkpoints" / "checkpoint-32")
    adapter = (run.path / "adapter" / "adapter_model.safetensors").read_bytes()
    assert train(run, attempt=2) == 0, run.log
    assert run.losses(attempt=2) == {step: losses[step] for step in range(17, 33)}
    assert [event["metrics"]["eval_loss"] for event in run.events("eval", attempt=2)] == evaluations[-2:]
    assert (run.path / "adapter" / "adapter_model.safetensors").read_bytes() == adapter


def test_muon_makes_the_update_orthogonal(tmp_path: Path, model: Path) -> None:
    """One step from B = 0: B is the update itself, whose singular values Newton and Schulz bring near one."""
    from safetensors.torch import load_file

    training = {"max_steps": 1, "lr_scheduler_type": "constant", "learning_rate": 1e-2}
    run = run_of(
        tmp_path / "run",
        model,
        "muon",
        **training,
        optim_args="adjust_lr_fn=match_rms_adamw,nesterov=false",
    )
    assert run.event("settings")["differences"] == []
    saved = load_file(run.path / "adapter" / "adapter_model.safetensors")
    b = saved["base_model.model.model.layers.0.mlp.up_proj.lora_B.weight"]
    # match_rms_adamw: 0.2 · √(longer side).
    spectrum = torch.linalg.svdvals(b) / (1e-2 * 0.2 * max(b.shape) ** 0.5)
    assert float(spectrum.min()) > 0.5 and float(spectrum.max()) < 1.3


@pytest.mark.parametrize("name", [needs_package("schedule_free_adamw")])
def test_schedule_free_saves_the_averaged_weights(name: str, tmp_path: Path, model: Path) -> None:
    """The adapter that is saved is the one that was evaluated, not the one the gradient is taken at."""
    from lorch_trainer.adapters.adapter_weights import WEIGHTS

    evaluated = run_of(
        tmp_path / "evaluated",
        model,
        name,
        max_steps=2,
        eval_strategy="steps",
        eval_steps=2,
    )
    plain = run_of(tmp_path / "plain", model, name, max_steps=2)
    saved = run_of(
        tmp_path / "saved",
        model,
        name,
        max_steps=2,
        save_strategy="steps",
        save_steps=2,
    )
    adapters = [(run.path / "adapter" / WEIGHTS).read_bytes() for run in (evaluated, plain, saved)]
    assert adapters == 3 * adapters[:1]
    assert (saved.path / "checkpoints" / "checkpoint-2" / WEIGHTS).read_bytes() == adapters[0]
