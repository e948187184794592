"""A row through its template, in the first form that the template takes."""

from __future__ import annotations

import re
from typing import Any

from .conversation import RowRefusedError, template_forms
from .spans import Rendered, find_spans
from .template import Message, Template, TemplateRefusalError

_PART = re.compile(r"""\{\s*["']type["']\s*:\s*["']text["']""")
"""A content part as text: a template that does not know parts prints them so."""


def render_trained(
    template: Template, kind: str, messages: list[Message], tools: Any, trained: list[int]
) -> Rendered:
    """The row as text with the spans of the messages `trained`, if possible without an empty turn.

    `kind` is that of the template set. Raises RowRefusedError with the reason that says most.
    """
    refusals: list[RowRefusedError] = []
    second: Rendered | None = None
    for form in template_forms(messages):
        try:
            rendered = find_spans(template, form, tools, trained)
        except RowRefusedError as cause:
            if cause.code == "T020":
                raise
            refusals.append(cause)
        except TemplateRefusalError as cause:
            code = "T012" if kind == "alpaca" else "T005"
            refusals.append(RowRefusedError(code, f"the template says: {cause}"))
        else:
            if _prints_parts(form, rendered):
                refusals.append(RowRefusedError("T007", "the template prints content parts as raw data"))
            elif not rendered.empty_turn:
                return rendered
            else:
                second = second or rendered
    if second is not None:
        return second
    if any(message.get("tool_calls") for message in messages):
        # That a template leaves out a call says more than what it raises for another form of the call.
        refusals.sort(key=_weight)
    raise refusals[0]


def _prints_parts(form: list[Message], rendered: Rendered) -> bool:
    """Whether the template wrote a list of parts itself, and not the text in it."""
    parts = [part for one in form if isinstance(one.get("content"), list) for part in one["content"]]
    own = sum(len(_PART.findall(str(part.get("text", "")))) for part in parts)
    return bool(parts) and len(_PART.findall(rendered.text)) > own


def _weight(refusal: RowRefusedError) -> int:
    """What a template raises for content that is left out or null is about the form, not about the row."""
    about_form = "attribute 'content'" in refusal.message or "NoneType" in refusal.message
    return 0 if refusal.code == "T007" else 2 if about_form else 1
