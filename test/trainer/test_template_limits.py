"""Templates that loop, or that ask for all of the memory: stopped, with the row that did it."""

from __future__ import annotations

import resource
import signal
import sys
from pathlib import Path

import pytest
from lorch_trainer.errors import LorchError
from lorch_trainer.tokens import template_limits
from prepared import assistant, make_tokenizer, run_prepare, user

PLAIN = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
LOOP = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
DOUBLING = "{% set ns = namespace(t='ab') %}{% for i in range(60) %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}"
SAYS = "{% if 'bad' in messages[0].content %}"

GOOD = [user("a question"), assistant("an answer")]
BAD = [user("a bad question"), assistant("an answer")]


@pytest.fixture(autouse=True)
def tight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template_limits, "SECONDS", 1.0)
    monkeypatch.setattr(template_limits, "MEMORY", 1 << 30)
    monkeypatch.setattr(template_limits, "TEXT", 1 << 20)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tokenizer(tmp_path_factory.mktemp("tokenizer"))


BOMBS = {
    "nested loops": LOOP,
    "recursion": "{% macro again(n) %}{% for i in range(9) %}{{ again(n + 1) if n < 99 }}{% endfor %}"
    "{% endmacro %}"
    "{{ again(0) }}",
    "a text times a number": "{% set n = 99999 %}{% set t = 'abcdefgh' * n * n %}{{ t | length }}",
    "a constant": "{{ ('abcdefgh' * 99999 * 99999) | length }}",
    "a width": "{{ '%9999999999d' % 1 }}",
    "doubling": DOUBLING + "{{ ns.t | length }}",
    "a long row": "{% for i in range(90000) %}{{ 'a line of some length that comes again' }}{% endfor %}",
}


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux alone")
@pytest.mark.parametrize("name", BOMBS)
def test_it_is_stopped(tmp_path: Path, model: Path, name: str) -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    template = {"kind": "file", "source": PLAIN + SAYS + BOMBS[name] + "{% endif %}"}
    with pytest.raises(LorchError) as raised:
        run_prepare(tmp_path, model, [GOOD, GOOD, BAD], template)
    error = raised.value
    assert error.code == "R073", error.message
    assert "chat template" in error.message
    assert error.message.startswith("row 3: ")
    assert resource.getrlimit(resource.RLIMIT_AS) == before
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
