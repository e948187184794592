// An example as a row of another format; of a preference pair most formats hold the chosen answer only.
import { isPair } from '../checks/run-on-pair.ts';
import type { Example } from '../example.ts';
import type { Rendered, WritableFormat } from './format.ts';

/** The row that `target` has for an example, and what it cannot hold of it. */
export function renderRow(target: WritableFormat, example: Example): Rendered {
  if (!isPair(example) || target.holds.has('rejected answers')) return target.render(example);
  const { messages, tools, chosen, meta } = example;
  const { row, lost } = target.render({ messages: [...messages, ...chosen], ...(tools && { tools }), meta });
  return { row, lost: ['rejected answers', ...lost] };
}
