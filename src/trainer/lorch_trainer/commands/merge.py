"""`merge`: folds an adapter into its base, saves a plain model, and verifies its logits."""

from __future__ import annotations

import gc
import shutil
from pathlib import Path
from typing import Any

from .. import stdio
from ..device import keep_offline, pin_device
from ..errors import LorchError

_STAGES = ("loading base", "answering", "folding", "saving", "reloading", "hashing")
_SHARD = "5GB"


def run(spec: dict[str, Any]) -> dict[str, Any]:
    """Writes the merged model to `out`; the result has the difference of its logits from base and adapter.

    It compares the merged model, read back from disk, with the adapter on the unquantized base, both in
    `dtype`. With `quantization`, `quantized_drift` also gives the difference of the merged model
    from what was trained, which no rounding in `dtype` explains and no tolerance applies to.
    """
    with stdio.spec_fields("merge"):
        out, adapter, prompts = Path(spec["out"]), str(spec["adapter"]), list(spec["prompts"])
        model_spec, _ = spec["model"], spec["dtype"]
    if out.exists():
        raise LorchError("R033", f"{out} exists")
    keep_offline(bool(model_spec.get("path")))
    pin_device(use_cpu=False)
    partial = out.with_name(f".{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.parent.mkdir(parents=True, exist_ok=True)
    try:
        value = _merge(spec, adapter, prompts, partial)
        partial.rename(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return {"out": str(out), **value}


def _merge(spec: dict[str, Any], adapter: str, prompts: list[dict[str, Any]], out: Path) -> dict[str, Any]:
    from ..adapters.folding import attach_adapter, fold_adapter
    from ..adapters.logits import compare_logits, disturb, encode_prompts, logits_of, tolerance
    from ..model_loading import load_tokenizer

    _tell(0)
    tokenizer = load_tokenizer(spec["tokenizer"], bool(spec["model"].get("trust_remote_code")))
    model = attach_adapter(_load(spec), adapter)
    ids = encode_prompts(tokenizer, prompts, model.get_input_embeddings().weight.shape[0])
    _tell(1)
    expected = logits_of(model, ids)
    _tell(2)
    merged = fold_adapter(model)
    _tell(3)
    dtype = str(merged.dtype).removeprefix("torch.")
    _save(merged, out)
    tokenizer.save_pretrained(out)
    del model, merged
    _free()
    _tell(4)
    saved = {**spec["model"], "path": str(out)}
    merged = _load({**spec, "model": saved, "dtype": dtype, "new_tokens": None, "init_adapter": None})
    found = logits_of(merged, ids)
    disturb(merged)
    noise = compare_logits(logits_of(merged, ids), found)["max_logit_diff"]
    del merged
    _free()
    drift = None
    if spec.get("quantization"):
        drift = compare_logits(found, logits_of(attach_adapter(_load(spec, quantized=True), adapter), ids))
        _free()
    allowed = tolerance(dtype, noise)
    compared = compare_logits(found, expected)
    _tell(5)
    return {
        "files": _files(out),
        **compared,
        "tolerance": allowed,
        "within_tolerance": compared["max_logit_diff"] <= allowed,
        "quantized_drift": drift,
    }


def _load(spec: dict[str, Any], quantized: bool = False) -> Any:
    from ..adapters.init_adapter import fuse_specified
    from ..adapters.new_rows import grow_embeddings
    from ..device import torch_device
    from ..model_loading import load_base
    from ..settings import build_quantization_config

    model = spec["model"]
    base = load_base(
        model.get("path") or model["id"],
        revision=None if model.get("path") else model.get("revision"),
        trust_remote_code=bool(model.get("trust_remote_code")),
        dtype=spec["dtype"],
        attn_implementation=spec.get("attn_implementation"),
        quantization=build_quantization_config(spec["quantization"]) if quantized else None,
        device=torch_device(),
    )
    grow_embeddings(base, spec.get("new_tokens"))
    return fuse_specified(spec, base).eval()


def _save(model: Any, out: Path) -> None:
    # Some published generation settings contradict themselves, which prevents saving but not loading.
    try:
        model.generation_config.validate(strict=True)
    except ValueError:
        model.generation_config.do_sample = True
    model.save_pretrained(str(out), max_shard_size=_SHARD, safe_serialization=True)


def _files(folder: Path) -> list[dict[str, Any]]:
    from ..tokens.sequences import sha256_file

    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [
        {
            "path": path.relative_to(folder).as_posix(),
            "bytes": path.stat().st_size,
            "sha256": sha256_file(path),
        }
        for path in paths
    ]


def _tell(done: int) -> None:
    stdio.progress(_STAGES[done], done, len(_STAGES))


def _free() -> None:
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
