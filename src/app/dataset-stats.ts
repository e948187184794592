// `lorch data stats`: how much there is, by role, and how long rows are; in tokens where a tokenizer is named.
import { textOf } from '../dataset/content.ts';
import type { Example, Role } from '../dataset/example.ts';
import { type KeptRow, type ScanResult, scanDataset } from '../dataset/scan.ts';
import { type DatasetRequest, openSources, readFormat } from './dataset-sources.ts';

/** Counts tokens of the rows given to it, in one go at the end. */
export interface TokenCounter {
  add(row: KeptRow): void | Promise<void>;
  finish(): Promise<TokenStats>;
}

export interface TokenStats {
  tokens: number;
  trained_tokens: number;
  lengths: Percentiles;
  trained_lengths: Percentiles;
  /** Rows that cannot be trained on, by code. */
  dropped: Record<string, number>;
}

export interface Percentiles {
  p50: number;
  p90: number;
  p99: number;
  max: number;
  mean: number;
}

export interface DatasetStats {
  format: ScanResult['format'];
  /** Input rows, those with errors included. */
  rows: number;
  ledger: ScanResult['ledger'];
  fingerprint: string | null;
  files: ScanResult['files'];
  roles: Record<string, { messages: number; characters: number }>;
  /** Null where no tokenizer was named. */
  tokens: number | null;
  trained_tokens: number | null;
  /** Rows that tokenisation would drop, by code; null where no tokenizer was named. */
  untrainable: Record<string, number> | null;
  percentiles: {
    /** Messages a row. */
    turns: Percentiles;
    /** UTF-16 units of content a row, and of its assistant messages. */
    characters: Percentiles;
    answer_characters: Percentiles;
    tokens: Percentiles | null;
    trained_tokens: Percentiles | null;
  };
}

/** Statistics over the rows without errors, duplicates included. Throws UserError D090, D091, D093. */
export async function datasetStats(
  request: DatasetRequest & { tokens?: TokenCounter },
): Promise<DatasetStats> {
  const roles = new Map<Role, { messages: number; characters: number }>();
  const turns = createSeries();
  const characters = createSeries();
  const answers = createSeries();
  const measure = (example: Example): void => {
    let all = 0;
    let answered = 0;
    const { messages, chosen = [], rejected = [] } = example;
    for (const { role, content } of [...messages, ...chosen, ...rejected]) {
      const length = textOf(content)?.length ?? 0;
      const sum = roles.get(role) ?? { messages: 0, characters: 0 };
      sum.messages += 1;
      sum.characters += length;
      roles.set(role, sum);
      all += length;
      if (role === 'assistant') answered += length;
    }
    turns.add(messages.length + chosen.length);
    characters.add(all);
    answers.add(answered);
  };
  const result = await scanDataset(
    await openSources(request),
    { format: await readFormat(request), onError: 'drop', duplicates: { exact: 'keep' }, split: null },
    {
      onExample(_split, row) {
        measure(row.example);
        return request.tokens?.add(row);
      },
      ...(request.onProgress && { onProgress: request.onProgress }),
    },
  );
  const counted = result.ledger.kept > 0 ? ((await request.tokens?.finish()) ?? null) : null;
  return {
    format: result.format,
    rows: result.rows,
    ledger: result.ledger,
    fingerprint: result.fingerprint,
    files: result.files,
    roles: Object.fromEntries(roles),
    tokens: counted?.tokens ?? null,
    trained_tokens: counted?.trained_tokens ?? null,
    untrainable: counted?.dropped ?? null,
    percentiles: {
      turns: turns.percentiles(),
      characters: characters.percentiles(),
      answer_characters: answers.percentiles(),
      tokens: counted?.lengths ?? null,
      trained_tokens: counted?.trained_lengths ?? null,
    },
  };
}

// Numbers of a million rows, eight bytes each.
function createSeries(): { add(value: number): void; percentiles(): Percentiles } {
  let values = new Float64Array(1024);
  let count = 0;
  return {
    add(value) {
      if (count === values.length) {
        const bigger = new Float64Array(count * 2);
        bigger.set(values);
        values = bigger;
      }
      values[count] = value;
      count += 1;
    },
    percentiles() {
      const sorted = values.slice(0, count).sort();
      // The nearest rank: the smallest value that at least that share of the rows does not exceed.
      const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * count) - 1)] ?? 0;
      const mean = count === 0 ? 0 : sorted.reduce((sum, value) => sum + value, 0) / count;
      return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1), mean: Math.round(mean * 10) / 10 };
    },
  };
}
