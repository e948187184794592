import { compareStyles, styleThresholds } from '../../across/compare-styles.ts';
import { sampleRows } from '../../across/sample-rows.ts';
import { countOf, quote } from '../../across/wording.ts';
import { textOf } from '../../content.ts';
import type { Check } from '../check.ts';

const plain = 'none';
// What people put around prompts for a model without a chat template.
const wrapper =
  /^\s*(Below is an instruction that|#{2,3} ?(?:Instruction|Human|User|System|Question)\b:?|\[INST\]|<<SYS>>|<\|(?:im_start|user|system|start_header_id)\|>)|\n\s*(#{2,3} ?(?:Input|Response|Answer|Assistant)\b:?)/;
// `Question: … Answer:`, if the prompt ends as if the answer were to go on from there.
const pair =
  /^\s*(?:Q|Question|Human|User|USER|Instruction|Input|Prompt)\s?:[\s\S]*\n\s*(?:A|Answer|Assistant|ASSISTANT|AI|Response|Output)\s?:\s*$/;
const glued = /\n\s*(?:Input|INPUT|Context)\s?:/;

export const promptTemplate: Check = {
  code: 'D154',
  name: 'prompt-template',
  severity: 'warning',
  group: 'consistency',
  title: 'A few prompts are wrapped in a template of their own, nearly all others are not; or the reverse.',
  prose:
    'Wrappers such as `### Instruction:`, `[INST]` or `Human:` belong to a prompt template, which the chat template replaces. In a few rows of a dataset they show that rows of several sources were joined. An input that was glued in (`Input: …`) while other rows keep it in a field counts as well.',
  hint: 'remove the wrapper from the text; the chat template adds what the model needs',
  thresholds: styleThresholds,
  bad: [
    {
      text: sampleRows((row, i) =>
        i === 2 ? { ...row, instruction: `Question: ${row.instruction}\nAnswer:` } : row,
      ),
      pointer: '/instruction',
    },
  ],
  good: [
    sampleRows(),
    sampleRows((row) => ({ ...row, instruction: `Question: ${row.instruction}\nAnswer:` })),
  ],
  across: (thresholds) =>
    compareStyles(
      thresholds,
      ({ messages }, row) => {
        const at = messages.findIndex(({ role }) => role === 'user');
        const text = at < 0 ? null : textOf(messages[at]?.content ?? null);
        if (text === null) return null;
        const value = templateOf(text, row.input === '');
        return { value, spot: { message: at, field: 'content' } };
      },
      ({ count, total, style, usual }) =>
        style === plain
          ? `${countOf(count, total, 'prompts')} ${count === 1 ? 'has' : 'have'} no ${quote(usual)}; the others do.`
          : `${countOf(count, total, 'prompts')} ${count === 1 ? 'is' : 'are'} written with ${quote(style)}; most have ${usual === plain ? 'no such wrapper' : quote(usual)}.`,
    ),
};

// `inputEmpty`: the row has an empty input field.
function templateOf(text: string, inputEmpty: boolean): string {
  // Look for these signs first, because nearly all prompts have none of them.
  if (text.includes('##') || text.includes('[INST]') || text.includes('<') || text.startsWith('Below')) {
    const found = wrapper.exec(text);
    if (found) return (found[1] ?? found[2] ?? '').trim();
  }
  if (text.trimEnd().endsWith(':') && pair.test(text)) return 'Question: … Answer:';
  return inputEmpty && text.includes('\n') && glued.test(text) ? 'Input:' : plain;
}
