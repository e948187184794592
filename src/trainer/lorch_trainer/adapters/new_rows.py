"""Rows of embedding and head for the tokens that a config adds: made, filled, and trained by PEFT alone.

`spec` is the plan's `tokenizer`: `init`, `pad_to_multiple_of`, and `added` with `id` and `pieces` of each.
"""

from __future__ import annotations

from typing import Any

from ..errors import LorchError

_AT_ONCE = 4096
"""Rows summed at once."""


def grow_embeddings(model: Any, spec: dict[str, Any] | None) -> dict[str, int] | None:
    """Gives every new token a row in embedding and head, filled as `init` says. Works in place.

    Many models have spare rows beyond their vocabulary; only if these do not suffice are the matrices made
    longer, to a multiple of `pad_to_multiple_of`. Nothing is random: the same base gives the same rows
    on every attempt. Returns the rows `before` and `after`. Raises R027 if the head is quantized.
    """
    if not spec or not spec["added"]:
        return None
    import torch

    ids = [int(entry["id"]) for entry in spec["added"]]
    before = _rows(model.get_input_embeddings())
    after = rows_needed(before, ids, spec.get("pad_to_multiple_of"))
    for module in _matrices(model):
        if not module.weight.is_floating_point():
            raise LorchError(
                "R027",
                "the output head is quantized, so new tokens cannot get a row in it",
                "keep lm_head in `quantization.llm_int8_skip_modules`, or remove that setting",
            )
    if after != before:
        # transformers first fills new rows at random; this must not change later random numbers.
        with torch.random.fork_rng():
            model.resize_token_embeddings(after, mean_resizing=False)
    with torch.no_grad():
        for module in _matrices(model):
            _fill(module, spec, ids, range(before, after))
    return {"before": before, "after": after}


def rows_needed(before: int, ids: list[int], multiple: int | None) -> int:
    """Number of rows for these ids: the current number if it is enough, otherwise the next multiple."""
    needed = max(ids) + 1
    if needed <= before:
        return before
    multiple = multiple or 1
    return -(-needed // multiple) * multiple


def _fill(module: Any, spec: dict[str, Any], ids: list[int], appended: range) -> None:
    """`mean`: the mean of all rows of the old vocabulary. `pieces`: the mean of the token's old pieces."""
    known = min(*ids, appended.start)
    for parameter in (module.weight, getattr(module, "bias", None)):
        if parameter is None:
            continue
        start = (
            parameter.new_zeros(parameter.shape[1:]) if spec["init"] == "zero" else _mean(parameter[:known])
        )
        parameter[sorted({*ids, *appended})] = start
        for entry in spec["added"] if spec["init"] == "pieces" else ():
            if entry["pieces"]:
                parameter[int(entry["id"])] = _mean(parameter[list(entry["pieces"])])


def _mean(rows: Any) -> Any:
    """The mean row, summed in fp64 a part at a time: a whole embedding in fp64 may not fit."""
    import torch

    total = sum(part.sum(0, dtype=torch.float64) for part in rows.split(_AT_ONCE))
    return (total / len(rows)).to(rows.dtype)


def with_new_rows(model: Any, lora: dict[str, Any], spec: dict[str, Any] | None) -> dict[str, Any]:
    """LoraConfig fields under which the new rows train, and only they; `modules_to_save` may train all rows.

    The plan already has them if lorch knows the architecture (src/model/new-token-rows.ts computes the same).
    """
    if not spec or not spec["added"]:
        return lora
    ids = [int(entry["id"]) for entry in spec["added"]]
    embedding, head = (
        _name_of(model, model.get_input_embeddings()),
        _name_of(model, model.get_output_embeddings()),
    )
    tied = _tied(model)
    saved = [str(name) for name in lora.get("modules_to_save") or []]
    whole = {name for name in (embedding, head) if name and any(name.endswith(one) for one in saved)}
    if whole and tied and lora.get("ensure_weight_tying"):
        return lora
    given = lora.get("trainable_token_indices")
    rows = (
        {embedding: list(given)}
        if isinstance(given, list)
        else {k: list(v) for k, v in (given or {}).items()}
    )
    for name in (embedding, head):
        # A tied head follows the embedding automatically.
        follows = name == head and tied and not whole
        if not name or name in whole:
            continue
        keys = [key for key in rows if name.endswith(key)] or ([] if follows else [name])
        for key in keys:
            rows[key] = [*rows.get(key, []), *(one for one in ids if one not in rows.get(key, []))]
    return {**lora, "trainable_token_indices": rows or None}


def read_head_by_weight(model: Any) -> None:
    """Lets TRL's fused loss read a head of which single rows train. Raises R027 if that head has a bias.

    TRL takes `lm_head.weight` and `.bias` rather than calling the head. PEFT's wrapper answers the first with
    the weight as it trains, gradient included, and does not know the second.
    Its own forward leaves a bias out.
    """
    head = model.get_output_embeddings()
    if type(head).__name__ != "TrainableTokensWrapper":
        return
    if getattr(head.original_module, "bias", None) is not None:
        raise LorchError(
            "R027",
            "single rows of a head with a bias cannot be trained, because PEFT leaves the bias out",
            "`modules_to_save: [lm_head]` trains all rows",
        )
    head.bias = None


def keep_embeddings_out_of_checkpoints(model: Any) -> None:
    """Makes adapters save without the base's embedding, which PEFT adds if the vocabulary has grown.

    The adapter always has the new rows, and the base has the old ones.
    """
    save = model.save_pretrained

    def save_adapter_alone(*args: Any, **kwargs: Any) -> Any:
        return save(*args, **{**kwargs, "save_embedding_layers": False})

    model.save_pretrained = save_adapter_alone


def trained_rows(model: Any) -> dict[str, list[int]]:
    """Ids of the rows that train, by full module name, from the live wrappers."""
    return {
        name.removeprefix("base_model.model."): list(module.token_adapter.token_indices["default"])
        for name, module in model.named_modules()
        if type(module).__name__ == "TrainableTokensWrapper"
    }


def live_rows(model: Any, spec: dict[str, Any]) -> dict[str, Any]:
    """`rows` of the embedding and the ids of `added` that train in it, or in all of it, for readback.py."""
    embedding = model.get_input_embeddings()
    whole = type(embedding).__name__ == "ModulesToSaveWrapper"
    ids = set(trained_rows(model).get(_name_of(model, embedding).removeprefix("base_model.model."), []))
    return {
        "rows": _rows(embedding),
        "trained": [entry["id"] for entry in spec["added"] if whole or entry["id"] in ids],
    }


def _matrices(model: Any) -> list[Any]:
    """Embedding and head; one if they share their weight."""
    embedding, head = model.get_input_embeddings(), model.get_output_embeddings()
    return [embedding] if head is None or _tied(model) else [embedding, head]


def _tied(model: Any) -> bool:
    head = model.get_output_embeddings()
    return head is not None and head.weight is model.get_input_embeddings().weight


def _rows(module: Any) -> int:
    return int(module.weight.shape[0])


def _name_of(model: Any, module: Any) -> str:
    return next((name for name, one in model.named_modules() if one is module), "")
