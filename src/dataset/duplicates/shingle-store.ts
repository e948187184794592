// The hashed shingles of all rows: 4 bytes each, in large pieces, so that growing does not copy.

export interface ShingleStore {
  /** Appends one row: `size` of `shingles`, from `from` on. */
  add(shingles: Int32Array, size: number, from?: number): void;
  /** Appends rows without copying: a piece with one row after another, and their sizes. */
  adopt(piece: Int32Array, sizes: Iterable<number>): void;
  rows(): number;
  /** Total number of shingles. */
  total(): number;
  sizeOf(row: number): number;
  /** The piece with a row, and the row's start in it. */
  pieceOf(row: number): Int32Array;
  startOf(row: number): number;
}

const pieceLength = 1 << 20;

/** An empty store. */
export function createShingleStore(): ShingleStore {
  const pieces: Int32Array[] = [];
  let piece: Int32Array = new Int32Array(0);
  let filled = 0;
  let total = 0;
  let rows = 0;
  let starts = new Uint32Array(1024);
  let sizes = new Uint32Array(1024);
  let inPiece = new Uint32Array(1024);
  const place = (start: number, size: number): void => {
    if (rows === starts.length) {
      starts = doubled(starts);
      sizes = doubled(sizes);
      inPiece = doubled(inPiece);
    }
    starts[rows] = start;
    sizes[rows] = size;
    inPiece[rows] = pieces.length - 1;
    total += size;
    rows += 1;
  };
  return {
    adopt(adopted, each) {
      pieces.push(adopted);
      let start = 0;
      for (const size of each) {
        place(start, size);
        start += size;
      }
      piece = new Int32Array(0);
      filled = 0;
    },
    add(shingles, size, from = 0) {
      if (filled + size > piece.length) {
        // Start a new piece if the last one has too little room; a row of millions of words gets a separate piece.
        piece = new Int32Array(Math.max(pieceLength, size));
        pieces.push(piece);
        filled = 0;
      }
      for (let i = 0; i < size; i += 1) piece[filled + i] = shingles[from + i] as number;
      place(filled, size);
      filled += size;
    },
    rows: () => rows,
    total: () => total,
    sizeOf: (row) => sizes[row] ?? 0,
    pieceOf: (row) => pieces[inPiece[row] ?? 0] as Int32Array,
    startOf: (row) => starts[row] ?? 0,
  };
}

/** A copy with twice the size. */
export function doubled(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const bigger = new Uint32Array(array.length * 2);
  bigger.set(array);
  return bigger;
}
