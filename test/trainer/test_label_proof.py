"""The last line of defence: what is trained is decoded and compared with the text it came from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lorch_trainer.tokens import labels
from lorch_trainer.tokens.conversation import RowRefusedError
from lorch_trainer.tokens.spans import Rendered, Span
from prepared import assistant, call, make_tokenizer, run_prepare, user


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tokenizer(tmp_path_factory.mktemp("tokenizer"))


@pytest.fixture(scope="module")
def tokenizer(model: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(model)


def test_tokens_that_do_not_decode_to_their_span_refuse_the_row(
    tokenizer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = Rendered("<|im_start|>assistant\nan answer<|im_end|>\n", [Span(22, 41, True)])
    assert row.text[22:41] == "an answer<|im_end|>"
    honest = labels.label_batch(tokenizer, [row])[0]
    assert isinstance(honest, labels.Labelled)
    true_ranges = labels._ranges
    monkeypatch.setattr(
        labels, "_ranges", lambda *given: [(first + 1, stop) for first, stop in true_ranges(*given)]
    )
    off_by_one = labels.label_batch(tokenizer, [row])[0]
    assert isinstance(off_by_one, RowRefusedError) and off_by_one.code == "T007"


def test_a_tokenizer_that_loses_case_and_characters_still_trains(model: Path, tmp_path: Path) -> None:
    from tokenizers import normalizers
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(model)
    backend = tokenizer.backend_tokenizer
    backend.normalizer = normalizers.Sequence(
        [normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase()]
    )
    tokenizer.save_pretrained(tmp_path / "lossy")
    row = [user("Où?"), assistant("À CÔTÉ, là")]
    result = run_prepare(tmp_path, tmp_path / "lossy", [row], {"kind": "chatml"})
    assert result.trained() == {0: ["a cote, la<|im_end|>"]}


def test_a_header_that_the_generation_prompt_leaves_out_after_a_tool_is_not_trained(
    model: Path, tmp_path: Path
) -> None:
    source = (
        "{%- for m in messages %}{{- '<|im_start|>' + m['role'] + '\\n' }}"
        "{%- if m['tool_calls'] %}{{- 'call ' + m['tool_calls'][0]['function']['name'] }}"
        "{%- else %}{{- m['content'] }}{%- endif %}{{- '<|im_end|>\\n' }}{%- endfor %}"
        "{%- if add_generation_prompt and messages[-1]['role'] != 'tool' %}"
        "{{- '<|im_start|>assistant\\n' }}{%- endif %}"
    )
    row = [
        user("?"),
        assistant(None, tool_calls=[call("f", {})]),
        {"role": "tool", "content": "1"},
        assistant("It is 1."),
        user("Thanks"),
        assistant("Welcome"),
    ]
    result = run_prepare(tmp_path, model, [row], {"kind": "file", "source": source})
    assert result.trained() == {0: ["call f<|im_end|>", "It is 1.<|im_end|>", "Welcome<|im_end|>"]}
