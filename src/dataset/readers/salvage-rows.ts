// A row whose bracket never closes swallows its neighbours. If rows are indented alike, they can be told apart again.

export interface Piece {
  value: Buffer;
  /** Commas, brackets and space after the value. */
  rest: string;
}

/**
 * Cuts the bytes of an unclosed row at every line that starts, with the row's own indentation, another object.
 * `column` is where the row starts on its line, from 1. One piece comes back where there is nothing to cut at.
 */
export function salvageRows(bytes: Buffer, column: number): Piece[] {
  const start = `\n${' '.repeat(column - 1)}{`;
  const tabbed = `\n${'\t'.repeat(column - 1)}{`;
  const mark = bytes.includes(start) ? start : tabbed;
  const pieces: Piece[] = [];
  let from = 0;
  for (;;) {
    const next = bytes.indexOf(mark, from);
    if (next < 0) break;
    pieces.push(cutRest(bytes.subarray(from, next + mark.length - 1)));
    from = next + mark.length - 1;
  }
  pieces.push(cutRest(bytes.subarray(from)));
  return pieces;
}

function cutRest(bytes: Buffer): Piece {
  let end = bytes.length;
  while (end > 0 && isRest(bytes[end - 1] ?? 0)) end -= 1;
  return { value: bytes.subarray(0, end), rest: bytes.toString('latin1', end) };
}

function isRest(byte: number): boolean {
  return byte === 32 || byte === 9 || byte === 10 || byte === 13 || byte === 44 || byte === 93;
}
