"""TRL's SFTTrainer with evaluation by trained token, and packed validation rows kept apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from trl import SFTTrainer

from .evaluation import BY_TOKEN, TokenSums
from .feeding import IGNORED


class TokenTrainer(SFTTrainer):  # type: ignore[misc]
    """What learning the tokens of prepared sequences needs beside survives.py. `plan` is set before it."""

    plan: Any
    data_collator: Any

    def count_batch(self, batch: dict[str, Any]) -> torch.Tensor:
        return torch.stack([_fed_tokens(batch), (batch["labels"] != IGNORED).sum()])

    def get_eval_dataloader(self, eval_dataset: Any = None) -> Any:
        dataset = self.eval_dataset if eval_dataset is None else eval_dataset
        collator: Any = self.data_collator
        if "seq_lengths" in getattr(dataset, "column_names", ()) and not collator.padding_free:
            # eval_packing alone: TRL's collator goes by `packing`, and packed rows would see each other.
            self.data_collator = replace(collator, padding_free=True)
        try:
            return super().get_eval_dataloader(eval_dataset)
        finally:
            self.data_collator = collator

    def evaluation_loop(self, *args: Any, metric_key_prefix: str = "eval", **kwargs: Any) -> Any:
        self._sums = TokenSums()
        output = super().evaluation_loop(*args, metric_key_prefix=metric_key_prefix, **kwargs)
        output.metrics.update({f"{metric_key_prefix}_{k}": v for k, v in self._sums.means().items()})
        return output

    def prediction_step(
        self, model: Any, inputs: Any, prediction_loss_only: bool, ignore_keys: list[str] | None = None
    ) -> Any:
        if self.plan.evaluation_loss != BY_TOKEN:
            return super().prediction_step(model, inputs, prediction_loss_only, ignore_keys)
        inputs = self._prepare_inputs(inputs)
        # Plain cross entropy, whatever the training loss adds: smoothing, weights of DFT, balance of routers.
        with torch.no_grad(), self.compute_loss_context_manager():
            outputs = model(**inputs, use_cache=False, fused_lm_head=True)
        self._sums.add(outputs, self.gather_function)
        return None, None, None  # nothing is left for transformers to average


def _fed_tokens(batch: dict[str, Any]) -> torch.Tensor:
    """Tokens of a batch without padding, as a tensor: nothing waits for the device."""
    if "attention_mask" in batch:
        return batch["attention_mask"].sum()
    # Without padding, except if pad_to_multiple_of adds zeros at the end.
    positions = batch["position_ids"][0]
    zeros = (positions.flip(0) == 0).long().cumprod(0).sum()
    return positions.numel() - torch.where(zeros > 1, zeros, 0)
