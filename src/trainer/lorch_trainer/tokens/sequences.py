"""The sequence file: what `prepare` writes and statistics, plan and training read.

A safetensors file whose metadata names its streams: `tokens`, or one for each answer of a pair. N sequences,
and T tokens in all of a stream, are
  row               int64[N]    the number of its row over all input files; a row that was split has several
                                in turn
  STREAM.offsets    int64[N+1]  sequence i is input_ids[offsets[i]:offsets[i+1]]
  times             int32[N]    how often an epoch feeds its row; absent if each is fed once
  STREAM.input_ids  int32[T]
  STREAM.trained    uint8[T]    1 where the token has a label
The 64-bit tensors come first so that every tensor is aligned when mapped into memory. Run folders of earlier
versions hold files of one stream whose tensors have no prefix.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from ..errors import LorchError

FORMAT = "lorch-sequences-2"
_UNNAMED = "lorch-sequences-1"
"""The format before streams had names: there was one."""
TOKENS = "tokens"
"""The stream of methods that learn from one sequence a row."""
_ROW, _TIMES = ("I64", "<i8"), ("I32", "<i4")
_OF_STREAM: dict[str, tuple[str, str]] = {
    "offsets": ("I64", "<i8"),
    "input_ids": ("I32", "<i4"),
    "trained": ("U8", "|u1"),
}
_CHUNK = 1 << 20
_MAX_HEADER = 1 << 20

IntArray = npt.NDArray[np.int32]
MaskArray = npt.NDArray[np.uint8]


class SequenceWriter:
    """Writes rows one after another; memory does not grow with their number.

    Tensors are gathered in unnamed files beside `path`, and joined on `close`, because a safetensors header
    must state every length first. Until then `path` does not exist.
    """

    def __init__(self, path: Path | str, streams: Sequence[str] = (TOKENS,)) -> None:
        self.path = Path(path)
        self.streams = tuple(streams)
        self.rows = 0
        """Rows written; one that was split into several sequences counts once."""
        self.sequences = 0
        self._last_row: int | None = None
        self.tokens = 0
        self.trained_tokens = 0
        self.fed = {"rows": 0, "sequences": 0, "tokens": 0, "trained_tokens": 0}
        """What an epoch feeds: the same, with each row as often as it is fed."""
        self._tensors = _layout(self.streams)
        self._parts: dict[str, IO[bytes]] = {
            name: tempfile.TemporaryFile(dir=self.path.parent)  # noqa: SIM115
            for name in self._tensors
        }
        self._ends = dict.fromkeys(self.streams, 0)
        for stream in self.streams:
            self._write(f"{stream}.offsets", [0])

    def _write(self, name: str, values: npt.ArrayLike) -> None:
        self._parts[name].write(np.asarray(values, dtype=self._tensors[name][1]).tobytes())

    def append(self, row: int, input_ids: npt.ArrayLike, trained: npt.ArrayLike, times: int = 1) -> None:
        """Adds one sequence of a row to the only stream. `trained` is 0 or 1 per token."""
        (stream,) = self.streams
        self.append_streams(row, {stream: (input_ids, trained)}, times)

    def append_streams(
        self, row: int, sequences: dict[str, tuple[npt.ArrayLike, npt.ArrayLike]], times: int = 1
    ) -> None:
        """Adds one sequence of a row to each stream: ids and trained flags, fed `times` times an epoch."""
        arrays = {
            stream: (np.asarray(ids, dtype="<i4"), np.asarray(trained, dtype="|u1"))
            for stream, (ids, trained) in sequences.items()
        }
        if set(arrays) != set(self.streams):
            raise ValueError(f"row {row} has the streams {sorted(arrays)}, not {sorted(self.streams)}")
        for ids, mask in arrays.values():
            if ids.ndim != 1 or ids.shape != mask.shape:
                raise ValueError(f"row {row}: {ids.shape} ids but {mask.shape} trained flags")
        if times < 1:
            raise ValueError(f"row {row} would be fed {times} times")
        tokens = count = 0
        for stream, (ids, mask) in arrays.items():
            self._write(f"{stream}.input_ids", ids)
            self._write(f"{stream}.trained", mask)
            self._ends[stream] += len(ids)
            self._write(f"{stream}.offsets", [self._ends[stream]])
            tokens += len(ids)
            count += int(np.count_nonzero(mask))
        new = int(row != self._last_row)
        self.rows += new
        self._last_row = row
        self.sequences += 1
        self.tokens += tokens
        self.trained_tokens += count
        added = {"rows": new, "sequences": 1, "tokens": tokens, "trained_tokens": count}
        for name, value in added.items():
            self.fed[name] += times * value
        self._write("row", [row])
        self._write("times", [times])

    def close(self) -> str:
        """Writes the file in one rename and returns its SHA-256."""
        digest = hashlib.sha256()
        partial = self.path.with_name(f".{self.path.name}.{os.getpid()}.partial")
        try:
            with partial.open("wb") as out:
                for chunk in self._chunks():
                    out.write(chunk)
                    digest.update(chunk)
                out.flush()
                os.fsync(out.fileno())
            partial.replace(self.path)
        finally:
            partial.unlink(missing_ok=True)
            self.discard()
        return digest.hexdigest()

    def _chunks(self) -> Iterable[bytes]:
        header: dict[str, Any] = {"__metadata__": {"format": FORMAT, "streams": " ".join(self.streams)}}
        at = 0
        names = [name for name in self._tensors if name != "times" or self.fed["rows"] != self.rows]
        for name in names:
            dtype, numpy_type = self._tensors[name]
            size = self._parts[name].tell()
            shape = [size // np.dtype(numpy_type).itemsize]
            header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + size]}
            at += size
        text = json.dumps(header, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 8)
        yield len(text).to_bytes(8, "little") + text
        for name in names:
            part = self._parts[name]
            part.seek(0)
            while chunk := part.read(_CHUNK):
                yield chunk

    def discard(self) -> None:
        """Frees the unnamed files; harmless after `close`."""
        for part in self._parts.values():
            part.close()

    def __enter__(self) -> SequenceWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()


class SequenceFile:
    """Reads one stream of a sequence file through a memory map. Raises R011 for anything else."""

    def __init__(self, path: Path | str, stream: str = TOKENS) -> None:
        self.path = Path(path)
        header, start, size = _read_header(self.path)
        metadata = header["__metadata__"]
        named = metadata["format"] != _UNNAMED
        self.streams: tuple[str, ...] = (
            tuple(str(metadata.get("streams", "")).split()) if named else (TOKENS,)
        )
        if stream not in self.streams:
            raise _bad(self.path, f"its streams are {' and '.join(self.streams)}, not {stream}")
        arrays = {}
        for full, (dtype, numpy_type) in _layout([stream]).items():
            name = full.removeprefix(f"{stream}.")
            entry = header.get(full if named else name)
            if entry is None and name == "times":
                continue
            if not isinstance(entry, dict) or entry.get("dtype") != dtype:
                raise _bad(self.path, f"it has no tensor {name} of type {dtype}")
            begin, end = entry["data_offsets"]
            count = entry["shape"][0]
            if end - begin != count * np.dtype(numpy_type).itemsize or start + end > size:
                raise _bad(self.path, f"the tensor {name} reaches past the end of the file")
            if count == 0:
                arrays[name] = np.zeros(0, numpy_type)
            else:
                arrays[name] = np.memmap(self.path, numpy_type, "r", start + begin, (count,))
        self.offsets: npt.NDArray[np.int64] = arrays["offsets"]
        self.row: npt.NDArray[np.int64] = arrays["row"]
        """Row numbers over all input files, one per sequence. The same in every stream, as is `times`."""
        self.times: IntArray = arrays.get("times", np.ones(len(self.row), np.int32))
        """How often an epoch feeds each sequence, at least once."""
        self._ids: IntArray = arrays["input_ids"]
        self._trained: MaskArray = arrays["trained"]
        tokens = len(self._ids)
        fitting = len(self.offsets) - 1 == len(self.row) == len(self.times)
        if not fitting or len(self._trained) != tokens:
            raise _bad(self.path, "its tensors do not fit together")
        if len(self.times) and int(self.times.min()) < 1:
            raise _bad(self.path, "it has rows that are never fed")
        if self.offsets[0] != 0 or self.offsets[-1] != tokens or bool(np.any(np.diff(self.offsets) < 0)):
            raise _bad(self.path, "its offsets are not increasing up to the number of tokens")

    def __len__(self) -> int:
        return len(self.row)

    @property
    def tokens(self) -> int:
        """Tokens of all rows, in this stream."""
        return len(self._ids)

    @property
    def trained_tokens(self) -> int:
        """Tokens with a label, of all rows."""
        return int(np.count_nonzero(self._trained))

    @property
    def rows(self) -> int:
        """Rows that the sequences were made of."""
        return len(np.unique(self.row))

    def times_of_rows(self) -> npt.NDArray[np.int64]:
        """How often an epoch feeds a row, at its first sequence; 0 at the others of a row that was split."""
        first = np.ones(len(self), bool)
        first[1:] = self.row[1:] != self.row[:-1]
        return np.where(first, self.times, 0).astype(np.int64)

    def lengths(self) -> npt.NDArray[np.int64]:
        """Tokens per sequence."""
        return np.diff(self.offsets)

    def trained_lengths(self) -> npt.NDArray[np.int64]:
        """Tokens with a label, per sequence."""
        counts = np.zeros(len(self), np.int64)
        filled = np.flatnonzero(self.lengths())
        if len(filled):
            counts[filled] = np.add.reduceat(self._trained, self.offsets[:-1][filled], dtype=np.int64)
        return counts

    def feed_order(self) -> npt.NDArray[np.int64]:
        """Indices of an epoch before any shuffle: all rows, then again those fed twice or more, and so on."""
        active = np.arange(len(self), dtype=np.int64)
        passes = []
        while len(active):
            passes.append(active)
            active = active[self.times[active] > len(passes)]
        return np.concatenate(passes) if passes else active

    def input_ids(self, index: int) -> IntArray:
        """Token ids of sequence `index` (a view into the file)."""
        return self._ids[self.offsets[index] : self.offsets[index + 1]]

    def trained(self, index: int) -> MaskArray:
        """1 per token that has a label (a view into the file)."""
        return self._trained[self.offsets[index] : self.offsets[index + 1]]

    def all_input_ids(self) -> IntArray:
        """Token ids of all sequences, one after another (a view into the file)."""
        return self._ids

    def all_trained(self) -> MaskArray:
        """The trained flags of all sequences (a view into the file)."""
        return self._trained

    def labels(self, index: int) -> IntArray:
        """Token ids where trained, -100 elsewhere."""
        return np.where(self.trained(index) != 0, self.input_ids(index), np.int32(-100)).astype(np.int32)


def _layout(streams: Sequence[str]) -> dict[str, tuple[str, str]]:
    """The tensors of a file with these streams, the widest first: safetensors' and numpy's types."""
    named = {f"{stream}.{name}": types for stream in streams for name, types in _OF_STREAM.items()}
    tensors = {"row": _ROW, "times": _TIMES, **named}
    return dict(sorted(tensors.items(), key=lambda tensor: -np.dtype(tensor[1][1]).itemsize))


def sha256_file(path: Path | str) -> str:
    """SHA-256 of a file, read in pieces."""
    digest = hashlib.sha256()
    with Path(path).open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _bad(path: Path, reason: str) -> LorchError:
    return LorchError("R011", f"{path} is not a sequence file: {reason}")


def _read_header(path: Path) -> tuple[dict[str, Any], int, int]:
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            length = int.from_bytes(file.read(8), "little")
            if length > min(size, _MAX_HEADER):
                raise _bad(path, "its header is longer than it may be")
            header = json.loads(file.read(length))
    except OSError as cause:
        raise _bad(path, cause.strerror or str(cause)) from cause
    except ValueError as cause:
        raise _bad(path, "its header is not JSON") from cause
    if not isinstance(header, dict) or header.get("__metadata__", {}).get("format") not in (FORMAT, _UNNAMED):
        raise _bad(path, f"it does not say {FORMAT}")
    return header, 8 + length, size
