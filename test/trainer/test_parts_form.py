"""A template that refuses a row is not talked into it by another form of the content."""

from __future__ import annotations

from pathlib import Path

from letters import make_letters
from prepared import assistant, run_prepare, user

TEMPLATE = (
    "{%- for m in messages %}"
    "{%- if 'stop here' in m.content %}{{ raise_exception('no such row') }}{%- endif %}"
    "{{- '<|im_start|>' + m.role + '\n' }}{%- if 'shout' in m.content %}{{ m.content | upper }}"
    "{%- else %}{{ m.content }}{%- endif %}{{- '<|im_end|>\n' }}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- endif %}"
)


def test_a_printed_list_of_parts_is_not_trained(tmp_path: Path) -> None:
    model = make_letters(tmp_path / "model")
    rows = [
        [user("please stop here"), assistant("no")],
        [user("a"), assistant("do not shout")],
        [user("which part? {'type': 'text'}"), assistant("this: {'type': 'text', 'text': 'x'}")],
    ]
    result = run_prepare(tmp_path, model, rows, {"kind": "file", "source": TEMPLATE})
    assert result.codes() == {0: "T005", 1: "T007"}
    assert result.trained() == {2: ["this: {'type': 'text', 'text': 'x'}<|im_end|>"]}
