import { compareStyles, styleThresholds } from '../../across/compare-styles.ts';
import { countOf } from '../../across/wording.ts';
import type { Check } from '../check.ts';

export const toolsInSome: Check = {
  code: 'D155',
  name: 'tools-in-some',
  severity: 'note',
  group: 'consistency',
  title: 'Nearly all rows declare tools, a few do not; or the reverse.',
  prose:
    'Rows without tools beside many with them can be on purpose: they show the model when to answer by itself. If only a few rows have no tools, their tools were usually lost; if only a few have tools, these are too rare to teach anything.',
  hint: 'declare the tools in all rows, even in rows that call none, or keep such rows apart',
  thresholds: styleThresholds,
  bad: [{ text: weatherRows((i) => i !== 2) }],
  good: [weatherRows(() => true), weatherRows(() => false)],
  across: (thresholds) =>
    compareStyles(
      thresholds,
      ({ tools }) => ({ value: tools && tools.length > 0 ? 'with' : 'without', spot: wholeRow }),
      ({ count, total, style }) =>
        `${countOf(count, total, 'rows')} ${count === 1 ? 'is' : 'are'} ${style} tools, unlike the others.`,
    ),
};

const wholeRow = { message: -1 };

function weatherRows(declares: (i: number) => boolean): string {
  const towns =
    'Lyon Turin Porto Gent Graz Bonn Metz Kiel Oslo Bari Linz York Bern Cork Riga Nice Jena Pisa Ulm Baden';
  const tool = {
    type: 'function',
    function: { name: 'weather', parameters: { type: 'object', properties: {} } },
  };
  return towns
    .split(' ')
    .map((town, i) => ({
      messages: [
        { role: 'user', content: `Do I need an umbrella in ${town}?` },
        { role: 'assistant', content: `${town} expects ${i + 3} mm of rain, so take one.` },
      ],
      ...(declares(i) && { tools: [tool] }),
    }))
    .map((row) => `${JSON.stringify(row)}\n`)
    .join('');
}
