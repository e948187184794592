// `lorch data convert`: rows of one format written in another, with nothing lost unless that is allowed.
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, type FileHandle, link, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { lossyConversion } from '../dataset/checks/lossy-conversion.ts';
import { unknownKey } from '../dataset/checks/unknown-key.ts';
import type { Rendered } from '../dataset/formats/format.ts';
import { findFormat, formatNames } from '../dataset/formats/index.ts';
import { renderRow } from '../dataset/formats/render-row.ts';
import { type KeptRow, type ScanResult, scanDataset } from '../dataset/scan.ts';
import type { Finding } from '../diagnostics/finding.ts';
import { UserError } from '../diagnostics/user-error.ts';
import { type DatasetRequest, isMappingFile, openSources, readFormat } from './dataset-sources.ts';

export interface ConvertRequest extends DatasetRequest {
  /** Name of the target format. */
  to: string;
  /** Absolute path; a name that ends in `.json` gets an array, any other JSON lines. Null: `write`. */
  out: string | null;
  /** Takes the result where `out` is null. */
  write(text: string): void;
  /** Rows with errors: refuse the whole, or leave them out. */
  onError: 'refuse' | 'drop';
  /** Write what the target can hold of rows that it cannot hold whole. */
  allowLoss: boolean;
  onFinding?: (finding: Finding) => void;
}

export interface Converted {
  from: ScanResult['format'];
  to: string;
  /** False: findings stand against it, and nothing was written. */
  done: boolean;
  rows: number;
  written: number;
  /** What would be, or was, lost: in how many rows (fields inside messages: in how many files). */
  lost: Record<string, number>;
  /** Rows that were left out, by code. */
  dropped: Record<string, number>;
}

/** Converts. Throws UserError D090, D091, D093, D095 (the output exists), D096. */
export async function convertDataset(request: ConvertRequest): Promise<Converted> {
  if (isMappingFile(request.to))
    throw new UserError('D096', 'A mapping of fields is read only: rows cannot be written in it.', {
      hint: `one of ${formatNames.join(', ')}`,
    });
  const target = findFormat(request.to);
  if (request.out !== null) await refuseExisting(request.out);
  const sources = await openSources(request);
  const output = await openOutput(request.out);
  const lost = new Map<string, number>();
  const lose = (what: string): void => void lost.set(what, (lost.get(what) ?? 0) + 1);
  let unheld = 0;
  try {
    const result = await scanDataset(
      sources,
      {
        format: await readFormat(request),
        onError: request.onError,
        duplicates: { exact: 'keep' },
        split: null,
      },
      {
        onExample(_split, row) {
          const rendered = renderRow(target, row.example);
          for (const what of rendered.lost) lose(what);
          if (rendered.lost.length > 0)
            request.onFinding?.(lossFinding(row, rendered, target.name, request.allowLoss));
          if (rendered.row) return output.add(rendered.row);
          unheld += 1;
        },
        onFinding(finding) {
          // Fields of the row travel along; those inside a message have no place in the canonical example.
          if (finding.code === unknownKey.code && finding.data?.in === 'message')
            lose(`the message key ${JSON.stringify(finding.data.key)}`);
          request.onFinding?.(finding);
        },
        ...(request.onProgress && { onProgress: request.onProgress }),
      },
    );
    const done = !result.refused && (lost.size === 0 || request.allowLoss);
    if (done) await output.publish(request.write);
    const dropped = { ...result.ledger.dropped, ...(unheld > 0 && { [lossyConversion.code]: unheld }) };
    return {
      from: result.format,
      to: target.name,
      done,
      rows: result.rows,
      written: done ? output.rows() : 0,
      lost: Object.fromEntries(lost),
      dropped,
    };
  } finally {
    await output.dispose();
  }
}

function lossFinding({ place }: KeptRow, { row, lost }: Rendered, target: string, allowed: boolean): Finding {
  const { code, name, hint } = lossyConversion;
  return {
    code,
    name,
    severity: allowed ? 'warning' : 'error',
    message: `${target} cannot hold ${lost.join(', ')}${row ? '' : ': the row is left out'}.`,
    hint,
    at: { file: place.file, line: place.line, column: place.column },
  };
}

async function refuseExisting(path: string): Promise<void> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (exists) throw new UserError('D095', `${path} exists already.`, { hint: 'name another file with -o' });
}

interface Output {
  add(row: Record<string, unknown>): void | Promise<void>;
  rows(): number;
  publish(write: (text: string) => void): Promise<void>;
  dispose(): Promise<void>;
}

// Written beside its place and linked there when whole, so that no half file ever bears the name.
async function openOutput(out: string | null): Promise<Output> {
  const part = `${out ?? join(tmpdir(), 'lorch-convert')}.${randomUUID().slice(0, 8)}.partial`;
  let file: FileHandle;
  try {
    file = await open(part, 'wx');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError('D091', `${out} cannot be written: ${reason}`, { exitCode: 3, cause: error });
  }
  const asArray = out?.toLowerCase().endsWith('.json') ?? false;
  let count = 0;
  let text = asArray ? '[\n' : '';
  const flush = async (): Promise<void> => {
    const full = text;
    text = '';
    await file.appendFile(full);
  };
  return {
    rows: () => count,
    add(row) {
      if (asArray) text += `${count > 0 ? ',\n' : ''}${JSON.stringify(row)}`;
      else text += `${JSON.stringify(row)}\n`;
      count += 1;
      if (text.length > 1 << 20) return flush();
    },
    async publish(write) {
      if (asArray) text += count > 0 ? '\n]\n' : ']\n';
      await flush();
      await file.sync();
      if (out === null) {
        for await (const chunk of createReadStream(part, 'utf8')) write(chunk as string);
        return;
      }
      await link(part, out).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        throw new UserError('D095', `${basename(out)} was made by someone else meanwhile.`, {
          hint: 'name another file with -o',
        });
      });
    },
    async dispose() {
      await file.close();
      await rm(part, { force: true });
    },
  };
}
