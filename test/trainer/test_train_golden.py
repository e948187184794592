"""The golden path: a real LoRA and real QLoRA runs on a tiny model, from plan to adapter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from run_folder import HIDDEN, NF4, VOCABULARY, Run, make_model, make_rows, make_run

QUANTIZATIONS: dict[str, dict[str, Any] | None] = {
    "LoRA": None,
    "QLoRA": {**NF4, "bnb_4bit_use_double_quant": False},
    "QLoRA with double quantization": {**NF4, "bnb_4bit_use_double_quant": True},
}
EPOCHS = 6
MARGIN = 1.5
"""How far the loss must fall, of about ln(128) = 4.85 at the start. Measured: 2.1 with all three."""


@pytest.fixture(scope="module", params=list(QUANTIZATIONS))
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("golden")
    made = make_run(
        folder / "run",
        make_model(folder / "model"),
        validation_rows=4,
        quantization=QUANTIZATIONS[request.param],
        training={
            "num_train_epochs": EPOCHS,
            "eval_strategy": "epoch",
            "save_strategy": "epoch",
            "load_best_model_at_end": True,
            "metric_for_best_model": "loss",
            "save_total_limit": 2,
        },
    )
    assert made.train() == 0, made.log
    return made


def test_the_loss_falls(run: Run) -> None:
    losses = list(run.losses().values())
    assert len(losses) == 8 * EPOCHS
    assert sum(losses[:4]) / 4 - sum(losses[-4:]) / 4 > MARGIN


def test_trained_parameters_are_the_plain_sum_that_the_plan_forecast(run: Run) -> None:
    model, planned = run.event("model"), run.plan["forecast"]["parameters"]
    per_layer = 8 * sum((64 + 64, 32 + 64, 32 + 64, 64 + 64, 128 + 64, 128 + 64, 64 + 128))
    assert planned["trainable"] == 2 * per_layer + 2 * VOCABULARY * HIDDEN
    assert (model["trainable"], model["total"]) == (planned["trainable"], planned["total"])
    assert model["modules"]["model.layers.0.self_attn.q_proj"] == 8 * (64 + 64)
    assert sum(model["modules"].values()) == model["trainable"]
    assert model["quantized_modules"] == (14 if run.plan["quantization"] else 0)
    assert run.events("warning") == []


def test_every_row_and_token_is_accounted_for(run: Run) -> None:
    data, steps = run.event("data"), run.events("step")
    for split in ("train", "validation"):
        planned = run.plan["dataset"][split]
        assert {name: data[split][name] for name in ("rows", "tokens", "trained_tokens", "sha256")} == {
            name: planned[name] for name in ("rows", "tokens", "trained_tokens", "sha256")
        }
    assert steps[-1]["tokens"] == EPOCHS * data["train"]["tokens"]
    assert steps[-1]["trained_tokens"] == EPOCHS * data["train"]["trained_tokens"]


def test_events_are_in_order_and_end_well(run: Run) -> None:
    events = run.events()
    assert [event["seq"] for event in events] == list(range(len(events)))
    assert [event["type"] for event in events[:4]] == ["hello", "data", "model", "settings"]
    end = events[-1]
    assert (end["type"], end["outcome"], end["code"], end["step"]) == ("end", "succeeded", 0, 8 * EPOCHS)
    assert (end["max_steps"], end["train_ms"] > 0) == (8 * EPOCHS, True)
    assert run.event("settings")["differences"] == []
    assert all(event["metrics"]["tokens_per_second"] > 0 for event in run.events("step"))
    assert run.events("memory")[-1]["rss_peak_bytes"] > 100_000_000


def test_events_have_the_fields_that_the_controller_reads(run: Run) -> None:
    """The golden file is read by the controller's tests too."""
    golden_file = Path(__file__).parents[1] / "fixtures" / "protocol" / "events.jsonl"
    golden = {event["type"]: event for event in map(json.loads, golden_file.read_text().splitlines())}
    seen = set()
    for event in run.events():
        expected = golden[event["type"]]
        seen.add(event["type"])
        assert set(event) == set(expected), event["type"]
        for part in ("device", "train"):
            assert set(event.get(part, {})) == set(expected.get(part, {}))
    assert seen == set(golden) - {"warning", "error"}


def test_the_best_and_the_last_checkpoint_stay(run: Run) -> None:
    evaluations = {event["step"]: event["metrics"]["eval_loss"] for event in run.events("eval")}
    best = min(evaluations, key=lambda step: evaluations[step])
    kept = sorted(path.name for path in (run.path / "checkpoints").iterdir())
    assert run.events()[-1]["best_checkpoint"] == f"checkpoints/checkpoint-{best}"
    assert {f"checkpoint-{best}", f"checkpoint-{8 * EPOCHS}"} <= set(kept)
    assert len(kept) == 2
    assert [event["reason"] for event in run.events("checkpoint")] == ["schedule"] * (EPOCHS - 1) + ["end"]


def test_the_adapter_reloads_in_plain_peft_and_changes_the_logits(run: Run) -> None:
    import torch
    from peft import PeftModel
    from safetensors.torch import load_file
    from transformers import AutoModelForCausalLM, AutoTokenizer

    adapter = run.path / "adapter"
    base = AutoModelForCausalLM.from_pretrained(run.plan["base_model"]["path"], dtype=torch.float32)
    ids = torch.tensor([make_rows(1)[0][0]])
    with torch.no_grad():
        before = base(ids).logits.clone()
        model = PeftModel.from_pretrained(base, str(adapter))
        after = model(ids).logits
    assert (after - before).abs().max() > 0.5
    best = run.path / run.events()[-1]["best_checkpoint"]
    saved, kept = (
        load_file(adapter / "adapter_model.safetensors"),
        load_file(best / "adapter_model.safetensors"),
    )
    assert all(torch.equal(saved[name], kept[name]) for name in kept)
    tokenizer = AutoTokenizer.from_pretrained(adapter)
    assert (
        tokenizer.apply_chat_template([{"role": "user", "content": "w1"}], tokenize=False)
        == "user : w1 <end> "
    )


def test_the_adapter_comes_with_a_card_and_a_fingerprint(run: Run) -> None:
    from lorch_trainer.tokens.sequences import sha256_file

    artifact = run.event("artifact")
    assert (artifact["kind"], artifact["path"]) == ("adapter", "adapter")
    assert artifact["sha256"] == sha256_file(run.path / "adapter" / "adapter_model.safetensors")
    card = (run.path / "adapter" / "README.md").read_text()
    trainable = run.plan["forecast"]["parameters"]["trainable"]
    for fact in (
        f"{trainable:,}",
        run.plan["base_model"]["id"],
        "`fp-train`",
        "lorch 0.1.0",
        '"lora_alpha": 16',
    ):
        assert fact in card
    config = json.loads((run.path / "adapter" / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == run.plan["base_model"]["path"]


def test_nothing_is_left_half_written(run: Run) -> None:
    assert list(Path(run.path).rglob("*partial*")) == []
