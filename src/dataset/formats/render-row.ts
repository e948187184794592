// An example as a row of another format; of a preference pair most formats hold the chosen answer only.
import { isPair } from '../checks/structure/run-on-pair.ts';
import { documentOf, type Example } from '../example.ts';
import type { Rendered, WritableFormat } from './format.ts';

/** The row that `target` has for an example, and what it cannot hold of it. */
export function renderRow(target: WritableFormat, example: Example): Rendered {
  // A text has no turns that another format could write.
  if (documentOf(example) !== null && !target.holds.has('whole texts'))
    return { row: null, lost: ['whole texts'] };
  if (!isPair(example) || target.holds.has('rejected answers')) return target.render(example);
  const { messages, tools, chosen, meta } = example;
  const { row, lost } = target.render({ messages: [...messages, ...chosen], ...(tools && { tools }), meta });
  return { row, lost: ['rejected answers', ...lost] };
}
