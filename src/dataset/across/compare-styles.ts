// Shared by the style checks: if nearly all answers are written in one style, the few others are reported.
import type { Across, Threshold, Thresholds } from '../checks/check.ts';
import { createFrequentValues, type FrequentValue } from './frequent-values.ts';
import { lastAnswer } from './last-answer.ts';

/** `share` and `rows`, the thresholds of every style check. */
export const styleThresholds = {
  share: { default: 0.95, doc: 'share of the rows compared that must agree before the others stand out' },
  rows: { default: 20, doc: 'rows compared at the least' },
} satisfies Record<string, Threshold>;

/** Rows that differ from nearly all the others. */
export interface Minority {
  style: string;
  count: number;
  /** How the majority is written. */
  usual: string;
  /** Rows compared. */
  total: number;
}

// There are only a few styles; a check that yields more is not comparing styles.
const styleLimit = 200;

/**
 * A check of one style of the last answer. `styleOf` returns null for answers without a style; `family|style` compares
 * styles within each family separately.
 */
export function compareAnswers(
  thresholds: Thresholds,
  styleOf: (text: string) => string | null,
  say: (minority: Minority) => string,
): Across {
  return compareStyles(
    thresholds,
    (example) => {
      const answer = lastAnswer(example);
      const value = answer && styleOf(answer.text);
      return value ? { value, spot: answer.spot } : null;
    },
    say,
  );
}

/** Like `compareAnswers`, for a style of the whole row. */
export function compareStyles(
  thresholds: Thresholds,
  trait: Across['trait'],
  say: (minority: Minority) => string,
): Across {
  return {
    trait,
    collect() {
      const styles = createFrequentValues({ limit: styleLimit });
      return {
        add: styles.add,
        end(report) {
          for (const family of families(styles.atLeast(1)))
            for (const { found, minority } of minorities(family, thresholds))
              report(found.rows, say(minority), {
                rows: minority.count,
                of: minority.total,
                style: minority.style,
                usual: minority.usual,
              });
        },
      };
    },
  };
}

function families(styles: readonly FrequentValue[]): FrequentValue[][] {
  const split = new Map<string, FrequentValue[]>();
  for (const each of styles) {
    const family = each.value.slice(0, each.value.indexOf('|') + 1);
    const style = { ...each, value: each.value.slice(family.length) };
    split.set(family, [...(split.get(family) ?? []), style]);
  }
  return [...split].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, of]) => of);
}

function minorities(
  styles: readonly FrequentValue[],
  { share = 1, rows = 0 }: Thresholds,
): { found: FrequentValue; minority: Minority }[] {
  const total = styles.reduce((sum, { count }) => sum + count, 0);
  const [usual, ...others] = styles;
  if (!usual || total < rows || usual.count < share * total) return [];
  return others.map((found) => ({
    found,
    minority: {
      style: found.value,
      count: found.count,
      usual: usual.value,
      total,
    },
  }));
}
