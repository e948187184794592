"""Plain texts for continued pre-training: every token is trained, and no template writes anything."""

from __future__ import annotations

from typing import Any

from ..errors import LorchError
from .conversation import RowRefusedError
from .labels import Labelled
from .template_set import TemplateSet
from .tokenizer import adds_bos


class Documents:
    """Replaces the TemplateSet that conversations use. Raises T017 for a tokenizer without an EOS token."""

    kind = "none"
    sha256 = ""

    def __init__(self, tokenizer: Any, model_id: str) -> None:
        if tokenizer.eos_token_id is None:
            raise LorchError("T017", f"the tokenizer of {model_id!r} has no eos_token to end a document with")
        self._tokenizer = tokenizer
        self._eos = int(tokenizer.eos_token_id)
        self._bos: int | None = int(tokenizer.bos_token_id) if adds_bos(tokenizer) else None

    def label_batch(self, texts: list[str]) -> list[Labelled | RowRefusedError]:
        """The tokens of each text, all of them trained: BOS if the tokenizer puts one, the text, EOS.

        A BOS or EOS that the text itself writes is not written twice.
        """
        backend = self._tokenizer.backend_tokenizer
        return [
            self._label(encoding.ids) for encoding in backend.encode_batch(texts, add_special_tokens=False)
        ]

    def _label(self, ids: list[int]) -> Labelled | RowRefusedError:
        if not ids:
            return RowRefusedError("T009", "the document has no token")
        if self._bos is not None and ids[0] != self._bos:
            ids = [self._bos, *ids]
        if ids[-1] != self._eos:
            ids = [*ids, self._eos]
        return Labelled(ids, [(0, len(ids))], 0)

    def used(self) -> list[Any]:
        """No template is used."""
        return []


Source = TemplateSet | Documents
