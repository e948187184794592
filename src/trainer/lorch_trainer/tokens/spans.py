"""Finds, in a rendered conversation, the text that the model would have written itself.

For an assistant message that is everything from the end of the generation prompt to the end of turn: turns.py
says where. Generation marks narrow what is found. What cannot be told is refused rather than trained wrongly.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from .conversation import RowRefusedError, check_answer
from .stops import first_of
from .template import Message, Template
from .turns import Turn, Turns


@dataclass
class Span:
    """Characters `start` to `end` of the text are trained.

    `closed`: they end with the end of turn. `last`: they are the last of their turn.
    """

    start: int
    end: int
    closed: bool
    last: bool = True


@dataclass
class Rendered:
    """A conversation as text, with what is trained of it."""

    text: str
    spans: list[Span]
    shortened: list[int] = field(default_factory=list)
    """Messages of which the template left a part out."""
    opened: str = ""
    """What the prompt at inference ends with and this text does not have, such as an opening `<think>`."""
    empty_turn: bool = False
    """The template wrote a turn without text after a trained one."""
    appended: str = ""
    """The end of turn that was added because the template writes none."""

    @property
    def open_turns(self) -> bool:
        """Whether a trained turn has no end of turn."""
        return not all(span.closed for span in self.spans if span.last)


def find_spans(template: Template, messages: list[Message], tools: Any, trained: list[int]) -> Rendered:
    """Renders a conversation and finds the text of the messages `trained`.

    Raises RowRefusedError T007 if that cannot be told, T020 if an answer contains the end of a turn, and
    TemplateRefusalError if the template raises.
    """
    marks: list[tuple[int, int]] = []
    if template.has_markers:
        text, marks = template.render_marked(messages, tools)
        if (exact := _marked_exactly(template, messages, trained, text, marks)) is not None:
            return Rendered(text, exact)
    else:
        text = template.render(messages, tools)
        if (last := _only_last(template, messages, trained, text)) is not None:
            return Rendered(text, [Span(last.start, last.end, last.closed)])
    turns = Turns(template, messages, tools, text)
    rendered = Rendered(text, [])
    for index in trained:
        turn = turns.find(index, marks)
        answers = messages[index]["role"] == "assistant"
        # Only an answer must teach the model to stop.
        spans = [Span(turn.start, turn.end, turn.closed, last=answers)]
        if template.has_markers and answers:
            spans = _marked(turn, marks)
        body = "".join(text[span.start : min(span.end, turn.body_end)] for span in spans)
        if (spans or turn.start < turn.end) and check_answer(body, messages[index], index):
            if template.has_markers and not check_answer(
                text[turn.start : turn.body_end], messages[index], index
            ):
                raise RowRefusedError(
                    "T007", f"the template's generation marks cover only a part of message {index}"
                )
            rendered.shortened.append(index)
        turns.prove(index, [(span.start, span.end) for span in spans], turn)
        rendered.spans += [span for span in spans if span.start < span.end]
        rendered.opened = rendered.opened or turn.opened
        if messages[index].get("tool_calls"):
            rendered.empty_turn = rendered.empty_turn or turns.empty_turn_follows(index, turn)
    if any(one.end > other.start for one, other in pairwise(rendered.spans)):
        raise RowRefusedError("T007", "two answers overlap in the template's text")
    return rendered


def close_last(rendered: Rendered, end: str) -> None:
    """Adds the end of turn after the last answer if the template writes none; an empty `end` adds nothing.

    What the template wrote after the answer must be white space, and is removed.
    """
    last = rendered.spans[-1] if rendered.spans else None
    if last is None or last.closed or not end or rendered.text[last.end :].strip():
        return
    rendered.appended = end
    rendered.text = rendered.text[: last.end] + end
    last.end, last.closed = len(rendered.text), True


def _marked_exactly(
    template: Template,
    messages: list[Message],
    trained: list[int],
    text: str,
    marks: list[tuple[int, int]],
) -> list[Span] | None:
    """The marks of a row, if each contains exactly the content of its message and the end of turn.

    Such a row needs no second rendering.
    """
    replies = [index for index, message in enumerate(messages) if message["role"] == "assistant"]
    if len(marks) != len(replies) or not template.ends:
        return None
    spans = []
    for index in trained:
        message = messages[index]
        if message["role"] != "assistant" or message.get("tool_calls") or message.get("reasoning_content"):
            return None
        start, stop = marks[replies.index(index)]
        written, content = text[start:stop], message.get("content")
        if not content or written != str(content) + template.ends[0] or not _ends_once(template, written):
            return None
        spans.append(Span(start, stop, True))
    return spans


def _ends_once(template: Template, written: str) -> bool:
    """Whether the first end of a turn in a text is at its end."""
    stop = first_of(template.stops, written)
    return stop is not None and written.index(stop) + len(stop) == len(written)


def _only_last(template: Template, messages: list[Message], trained: list[int], text: str) -> Turn | None:
    """The last turn of a row of which nothing else is trained, if the text ends with header, content and end.

    Most rows are so, and need no second rendering.
    """
    message = messages[-1]
    content = message.get("content")
    if trained != [len(messages) - 1] or message["role"] != "assistant" or not isinstance(content, str):
        return None
    if (
        message.get("tool_calls")
        or message.get("reasoning_content")
        or not template.headers
        or not template.ends
    ):
        return None
    body, end = text.rstrip(), template.ends[0]
    for form in dict.fromkeys((content, content.strip())):
        if form.strip() and body.endswith(template.headers[0] + form + end):
            at = len(body) - len(end)
            return Turn(at - len(form), at, len(body)) if _ends_once(template, form + end) else None
    return None


def _marked(turn: Turn, marks: list[tuple[int, int]]) -> list[Span]:
    """What the template's marks say of one turn, without its header and the text after its end."""
    spans = []
    for start, stop in marks:
        start, stop = max(start, turn.start), min(stop, turn.body_end)
        if start < stop or (start == stop and turn.start == turn.body_end):
            spans.append(Span(start, stop, False))
    if spans and turn.closed:
        # The end of turn is trained even if the mark stops before it: a model must learn to stop.
        if spans[-1].end == turn.body_end:
            spans[-1] = Span(spans[-1].start, turn.end, True)
        else:
            spans.append(Span(turn.body_end, turn.end, True))
    for span in spans[:-1]:
        span.last = False
    return spans
