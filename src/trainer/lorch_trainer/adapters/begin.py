"""The adapter of a run as training finds it: where it begins, what it counts, and how it can fail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..errors import LorchError
from .init_adapter import load_init_adapter
from .lora_start import start_adapter
from .new_rows import keep_embeddings_out_of_checkpoints, read_head_by_weight
from .parameters import compare_with_forecast, count_parameters, quantized_layers


@contextmanager
def explained_refusals() -> Iterator[None]:
    """Turns a ValueError of TRL or PEFT about the settings into R026, R027 or R035."""
    try:
        yield
    except ValueError as cause:
        raise _refusal(cause) from cause


def _refusal(cause: ValueError) -> LorchError:
    text = " ".join(str(cause).split())
    if "adapter to `lm_head`" in text:
        return LorchError("R027", "an adapter on lm_head would not train: TRL reads lm_head.weight directly")
    if type(cause).__name__ == "NoMatchingPeftModuleError" or "specify `target_modules`" in text:
        return LorchError("R035", f"no module of the base model is targeted: {text}")
    if "not found in the base model" in text:
        return LorchError("R035", text)
    return LorchError("R026", f"the settings were refused: {text}")


def begin_adapter(trainer: Any) -> None:
    """Gives the adapter its first weights: those of its kind, of another adapter, or computed ones."""
    attempt, plan, model = trainer.attempt, trainer.plan, trainer.model
    read_head_by_weight(model)
    if plan.tokenizer:
        keep_embeddings_out_of_checkpoints(model)
    step = trainer.seal.step if trainer.seal else None
    trainer.init_adapter = load_init_adapter(attempt, plan, model, step)
    with trainer.accelerator.main_process_first():  # a computed start is a file that the others read
        start_adapter(trainer, attempt.run, plan)


def tell_model(trainer: Any, load_ms: int) -> None:
    """The `model` event, and R022 if the parameters are not those of the forecast."""
    attempt, model = trainer.attempt, trainer.model
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
    difference = compare_with_forecast(trainable, total, modules, trainer.plan.forecast["parameters"])
    if difference:
        attempt.warn("R022", difference)
