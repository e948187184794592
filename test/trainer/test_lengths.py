"""Percentiles and histogram, against counting by hand."""

from __future__ import annotations

import random

from lorch_trainer.tokens.lengths import Lengths


def test_percentiles_are_nearest_rank() -> None:
    draw = random.Random(1)
    for size in (1, 2, 3, 10, 99, 100, 101, 1000):
        values = [draw.randrange(1, 500) for _ in range(size)]
        lengths = Lengths()
        for value in values:
            lengths.add(value)
        ordered = sorted(values)
        summary = lengths.summary()
        for percent in (50, 90, 99):
            below = [
                value for value in ordered if sum(one <= value for one in ordered) * 100 >= size * percent
            ]
            assert summary[f"p{percent}"] == below[0]
        assert summary["max"] == ordered[-1]
        assert abs(summary["mean"] - sum(values) / size) <= 0.005


def test_bins_hold_every_row_once() -> None:
    lengths = Lengths()
    for value in (1, 2, 3, 4, 5, 8, 9, 16, 17, 64):
        lengths.add(value)
    assert lengths.histogram() == [
        {"upto": 1, "rows": 1},
        {"upto": 2, "rows": 1},
        {"upto": 4, "rows": 2},
        {"upto": 8, "rows": 2},
        {"upto": 16, "rows": 2},
        {"upto": 32, "rows": 1},
        {"upto": 64, "rows": 1},
    ]


def test_no_rows_give_zeros() -> None:
    assert Lengths().summary() == {"p50": 0, "p90": 0, "p99": 0, "max": 0, "mean": 0.0}
    assert Lengths().histogram() == []
