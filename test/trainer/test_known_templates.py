"""Templates of real model families, as TRL ships them: answers are found, or the row is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import trl
from lorch_trainer.tokens.conversation import RowRefusedError, template_messages
from lorch_trainer.tokens.spans import find_spans
from lorch_trainer.tokens.template import TemplateRefusalError
from lorch_trainer.tokens.template_set import choose_template
from lorch_trainer.tokens.tokenizer import load_tokenizer
from lorch_trainer.tokens.train_on import trained_turns
from prepared import assistant, make_tokenizer, user

SHIPPED = sorted((Path(trl.__file__).parent / "chat_templates").glob("*.jinja"))
ROW = [
    user("QUESTION-1"),
    assistant("ANSWER-1"),
    user("QUESTION-2"),
    assistant("ANSWER-2"),
    user("QUESTION-3"),
    assistant("ANSWER-3"),
]
CONTROL = re.compile(r"<\|[^|<>]+\|>|<｜[^｜]+｜>|<(?:start|end)_of_turn>|<turn\|>|<\|turn>")
# Their templates take content as a list of parts only.
PARTS_ONLY = ("idefics", "smolvlm", "llava")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tokenizer(tmp_path_factory.mktemp("tokenizer"), "gpt2")


@pytest.mark.skipif(not SHIPPED, reason="this TRL ships no chat templates")
@pytest.mark.parametrize("path", SHIPPED, ids=[path.stem for path in SHIPPED])
@pytest.mark.parametrize("turns", [2, 6])
def test_only_answers_are_found(model: Path, path: Path, turns: int) -> None:
    tokenizer = load_tokenizer({"id": str(model), "path": str(model)})
    source = path.read_text("utf-8")
    tokenizer.add_special_tokens({"additional_special_tokens": sorted(set(CONTROL.findall(source)))})
    template = choose_template({"kind": "file", "source": source}, tokenizer, "x").for_tools(None)
    messages = template_messages(ROW[:turns])
    try:
        rendered = find_spans(template, messages, None, trained_turns(messages, "answers"))
    except (RowRefusedError, TemplateRefusalError):
        assert path.stem.startswith(PARTS_ONLY)
        return
    runs = [rendered.text[span.start : span.end] for span in rendered.spans]
    assert len(runs) == turns // 2
    for number, run in enumerate(runs, 1):
        assert run.count("ANSWER") == 1 and f"ANSWER-{number}" in run
        assert "QUESTION" not in run
        assert not any(word in run for word in ("assistant", "model\n", "Assistant", "CHATBOT"))
        assert not run.endswith("\n")
        if template.ends:
            assert any(run.endswith(end) for end in template.ends)
