"""Makes run folders around a tiny random Llama, and runs the trainer on them as the controller would."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"  # before torch: a forked process must not inherit a pool of threads
TRAINER = Path(__file__).resolve().parents[2] / "src" / "trainer"
if str(TRAINER) not in sys.path:
    sys.path.insert(0, str(TRAINER))

from lorch_trainer.tokens.sequences import SequenceWriter, sha256_file  # noqa: E402

VOCABULARY = 128
HIDDEN, INTERMEDIATE, LAYERS, KV = 64, 128, 2, 32
TEMPLATE = (
    "{% for m in messages %}{{ m['role'] }} : {{ m['content'] }} <end> {% endfor %}"
    "{% if add_generation_prompt %}assistant :{% endif %}"
)
TRAINING: dict[str, Any] = {
    "num_train_epochs": 2,
    "learning_rate": 1e-2,
    "per_device_train_batch_size": 4,
    "gradient_accumulation_steps": 1,
    "lr_scheduler_type": "linear",
    "warmup_steps": 0,
    "optim": "adamw_torch",
    "max_length": 64,
    "packing": False,
    "packing_strategy": "bfd",
    "gradient_checkpointing": False,
    "bf16": False,
    "fp16": False,
    "logging_steps": 1,
    "max_grad_norm": 1.0,
    "save_strategy": "no",
    "eval_strategy": "no",
    "seed": 42,
    "report_to": "none",
}
LORA: dict[str, Any] = {
    "r": 8,
    "lora_alpha": 16,
    "lora_dropout": 0.0,
    "target_modules": ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
    "modules_to_save": ["embed_tokens", "lm_head"],
    "bias": "none",
}
NF4 = {"load_in_4bit": True, "bnb_4bit_quant_type": "nf4", "bnb_4bit_compute_dtype": "float32"}


def make_model(folder: Path, seed: int = 0, tied: bool = False, biased: bool = False) -> Path:
    """A random Llama of about 100,000 parameters with a word tokenizer and a chat template."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=HIDDEN,
        intermediate_size=INTERMEDIATE,
        num_hidden_layers=LAYERS,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=256,
        tie_word_embeddings=tied,
        attention_bias=biased,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=0,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    words = ["<pad>", "<s>", "<end>", "<unk>", "user", "assistant", ":"]
    words += [f"w{n}" for n in range(VOCABULARY - len(words))]
    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", bos_token="<s>", eos_token="<end>", unk_token="<unk>"
    )
    fast.chat_template = TEMPLATE
    fast.save_pretrained(folder)
    return folder


def make_rows(count: int, seed: int = 0) -> list[tuple[list[int], list[int]]]:
    """Rows of 10 to 30 tokens whose answers can be learnt: each answer repeats its prompt's first words."""
    draw = random.Random(seed)
    rows = []
    for _ in range(count):
        prompt = [1, 4, 6] + [draw.randrange(7, 40) for _ in range(draw.randrange(4, 14))] + [2, 5, 6]
        answer = [*prompt[3 : 3 + draw.randrange(2, 8)], 2]
        rows.append((prompt + answer, [0] * len(prompt) + [1] * len(answer)))
    return rows


def write_split(
    folder: Path, name: str, rows: list[tuple[list[int], list[int]]], times: dict[int, int] | None = None
) -> dict[str, Any]:
    """Writes a sequence file and returns its PlannedSplit. `times`: of rows that are fed more than once."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.safetensors"
    with SequenceWriter(path) as writer:
        for number, (ids, trained) in enumerate(rows):
            writer.append(number, ids, trained, (times or {}).get(number, 1))
        writer.close()
        counts = dict(writer.fed)
    return {
        "file": f"data/{name}.safetensors",
        "sha256": sha256_file(path),
        **counts,
        "fingerprint": f"fp-{name}",
    }


@dataclass
class Run:
    """A run folder and its attempts."""

    path: Path
    plan: dict[str, Any]

    def save(self) -> None:
        """Writes plan.json as it now stands, whole at any moment: another process may be reading it."""
        partial = self.path / ".plan.json.partial"
        partial.write_text(json.dumps(self.plan))
        partial.replace(self.path / "plan.json")

    def environment(self, attempt: int) -> dict[str, str]:
        """What the shim sets."""
        return {"LORCH_EVENTS": str(self.events_path(attempt)), "LORCH_ATTEMPT": "token"}

    def start(self, attempt: int = 1) -> subprocess.Popen[str]:
        """Starts the trainer as the shim does; its stdout is a pipe, its log a file."""
        self.save()
        env = {**os.environ, "PYTHONPATH": str(TRAINER), **self.environment(attempt)}
        command = [sys.executable, "-m", "lorch_trainer", "train", str(self.path), "--attempt", str(attempt)]
        with self.log_path.open("w") as log:
            return subprocess.Popen(command, env=env, text=True, stdout=subprocess.PIPE, stderr=log)

    def train(self, attempt: int = 1, *options: str) -> int:
        """Trains to the end in a process of its own and returns the exit code."""
        pid = self.fork(attempt, options=options)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def fork(
        self, attempt: int = 1, prepare: Callable[[], None] | None = None, options: tuple[str, ...] = ()
    ) -> int:
        """Starts the trainer in a fork of this process, which has paid for the imports; returns its pid.

        `prepare` runs in the fork, before the trainer.
        """
        import lorch_trainer.methods.sft
        from lorch_trainer.commands import train

        assert lorch_trainer.methods.sft
        self.save()
        pid = os.fork()
        if pid:
            return pid
        code = 70
        try:
            log = os.open(self.log_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(log, 1)
            os.dup2(log, 2)
            sys.stdout, sys.stderr = os.fdopen(1, "w", buffering=1), os.fdopen(2, "w", buffering=1)
            os.environ.update(self.environment(attempt))
            if prepare:
                prepare()
            code = train.main([str(self.path), "--attempt", str(attempt), *options])
        finally:
            os._exit(code)

    def events_path(self, attempt: int = 1) -> Path:
        return self.path / f"attempt-{attempt}" / "events.jsonl"

    def events(self, kind: str | None = None, attempt: int = 1) -> list[dict[str, Any]]:
        """The events of an attempt, one kind or all."""
        lines = self.events_path(attempt).read_text().splitlines()
        events = [json.loads(line) for line in lines]
        return [event for event in events if kind in (None, event["type"])]

    def event(self, kind: str, attempt: int = 1) -> dict[str, Any]:
        """The one event of a kind."""
        found = self.events(kind, attempt)
        assert len(found) == 1, f"{len(found)} {kind} events:\n{self.log}"
        return found[0]

    def losses(self, attempt: int = 1) -> dict[int, float]:
        """Loss by step."""
        return {event["step"]: event["metrics"]["loss"] for event in self.events("step", attempt)}

    def wait_for(self, kind: str, count: int = 1, attempt: int = 1) -> None:
        """Waits until so many events of a kind are there."""
        deadline = time.monotonic() + 600
        while time.monotonic() < deadline:
            path = self.events_path(attempt)
            if path.exists() and path.read_text().count(f'"type": "{kind}"') >= count:
                return
            time.sleep(0.002)
        raise AssertionError(f"no {kind} event; the trainer says:\n{self.log}")

    @property
    def log_path(self) -> Path:
        return self.path / "train.log"

    @property
    def log(self) -> str:
        """What the latest attempt wrote to stderr."""
        return self.log_path.read_text() if self.log_path.exists() else ""


def make_run(folder: Path, base: Path, train_rows: int = 32, validation_rows: int = 0, **changes: Any) -> Run:
    """A run folder with a plan. `changes`: lora, training, quantization, model, times."""
    rows = make_rows(train_rows + validation_rows)
    data = folder / "data"
    train = write_split(data, "train", rows[:train_rows], changes.get("times"))
    validation = write_split(data, "validation", rows[train_rows:]) if validation_rows else None
    (data / "tokenizer").mkdir()
    for path in base.iterdir():
        if path.name.startswith(("tokenizer", "special", "chat")):
            shutil.copy(path, data / "tokenizer" / path.name)
    training = {**TRAINING, **changes.get("training", {})}
    lora = {**LORA, **changes.get("lora", {})}
    plan = {
        "lorch": 1,
        "plan_hash": "plan-1",
        "created_ms": 0,
        "lorch_version": "0.1.0",
        "name": "tiny",
        "base_model": {
            "id": str(base),
            "path": str(base),
            "revision": None,
            "architecture": "LlamaForCausalLM",
            "model_type": "llama",
            "config_sha256": sha256_file(base / "config.json"),
        },
        "model": {
            "dtype": "float32",
            "attn_implementation": "sdpa",
            "trust_remote_code": False,
            **changes.get("model", {}),
        },
        "dataset": {
            "files": [],
            "format": "chatml",
            "fingerprint": "fp",
            "rows_in": train_rows + validation_rows,
            "dropped": {},
            "template": {"kind": "model", "sha256": "0"},
            "tokenizer_sha256": "0",
            "prepared_key": "0",
            "train": train,
            "validation": validation,
            "lengths": {"p50": 0, "p90": 0, "p99": 0, "max": 0},
            "truncated_rows": 0,
            "lost_eot_rows": 0,
            "held_out": [],
        },
        "lora": lora,
        "quantization": changes.get("quantization"),
        "training": training,
        "resources": {"host": "local", "gpus": 0},
        "forecast": {
            "parameters": forecast(lora),
            "steps": {"per_epoch": 8, "total": steps(training, train_rows)},
            "memory": None,
            "disk": None,
        },
        "review": {"state": "unreviewed", "reason": None},
        "sweep": None,
        "findings": [],
        "evaluation_loss": "by_token",
    }
    run = Run(folder, plan)
    run.save()
    return run


def forecast(lora: dict[str, Any]) -> dict[str, Any]:
    """Trainable and total parameters as a plain sum of r·(in + out), from the shapes above alone."""
    shapes = {
        "q_proj": (HIDDEN, HIDDEN),
        "k_proj": (KV, HIDDEN),
        "v_proj": (KV, HIDDEN),
        "o_proj": (HIDDEN, HIDDEN),
        "gate_proj": (INTERMEDIATE, HIDDEN),
        "up_proj": (INTERMEDIATE, HIDDEN),
        "down_proj": (HIDDEN, INTERMEDIATE),
    }
    blocks = {
        name: "self_attn" if name in ("q_proj", "k_proj", "v_proj", "o_proj") else "mlp" for name in shapes
    }
    modules = {
        f"model.layers.{layer}.{blocks[name]}.{name}": lora["r"] * sum(shapes[name])
        for layer in range(LAYERS)
        for name in lora["target_modules"]
        if name in shapes
    }
    for name in lora["modules_to_save"] or []:
        if name in ("embed_tokens", "lm_head"):
            modules["lm_head" if name == "lm_head" else f"model.{name}"] = VOCABULARY * HIDDEN
    norms = (2 * LAYERS + 1) * HIDDEN
    base = 2 * VOCABULARY * HIDDEN + norms + LAYERS * sum(out * inner for out, inner in shapes.values())
    trainable = sum(modules.values())
    listed = [{"name": name, "out": 0, "in": 0, "trainable": count} for name, count in modules.items()]
    return {"trainable": trainable, "total": base + trainable, "modules": listed}


def steps(training: dict[str, Any], rows: int) -> int:
    """Optimizer steps of an unpacked run."""
    if training.get("max_steps", -1) > 0:
        return int(training["max_steps"])
    batches = -(-rows // training["per_device_train_batch_size"])
    per_epoch = -(-batches // training["gradient_accumulation_steps"])
    return int(training["num_train_epochs"] * per_epoch)
