// Reads the dataset of a config once: writes examples and ledger to disk, and counts findings by code.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { isPair } from '../../dataset/checks/structure/run-on-pair.ts';
import { exactJson } from '../../dataset/exact-json.ts';
import { createSplitWatch } from '../../dataset/groups/split-watch.ts';
import { resolveSettings } from '../../dataset/scan/check-settings.ts';
import { scanDataset } from '../../dataset/scan/scan.ts';
import type { DataSource, ScanOptions, ScanResult } from '../../dataset/scan/scan-types.ts';
import { type TrainerMessage, type TrainerRow, trainerLine, trainerRow } from '../../dataset/trainer-row.ts';
import type { Finding } from '../../diagnostics/finding.ts';
import type { Plan } from '../../run/plan.ts';

/** Findings of one code: their number, and the first few. */
export interface CodeSummary {
  count: number;
  first: Finding[];
}

export interface ScannedRows {
  sources: readonly DataSource[];
  result: ScanResult;
  /** Example files by split, absolute; a split without rows is absent. */
  examples: Record<string, string>;
  /** SHA-256 of each example file. */
  contents: Record<string, string>;
  /** NDJSON with the scan's results: rows that the tokenisation drops later are `kept` here. */
  ledger: string;
  findings: Map<string, CodeSummary>;
  /** Rows with two answers, which are not examples to train on. */
  pairs: number;
  /** The first validation rows, whose prompts `lorch try` uses. */
  heldOut: HeldOutRow[];
}

/** A held-out row as a conversation; a document is one message with this role. */
type HeldOutRow = Plan['dataset']['held_out'][number];

const heldOutRows = 3;
/** Characters of a document that are kept: enough for a prompt and its continuation. */
const heldOutUnits = 2000;
const shownPerCode = 3;

/** Scans `sources` and writes the kept rows into `dir`; `templates` has the templates of files that have their own. */
export async function scanRows(
  sources: readonly DataSource[],
  options: ScanOptions,
  dir: string,
  onProgress: (rows: number, bytes: number) => void,
  templates: ReadonlyMap<string, string> = new Map(),
): Promise<ScannedRows> {
  const splits = {
    train: openLines(join(dir, 'train.jsonl')),
    validation: openLines(join(dir, 'validation.jsonl')),
  };
  const ledger = openLines(join(dir, 'ledger.jsonl'));
  const findings = new Map<string, CodeSummary>();
  const heldOut: ScannedRows['heldOut'] = [];
  const separate = options.split === null;
  const divided = !separate || sources.some(({ role }) => role === 'validation');
  const watch = divided ? createSplitWatch(separate, resolveSettings(options.checks)) : null;
  let pairs = 0;
  const result = await scanDataset(sources, options, {
    onExample(split, row) {
      if (isPair(row.example)) pairs += 1;
      watch?.add(split, row);
      if (split === 'validation' && heldOut.length < heldOutRows)
        heldOut.push(heldOutRow(trainerRow(row.row, row.example)));
      const template = templates.get(row.place.file);
      return splits[split].write(
        trainerLine({
          ...trainerRow(row.row, row.example),
          ...(template !== undefined && { template }),
          ...(row.times !== undefined && { times: row.times }),
        }),
      );
    },
    onLedger: (entry) => ledger.write(`${JSON.stringify(entry)}\n`),
    onFinding(finding) {
      const summary = findings.get(finding.code) ?? { count: 0, first: [] };
      summary.count += 1;
      if (summary.first.length < shownPerCode) summary.first.push(finding);
      findings.set(finding.code, summary);
    },
    onProgress,
  });
  for (const finding of watch?.findings() ?? []) {
    const summary = findings.get(finding.code) ?? { count: 0, first: [] };
    findings.set(finding.code, { count: summary.count + 1, first: [...summary.first, finding] });
  }
  await ledger.close();
  const examples: Record<string, string> = {};
  const contents: Record<string, string> = {};
  for (const [name, file] of Object.entries(splits)) {
    const sha256 = await file.close();
    if (file.lines() === 0) continue;
    examples[name] = file.path;
    contents[name] = sha256;
  }
  return { sources, result, examples, contents, ledger: ledger.path, findings, pairs, heldOut };
}

function heldOutRow(row: TrainerRow): HeldOutRow {
  return row.messages === undefined
    ? { row: row.row, messages: [{ role: 'document', content: row.text.slice(0, heldOutUnits) }] }
    : {
        row: row.row,
        messages: row.messages.map(asPlainJson),
        ...(row.tools && { tools: row.tools.map((tool) => textIfNoted(tool)) }),
      };
}

// The plan is plain JSON. Values that JSON would rewrite are stored as JSON text, which the trainer also reads.
function asPlainJson(message: TrainerMessage): HeldOutRow['messages'][number] {
  if (!message.tool_calls) return { ...message };
  const calls = message.tool_calls.map((call) => ({
    ...call,
    function: { ...call.function, arguments: textIfNoted(call.function.arguments) },
  }));
  return { ...message, tool_calls: calls };
}

function textIfNoted(value: unknown): unknown {
  const text = exactJson(value);
  return text === JSON.stringify(value) ? value : text;
}

interface Lines {
  path: string;
  lines(): number;
  /** Returns a promise if the disk is behind. */
  write(line: string): void | Promise<void>;
  /** Returns the SHA-256 of the file. */
  close(): Promise<string>;
}

function openLines(path: string): Lines {
  const out = createWriteStream(path, { mode: 0o600 });
  const failed = once(out, 'error').then(([error]) => Promise.reject(error));
  // The error is reported only to the code that waits for a write.
  failed.catch(() => undefined);
  const hash = createHash('sha256');
  let lines = 0;
  // All writers share one wait while the disk is behind.
  let draining: Promise<void> | null = null;
  return {
    path,
    lines: () => lines,
    write(line) {
      hash.update(line);
      lines += 1;
      if (out.write(line)) return;
      draining ??= Promise.race([once(out, 'drain'), failed]).then(() => {
        draining = null;
      });
      return draining;
    },
    async close() {
      out.end();
      await Promise.race([once(out, 'close'), failed]);
      return hash.digest('hex');
    },
  };
}
