// How a review stands, outside the review screen: after it, and for --status.
import { basename } from 'node:path';
import type { Finished } from '../../app/review/finish-review.ts';
import type { ReviewStatus } from '../../app/review/review-status.ts';
import { reviewLogPath } from '../../app/sources/verdict-log.ts';
import { upperBound } from '../../dataset/review/clopper-pearson.ts';
import type { Judgement } from '../../dataset/review/judge-review.ts';
import { percentText } from '../../run/review-sentence.ts';
import type { ReviewIndexRow } from '../../store/reviews.ts';
import type { OutputStream } from '../context.ts';
import { formatAge, formatCount } from './format.ts';
import { type Ink, paint, visible } from './paint.ts';
import { boundText, missing, plural } from './review-screen.ts';
import { renderTable } from './table.ts';

type Style = Pick<OutputStream, 'isTTY' | 'color' | 'columns'>;

/** Two lines: what was read and found, and what that means. */
export function renderJudgement(judgement: Judgement, limit: number, style: Style): string {
  const ink = paint(style.color);
  const { read, open, disputed, sample, pooled } = judgement;
  const parts = [
    `${plural(read, 'row')} read`,
    plural(sample.defects, 'defect') + (open > 0 ? ` (${open} skipped)` : ''),
    ...(disputed > 0 ? [`${disputed} disputed`] : []),
    boundText(judgement, limit, ink),
  ];
  const earlier =
    pooled && pooled.defects > sample.defects
      ? `${ink.dim(`with earlier versions: ${plural(pooled.defects, 'defect')} in ${plural(pooled.rows, 'row')}, at most ${percentText(pooled.bound)}`)}\n`
      : '';
  return `${parts.join(' · ')}\n${earlier}${missing(judgement, limit)}\n`;
}

/** Everything `--status` prints without --json. */
export function renderStatus(status: ReviewStatus, style: Style): string {
  const ink = paint(style.color);
  const { reviewers, agreement, checks, disputes } = status;
  const right = { align: 'right' as const };
  const parts = [
    `${heading(status, ink)}\n${status.own ? renderJudgement(status.judgement, status.limit, style) : ''}`,
    renderInherited(status, style),
    renderTable(
      [
        { title: 'reviewer' },
        ...['accepted', 'rejected', 'edited', 'skipped'].map((title) => ({ title, ...right })),
      ],
      reviewers.map((each) => [
        each.reviewer,
        ...[each.accepted, each.rejected, each.edited, each.skipped].map(formatCount),
      ]),
      style,
    ),
    agreement.pairs.length > 0
      ? renderTable(
          [{ title: 'agreement' }, ...['rows', 'same', 'kappa'].map((title) => ({ title, ...right }))],
          agreement.pairs.map(({ reviewers: pair, rows, agreement: share, kappa }) => [
            pair.join(' and '),
            formatCount(rows),
            percentText(share),
            kappa === null ? '–' : kappa.toFixed(2),
          ]),
          style,
        )
      : '',
    checks.length > 0
      ? renderTable(
          [{ title: 'check' }, ...['rows', 'defects', 'precision'].map((title) => ({ title, ...right }))],
          checks.map(({ code, rows, defects, precision }) => [
            code,
            formatCount(rows),
            formatCount(defects),
            percentText(precision),
          ]),
          style,
        )
      : '',
    disputes.length > 0
      ? `${ink.yellow(`${plural(disputes.length, 'disputed row')}:`)} ${disputes
          .slice(0, 5)
          .map(({ row, at }) => (at ? visible(`${at.file}:${at.line}`) : row.slice(0, 12)))
          .join(', ')}${disputes.length > 5 ? ' …' : ''}\n`
      : '',
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function heading({ log, own, rows, fingerprint, version }: ReviewStatus, ink: Ink): string {
  const name = ink.bold(visible(basename(own ? log : log.slice(0, -reviewLogPath('').length))));
  const state = own
    ? 'no rows were drawn from this version of the dataset yet'
    : 'it has no review of its own';
  const drawn = version === null ? `\n${ink.yellow(state)}` : '';
  return `${name}  ${formatCount(rows)} rows, fingerprint ${fingerprint.slice(0, 16)}${drawn}`;
}

// What reviews of the files behind the dataset say of its rows.
function renderInherited(
  { inherited, uncovered, rows, open, lost, limit }: ReviewStatus,
  style: Style,
): string {
  if (inherited.length === 0 && lost.length === 0) return '';
  const ink = paint(style.color);
  const lines = inherited.map(
    ({ log, rows: mine, judgement }) =>
      `${ink.bold(visible(log))} covers ${formatCount(mine)} of the ${plural(rows, 'row')}\n` +
      renderJudgement(judgement, limit, style),
  );
  const sum =
    uncovered === 0
      ? open
        ? 'every row is covered by a passed review'
        : ink.yellow('a review found too many defects')
      : ink.yellow(`${plural(uncovered, 'row')} not covered by a passed review`);
  return [...lines, ...lost.map((each) => `${ink.yellow(visible(each))}\n`), `${sum}\n`].join('');
}

/** What `--finish` did. */
export function renderFinished(finished: Finished, out: string, style: Style): string {
  const ink = paint(style.color);
  const left = Object.entries(finished.dropped).map(([code, n]) => `${formatCount(n)} ${code}`);
  return [
    `${ink.bold(visible(out))}  ${formatCount(finished.kept)} of ${formatCount(finished.rows_in)} rows, ${plural(finished.fixed, 'edit')}${left.length > 0 ? `, dropped ${left.join(', ')}` : ''}`,
    ink.dim(
      `fingerprint ${finished.fingerprint.slice(0, 16)}; ${visible(out)}.ledger.jsonl, .lineage.json and .review.jsonl beside it`,
    ),
    finished.covered
      ? 'the review covers the new version'
      : ink.yellow('the new version needs a review of its own: some changed rows were not reviewed'),
    '',
  ].join('\n');
}

/** The reviews on record in a workspace. */
export function renderReviews(reviews: readonly ReviewIndexRow[], style: Style, now: number): string {
  const right = { align: 'right' as const };
  return renderTable(
    [
      { title: 'log' },
      { title: 'version' },
      ...['rows', 'read', 'defects', 'at most'].map((title) => ({ title, ...right })),
      { title: 'reviewers' },
      { title: 'last' },
    ],
    reviews.map(({ log, dataset, rows, rowsRead, defects, reviewers, lastMs }) => [
      log,
      dataset.slice(0, 12),
      formatCount(rows),
      formatCount(rowsRead),
      formatCount(defects),
      rowsRead === 0 ? '–' : percentText(upperBound(defects, rowsRead)),
      reviewers.join(', '),
      formatAge(now - lastMs),
    ]),
    style,
  );
}
