"""What a packed batch costs without flash attention: TRL joins its sequences to one, and SDPA masks the whole square.

The same tokens forward and backward, as one sequence of BATCH x LENGTH tokens and as BATCH sequences of LENGTH, taken
in turns. Prints seconds and their ratio.
"""

from __future__ import annotations

import statistics
import time

import torch
from transformers import LlamaConfig, LlamaForCausalLM

ROW, BATCH, ROUNDS = 128, 4, 5


def step(model: LlamaForCausalLM, ids: torch.Tensor, positions: torch.Tensor) -> None:
    model(input_ids=ids, position_ids=positions, labels=ids, use_cache=False).loss.backward()
    model.zero_grad(set_to_none=True)


def measure(model: LlamaForCausalLM, length: int) -> tuple[float, float]:
    """Median seconds of the joined batch, and of its sequences one at a time."""
    ids = torch.randint(0, model.config.vocab_size, (BATCH, length))
    positions = torch.arange(ROW).repeat(BATCH, length // ROW)
    times: dict[str, list[float]] = {"joined": [], "single": []}
    for _ in range(ROUNDS):
        start = time.perf_counter()
        step(model, ids.reshape(1, -1), positions.reshape(1, -1))
        middle = time.perf_counter()
        for row in range(BATCH):
            step(model, ids[row : row + 1], positions[row : row + 1])
        times["joined"].append(middle - start)
        times["single"].append(time.perf_counter() - middle)
    return statistics.median(times["joined"]), statistics.median(times["single"])


def main() -> None:
    torch.manual_seed(1)
    torch.set_num_threads(1)
    config = LlamaConfig(
        vocab_size=512,
        hidden_size=256,
        intermediate_size=704,
        num_hidden_layers=4,
        num_attention_heads=4,
        num_key_value_heads=4,
        attn_implementation="sdpa",
    )
    model = LlamaForCausalLM(config).train()
    print(f"{BATCH} packed sequences of rows of {ROW} tokens, SDPA, CPU, one thread")
    for length in (512, 1024, 2048):
        joined, single = measure(model, length)
        print(f"{length} tokens: joined {joined:.2f} s, one at a time {single:.2f} s, {joined / single:.1f}x")


if __name__ == "__main__":
    main()
