"""A mixture of sources in the trainer: templates by name, and what an epoch feeds of each source."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..errors import LorchError
from .sequences import SequenceFile
from .template_set import TemplateSet, choose_template


def named_templates(
    spec: Any,
    tokenizer: Any,
    model_id: str,
    generation_ends: Iterable[str] = (),
    date: str | None = None,
) -> dict[str, TemplateSet]:
    """The templates that rows may name, as `{name: {kind, source}}`.

    Each is bound to a copy of the tokenizer: the tokenizer itself is saved with the adapter, with its own.
    Call it before the usual template is chosen, because `model` means the model's own.
    """
    ends = list(generation_ends)
    return {
        str(name): choose_template(one, copy.copy(tokenizer), model_id, ends, date)
        for name, one in (spec or {}).items()
    }


def template_of(example: dict[str, Any], named: dict[str, TemplateSet], usual: TemplateSet) -> TemplateSet:
    """The template that an example names, or `usual` if it names none. Raises T019 for an unknown name."""
    name = example.get("template")
    if name is None:
        return usual
    if name not in named:
        raise LorchError("T019", f"row {example['row']} names an unknown template: {name!r}")
    return named[name]


def count_by_source(file: SequenceFile, sources: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """rows, tokens and trained tokens an epoch feeds of each planned source, by the numbers of its rows.

    Sources are told apart by `first_row` and `rows_in`; one without a row in the file is left out.
    """
    times, rows = file.times.astype(np.int64), file.times_of_rows()
    tokens, trained = file.lengths() * times, file.trained_lengths() * times
    counts = []
    for source in sources:
        first = int(source["first_row"])
        mine = (file.row >= first) & (file.row < first + int(source["rows_in"]))
        if mine.any():
            counts.append(
                {
                    "setting": source["setting"],
                    "rows": int(rows[mine].sum()),
                    "tokens": int(tokens[mine].sum()),
                    "trained_tokens": int(trained[mine].sum()),
                }
            )
    return counts
