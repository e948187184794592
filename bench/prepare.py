"""Rows per second of `prepare`, beside plain `tokenizer.apply_chat_template` row by row.

    python bench/prepare.py [--rows 5000] [--rounds 3] [--examples FILE]

`--examples`: canonical examples, one JSON object a line; without it, rows are made from a seed. One thread.
Rounds alternate between the ways, and the best of each counts, so that a busy machine slows all alike.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"
TRAINER = Path(__file__).resolve().parents[1] / "src" / "trainer"
sys.path.insert(0, str(TRAINER))

from lorch_trainer.commands import prepare, tiny  # noqa: E402

WORDS = (TRAINER / "lorch_trainer" / "templates" / "sample.txt").read_text("utf-8").split()


def made_examples(count: int) -> list[dict[str, Any]]:
    """Rows with the lengths of instruction data: short questions, answers of 5 to 150 words."""
    draw = random.Random(0)

    def words(low: int, high: int) -> str:
        return " ".join(draw.choices(WORDS, k=draw.randint(low, high)))

    return [
        {
            "row": row,
            "messages": [
                {"role": "user", "content": words(5, 40)},
                {"role": "assistant", "content": words(5, 150)},
            ],
        }
        for row in range(count)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--examples", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), options)


def measure(folder: Path, options: argparse.Namespace) -> None:
    from transformers import AutoTokenizer

    if options.examples:
        lines = options.examples.read_text("utf-8").splitlines()[: options.rows]
        examples = [json.loads(line) for line in lines]
    else:
        examples = made_examples(options.rows)
    path = folder / "examples.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in examples))
    ways: dict[str, Callable[[], None]] = {}
    for marks in (True, False):
        model = folder / ("marks" if marks else "plain")
        tiny.run({"out": str(model), "vocab_size": 2000, "chat_template": "marks" if marks else True})
        spec = {
            "model": {"id": "tiny", "path": str(model)},
            "template": {"kind": "auto"},
            "splits": {"train": str(path)},
            "out": str(folder / f"out-{model.name}"),
        }
        ways[f"prepare, template {'with' if marks else 'without'} marks"] = lambda spec=spec: _ignore(
            prepare.run(spec)
        )
    tokenizer = AutoTokenizer.from_pretrained(folder / "marks")
    ways["apply_chat_template, ids only"] = lambda: _ignore(
        [tokenizer.apply_chat_template(one["messages"], return_dict=False) for one in examples]
    )
    ways["apply_chat_template, assistant mask"] = lambda: _ignore(
        [
            tokenizer.apply_chat_template(
                one["messages"], return_dict=True, return_assistant_tokens_mask=True
            )
            for one in examples
        ]
    )
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(options.rounds):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            best[name] = min(best[name], time.perf_counter() - began)
    slowest = max(best.values())
    print(f"{len(examples)} rows, best of {options.rounds}")
    for name, seconds in best.items():
        print(f"{name:38} {len(examples) / seconds:9,.0f} rows/s   {slowest / seconds:5.2f}×")


def _ignore(_: Any) -> None:
    pass


if __name__ == "__main__":
    main()
