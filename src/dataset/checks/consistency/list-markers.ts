import { compareAnswers, styleThresholds } from '../../across/compare-styles.ts';
import { sampleRows } from '../../across/sample-rows.ts';
import { countOf, quote } from '../../across/wording.ts';
import type { Check } from '../check.ts';

const marker = /(?:^|\n)[ \t]{0,8}(?:([-*•–+·])|(\d{1,3}|[a-zA-Z])([.)]|\. ?\)|、))[ \t]+\S/;
const second = /\n[ \t]{0,8}(?:[-*•–+·]|(?:\d{1,3}|[a-zA-Z])(?:[.)]|、))[ \t]+\S/;

export const listMarkers: Check = {
  code: 'D146',
  name: 'list-markers',
  severity: 'note',
  group: 'consistency',
  title: 'Nearly all lists have one kind of marker, a few have another.',
  prose:
    'Lists in most answers open their lines with one marker (`-`, or `1.`), and a few with another (`*`, `•`, `1)`). Bullets are compared with bullets, numbers with numbers, and letters with letters.',
  hint: 'write lists with one kind of marker',
  thresholds: { ...styleThresholds, share: { ...styleThresholds.share, default: 0.9 } },
  bad: [
    {
      text: sampleRows((row, i) => ({
        ...row,
        output: `${row.output}\n${i === 1 ? '*' : '-'} see page ${i + 1}\n${i === 1 ? '*' : '-'} see chapter ${40 - i}`,
      })),
      pointer: '/output',
    },
  ],
  good: [
    sampleRows((row, i) => ({
      ...row,
      output: `${row.output}\n- see page ${i + 1}\n- see chapter ${40 - i}`,
    })),
    sampleRows((row, i) => ({
      ...row,
      output: `${row.output}\n${i === 1 ? '1.' : '-'} see page ${i + 1}\n${i === 1 ? '2.' : '-'} see chapter ${40 - i}`,
    })),
  ],
  across: (thresholds) =>
    compareAnswers(
      thresholds,
      (text) => {
        // Inside fences a marker can mean anything.
        if (!text.includes('\n') || text.includes('```')) return null;
        const found = marker.exec(text);
        if (!found || !second.test(text.slice(found.index + found[0].length))) return null;
        const [, bullet, number, after] = found;
        if (bullet) return `bullets|${bullet}`;
        return /\d/.test(number ?? '') ? `numbers|1${after}` : `letters|a${after}`;
      },
      ({ count, total, style, usual }) =>
        `${countOf(count, total, 'such lists')} ${count === 1 ? 'has' : 'have'} the marker ${quote(style)}; most have ${quote(usual)}.`,
    ),
};
