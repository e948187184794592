"""Compares what `prepare` trains in one row with what the oracle expects, and names each fault."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby

from oracle import Expected, Range, Turn


@dataclass
class Wrong:
    """One fault of a kept row."""

    kind: str
    message: int | None = None
    expected: str = ""
    trained: str = ""


@dataclass
class Kept:
    """One row as prepared, laid over the template's text: a flag for each character."""

    flags: bytearray
    added: list[int] = field(default_factory=list)
    """Where `prepare` put a trained stop token that the template does not write."""
    reports: set[str] = field(default_factory=set)


def judge(expected: Expected, kept: Kept) -> list[Wrong]:
    """What is wrong with a kept row whose text is `expected.text`."""
    text, flags = expected.text, kept.flags
    wrong: list[Wrong] = []
    allowed = bytearray(len(text))
    judged_outside = True
    for turn in expected.turns:
        starts, ends = turn.starts, turn.ends
        shown = (starts[0] if starts else 0, ends[1] if ends else len(text))

        def say(kind: str, turn: Turn = turn, shown: Range = shown) -> None:
            runs = _runs(text, flags, max(0, shown[0] - 60), shown[1] + 60)
            wrong.append(Wrong(kind, turn.index, text[slice(*shown)], runs))

        if turn.lost and "T015" not in kept.reports:
            say(f"template loses {turn.lost[0]}, not reported")
        for start, end in turn.parts:
            missing = [text[at] for at in range(max(start, starts[1] if starts else 0), end) if not flags[at]]
            if "".join(missing).strip():
                say("part of the answer not trained")
                break
        if starts is None or ends is None:
            judged_outside = False
            continue
        allowed[starts[0] : ends[1]] = b"\1" * max(0, ends[1] - starts[0])
        body_end = turn.stop[0] if turn.stop else ends[0]
        gaps = [
            at
            for at in range(starts[1], body_end)
            if not flags[at] and (expected.marks is None or any(a <= at < b for a, b in expected.marks))
        ]
        if (
            gaps
            and (turn.stop or any(start < end for start, end in turn.parts))
            and not any(w.message == turn.index for w in wrong)
        ):
            blank = not "".join(text[at] for at in gaps).strip()
            say(
                "white space of the answer not trained" if blank else "text that the model writes not trained"
            )
        if turn.stop is not None and not all(flags[slice(*turn.stop)]):
            say("end of turn not trained" + (", T014 reported" if "T014" in kept.reports else ""))
        closed = any(ends[0] <= place <= ends[1] for place in kept.added)
        if turn.stop is None and not kept.reports & ({"T014", "T023"} if closed else {"T014"}):
            say("no end of turn, not reported")
    free = [turn.ends for turn in expected.turns if turn.ends and not turn.stop]
    if judged_outside and any(not any(a <= place <= b for a, b in free) for place in kept.added):
        wrong.append(Wrong("a stop token is added where no answer ends"))
    for index, place in expected.others.items():
        if any(flags[slice(*place)]):
            wrong.append(Wrong("another message is trained", index, "", _runs(text, flags, *place)))
    if any(any(flags[slice(*place)]) for place in expected.declarations):
        wrong.append(Wrong("a tool declaration is trained"))
    if judged_outside and not wrong:
        outside = [at for at in range(len(text)) if flags[at] and not allowed[at]]
        if outside:
            wrong.append(_outside(expected, flags, outside))
    return wrong


def _outside(expected: Expected, flags: bytearray, outside: list[int]) -> Wrong:
    text, first = expected.text, outside[0]
    nearest = min(
        expected.turns,
        key=lambda turn: min(abs(first - (turn.starts or (0,))[0]), abs(first - (turn.ends or (0,))[0])),
    )
    assert nearest.starts is not None and nearest.ends is not None
    where = "header" if abs(first - nearest.starts[0]) < abs(first - nearest.ends[1]) else "behind the end"
    blank = not "".join(text[at] for at in outside).strip()
    kind = {"header": "header trained", "behind the end": "text behind the end of turn trained"}[where]
    shown = (nearest.starts[0], nearest.ends[1])
    runs = _runs(text, flags, max(0, shown[0] - 60), shown[1] + 60)
    return Wrong(f"{kind} (white space)" if blank else kind, nearest.index, text[slice(*shown)], runs)


def _runs(text: str, flags: bytearray, start: int, end: int) -> str:
    """A stretch of text with its trained runs between ⟦ and ⟧."""
    shown = []
    for on, run in groupby(range(start, min(end, len(text))), key=lambda at: flags[at]):
        piece = "".join(text[at] for at in run)
        shown.append(f"⟦{piece}⟧" if on else piece)
    return "".join(shown)
