"""Finds, in a rendered conversation, the text that the model would have written itself.

For an assistant message that is everything from the end of the generation prompt to the end of turn.
Templates differ too much for one trick, so there are three; each proves itself on the text or gives up:
  1. a conversation cut before (or after) the message, where it renders to a beginning of the whole;
  2. the whole with one message's content replaced by a sentinel, where all else stays the same. It works for
     templates that rewrite earlier turns, as those of thinking models do;
  3. the template's own `{% generation %}` marks, which narrow what 1 and 2 found or stand in for it.
What is found must hold the answer; otherwise the row is refused rather than trained wrongly.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .conversation import RowRefusedError
from .template import Message, Template, TemplateRefusalError, sentinel_for


@dataclass
class Span:
    """Characters `start` to `end` of the text are trained. `closed`: they end with the end of turn."""

    start: int
    end: int
    closed: bool


@dataclass
class Rendered:
    """A conversation as text, with what is trained of it."""

    text: str
    spans: list[Span]
    shortened: list[int] = field(default_factory=list)
    """Messages of which the template left a part out."""


@dataclass
class _Turn:
    start: int
    end: int
    """End of the turn, its end-of-turn text included."""
    body_end: int
    """Where the end-of-turn text begins; `end` where there is none."""


def find_spans(template: Template, messages: list[Message], tools: Any, trained: list[int]) -> Rendered:
    """Renders a conversation and finds the text of the assistant messages `trained`.

    Raises RowRefusedError T007 where that cannot be told, and TemplateRefusalError where the template raises.
    """
    marks: list[tuple[int, int]] = []
    if template.has_markers:
        text, marks = template.render_marked(messages, tools)
    else:
        text = template.render(messages, tools)
    finder = _Finder(template, messages, tools, text)
    rendered = Rendered(text, [])
    position = 0
    for index in trained:
        turn = _marked_exactly(finder, index, marks) or finder.turn(index)
        if template.has_markers:
            spans, turn = _marked(finder, index, turn, marks)
        elif turn is None:
            raise RowRefusedError("T007", f"where message {index} begins or ends is unclear")
        else:
            spans = [Span(turn.start, turn.end, turn.body_end < turn.end)]
        if turn.start < position:
            raise RowRefusedError("T007", f"message {index} overlaps an earlier one in the template's text")
        position = turn.end
        if spans and _check_answer(text[turn.start : turn.body_end], messages[index], index):
            rendered.shortened.append(index)
        rendered.spans += [span for span in spans if span.start < span.end]
    return rendered


class _Finder:
    """Locates turns in one rendered conversation."""

    def __init__(self, template: Template, messages: list[Message], tools: Any, text: str) -> None:
        self.template = template
        self.messages = messages
        self.tools = tools
        self.text = text
        self._contents: dict[int, tuple[int, int] | None] = {}

    def turn(self, index: int) -> _Turn | None:
        """Where message `index` begins and ends, or None where no way to tell proves right."""
        if index + 1 == len(self.messages) and (last := self._last()) is not None:
            return last
        start = self._start(index)
        return None if start is None else self._close(index, start)

    def _last(self) -> _Turn | None:
        """The last turn, where the text ends with header, content and end of turn: it saves a rendering."""
        message = self.messages[-1]
        if message.get("tool_calls") or message.get("reasoning_content"):
            return None
        text = self.text.rstrip()
        content = str(message.get("content") or "")
        for header in self.template.headers[:1]:
            for end in self.template.ends[:1]:
                for form in dict.fromkeys((content, content.strip())):
                    if text.endswith(header + form + end):
                        at = len(text) - len(end)
                        return _Turn(at - len(form), len(text), at)
        return None

    def content(self, index: int) -> tuple[int, int] | None:
        """Where the content of message `index` stands: the text differs only there when it is replaced."""
        if index not in self._contents:
            self._contents[index] = self._find_content(index)
        return self._contents[index]

    def _find_content(self, index: int) -> tuple[int, int] | None:
        sentinel = sentinel_for(self.text)
        if sentinel is None or not self.messages[index].get("content"):
            return None
        replaced = [*self.messages]
        replaced[index] = {**self.messages[index], "content": sentinel}
        try:
            other = self.template.render(replaced, self.tools)
        except TemplateRefusalError:
            return None
        before, found, after = other.partition(sentinel)
        end = len(self.text) - len(after)
        if not found or sentinel in after or end < len(before):
            return None
        if not self.text.startswith(before) or not self.text.endswith(after):
            return None
        return len(before), end

    def _start(self, index: int) -> int | None:
        if index > 0:
            try:
                prompt = self.template.prompt(self.messages[:index], self.tools)
            except TemplateRefusalError:
                prompt = None
            if prompt is not None and self.text.startswith(prompt):
                return self.after_header(index, len(prompt))
        own = self.content(index)
        before = self.content(index - 1) if index > 0 else (0, 0)
        following = own or (self.content(index + 1) if index + 1 < len(self.messages) else None)
        for header in self.template.headers if before is not None else []:
            limit = following[0] if following is not None else len(self.text)
            at = self.text.find(header, before[1] if before is not None else 0, limit)
            if at >= 0:
                return at + len(header)
        if own is None:
            return None
        # No generation prompt in sight: templates that open with `<think>` at inference, but not in history.
        reasoning = _squash(self.messages[index].get("reasoning_content"))
        if reasoning and (before is None or reasoning in _squash(self.text[before[1] : own[0]])):
            return None
        return own[0]

    def after_header(self, index: int, start: int) -> int:
        """`start`, or the end of a header that the template does not count to its generation prompt there."""
        content = str(self.messages[index].get("content") or "")
        for header in self.template.headers:
            if self.text.startswith(header, start) and not content.startswith(header):
                return start + len(header)
        return start

    def _close(self, index: int, start: int) -> _Turn | None:
        ends = self.template.ends
        region = self._region(index, start)
        if region is not None:
            stop, exact = region
            found = [(at, end) for end in ends if (at := self.text.rfind(end, start, stop)) >= 0]
            if found:
                at, end = max(found)
                return _Turn(start, at + len(end), at)
            body = self.text[start:stop].rstrip()
            if exact and (token := self.template.added_token_at_end(body)) > 0:
                return _Turn(start, start + len(body), start + len(body) - token)
        own = self.content(index)
        if own is not None and own[1] >= start:
            for end in ends:
                if self.text.startswith(end, own[1]):
                    return _Turn(start, own[1] + len(end), own[1])
            if self.messages[index].get("tool_calls"):
                return None
            return _Turn(start, own[1], own[1])
        if region is not None and region[1]:
            end_of_body = start + len(self.text[start : region[0]].rstrip())
            return _Turn(start, end_of_body, end_of_body)
        return None

    def _region(self, index: int, start: int) -> tuple[int, bool] | None:
        """Where message `index` has ended at the latest; exact if nothing of the next one is before that."""
        if index + 1 == len(self.messages):
            return len(self.text), True
        try:
            until = self.template.render(self.messages[: index + 1], self.tools)
        except TemplateRefusalError:
            until = None
        if until is not None and len(until) > start and self.text.startswith(until):
            return len(until), True
        following = self.content(index + 1)
        return None if following is None or following[0] < start else (following[0], False)


def _marked_exactly(finder: _Finder, index: int, marks: list[tuple[int, int]]) -> _Turn | None:
    """The turn of a mark that holds a message's content and the end of turn, and nothing else."""
    replies = [at for at, message in enumerate(finder.messages) if message["role"] == "assistant"]
    if len(marks) != len(replies) or finder.messages[index].get("reasoning_content"):
        return None
    start, stop = marks[replies.index(index)]
    written = finder.text[start:stop]
    for end in finder.template.ends:
        if written == str(finder.messages[index].get("content") or "") + end:
            return _Turn(start, stop, stop - len(end))
    return None


def _marked(
    finder: _Finder, index: int, turn: _Turn | None, marks: list[tuple[int, int]]
) -> tuple[list[Span], _Turn]:
    """What the template's marks say of one turn, without its header and white space after the end of turn."""
    if turn is None:
        replies = [at for at, message in enumerate(finder.messages) if message["role"] == "assistant"]
        if len(marks) != len(replies):
            raise RowRefusedError("T007", f"which generation mark is message {index} is unclear")
        start, stop = marks[replies.index(index)]
        start = finder.after_header(index, start)
        for end in finder.template.ends:
            at = finder.text.rfind(end, start, stop)
            if at >= 0:
                return [Span(start, at + len(end), True)], _Turn(start, at + len(end), at)
        return [Span(start, stop, False)], _Turn(start, stop, stop)
    spans = []
    for start, stop in marks:
        start, stop = max(start, turn.start), min(stop, turn.body_end)
        if start < stop or (start == stop and turn.start == turn.body_end):
            spans.append(Span(start, stop, False))
    if spans and turn.body_end < turn.end:
        # The end of turn is trained even where the mark stops before it: a model must learn to stop.
        if spans[-1].end == turn.body_end:
            spans[-1] = Span(spans[-1].start, turn.end, True)
        else:
            spans.append(Span(turn.body_end, turn.end, True))
    return spans, turn


def _check_answer(body: str, message: Message, index: int) -> bool:
    """Whether the template left out a part of the answer. Raises RowRefusedError where it left out all."""
    for call in message.get("tool_calls", []):
        name = str(call.get("function", {}).get("name", ""))
        if name not in body:
            raise RowRefusedError(
                "T007", f"the template does not write the call of {name!r} in message {index}"
            )
    written = _squash(body)
    answer = _squash(message.get("content"))
    reasoning = _squash(message.get("reasoning_content"))
    if answer in written:
        return bool(reasoning) and reasoning not in written
    if written and written in answer:
        return True
    raise RowRefusedError("T007", f"the template changes the text of message {index}, or leaves it out")


def _squash(text: Any) -> str:
    """Text without white space and thinking tags, which templates add and trim at will."""
    squashed = "".join(str(text).split()) if text else ""
    return squashed.replace("<think>", "").replace("</think>", "")
