"""TRL's SFTTrainer, but its metrics do not wait for the device, and it evaluates by trained token."""

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
    step_values: dict[str, list[torch.Tensor]]
    data_collator: Any

    def count_batch(self, batch: dict[str, Any]) -> torch.Tensor:
        return torch.stack([_fed_tokens(batch), (batch["labels"] != IGNORED).sum()])

    def compute_loss(
        self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """TRL's loss, bit by bit. Its metrics stay on the device; TRL waits for them, five times a batch."""
        if return_outputs or not self.model.training or self._loss_is_special():
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        outputs = model(**inputs, use_cache=False, fused_lm_head=True)
        losses = -outputs.log_probs  # 0 where the label is ignored
        if self.args.loss_type == "dft":
            losses = losses * outputs.log_probs.exp().detach()
        valid = outputs.label_mask.sum()
        items = torch.as_tensor(valid if num_items_in_batch is None else num_items_in_batch)
        loss = losses.sum() / items.clamp(min=1)
        if self.args.average_tokens_across_devices and num_items_in_batch is not None:
            # The items are those of every process, and DDP averages their gradients.
            loss = loss * (self.accelerator.num_processes // self.get_tp_size())
        gather = self.accelerator.gather_for_metrics
        tokens = gather(valid).sum()
        for name, field in (("entropy", outputs.entropy.detach()), ("mean_token_accuracy", outputs.is_top1)):
            mean = torch.where(tokens > 0, gather(field.sum()).sum() / tokens, 0.0)
            self.step_values.setdefault(name, []).append(mean)
        return loss

    def _loss_is_special(self) -> bool:
        """Whether the loss is more than this: smoothing, routers, sequences in parts, a loss function."""
        parallel = getattr(self.accelerator, "parallelism_config", None)
        smoothed = self.label_smoother is not None and self.args.loss_type == "nll"
        in_parts = parallel is not None and parallel.sp_enabled
        return smoothed or in_parts or self.aux_loss_enabled or self.compute_loss_func is not None

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
