// How a transfer to or from another host goes on.

/** Where a transfer stands. */
export interface Transfer {
  direction: 'to' | 'from';
  host: string;
  doneBytes: number;
  totalBytes: number;
}
