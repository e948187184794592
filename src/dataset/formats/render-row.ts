// Writes an example as a row of another format; most formats store only the chosen answer of a preference pair.
import { isPair } from '../checks/structure/run-on-pair.ts';
import { documentOf, type Example } from '../example.ts';
import type { Rendered, WritableFormat } from './format.ts';

/** The row of an example in the `target` format, and what the format cannot store. */
export function renderRow(target: WritableFormat, example: Example): Rendered {
  // A text has no turns, so other formats cannot write it.
  if (documentOf(example) !== null && !target.holds.has('whole texts'))
    return { row: null, lost: ['whole texts'] };
  if (!isPair(example) || target.holds.has('rejected answers')) return target.render(example);
  const { messages, tools, chosen, meta } = example;
  const { row, lost } = target.render({ messages: [...messages, ...chosen], ...(tools && { tools }), meta });
  return { row, lost: ['rejected answers', ...lost] };
}
