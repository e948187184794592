"""Loads a base model: in the stated dtype, on one device, quantized or not."""

from __future__ import annotations

from typing import Any

from .errors import LorchError, from_exception
from .settings import torch_dtype


def load_base(
    source: str,
    *,
    revision: str | None,
    trust_remote_code: bool,
    dtype: str,
    attn_implementation: str | None,
    quantization: Any,
    device: str,
) -> Any:
    """`AutoModelForCausalLM` without defaults that differ between releases.

    `quantization` is a BitsAndBytesConfig or None. A quantized base is used as loaded:
    `prepare_model_for_kbit_training` is not called, as TRL does not call it either. It would copy embeddings,
    head and norms to fp32, which costs 4 bytes a parameter and gains nothing under bf16 autocast.
    """
    from transformers import AutoModelForCausalLM

    options: dict[str, Any] = {
        "revision": revision,
        "trust_remote_code": trust_remote_code,
        "dtype": torch_dtype(dtype),
    }
    if attn_implementation:
        options["attn_implementation"] = attn_implementation
    if quantization is not None:
        options["quantization_config"] = quantization
    elif _stored_as_mxfp4(source, revision):
        from transformers import Mxfp4Config

        # Packed experts take no adapter and no gradient; if no kernel for them is installed,
        # transformers would unpack them by itself.
        options["quantization_config"] = Mxfp4Config(dequantize=True)
    if quantization is not None or device != "cpu":
        # Load directly to the device: quantization happens there, and the whole model is never in RAM.
        options["device_map"] = {"": device}
    try:
        return AutoModelForCausalLM.from_pretrained(source, **options)
    except ImportError as cause:
        if quantization is not None and "bitsandbytes" in str(cause):
            raise LorchError("R015", f"the base cannot be quantized: {cause}") from cause
        raise from_exception(cause, source) from cause
    except Exception as cause:
        raise from_exception(cause, source) from cause


def _stored_as_mxfp4(source: str, revision: str | None) -> bool:
    from transformers import PretrainedConfig

    try:
        config, _ = PretrainedConfig.get_config_dict(source, revision=revision)
    except OSError:
        # Loading the model reports the fault.
        return False
    return (config.get("quantization_config") or {}).get("quant_method") == "mxfp4"


def load_tokenizer(folder: str, trust_remote_code: bool) -> Any:
    """The tokenizer that prepare saved, including the chat template."""
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(folder, trust_remote_code=trust_remote_code)
    except Exception as cause:
        raise LorchError("T002", f"the tokenizer in {folder} cannot be loaded: {cause}") from cause


def check_vocabulary(model: Any, largest_id: int) -> None:
    """Raises R029 if the data contains a token id that the embedding has no row for."""
    rows = model.get_input_embeddings().weight.shape[0]
    if largest_id >= rows:
        raise LorchError("R029", f"the data holds token id {largest_id}, the model has {rows} embedding rows")
