// The hashed shingles of all rows: 4 bytes each, in large pieces, so that growing copies nothing.

export interface ShingleStore {
  /** Appends one row: the first `size` of `shingles`. */
  add(shingles: Int32Array, size: number): void;
  rows(): number;
  /** Shingles of all rows together. */
  total(): number;
  sizeOf(row: number): number;
  /** The piece that holds a row, and where the row starts in it. */
  pieceOf(row: number): Int32Array;
  startOf(row: number): number;
}

const pieceLength = 1 << 20;

/** An empty store. */
export function createShingleStore(): ShingleStore {
  const pieces: Int32Array[] = [];
  let piece = new Int32Array(0);
  let filled = 0;
  let total = 0;
  let rows = 0;
  let starts = new Uint32Array(1024);
  let sizes = new Uint32Array(1024);
  let inPiece = new Uint32Array(1024);
  return {
    add(shingles, size) {
      if (filled + size > piece.length) {
        // What the last piece has no room for is left; a row of millions of words gets a piece of its own.
        piece = new Int32Array(Math.max(pieceLength, size));
        pieces.push(piece);
        filled = 0;
      }
      if (rows === starts.length) {
        starts = doubled(starts);
        sizes = doubled(sizes);
        inPiece = doubled(inPiece);
      }
      for (let i = 0; i < size; i += 1) piece[filled + i] = shingles[i] as number;
      starts[rows] = filled;
      sizes[rows] = size;
      inPiece[rows] = pieces.length - 1;
      filled += size;
      total += size;
      rows += 1;
    },
    rows: () => rows,
    total: () => total,
    sizeOf: (row) => sizes[row] ?? 0,
    pieceOf: (row) => pieces[inPiece[row] ?? 0] as Int32Array,
    startOf: (row) => starts[row] ?? 0,
  };
}

/** The same numbers with room for as many again. */
export function doubled(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const bigger = new Uint32Array(array.length * 2);
  bigger.set(array);
  return bigger;
}
