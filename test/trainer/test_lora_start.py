"""PiSSA, OLoRA and EVA: the model starts where the base is, and what is saved is what was trained."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from run_folder import LORA, NF4, Run, make_model, make_rows, make_run
from safetensors.torch import load_file

INITS = ["pissa", "pissa_niter_8", "olora"]
IDS = torch.tensor([[1, 4, 6, 9, 11, 20, 2, 5, 6, 9, 11]])


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("model") / "model")


def load(model: Path, dtype: torch.dtype = torch.float32) -> Any:
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(model, dtype=dtype).eval()


def logits(model: Any) -> torch.Tensor:
    with torch.inference_mode():
        return model(IDS).logits.float()


def trained(folder: Path, model: Path, lora: dict[str, Any], rows: int = 32, **changes: Any) -> Run:
    """A run with one evaluation at its end, of all validation rows in one batch."""
    training = {
        "eval_strategy": "epoch",
        "per_device_eval_batch_size": 8,
        **changes.pop("training", {}),
    }
    run = make_run(folder, model, rows, 8, lora=lora, training=training, **changes)
    assert run.train() == 0, run.log
    return run


def reloaded(run: Run, model: Path) -> Any:
    """The adapter on the original base, by PEFT alone."""
    from peft import PeftModel

    return PeftModel.from_pretrained(load(model), run.path / "adapter").eval()


def loss_of(model: Any, rows: list[tuple[list[int], list[int]]]) -> float:
    """Cross entropy over the trained tokens of all rows."""
    total, count = 0.0, 0
    with torch.inference_mode():
        for ids, answer in rows:
            scores = model(torch.tensor([ids])).logits[0, :-1].log_softmax(-1)
            for position, token in enumerate(ids[1:]):
                if answer[position + 1]:
                    total -= float(scores[position, token])
                    count += 1
    return total / count


def split(
    folder: Path,
    model: Path,
    init: str,
    dtype: torch.dtype = torch.float32,
    **lora: Any,
) -> tuple[Any, Any]:
    """The original base, and a copy of it that was split as a run splits it."""
    from lorch_trainer.adapters.lora_start import peft_fields, start_adapter
    from lorch_trainer.plan import RunFolder
    from peft import LoraConfig, get_peft_model

    fields = {**LORA, "modules_to_save": None, "init_lora_weights": init, **lora}
    torch.manual_seed(0)
    adapted = get_peft_model(
        load(model, dtype), LoraConfig(task_type="CAUSAL_LM", **peft_fields(fields))
    ).eval()
    trainer = SimpleNamespace(model=adapted, seal=None, args=SimpleNamespace(seed=42))
    folder.mkdir(exist_ok=True)
    start_adapter(trainer, RunFolder(folder), SimpleNamespace(lora=fields))
    return load(model, dtype), adapted


SETTINGS: list[dict[str, Any]] = [
    {},
    {"use_rslora": True},
    {"use_dora": True},
    {"rank_pattern": {"q_proj": 4}, "alpha_pattern": {"k_proj": 3}},
]


@pytest.mark.parametrize("init", INITS)
@pytest.mark.parametrize("lora", SETTINGS, ids=lambda lora: "-".join(lora) or "plain")
def test_the_model_starts_as_the_base(tmp_path: Path, model: Path, init: str, lora: dict[str, Any]) -> None:
    base, adapted = split(tmp_path / "run", model, init, **lora)
    layer = adapted.get_base_model().model.layers[0].self_attn.q_proj
    weight = base.model.layers[0].self_attn.q_proj.weight
    rest, part = layer.get_base_layer().weight, layer.get_delta_weight("default")
    # A real part of the weight has moved into the adapter, and together they are the weight.
    assert float(part.detach().norm()) > 0.2 * float(weight.detach().norm())
    assert float((rest + part - weight).detach().abs().max()) < 1e-5
    assert float((logits(adapted) - logits(base)).abs().max()) < 1e-5


def test_pissa_takes_the_largest_singular_values(tmp_path: Path, model: Path) -> None:
    base, adapted = split(tmp_path / "run", model, "pissa")
    layer = adapted.get_base_model().model.layers[1].mlp.up_proj
    spectrum = torch.linalg.svdvals(base.model.layers[1].mlp.up_proj.weight)
    taken = torch.linalg.svdvals(layer.get_delta_weight("default").detach())[:8]
    assert torch.allclose(taken, spectrum[:8], atol=1e-5)
    assert torch.allclose(torch.linalg.svdvals(layer.get_base_layer().weight)[0], spectrum[8], atol=1e-5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("init", INITS)
def test_a_second_attempt_has_the_same_base_bit_by_bit(
    tmp_path: Path, model: Path, init: str, dtype: torch.dtype
) -> None:
    _, first = split(tmp_path / "run", model, init, dtype)
    _, second = split(tmp_path / "run", model, init, dtype)  # start.safetensors is there now
    before, after = dict(first.named_parameters()), dict(second.named_parameters())
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert first.peft_config["default"].init_lora_weights == init


@pytest.mark.parametrize("init", INITS)
@pytest.mark.parametrize(
    "lora",
    [
        {},
        {"use_rslora": True},
        {"use_dora": True, "modules_to_save": None},
        {
            "rank_pattern": {"q_proj": 4},
            "alpha_pattern": {"k_proj": 3},
            "use_rslora": True,
        },
        {
            "target_modules": [*LORA["target_modules"], "embed_tokens"],
            "modules_to_save": ["lm_head"],
        },
        {"modules_to_save": None, "trainable_token_indices": [5, 6], "bias": "all"},
    ],
    ids=["saved-modules", "rslora", "dora", "patterns", "embedding", "tokens"],
)
def test_reloaded_on_the_original_base_it_is_the_trained_model(
    tmp_path: Path, model: Path, init: str, lora: dict[str, Any]
) -> None:
    """The evaluation of the live model at the last step, against a plain reload of what was saved."""
    if "bias" in lora:
        model = make_model(tmp_path / "biased", biased=True)
    run = trained(tmp_path / "run", model, {**lora, "init_lora_weights": init})
    assert run.event("settings")["differences"] == []
    live = run.events("eval")[-1]["metrics"]["eval_loss"]
    adapted = reloaded(run, model)
    rows = make_rows(40)[32:]
    assert loss_of(adapted, rows) == pytest.approx(live, abs=1e-5)
    assert abs(loss_of(load(model), rows) - live) > 0.05, "nothing was learnt"
    config = json.loads((run.path / "adapter" / "adapter_config.json").read_text())
    assert (config["r"], config["init_lora_weights"]) == (16, True)


def test_lorch_try_and_merge_have_the_trained_model(tmp_path: Path, model: Path) -> None:
    from lorch_trainer.commands import merge
    from lorch_trainer.commands.try_ import load_adapted

    run = trained(tmp_path / "run", model, {"init_lora_weights": "pissa"})
    base = {
        "id": str(model),
        "path": str(model),
        "revision": None,
        "trust_remote_code": False,
    }
    spec = {
        "model": base,
        "dtype": "float32",
        "quantization": None,
        "adapter": str(run.path / "adapter"),
        "tokenizer": str(model),
        "out": str(tmp_path / "merged"),
        "prompts": [{"messages": [{"role": "user", "content": "w1 w2 w3"}]}],
    }
    live = run.events("eval")[-1]["metrics"]["eval_loss"]
    rows = make_rows(40)[32:]
    assert loss_of(load_adapted(spec), rows) == pytest.approx(live, abs=1e-5)
    assert merge.run(spec)["within_tolerance"]
    assert loss_of(load(tmp_path / "merged"), rows) == pytest.approx(live, abs=1e-5)


def test_peft_would_convert_the_same(tmp_path: Path, model: Path) -> None:
    """PEFT's own conversion, of the same weights (it takes in adapters alone: no saved modules)."""
    from lorch_trainer.adapters.lora_start import save_plain
    from lorch_trainer.plan import RunFolder

    _, adapted = split(tmp_path, model, "pissa")
    fields = {"init_lora_weights": "pissa"}
    adapted.peft_config["default"].init_lora_weights = True
    adapted.save_pretrained(tmp_path / "initial")
    with torch.no_grad():
        for parameter in adapted.parameters():
            if parameter.requires_grad:
                parameter.add_(0.01 * torch.randn_like(parameter))
    adapted.peft_config["default"].init_lora_weights = "pissa"
    adapted.save_pretrained(tmp_path / "ours")
    save_plain(tmp_path / "ours", RunFolder(tmp_path), SimpleNamespace(lora=fields))
    adapted.save_pretrained(
        tmp_path / "theirs",
        path_initial_model_for_weight_conversion=str(tmp_path / "initial"),
    )
    ours, theirs = (load_file(tmp_path / name / "adapter_model.safetensors") for name in ("ours", "theirs"))
    assert ours.keys() == theirs.keys() and all(torch.equal(ours[name], theirs[name]) for name in ours)
    configs = [
        json.loads((tmp_path / name / "adapter_config.json").read_text()) for name in ("ours", "theirs")
    ]
    for name in (
        "r",
        "lora_alpha",
        "rank_pattern",
        "alpha_pattern",
        "init_lora_weights",
    ):
        assert configs[0][name] == configs[1][name]


def test_in_bfloat16_the_difference_is_the_rounding_of_the_base(tmp_path: Path, model: Path) -> None:
    base, adapted = split(tmp_path, model, "pissa", torch.bfloat16)
    assert {p.dtype for p in adapted.parameters() if p.requires_grad} == {torch.float32}
    layer = adapted.get_base_model().model.layers[0].mlp.up_proj
    weight = base.model.layers[0].mlp.up_proj.weight.float()
    together = layer.get_base_layer().weight.float() + layer.get_delta_weight("default").float()
    # Half a unit in the last of bfloat16's 8 bits.
    assert float((together - weight).abs().max()) <= float(weight.abs().max()) * 2**-8


@pytest.mark.parametrize("init", ["pissa_niter_8", "olora", "eva"])
@pytest.mark.parametrize("packing", [False, True])
def test_a_resumed_run_is_the_same_run(tmp_path: Path, model: Path, init: str, packing: bool) -> None:
    lora = {"init_lora_weights": init, "lora_dropout": 0.1, "modules_to_save": None}
    training = {
        "save_strategy": "steps",
        "save_steps": 2,
        "packing": packing,
        "save_total_limit": 99,
    }
    run = trained(tmp_path / "run", model, lora, training=training)
    assert run.event("settings")["differences"] == []
    losses, last = (
        run.losses(),
        run.event("end")["step"] if "step" in run.event("end") else max(run.losses()),
    )
    adapter = (run.path / "adapter" / "adapter_model.safetensors").read_bytes()
    for path in (run.path / "checkpoints").iterdir():
        if int(path.name.rpartition("-")[2]) > 2:
            shutil.rmtree(path)
    assert run.train(attempt=2) == 0, run.log
    assert run.losses(attempt=2) == {step: losses[step] for step in range(3, last + 1)}
    assert (run.path / "adapter" / "adapter_model.safetensors").read_bytes() == adapter


def test_checkpoints_without_their_start_are_refused(tmp_path: Path, model: Path) -> None:
    training = {"save_strategy": "steps", "save_steps": 8}
    run = trained(tmp_path / "run", model, {"init_lora_weights": "pissa"}, training=training)
    (run.path / "start.safetensors").unlink()
    shutil.rmtree(run.path / "checkpoints" / "checkpoint-16")
    assert run.train(attempt=2) == 1
    assert run.event("error", attempt=2)["code"] == "R042"


@pytest.mark.parametrize(
    ("lora", "quantization", "words"),
    [
        ({"init_lora_weights": "pissa"}, NF4, "not quantized"),
        ({"init_lora_weights": "olora"}, NF4, "not quantized"),
        (
            {"init_lora_weights": "pissa", "r": 48},
            None,
            "fewer singular vectors than the rank 48",
        ),
        ({"init_lora_weights": "eva", "r": 500}, None, "eva needs 500 tokens"),
    ],
)
def test_what_cannot_start_so_is_refused(
    tmp_path: Path, model: Path, lora: dict[str, Any], quantization: Any, words: str
) -> None:
    run = make_run(tmp_path / "run", model, lora=lora, quantization=quantization)
    assert run.train() == 1
    error = run.event("error")
    assert error["code"] == "R026" and words in error["message"]


@pytest.mark.parametrize("quantization", [None, NF4])
def test_eva_starts_from_the_directions_of_the_answers(
    tmp_path: Path, model: Path, quantization: Any
) -> None:
    """A spans what a decomposition of the layer's inputs at the trained positions finds; B is zero."""
    fields = {"rho": 1, "tau": 0.99, "use_label_mask": True, "whiten": False}
    lora = {"init_lora_weights": "eva", "eva_config": fields, "modules_to_save": None}
    training = {"max_steps": 1, "learning_rate": 1e-12}
    run = trained(
        tmp_path / "run",
        model,
        lora,
        rows=64,
        quantization=quantization,
        training=training,
    )
    assert run.event("settings")["differences"] == []
    saved = load_file(run.path / "adapter" / "adapter_model.safetensors")
    a = saved["base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"].float()
    base, inputs = load(model), []
    with torch.inference_mode():
        handle = base.model.layers[0].self_attn.q_proj.register_forward_hook(
            lambda _module, args, _out: inputs.append(args[0][0])
        )
        for ids, answer in make_rows(72)[:64]:
            base(torch.tensor([ids]))
            inputs[-1] = inputs[-1][torch.tensor(answer).bool()]
        handle.remove()
    states = torch.cat(inputs)
    centred = states - states.mean(0)
    directions = torch.linalg.svd(centred, full_matrices=False).Vh
    # The first directions, up to the sign; PEFT's are of a part of the rows.
    shared = torch.linalg.svdvals(a[:2] @ directions[:4].T)
    assert float(shared.min()) > 0.8
    assert torch.allclose(a @ a.T, torch.eye(8), atol=2e-2)
    config = json.loads((run.path / "adapter" / "adapter_config.json").read_text())
    assert (config["r"], config["init_lora_weights"], config["eva_config"]) == (
        8,
        True,
        None,
    )
