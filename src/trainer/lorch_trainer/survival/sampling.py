"""The order of rows grouped by length, as a function of seed and epoch alone.

transformers draws it from the global random state, which a resumed run does not have at that moment: it would
see another order, and with it some rows twice and others never.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch.utils.data import Sampler
from transformers.trainer_pt_utils import LengthGroupedSampler


class SeededByEpoch(Sampler[int]):  # type: ignore[misc]
    """A LengthGroupedSampler with a fresh generator each epoch; accelerate calls `set_epoch`."""

    def __init__(self, grouped: LengthGroupedSampler, seed: int) -> None:
        self._grouped, self._seed, self._epoch = grouped, seed, 0

    def set_epoch(self, epoch: int) -> None:
        """Chooses the order of the next pass."""
        self._epoch = epoch

    def __iter__(self) -> Iterator[int]:
        self._grouped.generator = torch.Generator().manual_seed(self._seed + self._epoch)
        return iter(self._grouped)

    def __len__(self) -> int:
        return len(self._grouped)
