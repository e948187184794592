"""Rows of new tokens: made and filled the same each time, trained alone, saved, folded and loaded again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from kill_points import stop_at
from run_folder import HIDDEN, NF4, VOCABULARY, Run, forecast, make_model, make_rows, make_run, write_split
from test_merge import spec as merge_spec
from test_train_resume import sha, told

ROWS_ALONE = {"modules_to_save": None, "target_modules": ["q_proj", "v_proj"]}
CASES = {
    "two more rows": ([128, 129], None, 130),
    "rows to spare": ([126, 127], None, 128),
    "a multiple of 64": ([128, 129], 64, 192),
}


def new_tokens(ids: list[int], init: str = "mean", multiple: int | None = None) -> dict[str, Any]:
    """A plan's `tokenizer`."""
    added = [{"token": f"<t{n}>", "id": n, "special": False, "rows": 9, "pieces": [7, 8]} for n in ids]
    return {"init": init, "pad_to_multiple_of": multiple, "added": added, "embedding": None}


def make_new_run(folder: Path, model: Path, tokens: dict[str, Any], **changes: Any) -> Run:
    """A run whose rows all contain the new tokens, in the question and in the answer."""
    run = make_run(folder, model, **{**changes, "lora": {**ROWS_ALONE, **changes.get("lora", {})}})
    ids = [entry["id"] for entry in tokens["added"]]
    rows = [
        (
            [*row[:3], *ids, *row[3:-1], *ids, 2],
            [*mask[:3], *(0 for _ in ids), *mask[3:-1], *(1 for _ in ids), 1],
        )
        for row, mask in make_rows(32)
    ]
    run.plan["dataset"]["train"] = write_split(run.path / "data", "train", rows)
    run.plan["tokenizer"] = tokens
    return run


def plan_parameters(run: Run, rows: int, tied: bool) -> None:
    """Puts the sum of what trains into the plan: each new row once, or twice if the head is its own."""
    plain = forecast(run.plan["lora"])
    count = len(run.plan["tokenizer"]["added"]) * HIDDEN
    names = ["model.embed_tokens"] if tied else ["model.embed_tokens", "lm_head"]
    plain["modules"] += [{"name": name, "out": 0, "in": 0, "trainable": count} for name in names]
    more = (rows - VOCABULARY) * HIDDEN * len(names) - tied * VOCABULARY * HIDDEN
    plain["trainable"] += count * len(names)
    plain["total"] += count * len(names) + more
    run.plan["forecast"]["parameters"] = plain
    run.plan["tokenizer"]["embedding"] = {"before": VOCABULARY, "after": rows}


def weights(folder: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    return load_file(folder / "model.safetensors")


@pytest.mark.parametrize("tied", [False, True], ids=["untied", "tied"])
@pytest.mark.parametrize("case", list(CASES))
def test_the_new_rows_train_and_no_other(tmp_path: Path, case: str, tied: bool) -> None:
    import torch
    from lorch_trainer.commands import merge

    ids, multiple, rows = CASES[case]
    model = make_model(tmp_path / "model", tied=tied)
    run = make_new_run(tmp_path / "run", model, new_tokens(ids, multiple=multiple))
    plan_parameters(run, rows, tied)
    assert run.train() == 0, run.log
    # Counted as the plan says, every setting in effect, every parameter with a gradient.
    assert run.events("warning") == []
    told_settings = run.event("settings")["effective"]
    assert told_settings["tokenizer"] == {"rows": rows, "trained": ids}

    spec = merge_spec(model, run.path / "adapter", tmp_path / "merged", new_tokens=run.plan["tokenizer"])
    merged = merge.run({**spec, "prompts": []})
    assert merged["max_logit_diff"] < 1e-4
    before, after = weights(model), weights(tmp_path / "merged")
    matrices = ["model.embed_tokens.weight"] + ([] if tied else ["lm_head.weight"])
    assert ("lm_head.weight" in after) != tied
    for name in matrices:
        old, new = before[name], after[name]
        assert new.shape == (rows, HIDDEN)
        kept = [n for n in range(VOCABULARY) if n not in ids]
        assert torch.equal(new[kept], old[kept])
        mean = old[: ids[0]].double().mean(0).float()
        assert all((new[n] - mean).abs().max() > 1e-3 for n in ids)
        rest = [n for n in range(VOCABULARY, rows) if n not in ids]
        assert torch.equal(new[rest], mean.expand(len(rest), -1))
    # A checkpoint, and so the adapter, holds the new rows and not the base's.
    names = adapter_names(run)
    assert sorted(name for name in names if "embed" in name or "lm_head" in name) == [
        f"base_model.model.{name.removesuffix('.weight')}.token_adapter.trainable_tokens_delta"
        for name in sorted(matrices)
    ]


def adapter_names(run: Run) -> set[str]:
    from safetensors.torch import load_file

    return set(load_file(run.path / "adapter" / "adapter_model.safetensors"))


@pytest.mark.parametrize("init", ["mean", "pieces", "zero"])
@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_rows_begin_as_asked_and_disturb_no_random_numbers(tmp_path: Path, init: str, device: str) -> None:
    import torch
    from lorch_trainer.adapters.new_rows import grow_embeddings
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(make_model(tmp_path / "model")).to(device)
    state = torch.get_rng_state()
    assert grow_embeddings(model, new_tokens([128, 129], init, 64)) == {"before": 128, "after": 192}
    assert torch.equal(torch.get_rng_state(), state)
    assert model.config.vocab_size == 192
    if device == "meta":
        return
    for module in (model.get_input_embeddings(), model.get_output_embeddings()):
        old = module.weight[:128].double()
        mean, pieces = old.mean(0).float(), old[[7, 8]].mean(0).float()
        wanted = {"mean": mean, "pieces": pieces, "zero": torch.zeros(HIDDEN)}[init]
        assert torch.equal(module.weight[128], wanted)
        assert torch.equal(module.weight[129], wanted)
        assert torch.equal(module.weight[191], torch.zeros(HIDDEN) if init == "zero" else mean)


@pytest.mark.parametrize("tied", [False, True], ids=["untied", "tied"])
def test_the_fused_loss_gives_rows_of_the_head_the_gradient_of_all_logits(tmp_path: Path, tied: bool) -> None:
    """TRL reads `lm_head.weight` and never calls the head; no gradient, or another one, would be silent."""
    import torch
    from lorch_trainer.adapters.new_rows import grow_embeddings, read_head_by_weight, with_new_rows
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM
    from trl.trainer.utils import add_fused_lm_head

    model = AutoModelForCausalLM.from_pretrained(make_model(tmp_path / "model", tied=tied))
    tokens = new_tokens([128, 129])
    grow_embeddings(model, tokens)
    fields = with_new_rows(model, {"r": 2, "target_modules": ["q_proj"]}, tokens)
    adapted = get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", **fields))
    read_head_by_weight(adapted)
    add_fused_lm_head(adapted.get_base_model())
    ids = torch.tensor([[1, 128, 9, 30, 129, 7, 128, 2]])

    def gradients(loss: Any) -> dict[str, Any]:
        adapted.zero_grad()
        loss.backward()
        return {n: p.grad.clone() for n, p in adapted.named_parameters() if "tokens_delta" in n}

    fused = gradients(adapted(input_ids=ids, labels=ids, fused_lm_head=True).loss)
    logits = adapted(input_ids=ids).logits[0, :-1]
    whole = gradients(torch.nn.functional.cross_entropy(logits, ids[0, 1:]))
    assert len(fused) == (1 if tied else 2)
    for name, gradient in fused.items():
        assert gradient.shape == (2, HIDDEN)
        assert (gradient.norm(dim=1) > 1e-2).all()
        assert torch.allclose(gradient, whole[name], atol=1e-6), name


@pytest.mark.parametrize(
    ("saved", "tied", "rows"),
    [
        (["embed_tokens", "lm_head"], False, None),
        (["lm_head"], False, {"model.embed_tokens": [128, 129]}),
        (["embed_tokens"], False, {"lm_head": [128, 129]}),
        (["embed_tokens"], True, {"lm_head": [128, 129]}),
        (["embed_tokens", "lm_head"], True, None),
    ],
    ids=str,
)
def test_a_module_that_trains_whole_trains_its_new_rows_too(
    tmp_path: Path, saved: list[str], tied: bool, rows: Any
) -> None:
    from lorch_trainer.commands import merge

    model = make_model(tmp_path / "model", tied=tied)
    run = make_new_run(tmp_path / "run", model, new_tokens([128, 129]), lora={"modules_to_save": saved})
    run.plan["forecast"]["parameters"] = None
    assert run.train() == 0, run.log
    assert run.events("warning") == []
    assert run.event("settings")["effective"]["lora"]["modules_to_save"] == saved
    config = (run.path / "adapter" / "adapter_config.json").read_text()
    import json

    assert json.loads(config)["trainable_token_indices"] == rows
    spec = merge_spec(model, run.path / "adapter", tmp_path / "merged", new_tokens=run.plan["tokenizer"])
    assert merge.run({**spec, "prompts": []})["max_logit_diff"] < 1e-4


def test_ids_of_the_users_own_train_beside_the_new_ones(tmp_path: Path) -> None:
    from lorch_trainer.adapters.new_rows import grow_embeddings, with_new_rows
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(make_model(tmp_path / "model"))
    tokens = new_tokens([128, 129])
    grow_embeddings(model, tokens)

    def rows(given: Any) -> Any:
        return with_new_rows(model, {"trainable_token_indices": given}, tokens)["trainable_token_indices"]

    assert rows([5, 128]) == {"model.embed_tokens": [5, 128, 129], "lm_head": [128, 129]}
    assert rows({"lm_head": [3]}) == {"lm_head": [3, 128, 129], "model.embed_tokens": [128, 129]}


@pytest.mark.parametrize("quantization", [None, NF4], ids=["plain", "nf4"])
def test_plain_peft_loads_the_adapter_on_a_base_that_was_resized_as_the_card_says(
    tmp_path: Path, quantization: Any
) -> None:
    import torch
    from lorch_trainer.commands.try_ import load_adapted
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    model = make_model(tmp_path / "model")
    tokens = new_tokens([128, 129])
    tokens["embedding"] = {"before": 128, "after": 130}
    run = make_new_run(tmp_path / "run", model, tokens, quantization=quantization)
    run.plan["forecast"]["parameters"] = None
    assert run.train() == 0, run.log
    assert run.events("warning") == []
    card = (run.path / "adapter" / "README.md").read_text()
    assert "base.resize_token_embeddings(130)" in card
    assert "| `<t129>` | 129 | no |" in card
    base = {"id": str(model), "path": str(model), "revision": None}
    ours = load_adapted(
        {
            "model": base,
            "dtype": "float32",
            "quantization": quantization,
            "adapter": str(run.path / "adapter"),
            "new_tokens": tokens,
        }
    )
    ids = torch.tensor([[1, 128, 9, 30, 129, 7]])
    with torch.inference_mode():
        expected = ours(input_ids=ids).logits
    if quantization is None:
        other = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32)
        other.resize_token_embeddings(130)
        plain = PeftModel.from_pretrained(other, run.path / "adapter").eval()
        with torch.inference_mode():
            assert torch.equal(plain(input_ids=ids).logits, expected)
    # The base's own rows are untouched beneath the adapter, and its new ones as they began.
    with ours.disable_adapter(), torch.inference_mode():
        assert not torch.equal(ours(input_ids=ids).logits, expected)


@pytest.mark.parametrize(
    "changes",
    [{}, {"quantization": NF4}, {"lora": {"modules_to_save": ["lm_head"]}}],
    ids=["rows", "rows over nf4", "head whole"],
)
def test_a_run_that_is_stopped_and_goes_on_is_the_run_it_would_have_been(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    model = make_model(tmp_path / "model")
    runs = []
    for name in ("whole", "parted"):
        run = make_new_run(
            tmp_path / name,
            model,
            new_tokens([128, 129], multiple=64),
            training={"num_train_epochs": 12},
            **changes,
        )
        run.plan["forecast"]["parameters"] = None
        runs.append(run)
    whole, parted = runs
    assert whole.train() == 0, whole.log
    stop_at(parted, ("told of step", 4), 1)
    newest = max((parted.path / "checkpoints").iterdir())
    largest = 2 * 192 * HIDDEN * 4
    if "lora" not in changes:
        assert (newest / "adapter_model.safetensors").stat().st_size < largest
    assert parted.train(2) == 0, parted.log
    assert told(parted, (1, 2)) == told(whole, (1,))
    assert sha(parted) == sha(whole)


def test_a_head_with_a_bias_is_refused_and_trains_whole(tmp_path: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, PhiConfig, PhiForCausalLM

    model = make_model(tmp_path / "model")
    torch.manual_seed(0)
    sizes = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 1, "num_attention_heads": 2}
    PhiForCausalLM(PhiConfig(vocab_size=VOCABULARY, **sizes)).save_pretrained(model)
    run = make_new_run(tmp_path / "run", model, new_tokens([128, 129]), lora={"target_modules": ["q_proj"]})
    run.plan["forecast"]["parameters"] = None
    assert run.train() == 1
    error = run.event("error")
    assert (error["code"], "bias" in error["message"]) == ("R027", True)
    lora = {"target_modules": ["q_proj"], "modules_to_save": ["lm_head"]}
    run = make_new_run(tmp_path / "whole", model, new_tokens([128, 129]), lora=lora)
    run.plan["forecast"]["parameters"] = None
    assert run.train() == 0, run.log
    assert AutoModelForCausalLM.from_pretrained(model).lm_head.bias is not None


def test_rows_that_the_base_has_train_in_a_head_too(tmp_path: Path) -> None:
    """`trainable_token_indices` without new tokens."""
    lora = {**ROWS_ALONE, "trainable_token_indices": {"embed_tokens": [9, 10], "lm_head": [9, 10]}}
    run = make_run(tmp_path / "run", make_model(tmp_path / "model"), lora=lora)
    run.plan["forecast"]["parameters"] = None
    assert run.train() == 0, run.log
    assert run.events("warning") == []
    assert sum("tokens_delta" in name for name in adapter_names(run)) == 2


def test_a_head_that_is_quantized_is_refused(tmp_path: Path) -> None:
    quantization = {**NF4, "llm_int8_skip_modules": ["q_proj"]}
    model = make_model(tmp_path / "model")
    run = make_new_run(tmp_path / "run", model, new_tokens([128, 129]), quantization=quantization)
    assert run.train() == 1
    assert run.event("error")["code"] == "R027", run.log
