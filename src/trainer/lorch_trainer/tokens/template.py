"""A chat template: renders conversations, and knows what it writes around an answer.

What it writes is learned once from a small conversation: the generation prompt (the text before an answer at
inference) and the end of turn (what a model must write to stop).
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from ..errors import LorchError
from .stops import END_OF_CALL, first_of, run_of_tokens
from .template_limits import check_length, template_limits
from .traced import Traced
from .tracing import Tracer, trace_messages

Message = dict[str, Any]
MARKER = re.compile(r"\{%-?\s*generation\s*-?%\}")
_THINKING = re.compile(r"(<[^<>\s]*think[^<>\s]*>|\[THINK\])\s*\Z", re.IGNORECASE)
"""The opening of a model's thinking, at the end of a text."""
_MARKER_TEXT = re.compile(r"\s*(<[^\s<>]{1,40}>|\[[^\s\[\]]{1,40}\])")
HEADER_FIELDS = frozenset({"name", "tool_call_id"})
"""Fields of a message that templates write into its header; a model writes none of them itself."""


class TemplateRefusalError(Exception):
    """The template raised while rendering a row; the message is the template's."""


class Template:
    """One template source, bound to a tokenizer's special tokens and to the values of its own variables.

    `generation_ends` are the tokens at which the model's generation config stops. `day` (2026-01-31) is what
    the template takes for today.
    """

    def __init__(
        self,
        source: str,
        tokenizer: Any,
        variables: dict[str, Any] | None = None,
        generation_ends: Iterable[str] = (),
        day: str | None = None,
    ) -> None:
        from transformers.utils.chat_template_utils import render_jinja_template

        self.source = source
        self.has_markers = MARKER.search(source) is not None
        self._render = render_jinja_template
        special = {key: str(value) for key, value in tokenizer.special_tokens_map.items()}
        self._today = date.fromisoformat(day) if day else None
        self.wrote_date = False
        """Whether a row that was rendered asked for the date."""
        self._variables = {**special, **(variables or {})}
        added = [token.content for token in tokenizer.added_tokens_decoder.values()]
        self.added = any_of([one for one in added if one.strip()])
        """Matches every token that the tokenizer has outside its vocabulary."""
        with template_limits():  # what is constant in a template is computed here
            self._compile()
            self._tracer = Tracer(source)
        self._generation_ends = list(generation_ends)
        eos = [] if tokenizer.eos_token is None else [str(tokenizer.eos_token)]
        named = [*eos, *self._generation_ends, *(one for one in END_OF_CALL if one in added)]
        self.headers: list[str] = []
        """The text before an answer: the generation prompt and, if it differs, its form in history."""
        self.missing_header = ""
        """The assistant's header if the template writes one but ignores `add_generation_prompt`."""
        self.ends: list[str] = []
        """What the template writes after the last answer and, if it differs, after one in history."""
        self.certain_stops = [*dict.fromkeys(named)]
        """Tokens at which generation stops for certain: eos and those of the generation config."""
        self.stops = [*self.certain_stops]
        """Texts at which the model stops writing. The first of them after an answer ends the turn."""
        self.generation_end = next(iter(self._generation_ends), "")
        """The token to add after a last answer that the template does not end; empty if none is known."""
        self.prompt_varies = prompt_varies(source)
        """Whether the generation prompt may depend on what the messages say."""
        self._inner = ""
        """The text between an answer and the next question: it contains a user's header."""
        self.openings: dict[Any, tuple[int, str] | None] = {}
        """What turns.py found out about beginnings of turns, by the text before them."""
        self.closings: dict[Any, tuple[int, int] | None] = {}
        """The same of ends of turns, by the text after them."""
        self.lengths: dict[Any, int] = {}
        """The same of the number of texts in a turn, by what the template writes between them."""
        self._learn()
        self.wrote_date = False

    def _strftime(self, form: str) -> str:
        """The date as a template asks for it, in place of transformers' own function."""
        self.wrote_date = True
        return self._today.strftime(form) if self._today else time.strftime(form)

    def render(self, messages: list[Message], tools: list[Any] | None, prompt: bool = False) -> str:
        """The conversation as text, followed by the generation prompt if `prompt`."""
        with _bounded():
            texts, _ = self._render(
                [messages],
                tools=tools,
                chat_template=self.source,
                add_generation_prompt=prompt,
                **self._variables,
            )
        check_length(texts[0])
        return str(texts[0])

    def render_marked(
        self, messages: list[Message], tools: list[Any] | None
    ) -> tuple[str, list[tuple[int, int]]]:
        """The text, and the character ranges that its `{% generation %}` blocks wrote."""
        with _bounded():
            texts, ranges = self._render(
                [messages],
                tools=tools,
                chat_template=self.source,
                return_assistant_tokens_mask=True,
                **self._variables,
            )
        check_length(texts[0])
        return str(texts[0]), [(int(start), int(end)) for start, end in ranges[0]]

    def trace(self, traced: list[Message], tools: list[Any] | None, prompt: bool = False) -> Traced:
        """The same text as `render`, with the origin of every character. `traced`: see `trace_messages`."""
        with _bounded():
            text = self._tracer.render(traced, tools, add_generation_prompt=prompt, **self._variables)
        check_length(text)
        return Traced(text, [run for run in text.runs if run.origin.field not in HEADER_FIELDS])

    def prompt(self, messages: list[Message], tools: list[Any] | None) -> str:
        """The text up to the point at which the model begins to write."""
        return self.render(messages, tools, prompt=True) + self.missing_header

    def shared(self, one: str, other: str) -> int:
        """Length of the common beginning of two texts, cut back so that it splits no added token."""
        at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
        if at is None:
            return min(len(one), len(other))
        inside = (found for found in self.added.finditer(one) if found.start() < at < found.end())
        first = next((found.start() for found in inside), at)
        return min(
            first, next((f.start() for f in self.added.finditer(other) if f.start() < at < f.end()), at)
        )

    def opening(self, gap: str, prompt: str) -> tuple[int, str] | None:
        """How much of `gap`, the text before an answer, is the prompt at inference, which ends with `prompt`.

        The second value is what inference adds and this text does not have, such as an opening `<think>`.
        None if the two differ before the assistant's header ends.
        """
        if gap.startswith(prompt):
            return len(prompt), ""
        at = self.shared(gap, prompt)
        if at and not prompt[at:].strip():
            return at, prompt[at:]
        # The prompt goes on, with the model's thinking for instance: the header ends before that.
        ends = [gap.rfind(header, 0, at) + len(header) for header in self.headers if header in gap[:at]]
        if not ends and self._header_of(prompt, at):
            ends = [opened.start() if (opened := _THINKING.search(gap, 0, at)) else at]
        return (max(ends), prompt[max(ends) :]) if ends else None

    def _header_of(self, prompt: str, at: int) -> str:
        """The part of an assistant's header up to `at` of a prompt; empty if a user's header has it, too."""
        end = first_of(self.stops, prompt)
        if end is not None:
            found = prompt[prompt.index(end) + len(end) : at].lstrip()
        else:
            header = self.headers[0] if self.headers else ""
            found = prompt[len(prompt) - len(header) : at] if prompt.endswith(header) else ""
        return found if found.strip() and found.strip() not in self._inner else ""

    def _compile(self) -> None:
        from jinja2.exceptions import TemplateSyntaxError
        from transformers.utils.chat_template_utils import _compile_jinja_template

        try:
            # transformers compiles each source once; a variable of this name would become a text.
            _compile_jinja_template(self.source).environment.globals["strftime_now"] = self._strftime
        except TemplateSyntaxError as fault:
            raise LorchError("T004", f"the chat template, line {fault.lineno}: {fault.message}") from fault

    def _learn(self) -> None:
        question, answer = {"role": "user", "content": "Question"}, {"role": "assistant", "content": "Answer"}
        for opening in ([], [{"role": "system", "content": "System"}]):
            head = trace_messages([*opening, question, answer, question, answer])
            turn = len(opening) + 1
            try:
                prompt = behind(self.trace(head[:turn], None, prompt=True))
                plain = behind(self.trace(head[:turn], None))
                whole = self.trace(head[: turn + 1], None)
            except TemplateRefusalError:
                continue
            gap, tail = around(whole, turn)
            if gap is None or tail is None:
                continue
            try:
                history, inner = around(self.trace(head, None), turn)
            except TemplateRefusalError:
                history, inner = None, None
            header = prompt[self.shared(prompt, plain) :]
            self._learn_ends(tail, inner, gap, header)
            self._inner = inner or ""
            self._learn_headers(prompt, header, gap, history)
            return

    def _learn_ends(self, tail: str, inner: str | None, gap: str, header: str) -> None:
        """From the text after the last answer, after one in history, and between question and answer."""
        named = list(self.stops)
        at_end = run_of_tokens(self.added, tail, named, not_in=header)
        if not at_end and (marker := _MARKER_TEXT.match(tail)) is not None:
            at_end = marker.group()  # a marker that this tokenizer does not have as a token
        if at_end:
            self.ends.append(at_end)
        if inner is not None and not (at_end and at_end in inner):
            # A question ends as an answer does, unless what they share is the beginning of the next header.
            common = inner[: self.shared(inner, gap)]
            token = self.added.search(common)
            found = first_of(named, common) or (token.group() if token else None)
            if found:
                self.ends.append(inner[: inner.index(found) + len(found)])
        # What the template writes after an answer in history is the better end: GLM names three.
        self.generation_end = first_of(self._generation_ends, inner or "") or self.generation_end
        for end in self.ends:
            tokens = [found.group() for found in self.added.finditer(end)]
            stop = tokens[-1] if tokens else end.strip()
            if stop and stop not in self.stops:
                self.stops.append(stop)

    def _learn_headers(self, prompt: str, added: str, gap: str, history: str | None) -> None:
        if not added and gap.startswith(prompt) and gap[len(prompt) :].strip():
            self.missing_header = added = gap[len(prompt) :]
            prompt += added
        # Some generation prompts begin with the end of the question; others are written in any case.
        end = first_of(self.stops, prompt)
        if added and end is not None:
            rest = prompt[prompt.index(end) + len(end) :]
            added = rest.lstrip() or rest
        if added.strip():
            self.headers.append(added)
        for form in (gap, history or ""):
            at = self.shared(form, prompt)
            found = self._header_of(prompt, at) if at < len(prompt) else ""
            if found and found not in self.headers:
                self.headers.append(found)


def prompt_varies(source: str) -> bool:
    """Whether the part of a template under `add_generation_prompt` reads anything that messages can change.

    True if there is no such part: then the prompt is part of the rest.
    """
    from jinja2 import nodes
    from transformers.utils.chat_template_utils import _compile_jinja_template

    try:
        tree = _compile_jinja_template(source).environment.parse(source)
    except Exception:  # reported when the template is compiled
        return True
    changing = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"}
    parts = [
        part
        for part in tree.find_all(nodes.If)
        if any(name.name == "add_generation_prompt" for name in part.test.find_all(nodes.Name))
        or getattr(part.test, "name", "") == "add_generation_prompt"
    ]
    for part in parts:
        names = {name.name for name in part.find_all(nodes.Name)}
        reads = {item.value for item in part.find_all(nodes.Const)}
        reads |= {item.attr for item in part.find_all(nodes.Getattr)}
        if names & changing or "content" in reads:
            return True
    return not parts


def behind(text: Traced) -> str:
    """What the template wrote after the last text of a message."""
    return str.__str__(text[text.runs[-1].end :] if text.runs else text)


def around(text: Traced, message: int) -> tuple[str | None, str | None]:
    """What the template wrote before and after the text of one message; None if it left that out."""
    own = [at for at, run in enumerate(text.runs) if run.origin.message == message]
    if not own:
        return None, None
    before = text.runs[own[0] - 1].end if own[0] else 0
    after = text.runs[own[-1] + 1].start if own[-1] + 1 < len(text.runs) else len(text)
    plain = str.__str__(text)
    return plain[before : text.runs[own[0]].start], plain[text.runs[own[-1]].end : after]


def any_of(words: list[str]) -> re.Pattern[str]:
    """Matches any of the words, the longest first; nothing if there is none."""
    longest_first = sorted(set(words), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)) or "(?!)")


@contextmanager
def _bounded() -> Iterator[None]:
    """What the template raises becomes a TemplateRefusalError; beyond its limits, a LorchError."""
    with template_limits():
        try:
            yield
        except MemoryError:
            raise
        except Exception as cause:
            raise TemplateRefusalError(
                str(cause).strip().partition("\n")[0] or type(cause).__name__
            ) from cause
