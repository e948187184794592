"""Kills trainings at random moments and compares each resumed run with the one that was left alone.

    PYTHONPATH=src/trainer python bench/resume_moments.py [kills per setting] [seed]

Settings and comparison are those of test/trainer/test_resume_moments.py: every step, every evaluation, the
end and the adapter's bytes. Per setting: so many runs killed once, and one killed at all moments in turn.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "test" / "trainer"))

from kill_points import Moment, die_at, outcome, train_noting
from run_folder import Run, make_model
from test_resume_moments import SETTINGS, make


def finish(run: Run, kills: list[Moment]) -> dict[str, object]:
    """The outcome of a run that dies at each of these moments."""
    for attempt, moment in enumerate(kills, 1):
        die_at(run, moment, attempt)
    last = len(kills) + 1
    return outcome(run, last) if run.train(last) == 0 else {}


def main(kills: int, seed: int) -> None:
    draw = random.Random(seed)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        model = make_model(folder / "model")
        for number, name in enumerate(SETTINGS):
            whole = make(folder / f"{number}", model, name)
            moments = train_noting(whole)
            expected = outcome(whole, 1)
            chosen = sorted(draw.sample(moments, min(kills, len(moments))), key=moments.index)
            wrong = [
                moment
                for index, moment in enumerate(chosen)
                if finish(make(folder / f"{number}-{index}", model, name), [moment]) != expected
            ]
            chain = finish(make(folder / f"{number}-chain", model, name), chosen) == expected
            print(
                f"{name}: {len(chosen)} of {len(moments)} moments, {len(wrong)} runs differ {wrong or ''}"
                f" · killed {len(chosen)} times in turn: {'equal' if chain else 'DIFFERS'}",
                flush=True,
            )


main(int(sys.argv[1]) if len(sys.argv) > 1 else 7, int(sys.argv[2]) if len(sys.argv) > 2 else 0)
