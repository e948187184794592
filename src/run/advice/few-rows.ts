import { veryFewRows } from './fine-tune-at-all.ts';
import type { AdviceRule } from './rule.ts';

const few = 100;

export const fewRows: AdviceRule = {
  code: 'A016',
  name: 'few-rows',
  severity: 'warning',
  title: 'There are few rows to learn from.',
  prose:
    'Some dozen rows can teach a format or a tone. A task that varies needs hundreds, and the thousand rows of LIMA were chosen with great care. With fewer than a hundred rows, each faulty row matters, and the validation loss depends on a few rows. More varied rows help more than any setting.',
  threshold: 'Fewer than 100 rows to train on; below 50, A020 is shown instead.',
  source: 'Zhou et al., LIMA (arXiv 2305.11206): 1,000 rows. The limit is lorch’s choice.',
  check({ rows }) {
    if (rows.train >= few || rows.train < veryFewRows) return null;
    return {
      message: `${rows.train} rows are few to learn from`,
      hint: 'write more rows that differ, or read every one of these',
      data: { rows: rows.train },
    };
  },
};
