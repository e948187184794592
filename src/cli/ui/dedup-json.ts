// `lorch data dedup --json`: the fixed object (DESIGN §5) and more keys, one pair a line, as there may be millions.
import type { DedupedDataset } from '../../app/data/near/dedup-dataset.ts';
import { countClasses, type Leak, listLeaks, listPairs } from '../../app/data/near/near-report.ts';
import type { RowPlace } from '../../dataset/example.ts';
import type { Context } from '../context.ts';

/** Prints it. */
export function printDedupJson(
  context: Context,
  { rows, files, unread, near, written }: DedupedDataset,
): void {
  const pairs = listPairs(near);
  const groups = near.groups.map(({ kept, members, reason, dropped }) => ({
    kept: kept.place.row,
    members: members.map(({ place }) => place.row),
    reason,
    dropped: dropped.map(({ place }) => place.row),
  }));
  const drops = near.dropped.map(({ row, code, of }) => ({
    row: row.place.row,
    code,
    of: of.side === 'train' ? of.place.row : shortPlace(of.place),
  }));
  const text = (value: unknown): string => JSON.stringify(value);
  const member = (name: string, value: unknown): string => `  ${text(name)}: ${text(value)}`;
  context.stdout.write(
    `{\n${[
      member('lorch', 1),
      member('rows', rows),
      member('files', files),
      member('unread', unread),
      member('classes', countClasses(near)),
      ...(near.bands ? [member('bands', near.bands)] : []),
      member('exact', near.exact),
      member('dropped', drops),
      member('leaks', listLeaks(near).map(leakObject)),
      ...(written ? [member('written', written)] : []),
    ].join(',\n')},\n`,
  );
  writeList(context, 'groups', groups.map(text));
  context.stdout.write(',\n');
  writeList(context, 'pairs', pairs.map(text));
  context.stdout.write('\n}\n');
}

const linesAtOnce = 5000;

function writeList(context: Context, name: string, lines: readonly string[]): void {
  context.stdout.write(`  ${JSON.stringify(name)}: [`);
  for (let i = 0; i < lines.length; i += linesAtOnce)
    context.stdout.write(
      lines
        .slice(i, i + linesAtOnce)
        .map((line, k) => `${i + k > 0 ? ',' : ''}\n    ${line}`)
        .join(''),
    );
  context.stdout.write(lines.length > 0 ? '\n  ]' : ']');
}

function leakObject({ row, of, jaccard, class: kind }: Leak) {
  return { row: row.place.row, side: of.side, of: shortPlace(of.place), jaccard, class: kind };
}

function shortPlace({ file, line }: RowPlace) {
  return { file, line };
}
