"""Compares the logits of two models on the same tokens."""

from __future__ import annotations

from typing import Any

import torch

from ..tokens.template_limits import template_limits

_POSITIONS = 256
"""Number of logits kept per prompt: the last ones. With a vocabulary of 128,000 that is 131 MB."""

TOLERANCES = {"float32": 1e-4, "float16": 2e-2, "bfloat16": 2e-1}
"""Largest |difference| always allowed. Measured on small models: 4e-6, 6e-3 and 5e-2."""

_MARGIN = 2.5
"""How many times the model's own rounding noise is allowed. Measured over 36 random models of 2 to 16 layers,
with differences from 2e-7 to 3.3: 0.6 to 1.8 of the noise in fp32, 0.3 to 0.7 in fp16, 0.2 to 0.9 in bf16."""


def encode_prompts(tokenizer: Any, prompts: list[dict[str, Any]], vocabulary: int) -> list[torch.Tensor]:
    """Token ids [1, T] of each conversation or text, and of 64 random tokens (the same each time)."""
    encoded = []
    for prompt in prompts:
        try:
            if "text" in prompt:
                ids = tokenizer(prompt["text"])["input_ids"]
            else:
                with template_limits():
                    ids = tokenizer.apply_chat_template(
                        prompt["messages"], tools=prompt.get("tools"), tokenize=True, return_dict=True
                    )["input_ids"]
        except Exception:  # a template may refuse; the random tokens are always compared
            continue
        encoded.append(torch.tensor([ids]))
    generator = torch.Generator().manual_seed(0)
    encoded.append(torch.randint(0, vocabulary, (1, 64), generator=generator))
    return encoded


def logits_of(model: Any, prompts: list[torch.Tensor]) -> list[torch.Tensor]:
    """Logits [T, V] of each prompt's last positions, in fp32 on the CPU."""
    device = next(model.parameters()).device
    with torch.inference_mode():
        return [model(input_ids=ids.to(device)).logits[0, -_POSITIONS:].float().cpu() for ids in prompts]


def compare_logits(found: list[torch.Tensor], expected: list[torch.Tensor]) -> dict[str, float]:
    """Largest and mean |difference|, and the share of positions whose likeliest token is the same."""
    pairs = list(zip(found, expected, strict=True))
    differences = [(a - b).abs() for a, b in pairs]
    positions = sum(len(a) for a, _ in pairs)
    return {
        # Not max(), which would ignore a NaN.
        "max_logit_diff": float(torch.stack([d.max() for d in differences]).max()),
        "mean_logit_diff": float(sum(d.sum() for d in differences) / sum(d.numel() for d in differences)),
        "argmax_agreement": sum(int((a.argmax(-1) == b.argmax(-1)).sum()) for a, b in pairs) / positions,
    }


def tolerance(dtype: str, noise: float) -> float:
    """The largest logit difference that rounding explains: a limit per dtype, more if `noise` is larger."""
    return max(TOLERANCES.get(dtype, TOLERANCES["bfloat16"]), _MARGIN * noise)


def disturb(model: Any) -> None:
    """Moves every weight of a matrix by up to one unit in its last place, at random (the same each time).

    The effect on the logits is the rounding noise of this model. Deep and badly
    conditioned models magnify it a hundredfold, so no constant fits all models.
    """
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim >= 2 and parameter.is_floating_point():
                step = torch.rand(parameter.shape, generator=generator).to(parameter.device) * 2 - 1
                exact = parameter.double() if parameter.dtype == torch.float32 else parameter.float()
                parameter.copy_(exact * (1 + torch.finfo(parameter.dtype).eps * step))
