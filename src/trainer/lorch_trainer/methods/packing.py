"""Packs whole rows into sequences of at most `max_length` tokens. No row is cut, dropped or padded.

TRL's own packing truncates rows that are too long, and its `wrapped` strategy cuts wherever a block is full;
neither may happen here, because what was reviewed is what is trained.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import LorchError

STRATEGIES = ("bfd", "bfd_split")


def check_packable(lengths: npt.NDArray[np.int64], training: dict[str, Any]) -> None:
    """Raises R028 if these settings could not pack these rows whole."""
    strategy = training.get("packing_strategy", "bfd")
    if strategy not in STRATEGIES:
        raise LorchError("R028", f"packing_strategy {strategy!r} cuts rows in the middle")
    limit = training.get("max_length")
    if limit is None:
        raise LorchError("R028", "packing needs a max_length")
    if len(lengths) and int(lengths.max()) > limit:
        raise LorchError("R028", f"a row of {int(lengths.max())} tokens is longer than max_length {limit}")


def pack_rows(dataset: Any, training: dict[str, Any]) -> Any:
    """The packed dataset: `input_ids` and `labels` joined, `seq_lengths` saying where each row ends.

    Best fit decreasing (both strategies are the same where no row is too long) over windows of 1,000 rows, so
    that the order of the rows and nothing else decides: every attempt packs alike. TRL's collator turns
    `seq_lengths` into position ids, from which the attention keeps the rows apart.
    """
    from trl import pack_dataset

    return pack_dataset(dataset, int(training["max_length"]), strategy="bfd")
