"""The validation loss is a mean over trained tokens, however the rows are batched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from run_folder import LORA, Run, make_model, make_run

ROWS = 27
BATCHES = (1, 2, 4, 13)
# Settings of which the training loss is made, and not the validation loss.
LOSSES: dict[str, dict[str, Any]] = {
    "plain": {},
    "label smoothing": {"label_smoothing_factor": 0.2},
    "dft": {"loss_type": "dft"},
}
FEEDS: dict[str, dict[str, Any]] = {
    "padded": {},
    "packed": {"packing": True, "eval_packing": True},
    "only the validation rows packed": {"eval_packing": True},
    "padding-free": {"padding_free": True},
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("model") / "model")


def trainer_of(run: Run) -> Any:
    """The real trainer of a run, in this process."""
    from lorch_trainer.attempt import Attempt
    from lorch_trainer.events import EventWriter
    from lorch_trainer.methods.sft import build
    from lorch_trainer.plan import RunFolder, read_plan
    from lorch_trainer.survival.stop import Stop

    folder = RunFolder(run.path)
    attempt = Attempt(folder, 1, EventWriter(run.events_path()))
    return build(attempt, Stop(lambda: None), read_plan(folder), "cpu", None)


def evaluate(trainer: Any, batch: int) -> dict[str, float]:
    trainer.args.per_device_eval_batch_size = batch
    metrics = trainer.evaluate()
    return {name: metrics[f"eval_{name}"] for name in ("loss", "entropy", "mean_token_accuracy")}


def by_hand(model: Path, run: Run) -> dict[str, float]:
    """Row by row, from the logits of the base alone: a fresh adapter changes nothing."""
    import torch
    from lorch_trainer.tokens.sequences import SequenceFile
    from transformers import AutoModelForCausalLM

    base = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32).eval()
    file = SequenceFile(run.path / "data" / "validation.safetensors")
    loss = entropy = right = tokens = 0.0
    for index in range(len(file.row)):
        ids = torch.tensor(file.input_ids(index).tolist())
        trained = torch.tensor(file.trained(index).tolist())[1:].bool()
        with torch.no_grad():
            scores = base(ids[None]).logits[0, :-1].double().log_softmax(-1)
        of_label = scores.gather(-1, ids[1:, None])[:, 0]
        loss -= float(of_label[trained].sum())
        entropy -= float((scores.exp() * scores).sum(-1)[trained].sum())
        right += float((scores.argmax(-1) == ids[1:])[trained].sum())
        tokens += float(trained.sum())
    return {"loss": loss / tokens, "entropy": entropy / tokens, "mean_token_accuracy": right / tokens}


def make(folder: Path, model: Path, **training: Any) -> Run:
    return make_run(folder, model, 8, ROWS, training={"eval_strategy": "epoch", **training})


@pytest.mark.parametrize("feed", list(FEEDS))
def test_every_way_to_batch_rows_gives_the_same_figure(feed: str, tmp_path: Path, model: Path) -> None:
    run = make(tmp_path / "run", model, **FEEDS[feed])
    expected = by_hand(model, run)
    trainer = trainer_of(run)
    found = {batch: evaluate(trainer, batch) for batch in BATCHES}
    for batch in BATCHES:
        assert found[batch] == pytest.approx(expected, rel=1e-6), (feed, batch)


@pytest.mark.parametrize("loss", list(LOSSES))
def test_it_is_plain_cross_entropy_whatever_is_trained(loss: str, tmp_path: Path, model: Path) -> None:
    run = make(tmp_path / "run", model, **LOSSES[loss])
    assert evaluate(trainer_of(run), 4) == pytest.approx(by_hand(model, run), rel=1e-6)


def test_a_mixture_of_experts_is_measured_without_its_balancing_loss(tmp_path: Path, model: Path) -> None:
    import shutil

    import torch
    from transformers import MixtralConfig, MixtralForCausalLM

    mixture = shutil.copytree(model, tmp_path / "mixture")
    torch.manual_seed(0)
    config = MixtralConfig(
        vocab_size=128,
        hidden_size=32,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=1,
        num_local_experts=4,
        max_position_embeddings=256,
    )
    MixtralForCausalLM(config).save_pretrained(mixture)
    run = make_run(
        tmp_path / "run",
        mixture,
        8,
        ROWS,
        lora={**LORA, "target_modules": ["q_proj"], "modules_to_save": None},
        training={"eval_strategy": "epoch", "router_aux_loss_coef": 0.5},
    )
    trainer = trainer_of(run)
    assert trainer.aux_loss_enabled
    expected = by_hand(mixture, run)
    for batch in (1, 13):
        assert evaluate(trainer, batch) == pytest.approx(expected, rel=1e-6)


def test_a_plan_of_an_earlier_version_keeps_its_way_of_counting(tmp_path: Path, model: Path) -> None:
    run = make(tmp_path / "run", model)
    del run.plan["evaluation_loss"]
    run.save()
    trainer = trainer_of(run)
    found = {round(evaluate(trainer, batch)["loss"], 6) for batch in BATCHES}
    assert len(found) == len(BATCHES)


def test_the_best_checkpoint_and_the_events_tell_the_figure_by_token(tmp_path: Path, model: Path) -> None:
    import json

    best = {"load_best_model_at_end": True, "metric_for_best_model": "eval_loss", "greater_is_better": False}
    run = make(tmp_path / "run", model, save_strategy="epoch", per_device_eval_batch_size=5, **best)
    assert run.train() == 0, run.log
    losses = {event["step"]: event["metrics"]["eval_loss"] for event in run.events("eval")}
    last = max(losses)
    state = json.loads((run.path / f"checkpoints/checkpoint-{last}/trainer_state.json").read_text())
    assert state["best_metric"] == min(losses.values())
    assert losses[state["best_global_step"]] == min(losses.values())
