// What `lorch data stats` prints for people.

import type { DatasetStats } from '../../app/data/dataset-stats.ts';
import type { TokenDetails } from '../../app/tokens/count-tokens.ts';
import type { Percentiles } from '../../app/tokens/distribution.ts';
import { quote } from '../../dataset/across/wording.ts';
import type { OutputStream } from '../context.ts';
import { formatCount, formatShare } from './format.ts';
import { renderHistogram } from './histogram.ts';
import { type Ink, paint, visible } from './paint.ts';
import { renderTable } from './table.ts';

type Stream = Pick<OutputStream, 'isTTY' | 'color' | 'columns'>;

// As many rows a review reads one by one.
const readAll = 50;
const shownPlaces = 3;
const shownNames = 8;
const right = { align: 'right' as const };

/** Everything `lorch data stats` prints without --json. */
export function renderStats(stats: DatasetStats, stream: Stream): string {
  const ink = paint(stream.color);
  const parts = [summary(stats, ink), byRole(stats, stream), spread(stats, stream), contents(stats)];
  if (stats.token_details) parts.push(tokens(stats.token_details, stats.rows, ink));
  return parts.filter((part) => part !== '').join('\n');
}

function summary(stats: DatasetStats, ink: Ink): string {
  const { ledger, duplicates } = stats;
  const bad = ledger.rows_in - ledger.kept - duplicates.exact;
  const lines = [
    `${formatCount(stats.rows)} rows, ${stats.format.name}${bad > 0 ? `; ${formatCount(bad)} with errors are left out here` : ''}`,
    ink.dim(`fingerprint ${stats.fingerprint ?? ''}`),
  ];
  if (duplicates.exact > 0)
    lines.push(
      `${count(duplicates.exact, 'row repeats an earlier one exactly and is', 'rows repeat an earlier one exactly and are')} left out, as in a run`,
    );
  if (ledger.kept > 0 && ledger.kept < readAll)
    lines.push(`under ${readAll} rows: a sample is too small to judge the rest, so a review reads them all`);
  if (stats.tokens !== null)
    lines.push(
      `${formatCount(stats.tokens)} tokens, ${formatCount(stats.trained_tokens ?? 0)} of them trained (${formatShare(stats.trained_tokens ?? 0, stats.tokens)})${trainedOn(stats)}`,
    );
  return `${lines.join('\n')}\n`;
}

function trainedOn({ token_details: details }: DatasetStats): string {
  const choice = details?.train_on ?? 'answers';
  return choice === 'answers' ? '' : `, train on ${typeof choice === 'string' ? choice : choice.join(', ')}`;
}

function byRole({ roles }: DatasetStats, stream: Stream): string {
  return renderTable(
    [{ title: 'role' }, { title: 'messages', ...right }, { title: 'characters', ...right }],
    Object.entries(roles).map(([role, { messages, characters }]) => [
      visible(role),
      formatCount(messages),
      formatCount(characters),
    ]),
    stream,
  );
}

function spread({ percentiles, token_details }: DatasetStats, stream: Stream): string {
  const cut = token_details?.cut.length || token_details?.untrained.length;
  return renderTable(
    [{ title: 'a row' }, ...['median', 'p90', 'p99', 'max', 'mean'].map((title) => ({ title, ...right }))],
    Object.entries({
      messages: percentiles.turns,
      characters: percentiles.characters,
      'answer characters': percentiles.answer_characters,
      'tokens before the cut': cut && token_details?.max_length ? token_details.uncut_lengths : null,
      tokens: percentiles.tokens,
      'trained tokens': percentiles.trained_tokens,
    }).flatMap(([name, each]) => (each ? [[name, ...cells(each)]] : [])),
    stream,
  );
}

function cells({ p50, p90, p99, max, mean }: Percentiles): string[] {
  return [p50, p90, p99, max, Math.round(mean * 10) / 10].map((value) => value.toLocaleString('en-US'));
}

function contents({ system_prompts: system, tools, scripts, ledger, roles }: DatasetStats): string {
  const lines = [
    `${Object.hasOwn(roles, 'document') ? 'texts' : 'answers'} by script: ${Object.entries(scripts)
      .map(([name, rows]) => `${name} ${formatCount(rows)}`)
      .join(', ')}`,
  ];
  if (system.rows > 0) {
    const distinct = `${system.exact ? '' : 'at least '}${formatCount(system.distinct)} distinct`;
    const top = system.top
      ? `; ${formatShare(system.top.rows, system.rows)} of them ${visible(quote(system.top.text))}`
      : '';
    lines.push(`system prompts: in ${count(system.rows, 'row', 'rows')}, ${distinct}${top}`);
  }
  if (tools.rows + tools.calling > 0) {
    const called = nameTools(tools.called, tools.called_distinct);
    const declared = nameTools(tools.names, tools.distinct);
    lines.push(
      `tools: declared in ${count(tools.rows, 'row', 'rows')}, called in ${formatCount(tools.calling)} (${count(tools.calls, 'call', 'calls')})${called && `: ${called}`}${declared && declared !== called ? `; declared: ${declared}` : ''}`,
    );
  }
  return ledger.kept > 0 ? `${lines.join('\n')}\n` : '';
}

function nameTools(tools: Readonly<Record<string, number>>, distinct: number): string {
  const names = Object.entries(tools).slice(0, shownNames);
  const more = distinct > names.length ? ` and ${formatCount(distinct - names.length)} more` : '';
  return names.map(([name, times]) => `${visible(name)} ${formatCount(times)}`).join(', ') + more;
}

function tokens(details: TokenDetails & { findings: DatasetFindings }, rows: number, ink: Ink): string {
  const { max_length: limit, truncate, cut, lost_eot, untrained, histogram, longest } = details;
  const split = details.sequences > details.rows;
  const some = (rowsAt: readonly { at: string }[]): string => {
    const more = rowsAt.length > shownPlaces ? ' …' : '';
    return rowsAt.length === 0
      ? ''
      : `: ${rowsAt
          .slice(0, shownPlaces)
          .map(({ at }) => visible(at))
          .join(', ')}${more}`;
  };
  const line = (label: string, found: readonly { at: string }[]): string =>
    `${label} ${formatCount(found.length)} of ${formatCount(rows)} rows${some(found)}`;
  const cuts = truncate === 'right' || truncate === 'left';
  const each = split ? 'a sequence' : 'a row';
  const other = new Map<string, number>();
  for (const { code, name } of details.findings)
    if (!shownApart.has(code)) other.set(`${code} ${name}`, (other.get(`${code} ${name}`) ?? 0) + 1);
  const lines = [
    ...(split
      ? [`${count(details.rows, 'text', 'texts')} split into ${formatCount(details.sequences)} sequences`]
      : []),
    ...(limit !== null && cuts
      ? [line(`max_length ${formatCount(limit)} cuts${truncate === 'left' ? ' the beginning of' : ''}`, cut)]
      : []),
    ...(limit !== null && truncate === 'right'
      ? [line('the end of the last answer is lost in', lost_eot)]
      : []),
    line('nothing is trained in', untrained),
    ...(longest[0] && cut.length === 0
      ? [
          `the longest: ${longest
            .slice(0, shownPlaces)
            .map(({ at, tokens: n }) => `${visible(at)} (${formatCount(n)})`)
            .join(', ')}`,
        ]
      : []),
    ...[...other].map(([code, n]) => `${code}: ${formatCount(n)}`),
  ];
  return [
    `${ink.bold(`tokens ${each}`)}\n${renderHistogram(histogram.tokens, ink)}`,
    `${ink.bold(`trained tokens ${each}`)}\n${renderHistogram(histogram.trained_tokens, ink)}`,
    `${lines.join('\n')}\n`,
  ].join('\n');
}

type DatasetFindings = NonNullable<DatasetStats['token_details']>['findings'];

// Codes whose rows have lines of their own.
const shownApart: ReadonlySet<string> = new Set([
  'T005',
  'T006',
  'T007',
  'T008',
  'T009',
  'T010',
  'T011',
  'T012',
  'T030',
]);

function count(n: number, one: string, many: string): string {
  return `${formatCount(n)} ${n === 1 ? one : many}`;
}
