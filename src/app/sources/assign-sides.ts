// The first pass of a split by strata or groups: decides the side of each row.
import { type AssignedSides, createSideAssigner } from '../../dataset/assign-sides.ts';
import { duplicateKey } from '../../dataset/duplicates/duplicate-key.ts';
import { createRowGroups, type GroupedRows, growing } from '../../dataset/groups/row-groups.ts';
import { createSeenFields } from '../../dataset/groups/seen-fields.ts';
import { scanDataset } from '../../dataset/scan/scan.ts';
import type { DataSource, ScannedFile, ScanOptions } from '../../dataset/scan/scan-types.ts';
import type { SplitOptions } from '../../dataset/split.ts';
import { findStrata } from '../../dataset/strata.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { errorsOnly } from './choose-checks.ts';

/** Additional rules of a split: strata, and fields whose rows stay together. */
export interface SideRules {
  /** A stratification for strata.ts; null for none. */
  stratify: string | null;
  /** Fields, or `growing`; empty for none. */
  groupBy: readonly string[];
}

export interface ReadSides extends AssignedSides {
  files: ScannedFile[];
  /** For each field of `groupBy`: the number of its values, and of rows without one. */
  groups: GroupedRows['fields'];
}

/** Whether the rules need a pass over all rows. */
export function needsView({ stratify, groupBy }: SideRules): boolean {
  return stratify !== null || groupBy.length > 0;
}

/** Reads the sources once; `options` are those of the scan that follows. Throws UserError D173, D195. */
export async function assignSides(
  sources: readonly DataSource[],
  options: ScanOptions & { split: SplitOptions },
  { stratify, groupBy }: SideRules,
  onProgress?: (rows: number, bytes: number) => void,
): Promise<ReadSides> {
  const stratumOf = stratify === null ? () => 'all rows' : findStrata(stratify);
  const assigner = createSideAssigner(options.split);
  const groups = groupBy.length === 0 ? null : createRowGroups(groupBy);
  const seen = createSeenFields();
  const strata: [row: number, stratum: string][] = [];
  const { files } = await scanDataset(
    sources,
    { ...options, split: null, checks: errorsOnly(options.checks ?? {}) },
    {
      onExample(_side, { row, example, place, text }) {
        const key = options.decided?.get(row)?.group ?? duplicateKey(example);
        if (!groups) return assigner.add(row, key, stratumOf(example, place.file));
        groups.add(row, key, example, text);
        seen.add(example.meta);
        strata.push([row, stratumOf(example, place.file)]);
      },
      ...(onProgress && { onProgress }),
    },
  );
  const grouped = groups?.end();
  refuseUnknownField(grouped, strata.length, seen.names());
  if (grouped) for (const [row, stratum] of strata) assigner.add(row, grouped.keyOf(row), stratum);
  return { ...assigner.end(), files, groups: grouped?.fields ?? [] };
}

// A field that no row has is probably misspelt.
function refuseUnknownField(grouped: GroupedRows | undefined, rows: number, names: readonly string[]): void {
  const missing = rows > 0 ? grouped?.fields.find(({ without }) => without === rows) : undefined;
  if (!missing) return;
  throw new UserError('D173', `No row has a field ${JSON.stringify(missing.field)} to group by.`, {
    hint:
      names.length === 0
        ? `the rows have no fields beside their texts; ${growing} groups rows that continue each other`
        : `the rows have: ${names.join(', ')}`,
  });
}

/** Throws UserError D091 if a file changed between two readings. */
export function refuseChanged(first: readonly ScannedFile[], second: readonly ScannedFile[]): void {
  const changed = second.find(({ sha256 }, i) => sha256 !== first[i]?.sha256);
  if (changed)
    throw new UserError('D091', `${changed.path} changed while it was read.`, {
      hint: 'try again when no program writes to it',
    });
}
