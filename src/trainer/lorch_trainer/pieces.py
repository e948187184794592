"""`pieces`: the prepared sequences as text again, in runs that are trained or not: what a model sees of a row."""

from __future__ import annotations

from itertools import pairwise
from os.path import commonprefix
from pathlib import Path
from typing import Any

from . import stdio
from .sequences import SequenceFile
from .tokenizer import load_tokenizer


def run(spec: dict[str, Any]) -> dict[str, Any]:
    """Runs `[text, trained, tokens]` for every row of a split of a prepared folder; a run also ends at token `cut`."""
    with stdio.spec_fields("pieces"):
        prepared, split, cut = Path(spec["prepared"]), spec["split"], spec.get("cut")
    tokenizer = load_tokenizer({"id": str(prepared), "path": str(prepared / "tokenizer")})
    sequences = SequenceFile(prepared / f"{split}.safetensors")
    return {
        "rows": [
            {
                "row": int(sequences.row[index]),
                "runs": pieces(
                    tokenizer.backend_tokenizer,
                    sequences.input_ids(index).tolist(),
                    sequences.trained(index).tolist(),
                    cut,
                ),
            }
            for index in range(len(sequences))
        ]
    }


def pieces(
    backend: Any, ids: list[int], trained: list[int], cut: int | None = None
) -> list[tuple[str, bool, int]]:
    """The runs of one sequence. Joined, their texts are the whole sequence decoded.

    A character whose bytes lie in two runs belongs to the later one, which completes it.
    """
    borders = {at for at in range(1, len(ids)) if trained[at] != trained[at - 1]}
    if cut is not None and 0 < cut < len(ids):
        borders.add(cut)
    ends = [*sorted(borders), len(ids)] if ids else []
    *before, whole = [
        "",
        *backend.decode_batch([ids[:end] for end in ends], skip_special_tokens=False),
    ]
    # An unfinished character decodes to U+FFFD at the end of what comes before it.
    texts = [commonprefix([text.rstrip("\ufffd"), whole]) for text in before] + [whole]
    runs = []
    for (first, stop), (earlier, text) in zip(pairwise([0, *ends]), pairwise(texts), strict=True):
        runs.append((whole[len(earlier) : len(text)], bool(trained[first]), stop - first))
    return runs
