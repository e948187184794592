// Shows how files go to another host or come from it.
import type { Transfer } from '../supervise/transfer.ts';
import type { Context } from './context.ts';
import { createProgress, type Progress } from './ui/progress.ts';

const mb = 1_000_000;

/** One progress line for each transfer; it ends with the last byte. */
export function transferOn(context: Context): (transfer: Transfer) => void {
  let shown: { key: string; progress: Progress } | null = null;
  return ({ direction, host, doneBytes, totalBytes }) => {
    const key = `${direction} ${host} ${totalBytes}`;
    if (shown?.key !== key) {
      shown?.progress.end();
      const label = `${direction === 'to' ? 'sending to' : 'fetching from'} ${host}, MB`;
      shown = { key, progress: createProgress(context, label) };
    }
    shown.progress.update(Math.floor(doneBytes / mb), Math.ceil(totalBytes / mb));
    if (doneBytes < totalBytes) return;
    shown.progress.end();
    shown = null;
  };
}
