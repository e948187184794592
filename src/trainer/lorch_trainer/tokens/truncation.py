"""What is kept of a row that is longer than `max_length`: one policy, applied to each row alone.

`right` cuts the end and `left` the beginning; `drop` and `refuse` keep nothing of a row that is too long;
`split` keeps every token, in several sequences. The statistics, the plan and the review use this code.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from ..errors import LorchError

POLICIES = ("right", "left", "drop", "refuse", "split")

Range = tuple[int, int]


@dataclass
class Kept:
    """One sequence that is kept of a row."""

    ids: list[int]
    ranges: list[Range]
    """Trained token ranges, counted within `ids`."""


@dataclass
class Cut:
    """What a policy makes of one row: the sequences to write, or the code under which the row is dropped."""

    kept: list[Kept]
    code: str | None = None
    reason: str = ""
    lost: int = 0
    """Tokens of a kept row that are in no sequence."""
    lost_end: bool = False
    """Whether the end of the last trained answer was lost."""


def check_policy(policy: object) -> str:
    """The policy as the spec has it. Raises R012 for anything else."""
    if isinstance(policy, str) and policy in POLICIES:
        return policy
    raise LorchError("R012", f"truncate must be one of {', '.join(POLICIES)}, not {policy!r}")


def kept_slices(length: int, max_length: int | None, policy: str, opens_with_bos: bool) -> list[list[Range]]:
    """The index ranges of a row of `length` tokens that are kept, one list a sequence.

    `left` keeps a BOS at the beginning, because a model that has one expects it there; the rest is the end of
    the row. `split` never leaves a sequence of one token: it would predict nothing.
    """
    if max_length is None or length <= max_length:
        return [[(0, length)]]
    if policy == "right":
        return [[(0, max_length)]]
    if policy == "left":
        if opens_with_bos and max_length > 1:
            return [[(0, 1), (length - max_length + 1, length)]]
        return [[(length - max_length, length)]]
    if policy == "split":
        borders = [*range(0, length, max_length), length]
        if borders[-1] - borders[-2] == 1 and max_length > 2:
            borders[-2] -= 1
        return [[border] for border in pairwise(borders)]
    return []


def cut_row(
    ids: list[int],
    ranges: list[Range],
    closed: int,
    max_length: int | None,
    policy: str,
    bos: int | None = None,
) -> Cut:
    """Applies `policy` to the tokens of a row.

    `ranges` are the trained token ranges in ascending order, `closed` is where the last end of turn ends (0
    without one), `bos` the id of the tokenizer's BOS.
    """
    length = len(ids)
    opens = bos is not None and ids[:1] == [bos]
    slices = kept_slices(length, max_length, policy, opens)
    if not slices:
        return Cut([], "T030", f"{length} tokens, and max_length is {max_length}")
    kept = [_take(ids, ranges, parts) for parts in slices]
    kept_tokens = sum(len(one.ids) for one in kept)
    if not any(one.ranges for one in kept):
        if kept_tokens == length:
            return Cut([], "T009", "the answer has no token")
        side = "first" if policy == "right" else "last"
        return Cut([], "T008", f"none of the {side} {kept_tokens} of {length} tokens is trained")
    last = slices[-1][-1][1]
    return Cut(kept, lost=length - kept_tokens, lost_end=closed > last)


def _take(ids: list[int], ranges: list[Range], parts: list[Range]) -> Kept:
    kept: list[int] = []
    trained: list[Range] = []
    for start, stop in parts:
        shift = len(kept) - start
        for first, end in ranges:
            first, end = max(first, start), min(end, stop)
            if first < end:
                trained.append((first + shift, end + shift))
        kept += ids[start:stop]
    return Kept(kept, trained)
