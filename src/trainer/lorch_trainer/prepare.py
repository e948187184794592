"""`prepare`: turns canonical examples into sequences of tokens with labels. The only tokenisation in lorch.

The assistant's turns whose `train` is not false are trained, from the end of the generation prompt to the end
of turn, and nothing else (spans.py says how that is found). What was reviewed is what is trained: statistics,
plan and trainer all read the files written here.
"""

from __future__ import annotations

import json
import platform
import tempfile
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from . import __version__, stdio
from .added_tokens import AddedTokens
from .control import ControlTokens
from .conversation import RowRefusedError, template_messages, trained_turns
from .errors import LorchError
from .labels import Labelled, label_batch
from .lengths import Lengths
from .rendering import render_trained
from .row_findings import RowFindings
from .sequences import SequenceWriter
from .spans import Rendered, close_last
from .stops import generation_ends
from .template import Message, Template, TemplateSet, choose_template
from .tokenizer import load_tokenizer, tokenizer_sha256

MASK_RULE = "assistant-turns-with-end-of-turn/2"
"""Part of the cache key: raise the number when labels change for the same input."""
_BATCH = 256


def run(spec: dict[str, Any]) -> dict[str, Any]:
    """Writes a sequence file per split, `tokenizer/` and prepare.json, and returns what prepare.json holds.

    prepare.json is written last: where it exists, the folder is complete.
    """
    with stdio.spec_fields("prepare"):
        model, splits, out = spec["model"], spec["splits"], Path(spec["out"])
        max_length = spec.get("max_length")
    if max_length is not None and (not isinstance(max_length, int) or max_length < 1):
        raise LorchError("R012", f"max_length must be a whole number above 0, not {max_length!r}")
    tokenizer = load_tokenizer(model)
    new_tokens = AddedTokens(tokenizer, spec.get("tokens"))
    ends = generation_ends(model, tokenizer)
    templates = choose_template(spec.get("template") or {}, tokenizer, str(model["id"]), ends)
    out.mkdir(parents=True, exist_ok=True)
    (out / "prepare.json").unlink(missing_ok=True)
    preparation = Preparation(tokenizer, templates, max_length, new_tokens)
    written = {name: preparation.split(name, Path(path), out) for name, path in splits.items()}
    result = preparation.result(written)
    tokenizer.save_pretrained(out / "tokenizer")
    _write_last(out / "prepare.json", result)
    return result


class Preparation:
    """One tokenizer and template over all splits, with what is noticed on the way."""

    def __init__(
        self, tokenizer: Any, templates: TemplateSet, max_length: int | None, new_tokens: AddedTokens
    ) -> None:
        self.tokenizer = tokenizer
        self.new_tokens = new_tokens
        self.templates = templates
        self.max_length = max_length
        self.lengths, self.trained_lengths, self.uncut = Lengths(), Lengths(), Lengths()
        self.findings = RowFindings()
        self.dropped: list[dict[str, Any]] = []
        self.truncated: list[int] = []
        self.lost_eot: list[int] = []
        added = tokenizer.added_tokens_decoder
        self._added = {number: token.content for number, token in added.items()}
        self._added_rows: Counter[int] = Counter()
        self.largest_id = -1
        self._control = ControlTokens(tokenizer, new_tokens.contents)
        self._open_rows = 0
        self._appended: Counter[str] = Counter()
        self._opened: Counter[str] = Counter()

    def split(self, name: str, path: Path, out: Path) -> dict[str, Any]:
        """Prepares one file of examples and returns its line of the result."""
        total = _count_lines(path)
        rows_in = 0
        dropped_before = len(self.dropped)
        with SequenceWriter(out / f"{name}.safetensors") as writer:
            examples = _read_examples(path)
            while batch := list(islice(examples, _BATCH)):
                rows_in += len(batch)
                self._batch(name, batch, writer)
                stdio.progress(f"tokenising {name}", rows_in, total)
            sha256 = writer.close()
        dropped = len(self.dropped) - dropped_before
        if rows_in != writer.rows + dropped:
            raise AssertionError(f"{name}: {rows_in} rows in, {writer.rows} written, {dropped} dropped")
        if rows_in and not writer.rows:
            self.findings.add(
                "T016", f"all {rows_in} rows of the split {name!r} were dropped", data={"split": name}
            )
        return {
            "file": f"{name}.safetensors",
            "sha256": sha256,
            "rows_in": rows_in,
            "rows": writer.rows,
            "tokens": writer.tokens,
            "trained_tokens": writer.trained_tokens,
        }

    def _batch(self, split: str, examples: list[dict[str, Any]], writer: SequenceWriter) -> None:
        rendered: list[tuple[int, Rendered]] = []
        for example in examples:
            try:
                rendered.append((example["row"], self._render(example)))
            except RowRefusedError as refused:
                self._drop(split, example["row"], refused)
        labelled = label_batch(self.tokenizer, [row for _, row in rendered])
        for (row, _), item in zip(rendered, labelled, strict=True):
            if isinstance(item, RowRefusedError):
                self._drop(split, row, item)
            else:
                self._write(split, row, item, writer)

    def _render(self, example: dict[str, Any]) -> Rendered:
        row, tools = example["row"], example.get("tools") or None
        messages = template_messages(example["messages"])
        trained = trained_turns(example["messages"])
        if not trained:
            raise RowRefusedError("T009", "no assistant message is to be trained")
        template = self.templates.for_tools(tools)
        rendered = render_trained(template, self.templates.kind, messages, tools, trained)
        if not rendered.spans:
            raise RowRefusedError("T009", "the template writes nothing of the messages to train")
        close_last(rendered, template.generation_end)
        self._note(row, messages, tools, rendered)
        return rendered

    def _note(self, row: int, messages: list[Message], tools: Any, rendered: Rendered) -> None:
        if rendered.shortened:
            self.findings.add(
                "T015",
                f"the template left out a part of message {rendered.shortened[0]}",
                row,
                {"messages": rendered.shortened},
            )
        if rendered.empty_turn:
            self.findings.add("T024", "the template wrote an empty turn behind a call", row)
        if rendered.appended:
            self._appended[rendered.appended] += 1
        if rendered.opened:
            self._opened[rendered.opened] += 1
        if rendered.open_turns:
            self._open_rows += 1
        found = self._control.find(messages, tools)
        if found is not None:
            where, token = found
            self.findings.add(
                "T013",
                f"{where} contains {token!r}, which becomes a control token",
                row,
                {"at": where, "token": token},
            )

    def _drop(self, split: str, row: int, refused: RowRefusedError, **data: Any) -> None:
        self.dropped.append({"row": row, "split": split, "code": refused.code})
        self.findings.add(refused.code, refused.message, row, {"split": split, **data})

    def _write(self, split: str, row: int, item: Labelled, writer: SequenceWriter) -> None:
        length = len(item.ids)
        keep = length if self.max_length is None else min(length, self.max_length)
        trained = bytearray(keep)
        for first, stop in item.ranges:
            stop = min(stop, keep)
            if first < stop:
                trained[first:stop] = b"\1" * (stop - first)
        count = sum(trained)
        if count == 0:
            if keep < length:
                message = f"all of the first {keep} of {length} tokens belong to the prompt"
                self._drop(split, row, RowRefusedError("T008", message), tokens=length)
            else:
                self._drop(split, row, RowRefusedError("T009", "the answer has no token"))
            return
        if keep < length:
            self.truncated.append(row)
            self.findings.add("T010", f"{length} tokens cut to {keep}", row, {"tokens": length, "kept": keep})
            if item.closed > keep:
                self.lost_eot.append(row)
                self.findings.add("T011", "the cut took the end of the last answer", row, {"tokens": length})
        ids = item.ids[:keep]
        writer.append(row, ids, memoryview(trained))
        self._added_rows.update(set(ids) & self._added.keys())
        self.largest_id = max(self.largest_id, max(ids))
        self.uncut.add(length)
        self.lengths.add(keep)
        self.trained_lengths.add(count)

    def _note_split_tokens(self, template: Template) -> None:
        """Notes an end of turn that looks like a control token and is none in this tokenizer."""
        end = template.ends[0] if template.ends else ""
        if not end.lstrip().startswith("<") or template.added.search(end):
            return
        pieces = self.tokenizer.backend_tokenizer.encode(end.strip(), add_special_tokens=False).tokens
        if len(pieces) > 1:
            message = f"{end.strip()!r} is {len(pieces)} tokens here"
            self.findings.add("T018", message, data={"token": end.strip(), "pieces": pieces})

    def result(self, written: dict[str, dict[str, Any]]) -> dict[str, Any]:
        """The result value, with the findings that concern all rows."""
        import tokenizers
        import transformers

        if self._open_rows:
            message = f"{self._open_rows} rows have an answer or a call that the template does not end"
            self.findings.add("T014", message, None, {"rows": self._open_rows})
        for token, rows in self._appended.items():
            message = f"{token!r} was added behind the last answer of {rows} rows"
            self.findings.add("T023", message, None, {"token": token, "rows": rows})
        for text, rows in self._opened.items():
            message = f"at inference the prompt ends with {text!r}; {rows} rows are trained without it"
            self.findings.add("T021", message, None, {"text": text, "rows": rows})
        for template in self.templates.used():
            self._note_split_tokens(template)
        new_tokens = self.new_tokens.result(self._added_rows, self.findings)
        rules = {"template-marks" if one.has_markers else "rendered-spans" for one in self.templates.used()}
        return {
            "tokenizer_sha256": tokenizer_sha256(self.tokenizer),
            "template": {"kind": self.templates.kind, "sha256": self.templates.sha256},
            "mask_rule": f"{MASK_RULE}:{'+'.join(sorted(rules)) or 'none'}",
            "splits": written,
            "lengths": self.lengths.summary(),
            "trained_lengths": self.trained_lengths.summary(),
            "uncut_lengths": self.uncut.summary(),
            "histogram": self.lengths.histogram(),
            "largest_id": self.largest_id,
            "added_tokens": [
                {"id": number, "token": self._added[number], "rows": rows}
                for number, rows in sorted(self._added_rows.items())
            ],
            "new_tokens": new_tokens,
            "dropped": self.dropped,
            "truncated": self.truncated,
            "lost_eot": self.lost_eot,
            "findings": self.findings.list(),
            "versions": {
                "lorch_trainer": __version__,
                "python": platform.python_version(),
                "tokenizers": tokenizers.__version__,
                "transformers": transformers.__version__,
            },
        }


def _count_lines(path: Path) -> int:
    with path.open("rb") as file:
        lines, last = 0, b"\n"
        while chunk := file.read(1 << 20):
            lines += chunk.count(b"\n")
            last = chunk[-1:]
        return lines + (last != b"\n")


def _read_examples(path: Path) -> Iterator[dict[str, Any]]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                example = json.loads(line)
                usable = isinstance(example["row"], int) and all(
                    isinstance(message["role"], str) for message in example["messages"]
                )
            except (ValueError, KeyError, TypeError) as cause:
                raise LorchError("T019", f"{path}:{number} is not a canonical example: {cause}") from cause
            if not usable:
                raise LorchError("T019", f"{path}:{number} is not a canonical example")
            yield example


def _write_last(path: Path, value: dict[str, Any]) -> None:
    with tempfile.NamedTemporaryFile("w", dir=path.parent, suffix=".partial", delete=False) as file:
        json.dump(value, file, ensure_ascii=False, indent=1)
    Path(file.name).replace(path)
