// Reads the ledger of a run folder line by line: which rows trained and which validated.
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { UserError } from '../../diagnostics/user-error.ts';
import { faultOf, openRunFile } from '../../run/run-file.ts';

/** The fields of a line that are read. */
export interface LedgerFate {
  fate: string;
  /** 64 hex digits. */
  fingerprint: string | null;
  code?: string;
}

/** Longer than any ledger line; more bytes without a line break mean that the file is not a ledger. */
const maxLineBytes = 4 * 1024 * 1024;

const fingerprintDigits = /^[0-9a-f]{64}$/;

/** Each line of a `ledger.jsonl.gz`. Throws UserError R150 if it is missing or damaged. */
export async function* ledgerFates(path: string): AsyncGenerator<LedgerFate> {
  const opened = openRunFile(path);
  if (opened.state !== 'read') throw unreadable(path, faultOf(opened));
  const file = createReadStream('', { fd: opened.value.fd });
  const unzipped = createGunzip();
  // pipe() does not forward errors.
  file.on('error', (error) => unzipped.destroy(error));
  try {
    for await (const line of splitLines(file.pipe(unzipped))) yield fateOf(line);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw unreadable(path, error.message, error);
  } finally {
    file.destroy();
    unzipped.destroy();
  }
}

async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      yield bytes.toString('utf8', start, end);
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > maxLineBytes) throw new Error('a line has no end');
  }
  if (rest.length > 0) yield rest.toString('utf8');
}

function fateOf(line: string): LedgerFate {
  const entry = JSON.parse(line) as Partial<LedgerFate> | null;
  if (typeof entry?.fate !== 'string') throw new Error('a line does not say what became of its row');
  const { fate, fingerprint = null, code } = entry;
  if (fingerprint !== null && !fingerprintDigits.test(fingerprint))
    throw new Error('a line has a fingerprint that is not 64 hex digits');
  return {
    fate,
    fingerprint,
    ...(typeof code === 'string' && { code }),
  };
}

function unreadable(path: string, reason: string, cause?: unknown): UserError {
  return new UserError('R150', `the ledger ${path} cannot be read: ${reason}`, {
    hint: 'the file is damaged; `lorch show` shows the run without it',
    exitCode: 1,
    cause,
  });
}
