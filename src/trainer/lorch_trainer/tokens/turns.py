"""Where the turns of one rendered conversation begin and end.

The template is rendered with the origin of every character (tracing.py), so it is known what a message
wrote itself. What the template wrote around it is compared with the prompt at inference, and with the
conversation up to that message. The text around a message is nearly always the same, so this is asked once
for each such text, not for each message.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from .conversation import RowRefusedError
from .stops import first_of, run_of_tokens
from .template import Message, Template, TemplateRefusalError, around, behind
from .traced import TOOLS, UNCLEAR, Run
from .tracing import trace_messages


@dataclass
class Turn:
    """One turn in the text: characters `start` to `end`, its end of turn included."""

    start: int
    body_end: int
    """Where the end of turn begins; `end` if there is none."""
    end: int
    opened: str = ""

    @property
    def closed(self) -> bool:
        return self.body_end < self.end


_MANY = 12
"""Turns of a row whose prompts are rendered one by one if the prompt depends on the messages."""
_MOST = 64
"""Renderings of one row beside that of all of it."""


class Turns:
    """Locates the turns of one conversation."""

    def __init__(self, template: Template, messages: list[Message], tools: Any, text: str) -> None:
        self.template, self.messages, self.tools, self.text = template, messages, tools, text
        self._traced = trace_messages(messages)
        whole = template.trace(self._traced, tools)
        if whole != text:
            raise RowRefusedError("T007", "the template renders the row differently when it is traced")
        self.runs = list(whole.runs)
        self._starts = [run.start for run in self.runs]
        self._own_openings: dict[Any, tuple[int, str] | None] = {}
        self._renderings = 0
        self._own: dict[int, list[int]] = {}
        for at, run in enumerate(self.runs):
            self._own.setdefault(run.origin.message, []).append(at)

    @property
    def _searching(self) -> bool:
        """Whether the row has used up its renderings."""
        return self._renderings >= _MOST

    def _count_rendering(self) -> None:
        """Keeps long rows linear: after many different texts around turns, headers and ends are searched."""
        if self._searching:
            raise TemplateRefusalError("the text around the turns differs too often")
        self._renderings += 1

    def find(self, index: int, marks: list[tuple[int, int]]) -> Turn:
        """Where message `index` begins and ends. Raises RowRefusedError T007 or T020."""
        own = self._turn_runs(index)
        if not own:
            return self._find_empty(index)
        first, last = self.runs[own[0]], self.runs[own[-1]]
        self._check_content(index, own)
        before = self.runs[own[0] - 1].end if own[0] else 0
        after = self.runs[own[-1] + 1].start if own[-1] + 1 < len(self.runs) else len(self.text)
        opening = self._opening(index, self.text[before : first.start])
        if opening is None:
            marked = [start for start, stop in marks if start <= first.start <= stop]
            if not marked:
                raise RowRefusedError("T007", f"where message {index} begins is unclear")
            start = self._behind_header(marked[-1], first.start)
        else:
            start = self._behind_header(before + opening[0], first.start)
        closing = self._closing(index, self.text[last.end : after])
        if closing is None:
            raise RowRefusedError("T007", f"where message {index} ends is unclear")
        return Turn(start, last.end + closing[0], last.end + closing[1], opening[1] if opening else "")

    def _find_empty(self, index: int) -> Turn:
        """The turn of a message without text, between those of its neighbours. Raises T007."""
        message = self.messages[index]
        if any(message.get(field) for field in ("content", "reasoning_content", "tool_calls")):
            raise RowRefusedError("T007", f"the template leaves out message {index}")
        before = max((run.end for run in self.runs if run.origin.message < index), default=0)
        following = (run.start for run in self.runs if run.origin.message > index and run.start >= before)
        gap = self.text[before : min(following, default=len(self.text))]
        opening = self._find_opening(index, gap, written=True)
        if opening is None:
            raise RowRefusedError("T007", f"where message {index} begins is unclear")
        body = gap[opening[0] :]
        stop = first_of(self.template.stops, body)
        start = before + opening[0]
        end = start if stop is None else start + body.index(stop)
        return Turn(start, end, end + len(stop or ""), opening[1])

    def _turn_runs(self, index: int) -> list[int]:
        """The runs of a message in its own turn. A tool's header may repeat the name of a call."""
        own = self._own.get(index, [])
        between = [
            (self.runs[at].origin.field, self.text[self.runs[before].end : self.runs[at].start])
            for before, at in pairwise(own)
        ]
        breaks = [at for at, (_, text) in enumerate(between, 1) if self.template.added.search(text)]
        if not breaks:
            return own
        key = (self.messages[index]["role"], *between)
        if key not in self.template.lengths:
            self.template.lengths[key] = self._count_runs(index, own)
        count = self.template.lengths[key]
        return own[:count] if count in breaks else own

    def _count_runs(self, index: int, own: list[int]) -> int:
        """How many of the runs the template writes even if the conversation ends with the message."""
        try:
            cut = self.template.trace(self._traced[: index + 1], self.tools)
        except TemplateRefusalError:
            return len(own)
        written = iter(cut[run.start : run.end] for run in cut.runs if run.origin.message == index)
        for count, at in enumerate(own):
            text = self.text[self.runs[at].start : self.runs[at].end]
            if not any(one == text for one in written):
                return count
        return len(own)

    def _check_content(self, index: int, own: list[int]) -> None:
        between = self.runs[own[0] : own[-1] + 1]
        other = next((run for run in between if run.origin.message != index and run.start < run.end), None)
        if other is not None:
            names = {UNCLEAR: "several messages at once", TOOLS: "the tools"}
            whose = names.get(other.origin.message, f"message {other.origin.message}")
            raise RowRefusedError("T007", f"the template writes {whose} into message {index}")
        for one, following in pairwise(between):
            if first_of(self.template.certain_stops, self.text[one.end : following.start]) is not None:
                raise RowRefusedError("T007", f"the template writes message {index} as several turns")
        for run in between:
            stop = first_of(self.template.stops, self.text[run.start : run.end])
            if stop is not None and self.template.added.fullmatch(stop):
                field = run.origin.field
                raise RowRefusedError(
                    "T020", f"the {field} of message {index} contains {stop!r}, which ends a turn"
                )

    def _behind_header(self, start: int, limit: int) -> int:
        """`start`, or the end of a header that the template does not count to its generation prompt there."""
        for header in self.template.headers:
            if self.text.startswith(header, start) and start + len(header) <= limit:
                return start + len(header)
        return start

    def _opening(self, index: int, gap: str) -> tuple[int, str] | None:
        """How much of the text before a message is the prompt; see `Template.opening`."""
        if self.messages[index]["role"] != "assistant":
            return len(gap), ""
        previous = self.messages[index - 1]["role"] if index else None
        written = any(self.runs[at].origin.field != "content" for at in self._own[index])
        key = (gap, previous, bool(self.tools), written)
        # A prompt that depends on the messages is asked for each turn; in long rows, for each kind of turn.
        known = self.template.openings
        if self.template.prompt_varies or self._searching:
            known = self._own_openings
        if key not in known or (self.template.prompt_varies and self._renderings < _MANY):
            known[key] = self._find_opening(index, gap, written)
        return known[key]

    def _find_opening(self, index: int, gap: str, written: bool) -> tuple[int, str] | None:
        try:
            self._count_rendering()
            prompt = behind(self.template.trace(self._traced[:index], self.tools, prompt=True))
            prompt += self.template.missing_header
            # A template may write nothing for an empty conversation: that says nothing of a first answer.
            found = self.template.opening(gap, prompt) if index or prompt.strip() else None
        except TemplateRefusalError:
            found = None
        if found is not None:
            return found
        for header in self.template.headers:
            at = gap.rfind(header)
            if at >= 0:
                return at + len(header), ""
        # Without a header a plain answer begins with its content; what a call opens with is not known.
        return None if written else (len(gap), "")

    def _closing(self, index: int, gap: str) -> tuple[int, int] | None:
        """Where, in the text after a message, its end of turn begins and ends."""
        message = self.messages[index]
        last = index + 1 == len(self.messages)
        key = (gap, message["role"], bool(message.get("tool_calls")), last)
        if key in self.template.closings:
            return self.template.closings[key]
        found = self._find_closing(index, gap, last)
        if not self._searching:  # else found with less knowledge, so not for other rows
            self.template.closings[key] = found
        return found

    def _find_closing(self, index: int, gap: str, last: bool) -> tuple[int, int] | None:
        template = self.template
        limit = len(gap) if last else self._own_end(index, gap)
        region = gap[: self._next_header(gap) if limit is None else limit]
        stop = first_of(template.stops, region)
        if stop is not None:
            at = region.index(stop)
            return at, at + len(stop)
        if limit is None:
            return None if self.messages[index].get("tool_calls") else (0, 0)
        # The token that opens the next turn may be what the model stops at (GLM).
        at = limit + len(gap[limit:]) - len(gap[limit:].lstrip())
        following = next((one for one in template.stops if gap.startswith(one, at)), None)
        if following is not None:
            return at, at + len(following)
        if not self.messages[index].get("tool_calls"):
            # Text that no token separates from the answer is not known to be the model's own.
            answers = self.messages[index]["role"] == "assistant"
            beside = answers and template.added.match(region.lstrip()) is not None
            region = run_of_tokens(template.added, region, [], not_in="") if beside else ""
        body = len(region.rstrip())
        return body, body

    def _own_end(self, index: int, gap: str) -> int | None:
        """How much of the text after a message the template writes even if the conversation ends there."""
        try:
            self._count_rendering()
            cut = self.template.trace(self._traced[: index + 1], self.tools)
        except TemplateRefusalError:
            return None
        tail = around(cut, index)[1]
        if tail is None:
            return None
        at = self.template.shared(tail, gap)
        # Only the end of the conversation may differ: if more does, the two say nothing of each other.
        rest = tail[at:].lstrip()
        return at if not rest or any(rest.startswith(stop) for stop in self.template.stops) else None

    def _next_header(self, gap: str) -> int:
        return min(
            (at for header in self.template.headers if (at := gap.find(header)) >= 0), default=len(gap)
        )

    def empty_turn_follows(self, index: int, turn: Turn) -> bool:
        """Whether an assistant's header is between a turn and the next text, which is not the assistant's."""
        at = bisect_left(self._starts, turn.end)
        following = self.runs[at] if at < len(self.runs) else None
        if following is not None and self._is_assistant(following):
            return False
        end = following.start if following is not None else len(self.text)
        return any(header in self.text[turn.end : end] for header in self.template.headers)

    def _is_assistant(self, run: Run) -> bool:
        return run.origin.message >= 0 and self.messages[run.origin.message]["role"] == "assistant"

    def prove(self, index: int, spans: list[tuple[int, int]], turn: Turn) -> None:
        """Raises T007 if anything but the message itself, up to its first end of turn, would be trained."""
        for start, end in spans:
            for run in self.runs[max(0, bisect_left(self._starts, start) - 1) :]:
                if run.start >= end:
                    break
                if run.origin.message != index and max(run.start, start) < min(run.end, end):
                    raise RowRefusedError("T007", f"text of another message is in message {index}")
            if end > turn.end:
                raise RowRefusedError("T007", f"message {index} is trained beyond its end of turn")
