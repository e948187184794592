"""What lorch uses of the insides of transformers' Trainer and TRL's trainers, and that it is still as it was.

A private method or attribute may change in any release, and what stands on it then breaks in silence. So all
are listed here, found in our sources, and compared with the installed versions. If a test fails after an
update: read the method in the new version, see whether the place that its entry names is still right, and
record the new hash.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import re
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import lorch_trainer
import pytest
from lorch_trainer.methods.sft import SftTrainer
from lorch_trainer.methods.sft_trainer import TokenTrainer
from lorch_trainer.survival.survives import Survives
from transformers import Trainer
from trl import DPOTrainer, KTOTrainer, SFTTrainer

PACKAGE = Path(lorch_trainer.__file__).parent
TRAINERS = (SFTTrainer, DPOTrainer, KTOTrainer)


@dataclass(frozen=True)
class Private:
    """One private method that is overridden or called."""

    owner: type
    sha256: str
    """First digits, of its source without spaces and comments."""
    look_at: str
    """What stands on it."""


METHODS: dict[str, Private] = {
    "_determine_best_metric": Private(
        Trainer,
        "f6acc1d25007bb1b",
        "survives.py: true makes save_strategy best save; make_up_evaluation calls it",
    ),
    "_evaluate": Private(
        Trainer,
        "40e4cb06bb805f6e",
        "survives.py: make_up_evaluation, which does what follows from an evaluation",
    ),
    "_get_train_sampler": Private(
        Trainer,
        "afa95f19e690772c",
        "survives.py: a sampler that groups by length is replaced",
    ),
    "_load_from_checkpoint": Private(
        Trainer,
        "2be6716fc56f89c5",
        "survives.py: only the weights are loaded here, optimizer and schedule elsewhere",
    ),
    "_prepare_inputs": Private(
        Trainer,
        "a94615042070adc5",
        "sft_trainer.py: prediction_step moves a batch to the device",
    ),
    "_save_checkpoint": Private(
        Trainer,
        "f2d7bb29dd5012c8",
        "survives.py: everything is on disk when it returns; then the seal",
    ),
}
# Public, but written anew in lorch: the arithmetic must stay the same.
COPIED = {
    "compute_loss": Private(
        SFTTrainer,
        "81ee704da4aeffc8",
        "sft_trainer.py: compute_loss, which is to give the same loss and the same metrics",
    ),
}
# By attribute: the function that sets it, how, and what stands on it.
ATTRIBUTES: dict[str, tuple[Any, str, str]] = {
    "_tr_loss": (
        Trainer._inner_training_loop,
        "self._tr_loss = torch.tensor(0.0",
        "survives.py: the loss summed since the last log goes into the seal",
    ),
    "_globalstep_last_logged": (
        Trainer._maybe_log_save_evaluate,
        "self._globalstep_last_logged = self.state.global_step",
        "survives.py: the first mean after resuming divides by the steps since then",
    ),
    "_metrics": (
        SFTTrainer.__init__,
        'self._metrics = {"train": defaultdict(list), "eval": defaultdict(list)}',
        "survives.py: TRL's values since the last log go into the seal",
    ),
    "_train_batch_size": (
        Trainer.__init__,
        "self._train_batch_size = args.train_batch_size",
        "readback.py: the batch size in effect",
    ),
}


def digest(function: Any) -> str:
    """Over the source without spaces and comment lines, the same for every Python."""
    lines = inspect.getsource(function).splitlines()
    text = "".join(line for line in lines if not line.lstrip().startswith("#"))
    return hashlib.sha256(re.sub(r"\s+", "", text).encode()).hexdigest()[:16]


def installed(owner: Any) -> str:
    name = owner.__module__.partition(".")[0]
    return f"{name} {version(name)}"


def used() -> set[str]:
    """Private names in our sources that the Trainer or TRL's trainers have."""
    theirs = "".join(inspect.getsource(one) for owner in TRAINERS for one in owner.__mro__[:-1])
    names = set()
    for folder in ("survival", "methods", "."):
        for path in (PACKAGE / folder).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Attribute):
                    names.add(node.attr)
    own = {name for ours in (Survives, TokenTrainer) for name in vars(ours)}
    names |= own
    private = {name for name in names if name.startswith("_") and not name.startswith("__")}
    return {name for name in private if re.search(rf"def {name}\b|self\.{name}\b", theirs)}


def test_this_list_is_all_that_is_used() -> None:
    assert used() == METHODS.keys() | ATTRIBUTES.keys()


@pytest.mark.parametrize("name", [*METHODS, *COPIED])
def test_a_method_is_as_it_was(name: str) -> None:
    entry = (METHODS | COPIED)[name]
    found = vars(entry.owner).get(name)
    assert found, f"{installed(entry.owner)} has no {entry.owner.__name__}.{name} any more; {entry.look_at}"
    assert digest(found) == entry.sha256, (
        f"{installed(entry.owner)} changed {entry.owner.__name__}.{name} (now {digest(found)}). "
        f"Look at {entry.look_at}; then record the new hash here"
    )


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_a_private_attribute_is_set_where_it_was(name: str) -> None:
    function, line, look_at = ATTRIBUTES[name]
    assert line in inspect.getsource(function), (
        f"{installed(function)}: {function.__qualname__} does not say `{line}` any more. Look at {look_at}"
    )


@pytest.mark.parametrize("trainer", TRAINERS)
def test_every_trainer_keeps_its_values_in_the_same_place(trainer: type) -> None:
    assert ATTRIBUTES["_metrics"][1] in inspect.getsource(trainer.__init__)  # type: ignore[misc]


def test_training_begins_in_the_order_that_restoring_needs() -> None:
    loop = inspect.getsource(Trainer._inner_training_loop)
    order = ["self._tr_loss =", "self._globalstep_last_logged =", "on_train_begin(", "if args.eval_on_start"]
    places = [loop.find(text) for text in order]
    assert -1 not in places and places == sorted(places), (
        f"{installed(Trainer)}: Trainer._inner_training_loop has another order ({places}). restore() and "
        "take_over() of survives.py are called on_train_begin, after sums are zero and before eval_on_start"
    )


@pytest.mark.parametrize("ours", [Survives, TokenTrainer])
def test_every_method_that_is_overridden_is_still_there(ours: type) -> None:
    """A method that a release renamed would never be called."""
    new = {
        Survives: {
            "count_step",
            "stopped_early",
            "finished",
            "stopping",
            "make_up_evaluation",
            "restore",
            "take_over",
            "load_best",
            "_with_seeded_workers",
            "_find_best_checkpoint",
            "_seal",
            "_seal_and_tell",
            "_over_processes",
        },
        TokenTrainer: {"count_batch", "_loss_is_special"},
    }[ours]
    theirs = SftTrainer.__mro__[SftTrainer.__mro__.index(TokenTrainer) + 1 :]
    names = {name for name, value in vars(ours).items() if callable(value) or isinstance(value, property)}
    names -= {"__init__"}
    lost = {name for name in names - new if not any(name in vars(base) for base in theirs)}
    libraries = f"{installed(Trainer)} and {installed(SFTTrainer)}"
    assert not lost, f"{libraries} have no {', '.join(sorted(lost))}"
    hidden = {name for name in new & names if any(name in vars(base) for base in theirs)}
    assert not hidden, (
        f"{installed(Trainer)} and {installed(SFTTrainer)} now have {', '.join(sorted(hidden))}"
    )
