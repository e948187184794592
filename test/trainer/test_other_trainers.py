"""What makes a run survive does so for other trainers of TRL: here DPO, which learns from pairs.

A run that is killed, then stopped, then resumed tells the same steps as one that was left alone, each once,
and ends with the same weights, bit by bit. The recipe is the test's own: lorch has no method for pairs yet.
"""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path
from typing import Any

import pytest
from kill_points import outcome
from run_folder import Run, make_model, make_run

STEPS = 9
TRAINING = {
    "max_steps": STEPS,
    "learning_rate": 1e-2,
    "per_device_train_batch_size": 2,
    "per_device_eval_batch_size": 2,
    "gradient_accumulation_steps": 2,
    "logging_steps": 2,
    "eval_strategy": "steps",
    "eval_steps": 3,
    "save_strategy": "steps",
    "save_steps": 3,
    "max_length": 64,
    "bf16": False,
    "seed": 42,
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("model") / "model")


def pairs(count: int, seed: int) -> Any:
    """The better answer repeats the prompt's first word, the worse one does not. Lengths differ."""
    from datasets import Dataset

    draw = random.Random(seed)
    rows = []
    for _ in range(count):
        words = [f"w{draw.randrange(3, 40)}" for _ in range(draw.randrange(3, 9))]
        worse = " ".join(f"w{draw.randrange(50, 90)}" for _ in range(draw.randrange(1, 4)))
        rows.append({"prompt": " ".join(words) + " ", "chosen": f"{words[0]} <end>", "rejected": worse})
    return Dataset.from_list(rows)


def train(run: Run, number: int, reached: tuple[int, int] | None) -> int:
    """One attempt in a process of its own. `reached`: after this step, it sends itself this signal."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    code = 70
    try:
        log = os.open(run.log_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(log, 1)
        os.dup2(log, 2)
        code = _train(run, number, reached)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(code)


def _train(run: Run, number: int, reached: tuple[int, int] | None) -> int:
    import torch
    from lorch_trainer.adapters.adapter import save_adapter
    from lorch_trainer.attempt import Attempt
    from lorch_trainer.events import EventWriter
    from lorch_trainer.model_loading import load_base, load_tokenizer
    from lorch_trainer.plan import RunFolder, read_plan
    from lorch_trainer.survival.loop import last_results, train_to_end
    from lorch_trainer.survival.resume import resume_point
    from lorch_trainer.survival.stop import Stop
    from lorch_trainer.survival.survives import Survives
    from peft import LoraConfig
    from transformers import TrainerCallback
    from trl import DPOConfig, DPOTrainer

    class DpoTrainer(Survives, DPOTrainer):  # type: ignore[misc]
        def count_batch(self, batch: dict[str, Any]) -> torch.Tensor:
            return torch.stack([batch["attention_mask"].sum(), batch["completion_mask"].sum()])

    class Signal(TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            if reached and state.global_step == reached[0]:
                os.kill(os.getpid(), reached[1])

    folder = RunFolder(run.path)
    attempt, plan = Attempt(folder, number, EventWriter(run.events_path(number))), read_plan(folder)
    stop = Stop(lambda: None)
    stop.install()
    found = resume_point(attempt, plan)
    attempt.max_steps = STEPS
    attempt.events.emit("hello", resumed_from_step=found[1].step if found else None)
    trainer = DpoTrainer(
        attempt=attempt,
        plan=plan,
        stop=stop,
        seal=found[1] if found else None,
        model=load_base(
            plan.model_source,
            revision=None,
            trust_remote_code=False,
            dtype="float32",
            attn_implementation="sdpa",
            quantization=None,
            device="cpu",
        ),
        args=DPOConfig(
            output_dir=str(folder.checkpoints),
            use_cpu=True,
            disable_tqdm=True,
            report_to="none",
            logging_nan_inf_filter=False,
            **plan.training,
        ),
        train_dataset=pairs(30, 0),
        eval_dataset=pairs(6, 1),
        processing_class=load_tokenizer(str(folder.tokenizer), False),
        peft_config=LoraConfig(task_type="CAUSAL_LM", **plan.lora),
    )
    trainer.add_callback(Signal())
    if not train_to_end(trainer, found[0] if found else None):
        attempt.end("stopped", 143)
        return 143
    attempt.events.emit("artifact", **save_adapter(trainer.model, folder, plan, last_results(trainer)))
    attempt.end("succeeded", 0)
    return 0


def make(folder: Path, model: Path) -> Run:
    import lorch_trainer.methods.sft  # paid for once, before the forks

    assert lorch_trainer.methods.sft
    run = make_run(folder, model, lora={"lora_dropout": 0.1, "modules_to_save": None})
    run.plan["training"] = TRAINING
    run.save()
    return run


def test_a_dpo_run_killed_stopped_and_resumed_is_the_same_run(tmp_path: Path, model: Path) -> None:
    whole, parted = make(tmp_path / "whole", model), make(tmp_path / "parted", model)
    assert train(whole, 1, None) == 0, whole.log
    expected = outcome(whole, 1)
    assert [step for step, _ in expected["steps"]] == [2, 4, 6, 8]
    assert [step for step, _ in expected["evaluations"]] == [3, 6, 9]
    assert {"loss", "rewards/margins", "rewards/accuracies"} <= expected["steps"][0][1][0].keys()
    assert expected["steps"][-1][1][1] > expected["steps"][-1][1][2] > 0  # tokens, trained tokens

    assert train(parted, 1, (5, signal.SIGKILL)) == -signal.SIGKILL, parted.log
    assert train(parted, 2, (4, signal.SIGTERM)) == 143, parted.log
    assert parted.events("checkpoint", 2)[-1]["reason"] == "stop"
    assert train(parted, 3, (7, signal.SIGTERM)) == 143, parted.log
    assert train(parted, 4, None) == 0, parted.log
    # The signal comes after the step was reported, so the step after it is the last.
    assert [parted.event("hello", attempt)["resumed_from_step"] for attempt in (2, 3, 4)] == [3, 5, 8]
    assert outcome(parted, 4) == expected
