// `lorch data convert`: rows of one format written in another, with nothing lost unless that is allowed.

import { lossyConversion } from '../../dataset/checks/structure/lossy-conversion.ts';
import { unknownKey } from '../../dataset/checks/structure/unknown-key.ts';
import { exactJson, keepExact } from '../../dataset/exact-json.ts';
import type { Rendered, WritableFormat } from '../../dataset/formats/format.ts';
import { findFormat, formatNames } from '../../dataset/formats/index.ts';
import { renderRow } from '../../dataset/formats/render-row.ts';
import { type CheckSettings, resolveSettings } from '../../dataset/scan/check-settings.ts';
import { createJudge } from '../../dataset/scan/judge-row.ts';
import { scanDataset } from '../../dataset/scan/scan.ts';
import type { KeptRow, ScanResult } from '../../dataset/scan/scan-types.ts';
import type { Finding } from '../../diagnostics/finding.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { createOpenFiles, publishAll } from '../files/new-file.ts';
import { usableRows } from '../sources/dataset-checks.ts';
import { openDatasetOutput } from '../sources/dataset-output.ts';
import { type DatasetRequest, isMappingFile, openSources, readFormat } from '../sources/dataset-sources.ts';
import { removeLeftBeside } from '../sources/left-beside.ts';
import { type MadeBy, openLineageFile } from '../sources/write-lineage.ts';

export interface ConvertRequest extends DatasetRequest {
  /** Name of the target format. */
  to: string;
  /** Absolute path; a name that ends in `.json` gets an array, any other JSON lines. Null: `write` gets the result. */
  out: string | null;
  /** Takes the result if `out` is null. */
  write(text: string): void;
  /** What to do with rows with errors: refuse the dataset, or drop the rows. */
  onError: 'refuse' | 'drop';
  /** If the target cannot store a whole row, write the part that it can store. */
  allowLoss: boolean;
  madeBy: MadeBy;
  onFinding?: (finding: Finding) => void;
}

export interface Converted {
  from: ScanResult['format'];
  to: string;
  /** False if nothing was written. */
  done: boolean;
  /** Nothing was written because no row was left. */
  emptied: boolean;
  rows: number;
  written: number;
  /** What would be lost, or was lost, and in how many rows (fields inside messages: in how many files). */
  lost: Record<string, number>;
  /** Dropped rows by code. */
  dropped: Record<string, number>;
}

/** Converts. Throws UserError D090, D091, D093, D095 (the output exists), D096. */
export async function convertDataset(request: ConvertRequest): Promise<Converted> {
  if (isMappingFile(request.to))
    throw new UserError('D096', 'A mapping of fields is read only: rows cannot be written in it.', {
      hint: `one of ${formatNames.join(', ')}`,
    });
  const target = findFormat(request.to);
  const sources = await openSources(request);
  const usable = await usableRows({ ...request, sources });
  const open = createOpenFiles();
  const lost = new Map<string, number>();
  const lose = (what: string): void => void lost.set(what, (lost.get(what) ?? 0) + 1);
  let unheld = 0;
  const usableOnly = refuseBroken(target, usable);
  try {
    if (request.out !== null) await removeLeftBeside(request.out);
    const output = await open.add(openDatasetOutput(request.out));
    const lineage = request.out === null ? null : await open.add(openLineageFile(request.out));
    const result = await scanDataset(
      sources,
      {
        format: await readFormat(request),
        onError: request.onError,
        duplicates: { exact: 'keep' },
        split: null,
        // Faults of the contents are for `lorch data check`; a conversion only reports what is dropped and what is lost.
        checks: { ...usable, [unknownKey.code]: 'warning' },
      },
      {
        onExample(_split, row) {
          const rendered = usableOnly(renderRow(target, row.example));
          for (const what of rendered.lost) lose(what);
          if (rendered.lost.length > 0)
            request.onFinding?.(lossFinding(row, rendered, target.name, request.allowLoss));
          if (rendered.row) return output.add(exactJson(keepExact(row.example.meta, rendered.row)));
          unheld += 1;
        },
        onFinding(finding) {
          // Fields of the row are kept; the canonical example has no place for fields inside a message.
          if (finding.code === unknownKey.code && finding.data?.in === 'message')
            lose(`the message key ${JSON.stringify(finding.data.key)}`);
          request.onFinding?.(finding);
        },
        ...(request.onProgress && { onProgress: request.onProgress }),
      },
    );
    const emptied = result.rows > 0 && output.rows() === 0;
    const done = !result.refused && !emptied && (lost.size === 0 || request.allowLoss);
    const dropped = { ...result.ledger.dropped, ...(unheld > 0 && { [lossyConversion.code]: unheld }) };
    if (done && lineage) {
      await lineage.record(output, {
        madeBy: request.madeBy,
        options: { to: target.name, on_error: request.onError, allow_loss: request.allowLoss },
        sources,
        files: result.files,
        rows: output.rows(),
        // A row that lost something is another row now.
        fingerprint: lost.size === 0 ? result.fingerprint : null,
        ledger: { ...result.ledger, kept: result.ledger.kept - unheld, dropped },
      });
      await publishAll([lineage, output]);
    } else if (done) await output.publish(request.write);
    return {
      from: result.format,
      to: target.name,
      done,
      emptied: emptied && (result.ledger.kept > 0 ? request.allowLoss : !result.refused),
      rows: result.rows,
      written: done ? output.rows() : 0,
      lost: Object.fromEntries(lost),
      dropped,
    };
  } finally {
    await open.dispose();
  }
}

// A row that loses something may become one that lorch refuses, for example if its answer was a tool call. Such rows are dropped.
function refuseBroken(target: WritableFormat, checks: CheckSettings): (rendered: Rendered) => Rendered {
  const judge = createJudge(target, resolveSettings(checks));
  return ({ row, lost }) => {
    if (!row || lost.length === 0) return { row, lost };
    const text = exactJson(row);
    const { drafts, code } = judge({ line: 1, column: 1, text, value: JSON.parse(text), fault: null });
    if (code === undefined) return { row, lost };
    const name = drafts.find(({ check }) => check.code === code)?.check.name;
    return {
      row: null,
      lost: [...lost, `a valid row without them (${[code, name].join(' ').trim()})`],
    };
  };
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
