// Reports what a split separates: groups by a field, and conversations that continue each other.
import type { Finding } from '../../diagnostics/finding.ts';
import type { Check } from '../checks/check.ts';
import { dividedConversation } from '../checks/consistency/divided-conversation.ts';
import { dividedGroup } from '../checks/consistency/divided-group.ts';
import type { ResolvedChecks } from '../scan/check-settings.ts';
import type { KeptRow } from '../scan/scan-types.ts';
import type { Split } from '../split.ts';
import { createGrowthFinder } from './growing.ts';
import { createStraddleFinder } from './straddling.ts';

export interface SplitWatch {
  /** Adds every kept row. */
  add(side: Split, row: KeptRow): void;
  /** After the last row: one finding per field, and one for all growing conversations. */
  findings(): Finding[];
}

/** Watches one split. `separate`: validation has separate files, so `group_by` cannot help. */
export function createSplitWatch(separate: boolean, { severityOf }: ResolvedChecks): SplitWatch {
  const [groups, growth] = [severityOf(dividedGroup), severityOf(dividedConversation)];
  const fields = groups === null ? null : createStraddleFinder(separate);
  const conversations = growth === null ? null : createGrowthFinder();
  const findingOf = (
    check: Check,
    message: string,
    hint: string,
    rest: Pick<Finding, 'at' | 'data'>,
  ): Finding => {
    const severity = severityOf(check) ?? check.severity;
    return { code: check.code, name: check.name, severity, message, hint, ...rest };
  };
  return {
    add(side, { example, place }) {
      fields?.add(side, example.meta, place);
      conversations?.add(side, example, place);
    },
    findings() {
      const found = (fields?.end() ?? []).map(({ field, groups: all, onBothSides, place }) => {
        const { row: _row, ...at } = place;
        return findingOf(
          dividedGroup,
          `${onBothSides} of ${all} values of ${JSON.stringify(field)} have rows in both training and validation.`,
          separate
            ? 'if rows of one value belong together, keep them in one of the two files'
            : `if rows of one value belong together, group by it: dataset.validation.group_by: ${field}, or \`lorch data split --group-by ${field}\``,
          { at, data: { field, groups: all, on_both_sides: onBothSides } },
        );
      });
      const { count, first } = conversations?.acrossSides() ?? { count: 0, first: [] };
      const [example] = first;
      if (example) {
        const { row: _row, ...at } = example.row;
        found.push(
          findingOf(
            dividedConversation,
            `${count} ${count === 1 ? 'row is' : 'rows are'} continued by a row on the other side of the split; this one by ${example.continued.file}:${example.continued.line}.`,
            separate
              ? 'keep all rows of a conversation in one of the two files'
              : 'keep them together: dataset.validation.group_by: growing, or `lorch data split --group-by growing`',
            {
              at,
              data: {
                rows: count,
                places: first.map(
                  ({ row, continued }) => `${row.file}:${row.line} → ${continued.file}:${continued.line}`,
                ),
              },
            },
          ),
        );
      }
      return found;
    },
  };
}
