"""`dataset.train_on`: which tokens of a row get a label.

`answers` (the default) are the assistant's turns, `last` is the last of them, `all` is every character of the
text, and a list names roles. A message with `train: false` is trained under none of them.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import LorchError
from .spans import Rendered, Span
from .template import Message

TrainOn = str | list[str]

CHOICES = ("answers", "all", "last")
ROLES = ("system", "developer", "user", "assistant", "tool")


def check_train_on(train_on: object) -> TrainOn:
    """The setting as the spec has it. Raises R012 for anything else."""
    if isinstance(train_on, str) and train_on in CHOICES:
        return train_on
    if isinstance(train_on, list) and train_on and all(role in ROLES for role in train_on):
        return train_on
    raise LorchError("R012", f"train_on must be one of {', '.join(CHOICES)} or a list of roles: {train_on!r}")


def trained_turns(messages: list[Message], train_on: TrainOn) -> list[int]:
    """Indices of the messages to train on, in order. Under `all` these are all that are not switched off."""
    if train_on == "last":
        last = max((at for at, one in enumerate(messages) if one["role"] == "assistant"), default=-1)
        return [last] if last >= 0 and _on(messages[last]) else []
    roles: Iterable[str] = train_on if isinstance(train_on, list) else ["assistant"]
    if train_on == "all":
        roles = ROLES
    return [at for at, message in enumerate(messages) if message["role"] in roles and _on(message)]


def located_turns(messages: list[Message], train_on: TrainOn) -> list[int]:
    """Indices of the messages whose turns must be found in the text.

    Under `all` the text is trained whole. The answers are found even so, because what is wrong with an answer
    in the text is wrong under every choice.
    """
    return trained_turns(messages, "answers" if train_on == "all" else train_on)


def switched_off(messages: list[Message]) -> list[int]:
    """Indices of the messages with `train: false`."""
    return [at for at, message in enumerate(messages) if not _on(message)]


def whole_text(rendered: Rendered, left_out: list[Span]) -> list[Span]:
    """All of the text but the spans `left_out`, in order. It is closed if the located answers are."""
    closed = bool(rendered.spans) and not rendered.open_turns
    spans: list[Span] = []
    at = 0
    for span in sorted(left_out, key=lambda span: span.start):
        spans.append(Span(at, span.start, closed))
        at = max(at, span.end)
    spans.append(Span(at, len(rendered.text), closed))
    return [span for span in spans if span.start < span.end]


def nothing_chosen(train_on: TrainOn) -> str:
    """Why a row has no turn to train on, in words."""
    if isinstance(train_on, list):
        return f"no message with the role {' or '.join(train_on)} can be trained"
    if train_on == "last":
        return "the last assistant message is not trained, or there is none"
    return f"no {'message' if train_on == 'all' else 'assistant message'} can be trained"


def rule_name(train_on: TrainOn) -> str:
    """The choice as a part of the mask rule; roles in one order."""
    return train_on if isinstance(train_on, str) else "+".join(sorted(set(train_on)))


def _on(message: Message) -> bool:
    return message.get("train") is not False
