"""`dataset.truncate`: which tokens each policy keeps, and what it says of the others."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from letters import make_letters
from lorch_trainer.errors import LorchError
from lorch_trainer.tokens.truncation import POLICIES, check_policy, cut_row, kept_slices
from prepared import Prepared, assistant, run_prepare, system, user

IDS = list(range(100, 120))
# Two answers, each with its end of turn; the second ends at 18.
RANGES = [(4, 8), (14, 18)]


def trained(ids: list[int], ranges: list[tuple[int, int]]) -> list[int]:
    return [token for first, stop in ranges for token in ids[first:stop]]


WANTED = set(trained(IDS, RANGES))


@pytest.mark.parametrize("limit", range(1, 23))
def test_right_keeps_the_beginning_and_left_the_end(limit: int) -> None:
    for policy, part in (("right", IDS[:limit]), ("left", IDS[max(0, 20 - limit) :])):
        cut = cut_row(IDS, RANGES, 18, limit, policy)
        labels = [token for token in part if token in WANTED]
        if not labels:
            assert cut.code == "T008" and cut.kept == []
            continue
        (kept,) = cut.kept
        assert (kept.ids, trained(kept.ids, kept.ranges)) == (part, labels)
        assert cut.lost == 20 - len(part)
        assert cut.lost_end == (policy == "right" and limit < 18)


def test_left_keeps_the_token_that_every_row_begins_with() -> None:
    (kept,) = cut_row(IDS, RANGES, 18, 6, "left", bos=100).kept
    assert kept.ids == [100, *IDS[-5:]]
    assert trained(kept.ids, kept.ranges) == [115, 116, 117]
    assert cut_row(IDS, RANGES, 18, 6, "left", bos=5).kept[0].ids == IDS[-6:]


@pytest.mark.parametrize("policy", ["drop", "refuse"])
def test_a_row_that_is_too_long_is_not_kept(policy: str) -> None:
    cut = cut_row(IDS, RANGES, 18, 19, policy)
    assert (cut.code, cut.kept) == ("T030", [])
    assert "20" in cut.reason and "19" in cut.reason
    assert cut_row(IDS, RANGES, 18, 20, policy).kept[0].ids == IDS


@pytest.mark.parametrize("limit", range(1, 23))
def test_split_keeps_every_token_once(limit: int) -> None:
    cut = cut_row(IDS, [(0, 20)], 0, limit, "split")
    assert [token for kept in cut.kept for token in kept.ids] == IDS
    assert [token for kept in cut.kept for token in trained(kept.ids, kept.ranges)] == IDS
    assert all(len(kept.ids) <= limit for kept in cut.kept)
    assert limit < 3 or all(len(kept.ids) > 1 for kept in cut.kept)
    assert (cut.lost, cut.lost_end) == (0, False)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_row_that_fits_is_whole_under_every_policy(policy: str) -> None:
    for limit in (None, 20, 21):
        cut = cut_row(IDS, RANGES, 18, limit, policy)
        assert (cut.kept[0].ids, cut.kept[0].ranges, cut.lost, cut.lost_end) == (IDS, RANGES, 0, False)
    assert cut_row(IDS, [], 0, None, policy).code == "T009"


def test_slices_do_not_overlap_and_stay_inside() -> None:
    for policy in POLICIES:
        for length in range(1, 30):
            for limit in range(1, 12):
                slices = kept_slices(length, limit, policy, opens_with_bos=True)
                flat = [at for parts in slices for part in parts for at in part]
                assert all(a <= b for a, b in pairwise(flat))
                assert all(0 <= at <= length for at in flat)
                assert all(sum(b - a for a, b in parts) <= limit for parts in slices)


def test_a_policy_that_is_none_is_an_error() -> None:
    for policy in ("middle", None, ["right"]):
        with pytest.raises(LorchError, match="R012"):
            check_policy(policy)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_letters(tmp_path_factory.mktemp("tokenizer"))


SHORT = [user("a"), assistant("b")]
# As ChatML 9 + 14 = 23 tokens, or 25 + 30 = 55.
LONG_ANSWER = [user("a"), assistant("b" * 40)]
LONG_PROMPT = [system("s"), user("a" * 40), assistant("b")]


def prepare_with(model: Path, folder: Path, truncate: str, rows: list[Any]) -> Prepared:
    return run_prepare(folder, model, rows, {"kind": "chatml"}, max_length=30, truncate=truncate)


@pytest.mark.parametrize(
    ("truncate", "kept", "dropped", "truncated", "lost_eot"),
    [
        ("right", [0, 1], {2: "T008"}, [1], [1]),
        ("left", [0, 1, 2], {}, [1, 2], []),
        ("drop", [0], {1: "T030", 2: "T030"}, [], []),
        ("refuse", [0], {1: "T030", 2: "T030"}, [], []),
    ],
)
def test_prepare_accounts_for_every_row(
    model: Path,
    tmp_path: Path,
    truncate: str,
    kept: list[int],
    dropped: dict[int, str],
    truncated: list[int],
    lost_eot: list[int],
) -> None:
    result = prepare_with(model, tmp_path, truncate, [SHORT, LONG_ANSWER, LONG_PROMPT])
    assert result.file().row.tolist() == kept
    assert result.codes() == dropped
    assert (result.value["truncated"], result.value["lost_eot"]) == (truncated, lost_eot)
    split = result.value["splits"]["train"]
    assert (split["rows_in"], split["rows"], split["sequences"]) == (3, len(kept), len(kept))
    assert result.value["lengths"]["max"] == (30 if truncated else 23)


def test_the_ids_that_prepare_keeps_are_those_of_the_whole_row(model: Path, tmp_path: Path) -> None:
    whole = run_prepare(tmp_path / "whole", model, [LONG_ANSWER], {"kind": "chatml"}).file()
    ids, labels = whole.input_ids(0).tolist(), whole.trained(0).tolist()
    right = prepare_with(model, tmp_path / "right", "right", [LONG_ANSWER]).file()
    left = prepare_with(model, tmp_path / "left", "left", [LONG_ANSWER]).file()
    assert (right.input_ids(0).tolist(), right.trained(0).tolist()) == (ids[:30], labels[:30])
    assert (left.input_ids(0).tolist(), left.trained(0).tolist()) == (ids[-30:], labels[-30:])


def test_a_cut_at_the_beginning_says_that_the_system_prompt_is_lost(model: Path, tmp_path: Path) -> None:
    result = prepare_with(model, tmp_path, "left", [LONG_ANSWER, LONG_PROMPT])
    assert [finding["row"] for finding in result.found("T031")] == [1]
    assert all("at the beginning" in finding["message"] for finding in result.found("T010"))
