"""Validation loss, accuracy and entropy, counted by trained token.

transformers averages the means of batches, so its figure depends on how rows are batched. Here the losses of
all trained tokens are summed and divided by their number: batch size, padding and packing change nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

BY_TOKEN = "by_token"
"""`evaluation_loss` of a plan. Plans of earlier versions have none, and keep the means of batches."""


class TokenSums:
    """Sums over the trained tokens of an evaluation, on the device until they are asked for."""

    def __init__(self) -> None:
        self._sums: torch.Tensor | None = None

    def add(self, outputs: Any, gather: Callable[[torch.Tensor], torch.Tensor]) -> None:
        """Adds one batch.

        `outputs`: TRL's fused output, each field (rows, tokens - 1) and 0 where the label is ignored.
        `gather`: the accelerator's `gather_for_metrics`. It joins the rows of all processes and drops those
        that only fill up the last batch.
        """
        fields = (-outputs.log_probs, outputs.entropy, outputs.is_top1, outputs.label_mask)
        rows = torch.stack([field.sum(-1, dtype=torch.float64) for field in fields], dim=-1)
        sums = gather(rows).sum(0)
        self._sums = sums if self._sums is None else self._sums + sums

    def means(self) -> dict[str, float]:
        """loss (nats), entropy (nats) and mean_token_accuracy per trained token; NaN without any."""
        if self._sums is None:
            return {}
        loss, entropy, right, tokens = self._sums.tolist()
        sums = {"loss": loss, "entropy": entropy, "mean_token_accuracy": right}
        return {name: value / tokens if tokens else float("nan") for name, value in sums.items()}
