import type { AdviceRule } from './rule.ts';

const mostShare = 0.01;

export const rowsCut: AdviceRule = {
  code: 'A011',
  name: 'rows-cut',
  severity: 'note',
  title: 'max_length cuts more rows than a stray few.',
  prose:
    'A cut row loses its end, and with it the end of the answer: the model then learns to go on where it should stop. T010 and T011 name the rows; this says which max_length would keep nearly all of them, if the model’s context and the memory allow it. Otherwise shorten or leave out the long rows.',
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
      message: `${share} % of the rows are cut at ${maxLength} tokens, and ${lostEnds} of them lose the end of their answer`,
      hint: longer
        ? `training.max_length: ${Math.ceil(uncutP99)} keeps 99 % of the rows whole`
        : 'the few rows that are longer are better shortened or left out',
      data: { truncated_rows: truncatedRows, lost_ends: lostEnds, uncut_p99: uncutP99 },
    };
  },
};
