"""Folds an adapter into its base, tensor by tensor, in fp32."""

from __future__ import annotations

from typing import Any

import torch

from ..errors import LorchError, from_exception


def attach_adapter(base: Any, adapter: str) -> Any:
    """Base and adapter in eval mode: LoRA weights in fp32, saved modules in the base's dtype.

    fp32 because folding computes in fp32, and most LoRA weights were trained in it. A saved module takes the
    place of one of the base and must fit its neighbours.
    """
    from peft import PeftModel
    from peft.utils.other import ModulesToSaveWrapper

    try:
        model = PeftModel.from_pretrained(base, adapter)
    except Exception as cause:
        failure = from_exception(cause)
        if failure.code in ("R001", "R099"):
            reason = str(cause).strip().partition("\n")[0]
            raise LorchError("R016", f"the adapter in {adapter} cannot be loaded: {reason}") from cause
        raise failure from cause
    for module in model.modules():
        if isinstance(module, ModulesToSaveWrapper):
            module.modules_to_save.to(next(module.original_module.parameters()).dtype)
    model.eval()
    return model


def fold_adapter(model: Any) -> Any:
    """Merges in place and returns the plain model, every weight in the dtype it had.

    PEFT's own merge computes each layer (LoRA, rsLoRA, DoRA, biases, expert parameters); only the precision
    is lorch's choice: it casts one layer at a time to fp32 and back, so that memory grows by one layer only.
    """
    from peft.tuners.lora import LoraLayer

    tied = _untie(model.get_base_model())
    layers = [module for module in model.modules() if isinstance(module, LoraLayer)]
    for layer in layers:
        base = layer.get_base_layer()
        dtypes = {name: parameter.dtype for name, parameter in base.named_parameters()}
        layer.to(torch.float32)
        try:
            layer.merge(safe_merge=True)  # refuses if the result is not finite
        except (ValueError, RuntimeError, NotImplementedError) as cause:
            raise LorchError("R038", " ".join(str(cause).split())) from cause
        for name, parameter in base.named_parameters():
            parameter.data = parameter.data.to(dtypes[name])
    plain = model.merge_and_unload()  # the layers are already merged; this merges all other kinds
    if tied:
        _tie_again_if_equal(plain)
    return plain


def _raw(module: Any) -> Any:
    """The base's module inside PEFT's wrappers."""
    while True:
        inner = getattr(module, "base_layer", None) or getattr(module, "original_module", None)
        if inner is None:
            return module
        module = inner


def _untie(base: Any) -> bool:
    """Gives the head its own weight if it shares the embedding's; returns whether it did.

    Otherwise, folding into one of them would also change the other, which is not what was trained.
    """
    head, embedding = base.get_output_embeddings(), base.get_input_embeddings()
    if head is None or embedding is None:
        return False
    head, embedding = _raw(head), _raw(embedding)
    if head.weight is not embedding.weight:
        return False
    head.weight = torch.nn.Parameter(embedding.weight.detach().clone(), requires_grad=False)
    return True


def _tie_again_if_equal(model: Any) -> None:
    head, embedding = model.get_output_embeddings(), model.get_input_embeddings()
    same = torch.equal(head.weight, embedding.weight)
    if same:
        head.weight = embedding.weight
    # Written to config.json: with the old value, loading would tie what now differs.
    for config in {id(c): c for c in (model.config, model.config.get_text_config())}.values():
        config.tie_word_embeddings = same
