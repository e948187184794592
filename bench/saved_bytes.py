"""What a layer keeps for the backward pass, in bytes a token: src/model/saved-bytes.ts.

    OMP_NUM_THREADS=1 python bench/saved_bytes.py [FAMILY ...] > src/model/saved-bytes.ts

Counted with PyTorch's saved-tensor hooks on the CPU, on small models of one and three layers, and rows of two
lengths, so that what is no layer's or no token's cancels out. Sizes are varied one by one, and the counts are
solved for what each size contributes. Weights and buffers do not count: they are there anyway.
"""

from __future__ import annotations

import json
import sys
import warnings
from typing import Any

import numpy as np
import torch
import transformers
from peft import LoraConfig, get_peft_model
from transformers import AutoConfig, AutoModelForCausalLM

torch.set_num_threads(1)
transformers.logging.set_verbosity_error()
warnings.filterwarnings("ignore")

TOKENS = 64
SIZES = ("hidden", "query", "intermediate", "key_value", "experts", "rank", "one")

QKVO, GATED = ["q_proj", "k_proj", "v_proj", "o_proj"], ["gate_proj", "up_proj", "down_proj"]
# model_type: attention modules; MLP modules (None: experts, no linear layers and counted apart);
# how many heads keys and values have: as many as the config says, as queries, or one
FAMILIES: dict[str, tuple[list[str], list[str] | None, str]] = {
    "llama": (QKVO, GATED, "gqa"),
    "qwen3": (QKVO, GATED, "gqa"),
    "gemma": (QKVO, GATED, "gqa"),
    "gemma2": (QKVO, GATED, "gqa"),
    "gemma3_text": (QKVO, GATED, "gqa"),
    "phi3": (["qkv_proj", "o_proj"], ["gate_up_proj", "down_proj"], "gqa"),
    "granite": (QKVO, GATED, "gqa"),
    "gpt2": (["c_attn", "attn.c_proj"], ["c_fc", "mlp.c_proj"], "square"),
    "gpt_neox": (["query_key_value", "attention.dense"], ["dense_h_to_4h", "dense_4h_to_h"], "square"),
    "opt": (["q_proj", "k_proj", "v_proj", "out_proj"], ["fc1", "fc2"], "square"),
    "falcon": (["query_key_value", "self_attention.dense"], ["dense_h_to_4h", "dense_4h_to_h"], "one"),
    "mixtral": (QKVO, None, "gqa"),
    "qwen2_moe": (QKVO, None, "gqa"),
    "qwen3_moe": (QKVO, None, "gqa"),
    "gpt_oss": (QKVO, None, "gqa"),
}
EAGER_ONLY = {"gemma2", "gpt_oss"}
# base and adapter, and whether the forward pass is autocast to bfloat16
MODES = {
    "bf16_fp32": (torch.bfloat16, torch.float32, True),
    "bf16_bf16": (torch.bfloat16, torch.bfloat16, True),
    "fp32_fp32": (torch.float32, torch.float32, False),
}
TOP_K = 2
BASE = {"hidden": 256, "intermediate": 512, "heads": 4, "kv": 4, "head_dim": 64, "rank": 4}
STEPS = [
    {},
    {"hidden": 512},
    {"intermediate": 1024},
    {"heads": 8},
    {"kv": 2},
    {"kv": 1},
    {"rank": 16},
    {"hidden": 384, "intermediate": 768, "rank": 8},
]


def make_config(family: str, layers: int, size: dict[str, int]) -> Any:
    hidden, wide, heads = size["hidden"], size["intermediate"], size["heads"]
    common: dict[str, Any] = {"vocab_size": 64}
    if family == "gpt2":
        names = {"n_embd": hidden, "n_layer": layers, "n_head": heads, "n_inner": wide}
        return AutoConfig.for_model(family, **names, **common, resid_pdrop=0, embd_pdrop=0, attn_pdrop=0)
    common |= {"hidden_size": hidden, "num_hidden_layers": layers, "num_attention_heads": heads}
    if family == "opt":
        return AutoConfig.for_model(family, ffn_dim=wide, word_embed_proj_dim=hidden, dropout=0.0, **common)
    if family == "falcon":
        return AutoConfig.for_model(family, ffn_hidden_size=wide, **common)
    common["intermediate_size"] = wide
    if family == "gpt_neox":
        return AutoConfig.for_model(family, **common)
    common |= {"num_key_value_heads": size["kv"]}
    if family not in ("phi3", "mixtral", "qwen2_moe", "granite"):
        common["head_dim"] = size["head_dim"]
    if family == "phi3":
        common["pad_token_id"] = 0
    if family in ("mixtral", "gpt_oss"):
        common |= {"num_local_experts": 4, "num_experts_per_tok": TOP_K}
    if family in ("qwen2_moe", "qwen3_moe"):
        common |= {"num_experts": 4, "num_experts_per_tok": TOP_K, "moe_intermediate_size": wide}
    if family == "qwen2_moe":
        common["shared_expert_intermediate_size"] = 128
    return AutoConfig.for_model(family, **common)


def saved_by(family: str, layers: int, size: dict[str, int], tokens: int, how: dict[str, Any]) -> int:
    """Bytes that autograd keeps of one forward pass over one row."""
    base, adapter, autocast = MODES[how["mode"]]
    config = make_config(family, layers, size)
    model: Any = AutoModelForCausalLM.from_config(config, dtype=base, attn_implementation=how["attention"])
    settings = {"r": size["rank"], "lora_dropout": how["dropout"], "use_dora": how["dora"]}
    model = get_peft_model(model, LoraConfig(target_modules=how["targets"], **settings))
    for weight in model.parameters():
        if weight.requires_grad:
            weight.data = weight.data.to(adapter)
    model.train()
    own = {each.untyped_storage().data_ptr() for each in [*model.parameters(), *model.buffers()]}
    kept: dict[int, torch.UntypedStorage] = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage
        # The tensor itself would hold the graph that holds it, and never be freed.
        return tensor.detach()

    ids = torch.arange(tokens).remainder(64).unsqueeze(0)
    with (
        torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor),
        torch.autocast("cpu", dtype=torch.bfloat16, enabled=autocast),
    ):
        output = model.get_base_model().base_model(input_ids=ids, use_cache=False)
    total = sum(storage.nbytes() for storage in kept.values())
    del output
    return total


def per_token(
    family: str, size: dict[str, int], tokens: int, how: dict[str, Any], scores: float = 0.0
) -> float:
    """From two lengths, so that what does not grow with them (adapters cast to bfloat16) cancels out."""

    def layer(length: int) -> float:
        one, three = (saved_by(family, layers, size, length, how) for layers in (1, 3))
        return (three - one) / 2 - scores * size["heads"] * length**2

    return (layer(3 * tokens) - layer(tokens)) / 2 / tokens


def features(family: str, size: dict[str, int]) -> list[float]:
    _, mlp, keys = FAMILIES[family]
    fixed_dim = keys != "gqa" or family in ("phi3", "mixtral", "qwen2_moe", "granite")
    dim = size["hidden"] // size["heads"] if fixed_dim else size["head_dim"]
    experts = mlp is None
    query = size["heads"] * dim
    key_value = {"gqa": size["kv"], "square": size["heads"], "one": 1}[keys] * dim
    wide = size["intermediate"]
    return [
        size["hidden"],
        query,
        0 if experts else wide,
        key_value,
        TOP_K * wide if experts else 0,
        size["rank"],
        1,
    ]


def solve(family: str, how: dict[str, Any], scores: float) -> tuple[list[float], float]:
    """What each of SIZES contributes, in bytes, and the largest relative error of the solution."""
    sizes = [BASE | step for step in STEPS]
    matrix = np.array([features(family, size) for size in sizes])
    counts = np.array([per_token(family, size, TOKENS, how, scores) for size in sizes])
    solution = np.linalg.lstsq(matrix, counts, rcond=None)[0]
    error = float(np.max(np.abs(matrix @ solution / counts - 1)))
    return [round(float(value), 2) + 0.0 for value in solution], error


def scores_of(family: str, how: dict[str, Any]) -> float:
    """Bytes a head keeps for each pair of tokens. None with SDPA, but for Falcon on the CPU."""
    # The slope between T and 3T is a + 4Ts, that between 2T and 6T is a + 8Ts.
    short, long = (per_token(family, BASE, tokens, how) for tokens in (TOKENS, 2 * TOKENS))
    return (long - short) / BASE["heads"] / (4 * TOKENS)


def main() -> None:
    table: dict[str, Any] = {}
    worst = 0.0
    for family in sys.argv[1:] or FAMILIES:
        attention, mlp, _ = FAMILIES[family]
        implementation = "eager" if family in EAGER_ONLY else "sdpa"
        # `all-linear` may reach experts, whose weights are then copied whole, whatever the tokens.
        kinds = {"all": "all-linear", "attention": attention, "mlp": mlp} if mlp else {"attention": attention}
        for mode in MODES:
            scores = 0.0
            for dropout in (0.0, 0.1):
                for kind, targets in kinds.items():
                    how = {"mode": mode, "targets": targets, "dropout": dropout, "dora": False}
                    how["attention"] = implementation
                    if kind == next(iter(kinds)) and dropout == 0.0:
                        scores = scores_of(family, how)
                        eager = scores_of(family, how | {"attention": "eager"})
                        table.setdefault(family, {})[f"{mode} scores"] = round(eager, 2)
                    solution, error = solve(family, how, scores)
                    worst = max(worst, error)
                    name = f"{mode} {kind}{' dropout' if dropout else ''}"
                    table[family][name] = solution
                    if family == "llama" and kind == "all" and dropout == 0.0:
                        more, _ = solve(family, how | {"dora": True}, 0.0)
                        table[family][f"{name} dora"] = more
            print(family, mode, "worst", round(worst, 4), file=sys.stderr, flush=True)
    rows = (json.dumps({family: counts})[1:-1] for family, counts in table.items())
    print("// Generated by bench/saved_bytes.py, which says how; do not edit.")
    print(f"// torch {torch.__version__.split('+')[0]}, transformers {transformers.__version__}.")
    print(f"// Order: {', '.join(SIZES)}.")
    print("// biome-ignore format: JSON, which test/trainer/test_saved_bytes.py reads")
    print("export const savedBytes: Record<string, Record<string, number | readonly number[]>> = {")
    print(",\n".join(rows))
    print("};")


if __name__ == "__main__":
    main()
