"""Supervised fine-tuning: an adapter learns the tokens that have a label. It runs from top to bottom."""

from __future__ import annotations

from pathlib import Path

from ..adapters.adapter import save_adapter
from ..adapters.begin import begin_adapter, explained_refusals, tell_model
from ..attempt import Attempt
from ..base_model import load_planned_base
from ..memory import memory_peaks
from ..plan import Plan
from ..settings import build_quantization_config, build_training_config
from ..survival.checkpoints import Seal
from ..survival.loop import last_results, train_to_end
from ..survival.ranks import speaks, wait_for_all
from ..survival.stop import Stop
from ..survival.survives import Survives
from .feeding import feed_splits
from .sft_trainer import TokenTrainer


class SftTrainer(Survives, TokenTrainer):
    """TRL's SFTTrainer, which survives."""


def train(attempt: Attempt, stop: Stop, plan: Plan, device: str, resumed: tuple[Path, Seal] | None) -> bool:
    """Executes a plan, from the start or a checkpoint. Returns False if it was stopped before the end."""
    trainer = build(attempt, stop, plan, device, resumed[1] if resumed else None)

    # Loop: TRL's, with checkpoints that are sealed and a stop between two steps
    if not train_to_end(trainer, resumed[0] if resumed else None):
        return False

    # Result: the adapter, with tokenizer and model card
    if speaks():
        saved = save_adapter(trainer.model, attempt.run, trainer.plan, last_results(trainer))
        attempt.events.emit("artifact", **saved)
        attempt.events.emit("memory", step=attempt.step, **memory_peaks())
    wait_for_all(plan.use_cpu)
    return True


def build(attempt: Attempt, stop: Stop, plan: Plan, device: str, seal: Seal | None) -> SftTrainer:
    """The trainer of a plan, ready to train; what it was made of is told, and checked against the plan."""
    args = build_training_config(plan, attempt.run, device)
    quantization = build_quantization_config(plan.quantization)

    # Data: the prepared sequences, the ones that were planned and no others
    train, validation = feed_splits(attempt.run, plan)
    attempt.events.emit("data", train=train.counts, validation=validation.counts if validation else None)
    largest_id = max(train.largest_id, validation.largest_id if validation else 0)

    # Model: the base, with rows for new tokens
    base = load_planned_base(attempt.run, plan, quantization, device, largest_id)

    # Trainer: puts the adapter on the base
    with explained_refusals():
        trainer = SftTrainer(
            attempt=attempt,
            plan=base.plan,
            stop=stop,
            seal=seal,
            model=base.model,
            args=args,
            train_dataset=train.dataset,
            eval_dataset=validation.dataset if validation else None,
            processing_class=base.tokenizer,
            peft_config=base.lora,
        )
    trainer.args.max_length = plan.training.get("max_length", trainer.args.max_length)

    # Adapter: where it begins
    begin_adapter(trainer)
    tell_model(trainer, base.load_ms)
    return trainer
