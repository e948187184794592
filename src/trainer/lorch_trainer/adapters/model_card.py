"""The adapter's README.md: what it is, its data and settings, and the results."""

from __future__ import annotations

import json
from typing import Any

from ..plan import Plan
from .new_tokens_card import new_token_lines, resize_lines


def model_card(plan: Plan, results: dict[str, Any]) -> str:
    """Markdown with the hub's front matter. `results` as survival/loop.py gathers them."""
    base = plan.base_model
    method = "QLoRA" if plan.quantization else "LoRA"
    dataset = plan.dataset
    splits = [(name, dataset[name]) for name in ("train", "validation") if dataset[name]]
    groups = ("model", "tokenizer", "lora", "quantization", "training")
    settings = {name: getattr(plan, name) for name in groups if name != "tokenizer" or plan.tokenizer}
    lines = [
        "---",
        # The hub accepts only hub ids here.
        *([] if base["path"] else [f"base_model: {_quote(base['id'])}"]),
        "library_name: peft",
        "pipeline_tag: text-generation",
        "tags:",
        "- lora",
        "- lorch",
        "---",
        "",
        f"# {plan.name}",
        "",
        f"A {method} adapter for `{base['id']}`, trained with lorch {plan.lorch_version}.",
        "",
        "| | |",
        "|---|---|",
        f"| base model | `{base['id']}` ({base['architecture']}) |",
        f"| revision | {_code(base['revision'])} |",
        f"| SHA-256 of the base's config.json | {_code(base['config_sha256'])} |",
        *([f"| began with | {_start(plan)} |"] if plan.init_adapter else []),
        f"| trained parameters | {results['trainable']:,} of {results['total']:,} "
        f"({100 * results['trainable'] / results['total']:.4f} %) |",
        f"| optimizer steps | {results['step']:,} |",
        f"| last training loss | {_number(results['loss'])} |",
        *(f"| {name} | {_number(value)} |" for name, value in sorted(results["eval"].items())),
        f"| weights of | {results['best_checkpoint'] or 'the last step'} |",
        f"| plan | `{plan.plan_hash}` |",
        "",
        "## Data",
        "",
        f"Dataset fingerprint `{dataset['fingerprint']}`, {dataset['rows_in']:,} rows read, "
        f"{sum(dataset['dropped'].values()):,} dropped.",
        "",
        "| split | rows | tokens | trained tokens | fingerprint |",
        "|---|---|---|---|---|",
        *(
            f"| {name} | {split['rows']:,} | {split['tokens']:,} | {split['trained_tokens']:,} "
            f"| `{split['fingerprint']}` |"
            for name, split in splits
        ),
        *_sources(dataset),
        "",
        "## Settings",
        "",
        "```json",
        json.dumps(settings, indent=2, ensure_ascii=False),
        "```",
        "",
        "## Use",
        "",
        "```python",
        "from peft import PeftModel",
        "from transformers import AutoModelForCausalLM, AutoTokenizer",
        "",
        f"base = AutoModelForCausalLM.from_pretrained({_quote(base['id'])}, dtype={_quote(_dtype(plan))})",
        *_fuse_first(plan),
        'tokenizer = AutoTokenizer.from_pretrained("path/to/this/folder")',
        *resize_lines(plan.tokenizer),
        'model = PeftModel.from_pretrained(base, "path/to/this/folder")',
        "```",
        "",
        *new_token_lines(plan.tokenizer),
    ]
    return "\n".join(lines)


def _start(plan: Plan) -> str:
    """The adapter that this one starts from, in a cell of the table."""
    init = plan.init_adapter or {}
    source = {"run": "the run", "hub": "the hub's", "folder": "the folder"}[init["source"]]
    at = f" @ `{init['revision']}`" if init["revision"] else ""
    done = "trained further" if init["mode"] == "continue" else "fused into the base model first"
    sha256 = init["files"]["adapter_model.safetensors"]["sha256"]
    return f"{source} `{init['run'] or init['from']}`{at}, {done}; SHA-256 of its weights `{sha256}`"


def _fuse_first(plan: Plan) -> list[str]:
    """Lines of the example that a plain PEFT user needs for an adapter on a fused base."""
    if not plan.init_adapter or plan.init_adapter["mode"] != "fuse":
        return []
    return [
        "# This adapter needs another one fused into the base first. Without it the answers are wrong.",
        'base = PeftModel.from_pretrained(base, "path/to/this/folder/init_adapter").merge_and_unload()',
    ]


def _sources(dataset: dict[str, Any]) -> list[str]:
    """The mixture, if there is one."""
    sources = [source for source in dataset.get("sources") or [] if source["role"] == "train"]
    if len(sources) < 2 and all(source["weight"] == 1 for source in sources):
        return []
    return [
        "",
        "| source | weight | template | rows | fed an epoch | tokens | trained tokens |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| `{source['path']}` | {source['weight']:g} | {source['template']} | {source['train']:,} "
            f"| {source['fed']['rows']:,} | {source['fed']['tokens']:,} "
            f"| {source['fed']['trained_tokens']:,} |"
            for source in sources
        ),
    ]


def _dtype(plan: Plan) -> str:
    return str(plan.model["dtype"]).removeprefix("torch.")


def _quote(value: str) -> str:
    return json.dumps(value)


def _code(value: str | None) -> str:
    return f"`{value}`" if value else "–"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"
