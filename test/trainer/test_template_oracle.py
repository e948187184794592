"""The oracle of bench/templates: it agrees with `prepare` on plain templates, and sees each kind of fault."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench" / "templates"))

from conversations import conversations
from facts import guess
from judge import Kept, judge
from oracle import Oracle, forms

from run import TemplateRun

ROWS = conversations(8)
_CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
TEMPLATES = {
    "chatml": _CHATML,
    "thinking": (
        "{% for m in messages %}<|im_start|>{{ m.role }}\n"
        "{% if m.role == 'assistant' and loop.last %}"
        "<think>\n{{ m.reasoning_content or '' }}\n</think>\n\n{% endif %}"
        "{{ m.content }}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    ),
    "instruct": (
        "{{ bos_token }}{% for m in messages %}{% if m.role == 'user' %}[INST] {{ m.content }} [/INST]"
        "{% elif m.role == 'assistant' %} {{ m.content }}{{ eos_token }}"
        "{% else %}{{ raise_exception('users and assistants only') }}{% endif %}{% endfor %}"
    ),
    "open end": (
        "{% for m in messages %}{{ m.role | capitalize }}: {{ m.content }}\n\n{% endfor %}"
        "{% if add_generation_prompt %}Assistant:{% endif %}"
    ),
}
_PLAIN = ("one turn", "system, three turns", "repeated answers", "answer: leading newline", "answer: emoji")
_SOME = (*_PLAIN, "only last trained", "answer: header word", "untrained equal to trained", "call")


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("kind", ["bytes", "metaspace", "words", "greedy", "lower"])
def test_prepare_trains_what_the_oracle_expects(name: str, kind: str) -> None:
    rows = {row: ROWS[row] for row in _SOME}
    source = TEMPLATES[name]
    verdicts = {
        one.conversation: one
        for one in TemplateRun(name, source, guess(source), rows, everything=True).verdicts([kind])
    }
    assert set(verdicts) == set(_SOME)
    assert {
        one.conversation: (one.kind, one.detail) for one in verdicts.values() if one.outcome == "wrong"
    } == {}
    assert verdicts["one turn"].outcome == "right"
    assert verdicts["call"].outcome == "refused"  # none of these templates writes calls
    assert verdicts["call"].detail is not None and verdicts["call"].detail["reason"]


def _kept(text: str, *trained: str) -> Kept:
    flags = bytearray(len(text))
    for piece in trained:
        start = text.index(piece)
        flags[start : start + len(piece)] = b"\1" * len(piece)
    return Kept(flags)


@pytest.mark.parametrize(
    ("trained", "kind"),
    [
        (("It is Oslo.<|im_end|>",), None),
        (("It is Oslo.",), "end of turn not trained"),
        (("is Oslo.<|im_end|>",), "part of the answer not trained"),
        (("assistant\nIt is Oslo.<|im_end|>",), "header trained"),
        (("It is Oslo.<|im_end|>\n",), "text behind the end of turn trained (white space)"),
        (("Norway", "It is Oslo.<|im_end|>"), "another message is trained"),
    ],
)
def test_each_kind_of_fault_is_seen(trained: tuple[str, ...], kind: str | None) -> None:
    oracle = Oracle(_CHATML, {}, ["<|im_end|>"])
    row: dict[str, Any] = ROWS["one turn"]
    expected = oracle.expected(next(forms(row["messages"])), None, [1])
    assert expected is not None
    assert [fault.kind for fault in judge(expected, _kept(expected.text, *trained))] == (
        [kind] if kind else []
    )


def test_an_end_that_the_template_does_not_write_must_be_reported() -> None:
    source = TEMPLATES["open end"]
    expected = Oracle(source, {}, ["</s>"]).expected(next(forms(ROWS["one turn"]["messages"])), None, [1])
    assert expected is not None
    kept = _kept(expected.text, " It is Oslo.")
    assert [fault.kind for fault in judge(expected, kept)] == ["no end of turn, not reported"]
    kept.reports = {"T014"}
    assert judge(expected, kept) == []
