"""A chat template: renders conversations, and knows what it writes around an answer.

What it writes is learned once by rendering a conversation of private-use characters: the generation prompt
(what stands before an answer at inference) and the end of turn (what a model must write to stop).
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from .errors import LorchError

Message = dict[str, Any]
MARKER = re.compile(r"\{%-?\s*generation\s*-?%\}")
# Characters no text should hold; `sentinel_for` makes sure of it row by row.
_SENTINELS = ("\ue7f1\ue7f2\ue7f3", "\uf4a1\uf4a2\uf4a3", "\U000f7a10\U000f7a11\U000f7a12")
_USER = "\ue6b1\ue6b2"


class TemplateRefusalError(Exception):
    """The template raised while rendering a row; the message is the template's."""


def sentinel_for(text: str) -> str | None:
    """A string of which no character is in `text`; None where there is none left."""
    return next((one for one in _SENTINELS if not any(char in text for char in one)), None)


class Template:
    """One template source, bound to a tokenizer's special tokens."""

    def __init__(self, source: str, tokenizer: Any) -> None:
        from transformers.utils.chat_template_utils import render_jinja_template

        self.source = source
        self.has_markers = MARKER.search(source) is not None
        self._render = render_jinja_template
        self._special = {key: str(value) for key, value in tokenizer.special_tokens_map.items()}
        added = [token.content for token in tokenizer.added_tokens_decoder.values()]
        self._added = _any_of([one for one in added if one.strip()])
        self._compile()
        self._learn()

    def render(self, messages: list[Message], tools: list[Any] | None, prompt: bool = False) -> str:
        """The conversation as text, followed by the generation prompt where `prompt`."""
        try:
            texts, _ = self._render(
                [messages],
                tools=tools,
                chat_template=self.source,
                add_generation_prompt=prompt,
                **self._special,
            )
        except Exception as cause:
            raise _refused(cause) from cause
        return str(texts[0])

    def render_marked(
        self, messages: list[Message], tools: list[Any] | None
    ) -> tuple[str, list[tuple[int, int]]]:
        """The text, and the character ranges that its `{% generation %}` blocks wrote."""
        try:
            texts, ranges = self._render(
                [messages],
                tools=tools,
                chat_template=self.source,
                return_assistant_tokens_mask=True,
                **self._special,
            )
        except Exception as cause:
            raise _refused(cause) from cause
        return str(texts[0]), [(int(start), int(end)) for start, end in ranges[0]]

    def prompt(self, messages: list[Message], tools: list[Any] | None) -> str:
        """The text up to where the model would begin to write."""
        return self.render(messages, tools, prompt=True) + self.missing_header

    def added_token_at_end(self, text: str) -> int:
        """Length of the added token that `text` ends with, or 0."""
        for found in self._added.finditer(text, max(0, len(text) - 200)):
            if found.end() == len(text):
                return found.end() - found.start()
        return 0

    def _compile(self) -> None:
        from jinja2.exceptions import TemplateSyntaxError

        try:
            self.render([], None)
        except TemplateRefusalError as refusal:  # refusing an empty conversation is its good right
            fault = refusal.__cause__
            if isinstance(fault, TemplateSyntaxError):
                raise LorchError(
                    "T004", f"the chat template, line {fault.lineno}: {fault.message}"
                ) from fault

    def _learn(self) -> None:
        self.headers: list[str] = []
        """What stands before an answer: the generation prompt and, where they differ, its form in history."""
        self.missing_header = ""
        """The assistant's header where the template writes one but ignores `add_generation_prompt`."""
        self.ends: list[str] = []
        """What ends an answer: at the end of the conversation, and elsewhere where that differs."""
        answer = _SENTINELS[0]
        user = {"role": "user", "content": _USER}
        reply = {"role": "assistant", "content": answer}
        for opening in ([], [{"role": "system", "content": "s"}]):
            try:
                head = [*opening, user]
                prompt = self.render(head, None, prompt=True)
                plain = self.render(head, None)
                whole = self.render([*head, reply], None)
            except TemplateRefusalError:
                continue
            before, found, tail = whole.partition(answer)
            if not found:
                continue
            added = prompt[self._boundary(prompt, _common(prompt, plain)) :]
            lead = before[len(prompt) :] if before.startswith(prompt) else ""
            if not added and lead.strip():
                self.missing_header = added = lead
            self.headers = [added] if added else []
            self._learn_history([*head, reply], before, tail)
            return

    def _learn_history(self, conversation: list[Message], before: str, tail: str) -> None:
        """How an answer that is not the last begins and ends."""
        end = self._first_end(tail)
        self.ends = [end] if end else []
        again = [{"role": "user", "content": _USER + _USER}, {"role": "assistant", "content": "a"}]
        try:
            longer = self.render([*conversation, *again], None)
        except TemplateRefusalError:
            return
        earlier, _, later = longer.partition(_SENTINELS[0])
        between = later.partition(_USER + _USER)[0]
        prompt = self.headers[0] if self.headers else ""
        opening = self._added.search(prompt)
        at = earlier.rfind(opening.group()) if opening is not None else -1
        if at >= 0 and prompt != earlier[at:] and prompt.startswith(earlier[at:]):
            self.headers.append(earlier[at:])
        if end and end in between:
            return
        # What follows an inner answer, less the header of the next message.
        ending = between.partition(opening.group())[0] if opening is not None else ""
        if not ending or ending == between:
            ending = between[: len(between) - _common(between[::-1], before.partition(_USER)[0][::-1])]
        first = self._added.search(between)
        if ending.strip() and first is not None and first.start() < len(ending):
            self.ends.append(between[: first.end()])

    def _boundary(self, text: str, at: int) -> int:
        """`at`, or the beginning of the added token that it lies in."""
        inside = (found for found in self._added.finditer(text) if found.start() < at < found.end())
        return next((found.start() for found in inside), at)

    def _first_end(self, tail: str) -> str:
        """`tail` up to the end of its first run of added tokens; all but white space where it has none."""
        first = self._added.search(tail)
        if first is None:
            return tail.rstrip()
        end = first.end()
        while (more := self._added.match(tail, end)) is not None:
            end = more.end()
        return tail[:end]


class TemplateSet:
    """The templates a tokenizer may choose from: nearly always one, sometimes another for rows with tools."""

    def __init__(self, tokenizer: Any, kind: str) -> None:
        self.kind = kind
        self._tokenizer = tokenizer
        self._by_source: dict[str, Template] = {}
        own = tokenizer.chat_template
        text = own if isinstance(own, str) else json.dumps(own, sort_keys=True)
        self.sha256 = hashlib.sha256(text.encode()).hexdigest()

    def used(self) -> list[Template]:
        """The templates that rows have asked for so far."""
        return list(self._by_source.values())

    def for_tools(self, tools: list[Any] | None) -> Template:
        """The template for a row with or without tools."""
        try:
            source = self._tokenizer.get_chat_template(None, tools)
        except ValueError as cause:
            raise LorchError("T001", str(cause).partition("\n")[0]) from cause
        if source not in self._by_source:
            self._by_source[source] = Template(source, self._tokenizer)
        return self._by_source[source]


def choose_template(spec: dict[str, Any], tokenizer: Any, model_id: str) -> TemplateSet:
    """Sets the tokenizer's template as `{kind, source}` asks, and returns it.

    `auto` is the model's own. Our own templates open with BOS where the tokenizer puts one before plain text,
    because the base model has never seen text without it.
    """
    from .tokenizer import adds_bos

    kind = str(spec.get("kind") or "auto")
    if kind in ("auto", "model"):
        if not tokenizer.chat_template:
            raise LorchError("T001", f"the tokenizer of {model_id!r} has no chat template")
        return TemplateSet(tokenizer, "model")
    if kind == "file":
        if not isinstance(spec.get("source"), str) or not spec["source"].strip():
            raise LorchError("T004", "the template file is empty")
        tokenizer.chat_template = spec["source"]
    elif kind in ("chatml", "alpaca"):
        if kind == "alpaca" and tokenizer.eos_token is None:
            raise LorchError("T017", f"the tokenizer of {model_id!r} has no eos_token to end an answer with")
        source = (Path(__file__).parent / "templates" / f"{kind}.jinja").read_text("utf-8").rstrip("\n")
        tokenizer.chat_template = ("{{- bos_token }}\n" if adds_bos(tokenizer) else "") + source
    else:
        raise LorchError("R012", f"there is no template kind {kind!r}")
    return TemplateSet(tokenizer, kind)


def _any_of(words: list[str]) -> re.Pattern[str]:
    longest_first = sorted(set(words), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)) or "(?!)")


def _common(left: str, right: str) -> int:
    """Length of the longest common beginning."""
    return next(
        (at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right))
    )


def _refused(cause: Exception) -> TemplateRefusalError:
    return TemplateRefusalError(str(cause).strip().partition("\n")[0] or type(cause).__name__)
