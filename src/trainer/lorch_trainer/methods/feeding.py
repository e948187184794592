"""From the sequence file to what the trainer is fed, and the counts that prove nothing was lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import LorchError
from ..plan import Plan, RunFolder
from ..tokens.mixture import count_by_source
from ..tokens.sequences import SequenceFile, sha256_file
from .packing import check_packable, pack_rows

IGNORED = -100


@dataclass(frozen=True)
class Feed:
    """One split as it is fed."""

    dataset: Any
    """datasets.Dataset with `input_ids`, `labels` and, if packed, `seq_lengths`."""
    counts: dict[str, Any]
    """rows, sequences (as fed: after packing), tokens, trained_tokens, sha256, and those of each source.
    The `data` event."""
    largest_id: int
    """The largest token id, which the embedding must hold."""


def feed_splits(run: RunFolder, plan: Plan) -> tuple[Feed, Feed | None]:
    """Training and validation rows, each checked against the plan.

    Raises R020 where a file is not the planned one and R021 where the rows do not add up.
    """
    training = plan.training
    packing = bool(training.get("packing"))
    eval_packing = training.get("eval_packing")
    planned = plan.dataset["validation"]
    shuffled = bool(training.get("shuffle_dataset"))
    sources = [source for source in plan.dataset.get("sources", []) if source["role"] == "train"]
    train = _feed(run, plan.dataset["train"], training, packing, shuffled, sources)
    if planned is None:
        return train, None
    return train, _feed(run, planned, training, packing if eval_packing is None else bool(eval_packing))


def _feed(
    run: RunFolder,
    planned: dict[str, Any],
    training: dict[str, Any],
    packing: bool,
    shuffled: bool = False,
    sources: list[dict[str, Any]] | None = None,
) -> Feed:
    """`sources`: what is planned of each source, for the training rows."""
    path = run.path / planned["file"]
    if not path.exists():
        raise LorchError("R020", f"{planned['file']} is missing from the run folder")
    digest = sha256_file(path)
    if digest != planned["sha256"]:
        raise LorchError("R020", f"{planned['file']} has SHA-256 {digest}, planned was {planned['sha256']}")
    file = SequenceFile(path)
    dataset = _arrow_dataset(file)
    if int(file.times.sum()) != len(file):
        # Rows are in the file once, whatever their weight; an index says how often each is fed.
        dataset = dataset.select(file.feed_order())
    if shuffled:
        dataset = dataset.shuffle(seed=int(training.get("seed", 42)))
    if packing:
        check_packable(file.lengths(), training)
        dataset = pack_rows(dataset, training)
        # As TRL does: once before packing, so that neighbours are chance, and once after.
        dataset = dataset.shuffle(seed=int(training.get("seed", 42))) if shuffled else dataset
    fed = count_fed(dataset)
    # Every sequence of the file must be fed; a row may have several of them.
    due = int(file.times.sum())
    if fed.pop("pieces") != due:
        raise LorchError(
            "R021", f"{planned['file']} feeds {due} sequences an epoch, but some would not be fed"
        )
    counts = {"rows": int(file.times_of_rows().sum()), **fed, "sha256": digest}
    for name in ("rows", "tokens", "trained_tokens"):
        if counts[name] != planned[name]:
            raise LorchError(
                "R021", f"{planned['file']}: {counts[name]} {name} would be fed, planned were {planned[name]}"
            )
    if sources:
        counts["sources"] = _check_sources(count_by_source(file, sources), sources, planned["file"])
    ids = file.all_input_ids()
    return Feed(dataset, counts, int(ids.max()) if len(ids) else 0)


def _check_sources(
    counted: list[dict[str, Any]], sources: list[dict[str, Any]], file: str
) -> list[dict[str, Any]]:
    """Raises R021 if a source would be fed otherwise than planned."""
    found = {one["setting"]: one for one in counted}
    for source in sources:
        fed = found.get(source["setting"], {})
        for name, wanted in source["fed"].items():
            if fed.get(name, 0) != wanted:
                where = f"{file}: {source['path']} ({source['setting']})"
                raise LorchError(
                    "R021", f"{where} would feed {fed.get(name, 0)} {name}, planned were {wanted}"
                )
    return counted


def _arrow_dataset(file: SequenceFile) -> Any:
    """The rows as an Arrow table over the mapped file: only the labels take memory."""
    import pyarrow as pa  # type: ignore[import-untyped]
    from datasets import Dataset

    ids = file.all_input_ids()
    labels = np.where(file.all_trained() != 0, ids, np.int32(IGNORED)).astype(np.int32)
    offsets = pa.array(np.asarray(file.offsets))
    columns = {
        name: pa.LargeListArray.from_arrays(offsets, pa.array(np.asarray(values)))
        for name, values in (("input_ids", ids), ("labels", labels))
    }
    return Dataset(pa.table(columns))


def count_fed(dataset: Any) -> dict[str, int]:
    """Pieces (sequences before packing), sequences, tokens and trained tokens of a dataset as it is fed."""
    packed = "seq_lengths" in dataset.column_names
    pieces = 0 if packed else len(dataset)
    tokens = trained = 0
    for batch in dataset.with_format("numpy").iter(batch_size=1000):
        tokens += sum(len(ids) for ids in batch["input_ids"])
        trained += sum(int(np.count_nonzero(labels != IGNORED)) for labels in batch["labels"])
        pieces += sum(len(row_lengths) for row_lengths in batch.get("seq_lengths", []))
    return {"pieces": pieces, "sequences": len(dataset), "tokens": tokens, "trained_tokens": trained}
