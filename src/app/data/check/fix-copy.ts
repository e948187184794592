// The copy that fixes are written into, and its ledger: one line for each row, kept or fixed.
import { extname } from 'node:path';
import type { LedgerEntry } from '../../../dataset/ledger.ts';
import { chooseReader } from '../../../dataset/readers/index.ts';
import { openSource } from '../../../dataset/scan/open-source.ts';
import type { DataSource } from '../../../dataset/scan/scan-types.ts';
import { quotePath } from '../../../diagnostics/quote-path.ts';
import { UserError } from '../../../diagnostics/user-error.ts';
import { createOpenFiles, type OpenFiles, openNewFile, publishAll } from '../../files/new-file.ts';
import { createSplicer } from '../../files/splice-file.ts';
import { ledgerPath, openLedgerFile } from '../../sources/ledger-file.ts';
import { removeLeftBeside } from '../../sources/left-beside.ts';
import { type MadeBy, openLineageFile } from '../../sources/write-lineage.ts';

export interface FixedRow {
  /** Where the row starts in the file, from 1. */
  line: number;
  column: number;
  before: string;
  after: string;
  /** Of the first check that changed it. */
  code: string;
}

export interface FixCopy {
  /** As the user named it. */
  label: string;
  /** Each row in turn; `change` is null if the row is unchanged. */
  row(entry: LedgerEntry, change: FixedRow | null): void | Promise<void>;
  /** Publishes copy and ledger. Throws UserError D095. */
  publish(): Promise<void>;
  dispose(): Promise<void>;
}

/**
 * Opens the copy of one JSONL file or JSON array at `out`: every byte but those of the fixes is the
 * source's. Throws UserError D199 if the source cannot be copied so, D091, D095.
 */
export async function openFixCopy(
  sources: readonly DataSource[],
  out: { path: string; label: string },
  madeBy: MadeBy,
): Promise<FixCopy> {
  const [source] = sources;
  if (!source || sources.length > 1)
    throw new UserError(
      'D199',
      `Fixes are written for one file at a time, and ${sources.length} were named.`,
      {
        hint: 'name one file, and an output for it',
      },
    );
  if (source.stream)
    throw new UserError('D199', 'Fixes of stdin cannot be written, because the rows must be read twice.', {
      hint: 'name a file',
    });
  // Faults of the archive itself: a copy of half of it would look complete.
  const faults: string[] = [];
  const open = await openSource(source.path, undefined, source.label, ({ message }) => {
    faults.push(message);
  });
  const { name, holds, extensions } = chooseReader(open.head, source.path.replace(/\.(gz|zst)$/i, ''));
  if (name !== 'jsonl' && name !== 'json-array')
    throw new UserError('D199', `Fixes cannot be written into ${holds}.`, {
      hint: `convert it first: lorch data convert ${quotePath(source.label)} --to chatml -o rows.jsonl`,
    });
  if (!extensions.includes(extname(out.path).toLowerCase()))
    throw new UserError(
      'D199',
      `${out.label} should end in ${extensions.join(' or ')}: ${source.label} holds ${holds}.`,
      {
        hint: 'the copy is a file of the same kind; `lorch data convert` changes the kind',
      },
    );
  const files = createOpenFiles();
  const { copy, ledger, lineage } = await openThree(files, out.path).catch(async (error: unknown) => {
    await files.dispose();
    throw error;
  });
  const totals = { rows: 0, fixed: 0 };
  const splicer = createSplicer(open.chunks, (bytes) => copy.write(bytes));
  // Rows are copied one after the other, even if they arrive faster.
  let copied: Promise<void> = Promise.resolve();

  const replace = async ({ line, column, before, after }: FixedRow): Promise<void> => {
    if (await splicer.replace(line, column, before, after)) return;
    throw new UserError('D199', `${source.label}:${line} has changed since it was checked.`, {
      hint: 'run the check again when no program writes to the file',
      exitCode: 1,
    });
  };

  return {
    label: out.label,
    row({ row, file, line, fingerprint }, change) {
      totals.rows += 1;
      const place = { row, file, line, fingerprint };
      if (!change) return ledger.add({ ...place, fate: 'kept' });
      const wrote = ledger.add({ ...place, fate: 'fixed', code: change.code });
      totals.fixed += 1;
      copied = copied.then(() => replace(change));
      return Promise.all([wrote, copied]).then(() => undefined);
    },
    async publish() {
      await copied;
      await splicer.end();
      const [fault] = faults;
      if (fault)
        throw new UserError('D199', `${source.label} cannot be copied: ${fault}`, {
          hint: 'fix the archive first',
          exitCode: 1,
        });
      const { rows, fixed } = totals;
      await lineage.record(copy, {
        madeBy,
        options: {},
        sources: [source],
        files: [{ sha256: open.sha256(), rows }],
        rows,
        fingerprint: null,
        ledger: { rows_in: rows, kept: rows, fixed, dropped: {} },
      });
      await publishAll([ledger, lineage, copy]);
    },
    dispose: files.dispose,
  };
}

async function openThree(files: OpenFiles, path: string) {
  await removeLeftBeside(path);
  // The copy first: if all three exist, the refusal names the file that was asked for.
  const copy = await files.add(openNewFile(path));
  const ledger = await files.add(openLedgerFile(ledgerPath(path)));
  const lineage = await files.add(openLineageFile(path));
  return { copy, ledger, lineage };
}
