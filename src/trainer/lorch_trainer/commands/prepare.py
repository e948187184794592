"""`prepare`: converts canonical examples to sequences of tokens with labels. The only tokenisation in lorch.

The assistant's turns are trained unless `train` is false, from the end of the generation prompt to the end
of turn (spans.py finds it). `dataset.train_on` chooses other turns (train_on.py), and a plain
text is trained whole (documents.py). What was reviewed is what is trained: statistics, plan and trainer all
read the files written here.
"""

from __future__ import annotations

import json
import platform
import tempfile
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

from .. import __version__, stdio
from ..errors import LorchError
from ..methods import find_method
from ..tokens.added_tokens import AddedTokens
from ..tokens.cache_version import cache_version
from ..tokens.control import ControlTokens
from ..tokens.conversation import RowRefusedError, template_messages
from ..tokens.documents import Documents, Source
from ..tokens.examples import count_lines, read_examples
from ..tokens.labels import Labelled, label_batch
from ..tokens.lengths import Lengths
from ..tokens.mixture import named_templates, template_of
from ..tokens.rendering import render_trained
from ..tokens.row_findings import RowFindings
from ..tokens.sequences import TOKENS, SequenceWriter
from ..tokens.spans import Rendered, Span, close_last
from ..tokens.stops import generation_ends
from ..tokens.template import Message, Template
from ..tokens.template_limits import TEMPLATE_LIMIT
from ..tokens.template_set import TemplateSet, choose_template
from ..tokens.tokenizer import load_tokenizer, tokenizer_sha256
from ..tokens.train_on import (
    TrainOn,
    check_train_on,
    located_turns,
    nothing_chosen,
    rule_name,
    switched_off,
    trained_turns,
    whole_text,
)
from ..tokens.truncation import Cut, Kept, check_policy, cut_row

MASK_RULE = "assistant-turns-with-end-of-turn/2"
"""For people to read: raise it if labels change for the same input. The cache key uses the code itself."""
_BATCH = 256


def run(spec: dict[str, Any]) -> dict[str, Any]:
    """Writes a sequence file per split, `tokenizer/` and prepare.json, and returns what prepare.json holds.

    prepare.json is written last: if it exists, the folder is complete.
    """
    with stdio.spec_fields("prepare"):
        model, splits, out = spec["model"], spec["splits"], Path(spec["out"])
        max_length = spec.get("max_length")
    if max_length is not None and (not isinstance(max_length, int) or max_length < 1):
        raise LorchError("R012", f"max_length must be a whole number above 0, not {max_length!r}")
    streams = find_method(spec.get("method", "sft")).streams
    date = spec.get("date")
    train_on = check_train_on(spec.get("train_on", "answers"))
    truncate = check_policy(spec.get("truncate", "right"))
    tokenizer = load_tokenizer(model)
    new_tokens = AddedTokens(tokenizer, spec.get("tokens"))
    template = spec.get("template") or {}
    templates: Source
    named: dict[str, TemplateSet] = {}
    if template.get("kind") == "none":
        templates = Documents(tokenizer, str(model["id"]))
    else:
        ends = generation_ends(model, tokenizer)
        named = named_templates(spec.get("templates"), tokenizer, str(model["id"]), ends, date)
        templates = choose_template(template, tokenizer, str(model["id"]), ends, date)
    out.mkdir(parents=True, exist_ok=True)
    (out / "prepare.json").unlink(missing_ok=True)
    preparation = Preparation(
        tokenizer, templates, max_length, new_tokens, train_on, truncate, named, streams
    )
    written = {name: preparation.split(name, Path(path), out) for name, path in splits.items()}
    result = preparation.result(written, date)
    tokenizer.save_pretrained(out / "tokenizer")
    _write_last(out / "prepare.json", result)
    return result


class Preparation:
    """One tokenizer and template for all splits, with the findings on the way."""

    def __init__(
        self,
        tokenizer: Any,
        templates: Source,
        max_length: int | None,
        new_tokens: AddedTokens,
        train_on: TrainOn = "answers",
        truncate: str = "right",
        named: dict[str, TemplateSet] | None = None,
        streams: tuple[str, ...] = (TOKENS,),
    ) -> None:
        self.tokenizer = tokenizer
        self.new_tokens = new_tokens
        self.templates = templates
        self.named = named or {}
        """Templates of rows that name their own."""
        self.streams = streams
        self.max_length = max_length
        self.train_on = train_on
        self.truncate = truncate
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
        total = count_lines(path)
        rows_in = 0
        dropped_before = len(self.dropped)
        with SequenceWriter(out / f"{name}.safetensors", self.streams) as writer:
            examples = read_examples(path, isinstance(self.templates, Documents))
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
            "sequences": writer.sequences,
            "tokens": writer.tokens,
            "trained_tokens": writer.trained_tokens,
            "fed": writer.fed,
        }

    def _batch(self, split: str, examples: list[dict[str, Any]], writer: SequenceWriter) -> None:
        if isinstance(self.templates, Documents):
            documents = self.templates.label_batch([example["text"] for example in examples])
            for example, document in zip(examples, documents, strict=True):
                text = {"role": "document", "content": example["text"]}
                self._note_control(example["row"], [text], None)
                self._settle(split, example, document, writer)
            return
        rendered: list[tuple[dict[str, Any], Rendered]] = []
        for example in examples:
            try:
                rendered.append((example, self._render(example)))
            except RowRefusedError as refused:
                self._drop(split, example["row"], refused)
            except LorchError as failure:
                if failure.code != TEMPLATE_LIMIT:
                    raise
                raise LorchError(failure.code, f"row {example['row'] + 1}: {failure.message}") from failure
        labelled = label_batch(self.tokenizer, [row for _, row in rendered])
        for (example, _), item in zip(rendered, labelled, strict=True):
            self._settle(split, example, item, writer)

    def _settle(
        self, split: str, example: dict[str, Any], item: Labelled | RowRefusedError, writer: SequenceWriter
    ) -> None:
        """Writes a row, or drops it with its code."""
        row = example["row"]
        if isinstance(item, RowRefusedError):
            self._drop(split, row, item)
            return
        bos = self.tokenizer.bos_token_id
        cut = cut_row(item.ids, item.ranges, item.closed, self.max_length, self.truncate, bos)
        if cut.code is not None:
            self._drop(split, row, RowRefusedError(cut.code, cut.reason), tokens=len(item.ids))
            return
        self._note_cut(example, len(item.ids), cut)
        self.uncut.add(len(item.ids))
        self._write(example, cut.kept, writer)

    def _render(self, example: dict[str, Any]) -> Rendered:
        assert not isinstance(self.templates, Documents)
        row, tools = example["row"], example.get("tools") or None
        messages = template_messages(example["messages"])
        if not trained_turns(example["messages"], self.train_on):
            raise RowRefusedError("T009", nothing_chosen(self.train_on))
        templates = template_of(example, self.named, self.templates)
        template = templates.for_tools(tools)
        located = located_turns(example["messages"], self.train_on)
        rendered = render_trained(template, templates.kind, messages, tools, located)
        if located and not rendered.spans:
            raise RowRefusedError("T009", "the template writes nothing of the messages to train")
        close_last(rendered, template.generation_end)
        if self.train_on == "all":
            off = switched_off(example["messages"])
            left_out = self._left_out(rendered, template, templates.kind, messages, tools, off)
            rendered.spans = whole_text(rendered, left_out)
        self._note(row, messages, tools, rendered)
        return rendered

    def _left_out(
        self,
        rendered: Rendered,
        template: Template,
        kind: str,
        messages: list[Message],
        tools: Any,
        off: list[int],
    ) -> list[Span]:
        """The text of the messages `off`, each with its end of turn."""
        if not off:
            return []
        other = render_trained(template, kind, messages, tools, off)
        shared = min(len(other.text.rstrip()), len(rendered.text))
        if rendered.text[:shared] != other.text[:shared]:
            raise RowRefusedError("T007", "the template writes the untrained messages in another form")
        return other.spans

    def _note(self, row: int, messages: list[Message], tools: Any, rendered: Rendered) -> None:
        if rendered.shortened:
            self.findings.add(
                "T015",
                f"the template left out a part of message {rendered.shortened[0]}",
                row,
                {"messages": rendered.shortened},
            )
        if rendered.empty_turn:
            self.findings.add("T024", "the template wrote an empty turn after a call", row)
        if rendered.appended:
            self._appended[rendered.appended] += 1
        if rendered.opened:
            self._opened[rendered.opened] += 1
        if rendered.open_turns:
            self._open_rows += 1
        self._note_control(row, messages, tools)

    def _note_control(self, row: int, messages: list[Message], tools: Any) -> None:
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

    def _note_cut(self, example: dict[str, Any], length: int, cut: Cut) -> None:
        if cut.lost == 0:
            return
        row, kept = example["row"], length - cut.lost
        self.truncated.append(row)
        side = " at the beginning" if self.truncate == "left" else ""
        self.findings.add(
            "T010", f"{length} tokens cut to {kept}{side}", row, {"tokens": length, "kept": kept}
        )
        if cut.lost_end:
            self.lost_eot.append(row)
            self.findings.add("T011", "the cut took the end of the last answer", row, {"tokens": length})
        first = (example.get("messages") or [{}])[0].get("role")
        if self.truncate == "left" and first in ("system", "developer"):
            self.findings.add(
                "T031",
                f"the cut took {cut.lost} tokens, and the {first} prompt with them",
                row,
                {"lost": cut.lost},
            )

    def _write(self, example: dict[str, Any], sequences: list[Kept], writer: SequenceWriter) -> None:
        held: set[int] = set()
        row, times = example["row"], int(example.get("times", 1))
        for kept in sequences:
            trained = bytearray(len(kept.ids))
            for first, stop in kept.ranges:
                trained[first:stop] = b"\1" * (stop - first)
            writer.append(row, kept.ids, memoryview(trained), times)
            held.update(kept.ids)
            self.lengths.add(len(kept.ids), times)
            self.trained_lengths.add(sum(trained), times)
        self._added_rows.update(held & self._added.keys())
        self.largest_id = max(self.largest_id, max(held))

    def _note_split_tokens(self, template: Template) -> None:
        """Reports an end of turn that looks like a control token but is not one in this tokenizer."""
        end = template.ends[0] if template.ends else ""
        if not end.lstrip().startswith("<") or template.added.search(end):
            return
        pieces = self.tokenizer.backend_tokenizer.encode(end.strip(), add_special_tokens=False).tokens
        if len(pieces) > 1:
            message = f"{end.strip()!r} is {len(pieces)} tokens here"
            self.findings.add("T018", message, data={"token": end.strip(), "pieces": pieces})

    def result(self, written: dict[str, dict[str, Any]], date: str | None = None) -> dict[str, Any]:
        """The result value, with the findings on all rows; templates used `date` as today."""
        import tokenizers
        import transformers

        if self._open_rows:
            message = f"{self._open_rows} rows have an answer or a call that the template does not end"
            self.findings.add("T014", message, None, {"rows": self._open_rows})
        for token, rows in self._appended.items():
            message = f"{token!r} was added after the last answer of {rows} rows"
            self.findings.add("T023", message, None, {"token": token, "rows": rows})
        for text, rows in self._opened.items():
            message = f"at inference the prompt ends with {text!r}; {rows} rows are trained without it"
            self.findings.add("T021", message, None, {"text": text, "rows": rows})
        used = [one for each in (self.templates, *self.named.values()) for one in each.used()]
        for template in used:
            self._note_split_tokens(template)
        dated = any(template.wrote_date for template in used)
        if dated:
            message = f"the template writes the date: rows are rendered as of {date or 'today'}"
            self.findings.add("T025", message, None, {"date": date})
        new_tokens = self.new_tokens.result(self._added_rows, self.findings)
        rules = {"whole-texts"} if isinstance(self.templates, Documents) else set()
        rules |= {"template-marks" if one.has_markers else "rendered-spans" for one in used}
        return {
            "tokenizer_sha256": tokenizer_sha256(self.tokenizer),
            "template": {"kind": self.templates.kind, "sha256": self.templates.sha256},
            "date": date if dated else None,
            "templates": {name: {"kind": one.kind, "sha256": one.sha256} for name, one in self.named.items()},
            "mask_rule": f"{MASK_RULE}:{'+'.join(sorted(rules)) or 'none'}:{rule_name(self.train_on)}",
            "streams": list(self.streams),
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
            "cache_version": cache_version(),
            "versions": {
                "lorch_trainer": __version__,
                "python": platform.python_version(),
                "tokenizers": tokenizers.__version__,
                "transformers": transformers.__version__,
            },
        }


def _write_last(path: Path, value: dict[str, Any]) -> None:
    with tempfile.NamedTemporaryFile("w", dir=path.parent, suffix=".partial", delete=False) as file:
        json.dump(value, file, ensure_ascii=False, indent=1)
    Path(file.name).replace(path)
