"""`dataset.train_on`: which tokens get a label, counted by hand where every letter is a token."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from letters import make_letters
from lorch_trainer.errors import LorchError
from lorch_trainer.tokens.train_on import TrainOn, check_train_on, located_turns, switched_off, trained_turns
from prepared import Prepared, assistant, call, run_prepare, system, template_file, user

# As ChatML: 12, 10, 15, 11 and 16 tokens. A turn is <|im_start|>, the role, a newline, the content,
# <|im_end|> and a newline; what is trained of it is the content and <|im_end|>.
ROW = [system("s1"), user("ab"), assistant("cd"), user("efg"), assistant("hij")]
ALL = 12 + 10 + 15 + 11 + 16


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_letters(tmp_path_factory.mktemp("tokenizer"))


def off(row: list[dict[str, Any]], *switched_off: int) -> list[dict[str, Any]]:
    """The row with `train: false` on some messages."""
    return [{**one, "train": False} if at in switched_off else one for at, one in enumerate(row)]


def prepare_on(model: Path, folder: Path, train_on: TrainOn, *rows: list[dict[str, Any]]) -> Prepared:
    return run_prepare(folder, model, list(rows), {"kind": "chatml"}, train_on=train_on)


@pytest.mark.parametrize(
    ("train_on", "tokens", "trained"),
    [
        ("answers", 3 + 4, ["cd<|im_end|>", "hij<|im_end|>"]),
        (["assistant"], 3 + 4, ["cd<|im_end|>", "hij<|im_end|>"]),
        ("last", 4, ["hij<|im_end|>"]),
        ("all", ALL, None),
    ],
)
def test_the_choice_decides_which_tokens_are_trained(
    model: Path, tmp_path: Path, train_on: TrainOn, tokens: int, trained: list[str] | None
) -> None:
    result = prepare_on(model, tmp_path, train_on, ROW)
    split = result.value["splits"]["train"]
    assert (split["tokens"], split["trained_tokens"]) == (ALL, tokens)
    whole = result.tokenizer.decode(result.file().input_ids(0).tolist())
    assert result.trained()[0] == (trained or [whole])
    name = train_on if isinstance(train_on, str) else "+".join(train_on)
    assert result.value["mask_rule"].endswith(f":{name}")


def test_a_message_that_is_switched_off_is_trained_under_no_choice(model: Path, tmp_path: Path) -> None:
    counts = {
        name: prepare_on(model, tmp_path / name, name, off(ROW, 2)).value["splits"]["train"]["trained_tokens"]
        for name in ("answers", "last", "all")
    }
    assert counts == {"answers": 4, "last": 4, "all": ALL - 3}


def test_a_row_whose_last_answer_is_switched_off_trains_nothing_under_last(
    model: Path, tmp_path: Path
) -> None:
    result = prepare_on(model, tmp_path, "last", off(ROW, 4), ROW)
    assert result.codes() == {0: "T009"}
    assert "last assistant message" in result.found("T009")[0]["message"]


def test_a_row_without_the_role_is_dropped_and_names_it(model: Path, tmp_path: Path) -> None:
    result = prepare_on(model, tmp_path, ["tool"], ROW)
    assert result.codes() == {0: "T009"}
    assert "tool" in result.found("T009")[0]["message"]


@pytest.mark.parametrize("train_on", ["everything", [], ["assistant", "bot"], None, 3])
def test_a_choice_that_is_none_is_an_error(train_on: Any) -> None:
    with pytest.raises(LorchError, match="R012"):
        check_train_on(train_on)


def test_the_turns_of_each_choice() -> None:
    row = off([*ROW, {"role": "tool", "content": "t"}], 1)
    assert trained_turns(row, "answers") == [2, 4]
    assert trained_turns(row, "last") == [4]
    assert trained_turns(row, "all") == [0, 2, 3, 4, 5]
    assert trained_turns(row, ["user", "tool"]) == [3, 5]
    assert trained_turns([user("a")], "last") == []
    assert located_turns(off(row, 2), "all") == [4]
    assert located_turns(row, ["user", "assistant"]) == [2, 3, 4]
    assert switched_off(off(row, 2)) == [1, 2]


def test_other_roles_are_trained_with_their_end_of_turn(model: Path, tmp_path: Path) -> None:
    def texts(name: str, row: list[dict[str, Any]], *roles: str) -> list[str]:
        return prepare_on(model, tmp_path / name, list(roles), row).trained()[0]

    # What is counted: 2 + 1 and 3 + 1 tokens of the user, 2 + 1 of the system.
    assert texts("user", ROW, "user") == ["ab<|im_end|>", "efg<|im_end|>"]
    assert texts("both", ROW, "assistant", "system") == ["s1<|im_end|>", "cd<|im_end|>", "hij<|im_end|>"]
    assert texts("off", off(ROW, 1), "user", "assistant") == [
        "cd<|im_end|>",
        "efg<|im_end|>",
        "hij<|im_end|>",
    ]
    split = prepare_on(model, tmp_path / "count", ["user", "system"], ROW).value["splits"]["train"]
    assert (split["tokens"], split["trained_tokens"]) == (ALL, 3 + 4 + 3)


def test_a_tool_result_is_trained_where_its_role_is_named(model: Path, tmp_path: Path) -> None:
    tool = {"type": "function", "function": {"name": "w", "description": "d", "parameters": {}}}
    row = [user("a"), assistant(None, tool_calls=[call("w", {"c": 1})])]
    row += [{"role": "tool", "name": "w", "content": "rain"}, assistant("wet")]
    example = {"messages": row, "tools": [tool]}
    result = run_prepare(tmp_path, model, [example], template_file("qwen2.5"), train_on=["tool", "assistant"])
    first, second, third = result.trained()[0]
    assert '"name": "w"' in first and first.endswith("<|im_end|>")
    assert second.startswith("rain") and third == "wet<|im_end|>"


def test_all_leaves_out_any_message_that_is_switched_off(model: Path, tmp_path: Path) -> None:
    result = prepare_on(model, tmp_path, "all", off(ROW, 1, 4))
    assert "".join(result.trained()[0]) == (
        "<|im_start|>system\ns1<|im_end|>\n<|im_start|>user\n"
        "\n<|im_start|>assistant\ncd<|im_end|>\n<|im_start|>user\nefg<|im_end|>\n<|im_start|>assistant\n\n"
    )
    assert result.value["splits"]["train"]["trained_tokens"] == ALL - 3 - 4


def test_all_trains_a_row_without_any_answer(model: Path, tmp_path: Path) -> None:
    result = prepare_on(model, tmp_path, "all", [user("ab")])
    assert result.value["splits"]["train"]["trained_tokens"] == 10


def test_an_end_of_turn_that_is_added_is_trained_under_all(tmp_path: Path) -> None:
    model = make_letters(tmp_path / "model")
    (model / "generation_config.json").write_text('{"eos_token_id": 1}')
    source = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}"
    template = {"kind": "file", "source": source}
    result = run_prepare(tmp_path, model, [ROW[1:3]], template, train_on="all")
    assert result.trained()[0] == ["user: ab\nassistant: cd</s>"]
