"""`pieces`: converts prepared sequences back to text, in runs that are trained or not."""

from __future__ import annotations

from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from .. import stdio
from ..tokens.sequences import SequenceFile
from ..tokens.tokenizer import load_tokenizer
from ..tokens.truncation import Range, check_policy, kept_slices


def run(spec: dict[str, Any]) -> dict[str, Any]:
    """Runs `[text, trained, tokens, kept]` for each sequence of a split of a prepared folder.

    `kept` says whether a row cut at `cut` tokens under the policy `truncate` would keep the run.
    """
    with stdio.spec_fields("pieces"):
        prepared, split, cut = Path(spec["prepared"]), spec["split"], spec.get("cut")
    truncate = check_policy(spec.get("truncate", "right"))
    tokenizer = load_tokenizer({"id": str(prepared), "path": str(prepared / "tokenizer")})
    sequences = SequenceFile(prepared / f"{split}.safetensors")
    rows = []
    for index in range(len(sequences)):
        ids, trained = sequences.input_ids(index).tolist(), sequences.trained(index).tolist()
        opens = tokenizer.bos_token_id is not None and ids[:1] == [tokenizer.bos_token_id]
        kept = [part for parts in kept_slices(len(ids), cut, truncate, opens) for part in parts]
        runs = pieces(tokenizer.backend_tokenizer, ids, trained, kept)
        rows.append({"row": int(sequences.row[index]), "runs": runs})
    return {"rows": rows}


def pieces(
    backend: Any, ids: list[int], trained: list[int], kept: list[Range]
) -> list[tuple[str, bool, int, bool]]:
    """The runs of one sequence; the token ranges `kept` are kept. Joined, their texts are the whole
    sequence decoded.

    A character whose bytes are in two runs belongs to the later one, which completes it.
    """
    borders = {at for at in range(1, len(ids)) if trained[at] != trained[at - 1]}
    borders |= {at for part in kept for at in part if 0 < at < len(ids)}
    ends = [*sorted(borders), len(ids)] if ids else []
    texts: list[str] = list(backend.decode_batch([ids[:end] for end in ends], skip_special_tokens=False))
    whole = texts[-1] if texts else ""
    # An unfinished character decodes to U+FFFD at the end of what comes before it.
    lengths = [_shared(text.rstrip("\ufffd"), whole) for text in texts[:-1]]
    stops = accumulate([0, *lengths, len(whole)][: len(ends) + 1], max)
    return [
        (whole[start:stop], bool(trained[first]), last - first, any(a <= first < b for a, b in kept))
        for (first, last), (start, stop) in zip(pairwise([0, *ends]), pairwise(stops), strict=True)
    ]


def _shared(text: str, whole: str) -> int:
    """Length of the common prefix of both texts."""
    if whole.startswith(text):
        return len(text)
    pairs = enumerate(zip(text, whole, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(text), len(whole)))
