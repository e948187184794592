// What `lorch data dedup` prints: totals, classes, bands, the largest groups, pairs with their differences, what a person
// has to settle.
import type { DedupedDataset } from '../../app/data/near/dedup-dataset.ts';
import {
  countClasses,
  isOwn,
  type Leak,
  leaksLeft,
  listLeaks,
  shownPair,
} from '../../app/data/near/near-report.ts';
import type { RowFacts } from '../../dataset/duplicates/inspect-pairs.ts';
import { type PairBlock, type PairClass, pairClasses } from '../../dataset/duplicates/pair-class.ts';
import { differsBeside } from '../../dataset/duplicates/shown-texts.ts';
import type { OutputStream } from '../context.ts';
import { renderPlace } from './diagnostic.ts';
import { formatCount } from './format.ts';
import { type Ink, paint, visible } from './paint.ts';
import { renderTable } from './table.ts';
import { renderWordDifference } from './word-difference.ts';
import { fitText } from './wrap.ts';

type Style = Pick<OutputStream, 'isTTY' | 'color' | 'columns'>;

const meaning: Record<PairClass, string> = {
  same: 'the same prompt and answer',
  conflict: 'the same prompt, different answers: kept, for you to decide',
  template: 'they differ only in numbers: kept',
  other: 'similar in another way: kept',
};
const pairsOfClass: Record<PairClass, number> = { same: 1, conflict: 5, template: 1, other: 2 };
const shownGroups = 5;
const shownLeaks = 5;

/** The whole report; `shown` makes of an absolute path what users call it. */
export function renderDedup(
  deduped: DedupedDataset,
  style: Style,
  shown: (path: string) => string = (path) => path,
): string {
  const ink = paint(style.color);
  const parts = [
    renderTotals(deduped, ink),
    renderClasses(deduped, style),
    renderBands(deduped, style),
    renderGroups(deduped, ink),
    renderPairs(deduped, style, ink),
    renderLeaks(deduped, style, ink),
    renderFate(deduped, ink, shown),
  ];
  return fitText(parts.filter((part) => part !== '').join('\n'), style);
}

function renderTotals({ rows, files, unread, near }: DedupedDataset, ink: Ink): string {
  const name = files.length === 1 ? (files[0]?.path ?? '') : `${files.length} files`;
  const members = near.groups.reduce((sum, group) => sum + group.members.length, 0);
  const codes = Object.entries(unread).map(([code, n]) => `${formatCount(n)} ${code}`);
  const { row, prompt, answer } = near.exact;
  const exact = [
    { of: row, noun: 'whole row' },
    { of: prompt, noun: 'prompt' },
    { of: answer, noun: 'answer' },
  ].flatMap(({ of, noun }) => (of && of.rows > of.groups ? [plural(of.rows - of.groups, noun)] : []));
  return [
    `${ink.bold(visible(name))}  ${plural(rows, 'row')}, ${formatCount(members)} of them in ${plural(near.groups.length, 'group')} of near-duplicates`,
    ...(exact.length > 0 ? [`repeated exactly: ${exact.join(', ')}`] : []),
    ...(codes.length > 0
      ? [ink.yellow(`not compared because of errors, and kept: ${codes.join(', ')} (see lorch data check)`)]
      : []),
    '',
  ].join('\n');
}

function renderClasses({ near }: DedupedDataset, style: Style): string {
  const counts = countClasses(near);
  const rows = pairClasses.flatMap((each) =>
    counts[each] > 0 ? [[each, formatCount(counts[each]), meaning[each]]] : [],
  );
  if (rows.length === 0) return '';
  return renderTable(
    [{ title: 'class' }, { title: 'pairs', align: 'right' }, { title: 'meaning' }],
    rows,
    style,
  );
}

function renderBands({ near }: DedupedDataset, style: Style): string {
  if (!near.bands) return '';
  const rows = near.bands.map(({ from, pairs }, i) => {
    const to = near.bands?.[i + 1]?.from;
    return [to === undefined ? `${from} to 1` : `${from} to below ${to}`, formatCount(pairs)];
  });
  return renderTable([{ title: 'similarity' }, { title: 'pairs', align: 'right' }], rows, style);
}

function renderGroups({ near }: DedupedDataset, ink: Ink): string {
  const large = near.groups
    .filter(({ members }) => members.length > 2)
    .sort((a, b) => b.members.length - a.members.length)
    .slice(0, shownGroups);
  if (large.length === 0) return '';
  const lines = large.map(({ kept, members, reason, dropped }) => {
    const some = members.slice(0, 4).map(where).join(', ');
    const more = members.length > 4 ? ', …' : '';
    return `  ${plural(members.length, 'row')}, ${formatCount(dropped.length)} to drop; keeps ${where(kept)} ${ink.dim(`(${reason})`)}: ${some}${more}\n`;
  });
  return `${ink.bold('Largest groups')}\n${lines.join('')}`;
}

function renderPairs({ near }: DedupedDataset, style: Style, ink: Ink): string {
  const own = near.blocks.filter(isOwn);
  const lines = pairClasses.flatMap((each) =>
    own
      .filter((block) => block.class === each)
      .flatMap((block) => {
        const pair = shownPair(block);
        return pair ? [{ block, pair }] : [];
      })
      .sort((a, b) => a.pair[0].place.row - b.pair[0].place.row)
      .slice(0, pairsOfClass[each])
      .map(({ block, pair }) => renderPair(block, pair, style, ink)),
  );
  if (lines.length === 0) return '';
  const more = Object.values(countClasses(near)).reduce((sum, n) => sum + n, 0) - lines.length;
  const rest = more > 0 ? ink.dim(`  … and ${formatCount(more)} more\n`) : '';
  return `${ink.bold('Pairs')}\n${lines.join('')}${rest}`;
}

function renderPair(
  { class: kind, shared, union }: Pick<PairBlock, 'class' | 'shared' | 'union'>,
  [a, b]: [RowFacts, RowFacts],
  style: Style,
  ink: Ink,
): string {
  const tint = { same: ink.blue, conflict: ink.yellow, template: ink.dim, other: ink.cyan }[kind];
  const field = (name: 'prompt' | 'answer'): string =>
    `    ${name.padEnd(7)}${renderWordDifference(a.texts?.[name] ?? '', b.texts?.[name] ?? '', style)}\n`;
  const beside = a.texts && b.texts ? differsBeside(a.texts, b.texts) : [];
  const others = beside.map(
    (each) =>
      `    ${ink.bold(`${each.field} differ${each.field.endsWith('s') ? '' : 's'}`)}: ${renderWordDifference(each.a, each.b, style)}\n`,
  );
  return `  ${tint(kind)} ${(shared / union).toFixed(2)}  ${where(a)}  ${where(b)}\n${field('prompt')}${field('answer')}${others.join('')}`;
}

function renderLeaks({ near }: DedupedDataset, style: Style, ink: Ink): string {
  const leaks = listLeaks(near);
  if (leaks.length === 0) return '';
  const rows = new Set(leaks.map(({ row }) => row)).size;
  const shown = leaks.slice(0, shownLeaks).map((leak) => renderLeak(leak, style, ink));
  const more =
    leaks.length > shownLeaks ? ink.dim(`  … and ${formatCount(leaks.length - shownLeaks)} more\n`) : '';
  return `${ink.red(ink.bold(`Leaks: ${plural(rows, 'row')} like rows that must not be trained on`))}\n${shown.join('')}${more}`;
}

function renderLeak({ row, of, jaccard, class: kind }: Leak, style: Style, ink: Ink): string {
  const code = of.side === 'validation' ? 'D163' : 'D164';
  const texts =
    row.texts && of.texts
      ? `    prompt ${renderWordDifference(row.texts.prompt, of.texts.prompt, style)}\n`
      : '';
  return `  ${where(row)}  ${ink.red(code)} ${kind} ${jaccard.toFixed(2)}  ${of.side} ${where(of)}\n${texts}`;
}

function renderFate(
  { rows, near, written }: DedupedDataset,
  ink: Ink,
  shown: (path: string) => string,
): string {
  const codes = new Map<string, number>();
  for (const { code } of near.dropped) codes.set(code, (codes.get(code) ?? 0) + 1);
  const why = [...codes].map(([code, n]) => `${formatCount(n)} ${code}`).join(', ');
  const dropped = near.dropped.length;
  if (written) {
    const { kept, out, ledger, faulty } = written;
    const bad = Object.entries(faulty);
    const leaks = leaksLeft(near, true);
    const errors = bad.reduce((sum, [, n]) => sum + n, 0);
    return [
      `${ink.green(`${formatCount(kept)} of ${formatCount(rows)} rows written: ${visible(shown(out))}`)}${dropped > 0 ? `, dropped ${why}` : ''}\n`,
      errors > 0
        ? ink.yellow(
            `${formatCount(errors)} of them ${errors === 1 ? 'has an error' : 'have errors'}: ${bad.map(([code, n]) => `${formatCount(n)} ${code}`).join(', ')}\n`,
          )
        : '',
      // Rows that are the same as a validation row are dropped by default; those that are only like one are not.
      leaks > 0
        ? ink.yellow(
            `${plural(leaks, 'row')} like validation or benchmark rows ${leaks === 1 ? 'is' : 'are'} still in it; --action drop drops them too\n`,
          )
        : '',
      `ledger: ${visible(shown(ledger))}\n`,
    ].join('');
  }
  return dropped > 0 ? `-o OUT would drop ${plural(dropped, 'row')} (${why})\n` : 'nothing to drop\n';
}

function where({ place: { file, line } }: RowFacts): string {
  return visible(renderPlace({ file, line }));
}

function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
