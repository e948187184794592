// Whole lines of a part of a file, many at a time, read without a stream: for threads that do nothing else.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const regionBytes = 2 * 1024 * 1024;

/**
 * Calls `lines` with whole lines, and `tooLong` with the size of a line over the limit, including its line break. The region
 * is valid only during the call. The last line may have no line break.
 */
export function readLinesSync(
  { path, from, to }: { path: string; from: number; to: number },
  maxRowBytes: number,
  lines: (region: Buffer) => void,
  tooLong: (bytes: number) => void,
): void {
  const file = openSync(path, 'r');
  let buffer = Buffer.allocUnsafe(regionBytes);
  let filled = 0;
  /** Bytes of a line over the limit that were skipped. */
  let skipped = 0;
  const take = (end: number): void => {
    let start = 0;
    if (skipped > 0) {
      start = buffer.indexOf(10) + 1;
      tooLong(skipped + start);
      skipped = 0;
    }
    if (end > start) lines(buffer.subarray(start, end));
    buffer.copyWithin(0, end, filled);
    filled -= end;
  };
  try {
    for (let at = from; at < to; ) {
      if (filled === buffer.length) {
        if (filled > maxRowBytes) {
          skipped += filled;
          filled = 0;
        } else buffer = Buffer.concat([buffer], buffer.length * 2);
      }
      const read = readSync(file, buffer, filled, Math.min(buffer.length - filled, to - at), at);
      if (read === 0) break;
      at += read;
      filled += read;
      const end = buffer.subarray(0, filled).lastIndexOf(10) + 1;
      if (end > 0) take(end);
    }
    if (skipped > 0) tooLong(skipped + filled);
    else if (filled > 0) lines(buffer.subarray(0, filled));
  } finally {
    closeSync(file);
  }
}

/** Cuts a file, from `from` on, into parts of about the same size that begin where lines begin. */
export function cutFile(path: string, from: number, parts: number): { from: number; to: number }[] {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const starts = [from];
    for (let part = 1; part < parts; part += 1) {
      const start = lineStart(
        file,
        Math.max(starts.at(-1) ?? from, from + Math.floor(((size - from) * part) / parts)),
        size,
      );
      if (start < size && start > (starts.at(-1) ?? 0)) starts.push(start);
    }
    return starts.map((start, i) => ({ from: start, to: starts[i + 1] ?? size }));
  } finally {
    closeSync(file);
  }
}

// The first line that begins at `at` or after.
function lineStart(file: number, at: number, size: number): number {
  const buffer = Buffer.allocUnsafe(64 * 1024);
  for (let from = Math.max(0, at - 1); from < size; ) {
    const read = readSync(file, buffer, 0, buffer.length, from);
    if (read === 0) break;
    const found = buffer.subarray(0, read).indexOf(10);
    if (found >= 0) return from + found + 1;
    from += read;
  }
  return size;
}
