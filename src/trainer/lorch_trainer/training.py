"""The heavy half of train.py: builds the trainer, checks it against the plan, trains, saves the adapter."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from transformers import PrinterCallback, TrainerState
from transformers.trainer_callback import ProgressCallback

from .adapters.adapter import save_adapter
from .adapters.adapter_weights import load_adapter_weights
from .adapters.init_adapter import check_init_adapter, fuse_planned, load_init_adapter
from .adapters.lora_start import start_adapter
from .adapters.new_rows import (
    grow_embeddings,
    keep_embeddings_out_of_checkpoints,
    read_head_by_weight,
    with_new_rows,
)
from .adapters.parameters import compare_with_forecast, count_parameters, quantized_layers
from .attempt import Attempt
from .callbacks import ReportCallback
from .checkpoints import Seal, checkpoint_path
from .errors import LorchError
from .memory import memory_peaks
from .methods.early_stopping import describe, early_stopping, restore_count
from .methods.feeding import feed_splits
from .methods.sft import LorchTrainer, StoppedEarlyError, StoppedWhileEvaluatingError
from .model_loading import check_vocabulary, load_base, load_tokenizer
from .optimizers import settle_weights
from .plan import Plan
from .settings import build_lora_config, build_quantization_config, build_training_config
from .stop import Stop


def build_trainer(attempt: Attempt, stop: Stop, plan: Plan, device: str, seal: Seal | None) -> LorchTrainer:
    """Loads data and model, tells of both, and checks both against the plan."""
    args = build_training_config(plan, attempt.run, device)
    quantization = build_quantization_config(plan.quantization)
    train, validation = feed_splits(attempt.run, plan)
    attempt.events.emit("data", train=train.counts, validation=validation.counts if validation else None)
    trust = bool(plan.model["trust_remote_code"])
    tokenizer = load_tokenizer(str(attempt.run.tokenizer), trust)
    began = time.monotonic()
    if plan.init_adapter:
        check_init_adapter(attempt.run.init_adapter, plan.init_adapter["files"])
    model = load_base(
        plan.model_source,
        revision=plan.base_model["revision"],
        trust_remote_code=trust,
        dtype=plan.model["dtype"],
        attn_implementation=plan.model["attn_implementation"],
        quantization=quantization,
        device=device,
    )
    model = fuse_planned(attempt.run, plan, model)
    rows = grow_embeddings(model, plan.tokenizer)
    if plan.tokenizer and not plan.tokenizer.get("embedding"):  # of an architecture that lorch does not know
        plan = replace(plan, tokenizer={**plan.tokenizer, "embedding": rows})
    lora = build_lora_config(replace(plan, lora=with_new_rows(model, plan.lora, plan.tokenizer)))
    load_ms = int(1000 * (time.monotonic() - began))
    check_vocabulary(model, max(train.largest_id, validation.largest_id if validation else 0))
    report, early = ReportCallback(attempt), early_stopping(plan)
    try:
        trainer = LorchTrainer(
            attempt=attempt,
            plan=plan,
            stop=stop,
            seal=seal,
            model=model,
            args=args,
            train_dataset=train.dataset,
            eval_dataset=validation.dataset if validation else None,
            processing_class=tokenizer,
            peft_config=lora,
            early_stopping=early,
            # In this order: the report knows then whether an evaluation ended the run.
            callbacks=[early, report] if early else [report],
        )
    except ValueError as cause:
        raise _refusal(cause) from cause
    read_head_by_weight(trainer.model)
    if plan.tokenizer:
        keep_embeddings_out_of_checkpoints(trainer.model)
    trainer.init_adapter = load_init_adapter(attempt, plan, trainer.model, seal.step if seal else None)
    trainer.args.max_length = plan.training.get("max_length", trainer.args.max_length)
    start_adapter(trainer, attempt.run, plan)
    report.trainer = trainer
    trainer.remove_callback(PrinterCallback)
    trainer.remove_callback(ProgressCallback)
    _tell_model(attempt, plan, trainer.model, load_ms)
    return trainer


def _tell_model(attempt: Attempt, plan: Plan, model: Any, load_ms: int) -> None:
    trainable, total, modules = count_parameters(model)
    base = model.get_base_model()
    attempt.events.emit(
        "model",
        architecture=type(base).__name__,
        trainable=trainable,
        total=total,
        modules=modules,
        dtype=str(base.dtype).removeprefix("torch."),
        quantized_modules=len(quantized_layers(model)),
        load_ms=load_ms,
    )
    difference = compare_with_forecast(trainable, total, modules, plan.forecast["parameters"])
    if difference:
        attempt.warn("R022", difference)


def _refusal(cause: ValueError) -> LorchError:
    """A ValueError of TRL or PEFT about the settings."""
    text = " ".join(str(cause).split())
    if "adapter to `lm_head`" in text:
        return LorchError("R027", "an adapter on lm_head would not train: TRL reads lm_head.weight directly")
    if type(cause).__name__ == "NoMatchingPeftModuleError" or "specify `target_modules`" in text:
        return LorchError("R035", f"no module of the base model is targeted: {text}")
    if "not found in the base model" in text:
        return LorchError("R035", text)
    return LorchError("R026", f"the settings were refused: {text}")


def train_to_end(attempt: Attempt, stop: Stop, trainer: LorchTrainer, checkpoint: Path | None) -> bool:
    """Trains from the start or a checkpoint, then saves the adapter. Returns False if it was stopped."""
    stop.graceful = True
    done = checkpoint is not None and _take_up_finished(trainer, checkpoint)
    if not done:
        with suppress(StoppedWhileEvaluatingError):
            try:
                trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
            except StoppedEarlyError:
                trainer.load_best()
    state = trainer.state
    attempt.step, attempt.max_steps = state.global_step, state.max_steps
    if state.best_global_step and checkpoint_path(attempt.run.checkpoints, state.best_global_step).is_dir():
        attempt.best_checkpoint = f"{attempt.run.checkpoints.name}/checkpoint-{state.best_global_step}"
    if not trainer.finished:
        return False
    settle_weights(trainer)
    if trainer.stopped_early:
        attempt.early_stop = describe(trainer.early_stopping, trainer.args.metric_for_best_model, state)
    stop.over = True  # saving takes no longer than stopping would
    results = _results(attempt, trainer)
    attempt.events.emit("artifact", **save_adapter(trainer.model, attempt.run, trainer.plan, results))
    attempt.events.emit("memory", step=attempt.step, **memory_peaks())
    return True


def _take_up_finished(trainer: LorchTrainer, checkpoint: Path) -> bool:
    """Loads a checkpoint after which no step is left, whose attempt died before it saved the adapter.

    transformers would train one step too many from there where the last epoch is not a whole one.
    """
    state = TrainerState.load_from_json(str(checkpoint / "trainer_state.json"))
    trainer.state = state
    if trainer.early_stopping:
        restore_count(trainer.early_stopping, state)
    if not trainer.finished:
        return False
    best = checkpoint_path(checkpoint.parent, state.best_global_step or -1)
    use_best = trainer.args.load_best_model_at_end and best.is_dir()
    load_adapter_weights(trainer.model, best if use_best else checkpoint)
    return True


def _results(attempt: Attempt, trainer: LorchTrainer) -> dict[str, Any]:
    """What the model card tells about the outcome."""
    trainable, total, _ = count_parameters(trainer.model)
    history = trainer.state.log_history
    best = trainer.state.best_global_step if trainer.args.load_best_model_at_end else None
    evaluations = [
        entry for entry in history if "eval_loss" in entry and entry["step"] == (best or entry["step"])
    ]
    scores: dict[str, Any] = evaluations[-1] if evaluations else {}
    return {
        "trainable": trainable,
        "total": total,
        "step": attempt.step,
        "loss": next((entry["loss"] for entry in reversed(history) if "loss" in entry), None),
        "eval": {name: scores[name] for name in ("eval_loss", "eval_mean_token_accuracy") if name in scores},
        "best_checkpoint": attempt.best_checkpoint if trainer.args.load_best_model_at_end else None,
    }
