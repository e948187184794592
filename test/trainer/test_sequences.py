"""The sequence file: written streaming, read through a map, and never half there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from lorch_trainer.errors import LorchError
from lorch_trainer.tokens.sequences import SequenceFile, SequenceWriter, sha256_file

ROWS = [(3, [5, 6, 7], [0, 1, 1]), (8, [1], [0]), (2**40, [], []), (9, [2**31 - 1, 0], [1, 1])]


def write(path: Path) -> str:
    with SequenceWriter(path) as writer:
        for row in ROWS:
            writer.append(*row)
        assert not path.exists()
        return writer.close()


def test_what_is_written_is_read(tmp_path: Path) -> None:
    sha256 = write(tmp_path / "a.safetensors")
    file = SequenceFile(tmp_path / "a.safetensors")
    assert sha256 == sha256_file(tmp_path / "a.safetensors")
    assert len(file) == 4 and file.tokens == 6 and file.trained_tokens == 4
    for index, (row, ids, trained) in enumerate(ROWS):
        assert file.row[index] == row
        assert file.input_ids(index).tolist() == ids
        assert file.trained(index).tolist() == trained
        assert file.labels(index).tolist() == [i if t else -100 for i, t in zip(ids, trained, strict=True)]
    assert file.lengths().tolist() == [3, 1, 0, 2]


def test_it_is_a_plain_safetensors_file(tmp_path: Path) -> None:
    from safetensors import safe_open

    write(tmp_path / "a.safetensors")
    with safe_open(tmp_path / "a.safetensors", "numpy") as file:
        assert file.metadata() == {"format": "lorch-sequences-2", "streams": "tokens"}
        types = {name: file.get_tensor(name).dtype for name in file.keys()}  # noqa: SIM118
    assert types == {
        "row": np.int64,
        "tokens.offsets": np.int64,
        "tokens.input_ids": np.int32,
        "tokens.trained": np.uint8,
    }


def test_a_pair_has_two_streams_that_share_its_row(tmp_path: Path) -> None:
    with SequenceWriter(tmp_path / "a.safetensors", ("chosen", "rejected")) as writer:
        writer.append_streams(7, {"chosen": ([1, 2, 3], [0, 1, 1]), "rejected": ([1, 4], [0, 1])}, 3)
        writer.append_streams(9, {"rejected": ([5], [1]), "chosen": ([], [])})
        with pytest.raises(ValueError, match="row 11 has the streams"):
            writer.append_streams(11, {"chosen": ([1], [1])})
        writer.close()
    assert writer.fed == {"rows": 4, "sequences": 4, "tokens": 16, "trained_tokens": 10}
    chosen, rejected = (SequenceFile(tmp_path / "a.safetensors", name) for name in writer.streams)
    assert chosen.streams == ("chosen", "rejected")
    for file in (chosen, rejected):
        assert (file.row.tolist(), file.times.tolist()) == ([7, 9], [3, 1])
    assert [chosen.input_ids(i).tolist() for i in range(2)] == [[1, 2, 3], []]
    assert [rejected.labels(i).tolist() for i in range(2)] == [[-100, 4], [5]]
    with pytest.raises(LorchError, match="its streams are chosen and rejected, not tokens"):
        SequenceFile(tmp_path / "a.safetensors")


def test_a_file_of_an_earlier_version_is_one_stream(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    tensors = {
        "offsets": np.array([0, 2, 3]),
        "row": np.array([4, 5]),
        "input_ids": np.array([1, 2, 3], np.int32),
        "trained": np.array([0, 1, 1], np.uint8),
    }
    save_file(tensors, tmp_path / "old", {"format": "lorch-sequences-1"})
    file = SequenceFile(tmp_path / "old")
    assert (file.streams, file.row.tolist(), file.times.tolist()) == (("tokens",), [4, 5], [1, 1])
    assert [file.labels(i).tolist() for i in range(2)] == [[-100, 2], [3]]


def test_no_rows_are_a_file_too(tmp_path: Path) -> None:
    SequenceWriter(tmp_path / "a.safetensors").close()
    assert len(SequenceFile(tmp_path / "a.safetensors")) == 0


def test_an_abandoned_writer_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), SequenceWriter(tmp_path / "a.safetensors") as writer:
        writer.append(0, [1], [1])
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_flags_must_fit_the_ids(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="row 4"), SequenceWriter(tmp_path / "a.safetensors") as writer:
        writer.append(4, [1, 2], [1])


def test_a_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "a.safetensors")
    whole = (tmp_path / "a.safetensors").read_bytes()
    for length in range(len(whole)):
        (tmp_path / "cut").write_bytes(whole[:length])
        with pytest.raises(LorchError, match="R011"):
            SequenceFile(tmp_path / "cut")


def test_other_safetensors_files_and_missing_ones_are_refused(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    save_file({"input_ids": np.zeros(3, np.int32)}, tmp_path / "other")
    for name in ("other", "missing"):
        with pytest.raises(LorchError, match="R011"):
            SequenceFile(tmp_path / name)
