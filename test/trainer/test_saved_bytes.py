"""The table of saved bytes against the installed libraries, at sizes that it was not made from."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _load_bench() -> Any:
    spec = importlib.util.spec_from_file_location("saved_bytes", ROOT / "bench/saved_bytes.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


bench = _load_bench()
text = (ROOT / "src/model/saved-bytes.ts").read_text()
table: dict[str, Any] = json.loads(re.search(r"= (\{.*\});", text, re.S)[1])  # type: ignore[index]


@pytest.mark.parametrize("family", ["llama", "qwen3", "gpt2", "gpt_neox", "falcon", "qwen3_moe"])
@pytest.mark.parametrize("mode", ["bf16_fp32", "bf16_bf16"])
def test_a_layer_keeps_what_the_table_says(family: str, mode: str) -> None:
    attention, mlp, _ = bench.FAMILIES[family]
    kind, targets = ("all", "all-linear") if mlp else ("attention", attention)
    how = {"mode": mode, "targets": targets, "dropout": 0.0, "dora": False, "attention": "sdpa"}
    size = bench.BASE | {"hidden": 320, "intermediate": 896, "rank": 12, "kv": 2}
    counted = bench.per_token(family, size, 96, how, bench.scores_of(family, how))
    weights = table[family][f"{mode} {kind}"]
    expected = sum(a * b for a, b in zip(weights, bench.features(family, size), strict=True))
    assert counted == pytest.approx(expected, rel=0.05)


def test_eager_attention_keeps_scores_by_the_square_of_the_length() -> None:
    how = {"mode": "bf16_bf16", "targets": "all-linear", "dropout": 0.0, "dora": False, "attention": "sdpa"}
    flat = bench.per_token("llama", bench.BASE, 96, how)
    eager = bench.per_token("llama", bench.BASE, 96, how | {"attention": "eager"})
    # The slope between 96 and 288 tokens.
    scores = table["llama"]["bf16_bf16 scores"] * bench.BASE["heads"] * 4 * 96
    assert eager == pytest.approx(flat + scores, rel=0.05)
