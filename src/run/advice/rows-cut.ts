import type { AdviceRule } from './rule.ts';

const mostShare = 0.01;

export const rowsCut: AdviceRule = {
  code: 'A011',
  name: 'rows-cut',
  severity: 'note',
  title: 'max_length cuts more than a few rows.',
  prose:
    'A row that is cut at its end loses the end of the answer, so the model learns to go on when it should stop. A row that is cut at its beginning (`dataset.truncate: left`) loses its system prompt. T010, T011 and T031 name the rows. This advice says which max_length would keep nearly all of them, if the model’s context and the memory allow it. Otherwise shorten the long rows, or drop them: `dataset.truncate: drop`.',
  threshold: 'More than 1 % of the rows are cut, or any row loses the end of its answer.',
  source:
    'What TRL does with long rows (keep_start), as measured for this project; the share is lorch’s choice.',
  check({ truncatedRows, lostEnds, rows, maxLength, uncutP99 }) {
    const all = rows.train + rows.validation;
    if (maxLength === null || truncatedRows === 0) return null;
    if (truncatedRows <= mostShare * all && lostEnds === 0) return null;
    const share = Number(((100 * truncatedRows) / all).toPrecision(2));
    const longer = uncutP99 > maxLength;
    return {
      message: `${share} % of the rows are cut at ${maxLength} tokens${lostEnds > 0 ? `, and ${lostEnds} of them lose the end of their answer` : ''}`,
      hint: longer
        ? `training.max_length: ${Math.ceil(uncutP99)} keeps 99 % of the rows whole`
        : 'shorten the few rows that are longer, or drop them: dataset.truncate: drop',
      data: { truncated_rows: truncatedRows, lost_ends: lostEnds, uncut_p99: uncutP99 },
    };
  },
};
