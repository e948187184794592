"""A loss that explodes: noticed by itself, a warning in a run, and its end if the config asks for that."""

from __future__ import annotations

from pathlib import Path

import pytest
from lorch_trainer.survival.loss_guard import LossGuard
from run_folder import make_model, make_run


def told(losses: list[float]) -> list[int]:
    guard = LossGuard()
    return [number for number, loss in enumerate(losses) if guard.look(loss) is not None]


def test_only_losses_that_stay_high_count() -> None:
    calm = [2.0, 1.9, 2.1] * 5
    assert told([*calm, 9.0, 2.0, 9.0, 9.0, 2.0]) == []
    assert told([*calm, 9.0, 9.0, 9.0, 9.0, 9.0]) == [17]
    assert told([*calm, 9.0, 9.0, 9.0, 2.0, 9.0, 9.0, 9.0]) == [17, 21]


def test_the_first_losses_and_negative_ones_are_not_compared() -> None:
    assert told([0.1, 9.0, 9.0, 9.0, 9.0]) == []
    assert told([-1.0] * 20 + [5.0] * 5) == []


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("model") / "model")


def test_a_run_warns_or_ends(tmp_path: Path, model: Path) -> None:
    training = {"max_steps": 40, "learning_rate": 3.0, "warmup_steps": 36, "max_grad_norm": 100.0}
    warned = make_run(tmp_path / "warned", model, training=training)
    assert warned.train() == 0, warned.log
    assert "R184" in [event["code"] for event in warned.events("warning")], warned.losses()
    ended = make_run(tmp_path / "ended", model, training={**training, "stop_on_loss_explosion": True})
    assert ended.train() == 1
    assert ended.event("error")["code"] == "R185"
    assert ended.event("settings")["differences"] == []
