"""Puts an adapter's saved weights into a model that already has the adapter.

`PeftModel.load_adapter`, which transformers would use, casts bf16 adapters to fp32 on the way and moves
modules between devices if the model has a device map. A resumed QLoRA run would then differ.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..errors import LorchError

WEIGHTS = "adapter_model.safetensors"


def load_adapter_weights(model: Any, folder: Path | str) -> None:
    """Copies the weights in place; parameters keep dtype and device. Raises R016 if they do not fit."""
    from peft import set_peft_model_state_dict
    from safetensors.torch import load_file

    path = Path(folder) / WEIGHTS
    if not path.exists():
        raise LorchError("R016", f"{folder} holds no {WEIGHTS}")
    result = set_peft_model_state_dict(model, load_file(path), adapter_name="default")
    trained = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    missing = sorted(trained & set(result.missing_keys))
    if result.unexpected_keys or missing:
        name = (list(result.unexpected_keys) or missing)[0]
        raise LorchError("R016", f"{path} was made for another adapter: {name} does not match")
