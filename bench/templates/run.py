"""Asks of many chat templates whether `prepare` trains the right tokens.

    PYTHONPATH=src/trainer python bench/templates/run.py FOLDER [--json OUT] [--only NAME] [--kinds A,B]

FOLDER holds `NAME.jinja` and perhaps `NAME.json` (facts.py says what is in it). Each template meets every
conversation (conversations.py) with each kind of tokenizer (kinds.py); what prepare wrote is read back and
compared with what the oracle expects (oracle.py).
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import json
import os
import sys
import tempfile
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import facts as facts_module
import kinds as kinds_module
from conversations import conversations
from facts import Facts
from judge import Kept, judge
from kinds import KINDS
from oracle import Expected, Oracle, forms, without_dates

_BATCH = 20
"""Rows of one call of prepare: it shows that many findings of a code in full."""
Row = dict[str, Any]


@dataclass
class Verdict:
    """What became of one conversation with one template and one kind of tokenizer."""

    template: str
    tokenizer: str
    conversation: str
    outcome: str
    """right | refused | wrong | unknown"""
    kind: str = ""
    """The code of a refusal, or the kind of fault."""
    detail: dict[str, Any] | None = None
    over: str = ""
    """Why a refusal was not needed."""


class TemplateRun:
    """One template with all its conversations."""

    def __init__(
        self, name: str, source: str, facts: Facts, rows: dict[str, Row], everything: bool = False
    ) -> None:
        self.everything = everything
        self.name, self.source, self.facts, self.rows = name, source, facts, rows
        special = {"bos_token": facts.bos_token, "eos_token": facts.eos_token, "unk_token": "<unk>"}
        stops = [facts.eos_token, *facts.stop_tokens, *facts.end_tokens]
        self.oracle = Oracle(source, {k: v for k, v in special.items() if v}, list(dict.fromkeys(stops)))
        self._expected: dict[tuple[str, int], Expected | None] = {}

    def verdicts(self, kinds: list[str]) -> Iterator[Verdict]:
        """Prepares and judges every conversation with every kind of tokenizer."""
        for kind in kinds:
            with tempfile.TemporaryDirectory() as folder:
                yield from self._of_kind(kind, Path(folder))

    def _of_kind(self, kind: str, folder: Path) -> Iterator[Verdict]:
        names = list(self._names(kind))
        texts = [one.text for name in names for one in self._forms(name) if one] if kind == "words" else []
        vocabulary = kinds_module.save(folder / "model", kind, self.source, self.facts, texts)
        normalise = kinds_module.normaliser(kind, self.facts)
        for at in range(0, len(names), _BATCH):
            batch = names[at : at + _BATCH]
            try:
                result, kept = self._prepare(folder, [self.rows[name] for name in batch], vocabulary)
            except Exception as cause:
                for name in batch:
                    fault = f"{type(cause).__name__} {getattr(cause, 'code', '')}".strip()
                    yield Verdict(
                        self.name, kind, name, "wrong", f"prepare raises {fault}", {"error": str(cause)[:300]}
                    )
                continue
            yield from self._judged(kind, batch, result, kept, normalise)

    def _names(self, kind: str) -> Iterator[str]:
        """Every conversation for the first kind; for the others a quarter, and those with white space."""
        for number, (name, row) in enumerate(self.rows.items()):
            blank = any(word in name for word in ("leading", "trailing", "space", "combining", "newline"))
            turn = number % (len(KINDS) - 1) == KINDS.index(kind) - 1
            if self.everything or kind == KINDS[0] or ((blank or turn) and len(row["messages"]) < 60):
                yield name

    def _prepare(
        self, folder: Path, rows: list[Row], vocabulary: dict[int, bytes]
    ) -> tuple[dict[str, Any], dict[int, list[tuple[bytes, bool]]]]:
        from lorch_trainer.commands import prepare
        from lorch_trainer.tokens.sequences import SequenceFile

        lines = [json.dumps({"row": at, **row}, ensure_ascii=False) for at, row in enumerate(rows)]
        (folder / "rows.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
        spec = {
            "model": {
                "id": str(folder / "model"),
                "path": str(folder / "model"),
                "revision": None,
                "trust_remote_code": False,
            },
            "template": {"kind": "auto", "source": None},
            "max_length": None,
            "splits": {"train": str(folder / "rows.jsonl")},
            "out": str(folder / "out"),
        }
        with contextlib.redirect_stdout(io.StringIO()):
            prepare.run(spec)
        file = SequenceFile(folder / "out" / "train.safetensors")
        kept = {
            int(file.row[at]): [
                (vocabulary[number], bool(on))
                for number, on in zip(file.input_ids(at).tolist(), file.trained(at).tolist(), strict=True)
            ]
            for at in range(len(file))
        }
        if sorted(kept) != [int(row) for row in file.row]:
            raise AssertionError("rows are out of order")
        return json.loads((folder / "out" / "prepare.json").read_text("utf-8")), kept

    def _judged(
        self, kind: str, batch: list[str], result: dict[str, Any], kept: dict[int, Any], normalise: Any
    ) -> Iterator[Verdict]:
        dropped = {drop["row"]: drop["code"] for drop in result["dropped"]}
        reasons = {
            (found["row"], found["code"]): found["message"]
            for found in result["findings"]
            if found["row"] is not None
        }
        everywhere = {found["code"] for found in result["findings"] if found["row"] is None}
        for at, name in enumerate(batch):
            verdict = Verdict(self.name, kind, name, "right")
            if (at in dropped) == (at in kept):
                verdict.outcome, verdict.kind = "wrong", "row neither kept nor dropped, or both"
            elif at in dropped:
                self._refused(verdict, dropped[at], reasons.get((at, dropped[at]), ""))
            else:
                reports = everywhere | {code for row, code in reasons if row == at}
                self._kept(verdict, kept[at], normalise, reports)
            yield verdict

    def _refused(self, verdict: Verdict, code: str, reason: str) -> None:
        verdict.outcome, verdict.kind, verdict.detail = "refused", code, {"reason": reason}
        if not reason:
            verdict.outcome, verdict.kind = "wrong", "refused without a reason"
        trained = self._trained(verdict.conversation)
        if not trained or code not in ("T005", "T007", "T009"):
            return
        for expected in self._forms(verdict.conversation):
            if expected is None or not all(turn.exact and not turn.lost for turn in expected.turns):
                continue
            if any(turn.starts and turn.ends and turn.starts[1] < turn.ends[0] for turn in expected.turns):
                verdict.over = reason
                return

    def _kept(
        self, verdict: Verdict, tokens: list[tuple[bytes, bool]], normalise: Any, reports: set[str]
    ) -> None:
        text = b"".join(piece for piece, _ in tokens).decode("utf-8", "replace")
        flags = _char_flags(tokens)
        first: Expected | None = None
        for expected in self._forms(verdict.conversation):
            if expected is None:
                continue
            first = first or expected
            kept = self._lay(expected.text, text, flags, normalise, verdict.tokenizer == "metaspace")
            if kept is None:
                continue
            kept.reports = reports
            faults = judge(expected, kept)
            if faults:
                verdict.outcome, verdict.kind = "wrong", faults[0].kind
                verdict.detail = {"faults": [_short(asdict(fault)) for fault in faults]}
            elif not all(turn.sure for turn in expected.turns):
                verdict.outcome = "unsure"
            return
        verdict.outcome, verdict.kind = "wrong", "the ids are not the template's text"
        verdict.detail = _short({"expected": first.text if first else None, "trained": text})

    def _lay(self, wanted: str, text: str, flags: bytearray, normalise: Any, spaced: bool) -> Kept | None:
        """The flags of `text` for each character of `wanted`, or None if they are not the same text."""
        normal = normalise(wanted)
        laid = _align(without_dates(normal), without_dates(text), flags, self.oracle.stops, spaced)
        if laid is None:
            return None
        body, added = laid
        if len(normal) != len(wanted):
            ends = [len(normalise(wanted[:at])) for at in range(len(wanted) + 1)]
            body = bytearray(any(body[min(a, b - 1) : b]) for a, b in pairwise(ends))
            added = [bisect_left(ends, at) for at in added]
        return Kept(body, added)

    def _trained(self, name: str) -> list[int]:
        return [
            at
            for at, message in enumerate(self.rows[name]["messages"])
            if message["role"] == "assistant" and message.get("train") is not False
        ]

    def _forms(self, name: str) -> Iterator[Expected | None]:
        row = self.rows[name]
        for number, form in enumerate(forms(row["messages"])):
            if (name, number) not in self._expected:
                self._expected[name, number] = self.oracle.expected(
                    form, row.get("tools"), self._trained(name)
                )
            yield self._expected[name, number]


def _char_flags(tokens: list[tuple[bytes, bool]]) -> bytearray:
    """A flag for each character: trained if any token with a byte of it is."""
    flags = bytearray()
    for piece, on in tokens:
        for byte in piece:
            if byte & 0xC0 != 0x80:
                flags.append(on)
            elif on and flags:
                flags[-1] = 1
    return flags


def _align(
    wanted: str, text: str, flags: bytearray, stops: list[str], spaced: bool
) -> tuple[bytearray, list[int]] | None:
    """The flags of `text` for each character of `wanted`, and where `text` has a trained stop token more.

    White space may be missing after such a token. `spaced`: `text` may have more spaces anywhere.
    """
    if len(flags) != len(text):
        return None
    if wanted == text:
        return flags, []
    laid, added, at, place = bytearray(), [], 0, 0
    while place < len(wanted) or at < len(text):
        char = wanted[place] if place < len(wanted) else ""
        if at < len(text) and text[at] == char:
            laid.append(flags[at])
            at, place = at + 1, place + 1
        elif stop := next((one for one in stops if text.startswith(one, at) and flags[at]), ""):
            added.append(place)
            at += len(stop)
        elif spaced and text[at : at + 1] == " ":
            at += 1
        elif char and char.isspace() and added and not wanted[added[-1] : place].strip():
            laid.append(0)
            place += 1
        else:
            return None
    return laid, added


def _short(detail: dict[str, Any]) -> dict[str, Any]:
    cut = 1500
    return {
        key: value[:cut] + " …" if isinstance(value, str) and len(value) > cut else value
        for key, value in detail.items()
    }


def run_folder(
    folder: Path, only: str | None, kinds: list[str], long: int, everything: bool = False
) -> Iterator[Verdict]:
    """The verdicts on all templates of a folder."""
    rows = conversations(long)
    paths = [path for path in folder.glob("*.jinja") if not only or only in path.stem]
    paths.sort(
        key=lambda path: hashlib.sha256(path.stem.encode()).digest()
    )  # mixed: a stopped run is a sample
    for number, path in enumerate(paths, 1):
        print(f"\r{number}/{len(paths)} {path.stem[:60]:60}", end="", file=sys.stderr, flush=True)
        source, facts = facts_module.read(path)
        yield from TemplateRun(path.stem, source, facts, rows, everything).verdicts(kinds)
    print(file=sys.stderr)


def tables(verdicts: list[Verdict]) -> str:
    """Templates × outcome, and the kinds of fault and of refusal."""
    by_template: dict[str, Counter[str]] = defaultdict(Counter)
    kinds: dict[str, set[str]] = defaultdict(set)
    count: Counter[str] = Counter()
    over: Counter[str] = Counter()
    for one in verdicts:
        by_template[one.template][one.outcome] += 1
        if one.over:
            by_template[one.template]["over"] += 1
            over[f"{one.kind} {one.over}"[:90]] += 1
        if one.kind:
            count[f"{one.outcome}: {one.kind}"] += 1
            kinds[f"{one.outcome}: {one.kind}"].add(one.template)
    outcomes = ("right", "unsure", "refused", "over", "wrong")
    lines = ["| template | " + " | ".join(outcomes) + " |", "|---|" + "---|" * len(outcomes)]
    for name, got in sorted(
        by_template.items(), key=lambda item: (-item[1]["wrong"], -item[1]["over"], item[0])
    ):
        lines.append(f"| {name} | " + " | ".join(str(got[outcome]) for outcome in outcomes) + " |")
    total = Counter(one.outcome for one in verdicts) + Counter("over" for one in verdicts if one.over)
    lines.append("| **all** | " + " | ".join(str(total[outcome]) for outcome in outcomes) + " |")
    lines += ["", "| outcome | rows | templates |", "|---|---|---|"]
    lines += [f"| {kind} | {rows} | {len(kinds[kind])} |" for kind, rows in count.most_common()]
    lines += ["", "| refused without need | rows |", "|---|---|"]
    lines += [f"| {reason} | {rows} |" for reason, rows in over.most_common(40)]
    return "\n".join(lines)


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path, help="write every verdict that is not right")
    parser.add_argument("--only", help="templates whose name contains this")
    parser.add_argument("--kinds", default=",".join(KINDS), help="kinds of tokenizer")
    parser.add_argument("--long", type=int, default=40, help="turns of the longest conversation")
    parser.add_argument("--everything", action="store_true", help="every conversation with every kind")
    args = parser.parse_args()
    kinds = args.kinds.split(",")
    verdicts: list[Verdict] = []
    for one in run_folder(args.folder, args.only, kinds, args.long, args.everything):
        if args.json and verdicts and one.template != verdicts[-1].template:
            _write(args.json, verdicts)
        verdicts.append(one)
    if args.json:
        _write(args.json, verdicts)
    print(tables(verdicts))


def _write(path: Path, verdicts: list[Verdict]) -> None:
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for one in verdicts:
        counted[one.template][one.outcome] += 1
    shown = [asdict(one) for one in verdicts if one.outcome != "right"]
    path.write_text(json.dumps({"templates": counted, "verdicts": shown}, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
