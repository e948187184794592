"""Tokens a second of lorch's trainer beside plain TRL, on the same rows, model and settings.

    python bench/tokens_per_second.py [--rows 96] [--rounds 3]

Prints the best of several rounds, taken in turn, and ratios to plain TRL. 1.00 means that events, counts,
checks and the reading back of settings cost nothing. Each measurement is a process; loading is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src" / "trainer"), str(ROOT / "test" / "trainer")]

PLAIN = """
import json, os, sys
import numpy as np
import torch
torch.set_num_threads(1)
from datasets import Dataset
from peft import LoraConfig
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import SFTConfig, SFTTrainer
from lorch_trainer.tokens.sequences import SequenceFile

run, plan = sys.argv[1], json.load(open(sys.argv[1] + "/plan.json"))
file = SequenceFile(run + "/data/train.safetensors")
rows = range(len(file))
rows = [{"input_ids": file.input_ids(i).tolist(), "labels": file.labels(i).tolist()} for i in rows]
model = AutoModelForCausalLM.from_pretrained(plan["base_model"]["path"], dtype=torch.float32)
trainer = SFTTrainer(
    model=model,
    args=SFTConfig(output_dir=run + "/plain", use_cpu=True, disable_tqdm=True, **plan["training"]),
    train_dataset=Dataset.from_list(rows),
    processing_class=AutoTokenizer.from_pretrained(run + "/data/tokenizer"),
    peft_config=LoraConfig(task_type="CAUSAL_LM", **plan["lora"]),
)
seconds = trainer.train().metrics["train_runtime"]
print(json.dumps(seconds), file=sys.stderr)
"""


def main() -> None:
    """Makes the model and the rows, measures, prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=96)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        cases = _cases(Path(folder), options.rows)
        best: dict[str, float] = {}
        for _ in range(options.rounds):
            for name, (run, measure) in cases.items():
                best[name] = max(best.get(name, 0.0), run.plan["dataset"]["train"]["tokens"] / measure(run))
    plain = best["plain TRL"]
    print(f"{'trainer':<28}{'tokens/s':>10}{'ratio':>8}")
    for name, speed in best.items():
        print(f"{name:<28}{speed:>10.0f}{speed / plain:>8.2f}")


def _cases(folder: Path, rows: int) -> dict[str, Any]:
    from lorch_trainer.commands import tiny
    from run_folder import make_run, write_split

    base = folder / "model"
    shape = {"vocab_size": 2048, "hidden_size": 128, "layers": 4, "seed": 0, "chat_template": True}
    tiny.run({"out": str(base), "texts": None, **shape})
    settings = {"num_train_epochs": 1, "logging_steps": 1, "learning_rate": 2e-4, "max_length": 256}
    lora = {"modules_to_save": None, "r": 16}

    def make(name: str, **training: Any) -> Any:
        run = make_run(folder / name, base, train_rows=8, lora=lora, training={**settings, **training})
        run.plan["dataset"]["train"] = write_split(run.path / "data", "train", _rows(rows))
        run.save()
        return run

    return {
        "plain TRL": (make("plain"), _time_plain),
        "lorch": (make("lorch"), _time_lorch),
        "lorch, packed": (make("packed", packing=True, per_device_train_batch_size=1), _time_lorch),
        "lorch, gradient checkpoints": (make("checkpoints", gradient_checkpointing=True), _time_lorch),
    }


def _rows(count: int) -> list[tuple[list[int], list[int]]]:
    """Rows of 20 to 200 tokens, the second half trained."""
    import random

    draw = random.Random(0)
    rows = []
    for _ in range(count):
        length = draw.randrange(20, 200)
        rows.append(
            (
                [draw.randrange(3, 400) for _ in range(length)],
                [int(at >= length // 2) for at in range(length)],
            )
        )
    return rows


def _environment() -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src" / "trainer"),
        "OMP_NUM_THREADS": "1",
        "HF_HUB_OFFLINE": "1",
    }


def _time_plain(run: Any) -> float:
    done = subprocess.run(
        [sys.executable, "-c", PLAIN, str(run.path)],
        env=_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return float(json.loads(done.stderr.splitlines()[-1]))


def _time_lorch(run: Any) -> float:
    events = run.events_path()
    events.unlink(missing_ok=True)
    command = [sys.executable, "-m", "lorch_trainer", "train", str(run.path), "--attempt", "1"]
    subprocess.run(command, env=_environment(), capture_output=True, check=True)
    end: dict[str, Any] = run.events()[-1]
    return float(end["train_ms"]) / 1000


if __name__ == "__main__":
    main()
