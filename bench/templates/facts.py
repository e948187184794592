"""What a chat template tells of its tokenizer: control tokens, and the tokens that end an answer.

A folder of templates holds `NAME.jinja` and, beside it or not, `NAME.json` with
`{"bos_token", "eos_token", "added_tokens": [...], "stop_tokens": [...], "end_tokens": [...]}`.
`stop_tokens` are what generation_config.json names beside EOS. `end_tokens` end an answer in the text of
a conversation, but not at inference (`<|end|>` of gpt-oss). What the file does not say is guessed here.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

_CONTROL = re.compile(
    r"<\|[^|<>\s{}'\"%]{1,40}\|>"
    r"|<｜[^｜<>\s{}]{1,40}｜>"
    r"|<\|[a-z_]{1,20}>|<[a-z_]{1,20}\|>"
    r"|\[/?[A-Z][A-Z_]{1,30}\]"
    r"|\[\|/?[a-zA-Z_]{1,30}\|\]"
    r"|\]~!b\[|\]~b\]|\[e~\["
    r"|</?s>|<(?:bos|eos|start_of_turn|end_of_turn|end_of_utterance|(?:beginning|end)_of_sentence|sep|pad|unk|extra_\d+)>"
    r"|<(?:seed|arg|hy|tool|think):?[a-z_]{1,20}>"
    r"|<SPECIAL_\d+>|<start_of_image>|<\|(?:START|END)_[A-Z_]+\|>"
)
_PLAIN = re.compile(r"</?(?:think|tool_call|tool_response|answer|function_call)>")
_ANSWER = "qzjANSWERjzq"
# The first pattern that the template holds gives (bos, eos, stops, ends).
_FAMILIES: list[tuple[str, tuple[str | None, str, list[str], list[str]]]] = [
    (r"<\|channel\|>", ("<|startoftext|>", "<|return|>", ["<|call|>"], ["<|end|>"])),
    (
        r"<\|eot_id\|>|<\|start_header_id\|>",
        ("<|begin_of_text|>", "<|eot_id|>", ["<|eom_id|>", "<|end_of_text|>"], []),
    ),
    (r"<\|header_start\|>", ("<|begin_of_text|>", "<|eot|>", ["<|eom|>", "<|end_of_text|>"], [])),
    (r"<start_of_turn>", ("<bos>", "<eos>", ["<end_of_turn>"], [])),
    (r"<\|turn>", ("<bos>", "<eos>", ["<turn|>", "<|tool_response>"], [])),
    (r"<\|observation\|>", (None, "<|endoftext|>", ["<|user|>", "<|observation|>"], [])),
    (r"<\|END_OF_TURN_TOKEN\|>", ("<BOS_TOKEN>", "<|END_OF_TURN_TOKEN|>", [], [])),
    (r"<｜Assistant｜>", ("<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", [], [])),
    (r"<｜hy_|<\|hy_", ("<|hy_bos|>", "<|hy_eos|>", [], [])),
    (r"\[e~\[", ("]~!b[", "[e~[", [], [])),
    (r"\[\|endofturn\|\]", ("[BOS]", "[|endofturn|]", [], [])),
    (r"<\|start_of_role\|>", ("<|end_of_text|>", "<|end_of_text|>", [], [])),
    (r"<seed:eos>", ("<seed:bos>", "<seed:eos>", [], [])),
    (r"<\|im_middle\|>", ("[BOS]", "[EOS]", ["<|im_end|>"], [])),
    (r"<\|end_of_turn\|>", ("<s>", "<|end_of_turn|>", [], [])),
    (r"<end_of_sentence>", ("<begin_of_document>", "<end_of_sentence>", [], [])),
    (r"<end_of_utterance>", ("<|im_start|>", "<end_of_utterance>", [], [])),
    (r"<\|eot\|>", ("<|startoftext|>", "<|eot|>", [], [])),
    (r"<\|role_end\|>", ("<|startoftext|>", "<|endoftext|>", ["<|role_end|>"], [])),
    (r"<\|message_sep\|>", ("<s>", "</s>", ["<|message_sep|>"], [])),
    (r"<\|assistant_end\|>", ("<s>", "<|assistant_end|>", [], [])),
    (r"<SPECIAL_12>", ("<s>", "<SPECIAL_12>", [], [])),
    (r"<\|im_end\|>", ("<|endoftext|>", "<|im_end|>", ["<|endoftext|>"], [])),
    (r"<\|im_end>", (None, "<|im_end>", [], [])),
    (r"<\|end\|>", ("<s>", "<|endoftext|>", ["<|end|>"], [])),
    (r"<\|endoftext\|>", (None, "<|endoftext|>", [], [])),
    (r"", ("<s>", "</s>", [], [])),
]


@dataclass
class Facts:
    """What is known of one template's tokenizer."""

    bos_token: str | None
    eos_token: str
    added_tokens: list[str] = field(default_factory=list)
    stop_tokens: list[str] = field(default_factory=list)
    end_tokens: list[str] = field(default_factory=list)

    @property
    def special(self) -> list[str]:
        """Added tokens that are special: all but tags such as `<think>`."""
        named = [self.bos_token, self.eos_token, *self.stop_tokens, *self.end_tokens]
        plain = {one for one in self.added_tokens if _PLAIN.fullmatch(one)}
        return list(dict.fromkeys(one for one in [*named, *self.added_tokens] if one and one not in plain))

    @property
    def plain(self) -> list[str]:
        """Added tokens that are not special."""
        return [one for one in self.added_tokens if _PLAIN.fullmatch(one)]


def guess(source: str, known: dict[str, Any] | None = None) -> Facts:
    """Facts about the template `source`, where `known` does not say them."""
    known = known or {}
    bos, eos, stops, ends = next(facts for pattern, facts in _FAMILIES if re.search(pattern, source))
    if known.get("eos_token") and known["eos_token"] != eos:
        stops = [one for one in [*stops, eos] if one in source and one != known["eos_token"]]
    added = [found.group() for found in _CONTROL.finditer(source)]
    samples = _samples(source, known.get("bos_token", bos) or "", known.get("eos_token") or eos)
    for sample in samples[:1]:
        ends = [*ends, *_ends(sample, {eos, *stops, *ends})]
    for sample in samples:
        added += [found.group() for found in _CONTROL.finditer(sample)]
    added += [found.group() for found in _PLAIN.finditer(source)]
    facts = {
        "bos_token": bos,
        "eos_token": eos,
        "added_tokens": list(dict.fromkeys(added)),
        "stop_tokens": [one for one in stops if one in source or one == eos],
        "end_tokens": ends,
    }
    return Facts(**{**facts, **{key: value for key, value in known.items() if key in facts}})


def read(path: Path) -> tuple[str, Facts]:
    """The source of the template at `path`, and its facts."""
    source = path.read_text("utf-8")
    beside = path.with_suffix(".json")
    known = json.loads(beside.read_text("utf-8")) if beside.exists() else None
    return source, guess(source, known)


def to_json(facts: Facts) -> str:
    """Facts as the file beside a template."""
    return json.dumps(asdict(facts), ensure_ascii=False, indent=1) + "\n"


def _ends(sample: str, known: set[str]) -> list[str]:
    """The last of the control tokens that stand together after an answer.

    None if one of them is known already, or if it has the name of a role and stands before the answer, too:
    then it opens the next turn.
    """
    before, _, tail = sample.partition(_ANSWER)
    found: list[str] = []
    tail = tail.lstrip()
    while (token := _CONTROL.match(tail)) is not None:
        found.append(token.group())
        tail = tail[token.end() :]
    if not found or known.intersection(found):
        return []
    opens = found[-1] in before and re.search("assistant|user|prefix|bot", found[-1], re.IGNORECASE)
    return [] if opens else found[-1:]


def _samples(source: str, bos: str, eos: str) -> list[str]:
    """The template's text of small conversations: roles within control tokens are seen only there."""
    from transformers.utils.chat_template_utils import render_jinja_template

    asked = [{"role": "user", "content": "a"}, {"role": "assistant", "content": _ANSWER}]
    found = []
    for opening in ([], [{"role": "system", "content": "c"}]):
        for closing in ([], [{"role": "user", "content": "d"}]):
            try:
                texts, _ = render_jinja_template(
                    [[*opening, *asked, *closing]],
                    chat_template=source,
                    add_generation_prompt=bool(closing),
                    bos_token=bos,
                    eos_token=eos,
                )
            except Exception:
                continue
            found.append(str(texts[0]))
    return found
