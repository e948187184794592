import { createFrequentValues, type FrequentValue } from '../../across/frequent-values.ts';
import { sampleRows } from '../../across/sample-rows.ts';
import { formatNumber, quote } from '../../across/wording.ts';
import { textOf } from '../../content.ts';
import type { Check } from '../check.ts';

const longest = 2_000;
const kinds = 500;
const reported = 20;
const word = /[\p{L}\p{M}]+|\p{N}+/gu;

export const nearEqualSystem: Check = {
  code: 'D153',
  name: 'near-equal-system',
  severity: 'warning',
  group: 'consistency',
  title: 'Two system prompts differ by little.',
  prose:
    'A system prompt was edited while the data grew, or typed twice, so rows have it in two wordings. For the model these are two prompts. The check compares the words of the first 2,000 characters, without case: two prompts are near-equal if they share most of their distinct words. It skips prompts that differ only in numbers, such as a date, and datasets with over 500 system prompts.',
  hint: 'use one wording',
  thresholds: {
    share: { default: 0.85, doc: 'words that two prompts share, of all that either has' },
    ratio: {
      default: 0.2,
      doc: 'rows with the rarer wording against those with the other one, at the most; 1 compares all',
    },
  },
  bad: [
    {
      text: sampleRows((row, i) => ({
        system: `You are a patient teacher who explains every fact in plain words${i === 2 ? '' : '.'}`,
        ...row,
      })),
      pointer: '/system',
    },
  ],
  good: [
    sampleRows((row) => ({ system: 'You are a patient teacher.', ...row })),
    sampleRows((row, i) => ({ system: `You are a patient teacher. Today is ${i + 1} May 2024.`, ...row })),
    sampleRows((row, i) => ({
      system: i % 8 ? 'You are a patient teacher.' : 'Answer as a sailor would, and name a ship.',
      ...row,
    })),
  ],
  across: ({ share = 1, ratio = 1 }) => ({
    trait({ messages }) {
      const at = messages.findIndex(({ role }) => role === 'system' || role === 'developer');
      const text = at < 0 ? null : textOf(messages[at]?.content ?? null);
      return text ? { value: text.slice(0, longest), spot: { message: at, field: 'content' } } : null;
    },
    collect() {
      const prompts = createFrequentValues({ limit: kinds });
      return {
        add: prompts.add,
        end(report) {
          if (prompts.missed() > 0) return;
          const found = nearEqual(prompts.atLeast(1), share, ratio);
          for (const { of, each } of found.slice(0, reported)) {
            const differs = firstDifference(of.value, each.value);
            report(
              each.rows,
              `This system prompt is in ${plural(each.count)} and differs by little from one in ${plural(of.count)}: ${quote(differs.b)} instead of ${quote(differs.a)}.`,
              { rows: each.count, other_rows: of.count },
            );
          }
        },
      };
    },
  }),
};

function plural(count: number): string {
  return `${formatNumber(count)} ${count === 1 ? 'row' : 'rows'}`;
}

// Pairs each rarer prompt with the most frequent one that it nearly equals.
function nearEqual(
  prompts: readonly FrequentValue[],
  share: number,
  ratio: number,
): { of: FrequentValue; each: FrequentValue }[] {
  const words = prompts.map(({ value }) => value.toLowerCase().match(word) ?? []);
  const sets = words.map((each) => new Set(each));
  const found: { of: FrequentValue; each: FrequentValue }[] = [];
  for (const [b, each] of prompts.entries())
    for (const [a, of] of prompts.slice(0, b).entries()) {
      if (each.count > ratio * of.count || sameButNumbers(words[a] ?? [], words[b] ?? [])) continue;
      if (jaccard(sets[a] ?? new Set(), sets[b] ?? new Set()) < share) continue;
      found.push({ of, each });
      break;
    }
  return found;
}

function sameButNumbers(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  let numbers = 0;
  for (const [i, one] of a.entries()) {
    if (one === b[i]) continue;
    if (!/^\p{N}/u.test(one) || !/^\p{N}/u.test(b[i] ?? '')) return false;
    numbers += 1;
  }
  return numbers > 0;
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let both = 0;
  for (const each of a) if (b.has(each)) both += 1;
  const either = a.size + b.size - both;
  return either === 0 ? 1 : both / either;
}

// Both texts, from shortly before their first difference.
function firstDifference(a: string, b: string): { a: string; b: string } {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  const from = Math.max(0, at - 20);
  const cut = (text: string): string => `${from > 0 ? '…' : ''}${text.slice(from, from + 50)}`;
  return { a: cut(a), b: cut(b) };
}
