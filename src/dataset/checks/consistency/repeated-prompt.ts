import { createFrequentValues } from '../../across/frequent-values.ts';
import { hashString } from '../../across/hash-text.ts';
import { onlyAnswer } from '../../across/last-answer.ts';
import { sampleRows } from '../../across/sample-rows.ts';
import { formatNumber, quote } from '../../across/wording.ts';
import { canonicalJson } from '../../canonical-json.ts';
import { textOf } from '../../content.ts';
import type { Example, Message } from '../../example.ts';
import { readVerdict } from '../../meaning/verdict.ts';
import type { Check } from '../check.ts';

const shownUnits = 61;

export const repeatedPrompt: Check = {
  code: 'D141',
  name: 'repeated-prompt',
  severity: 'warning',
  group: 'consistency',
  title: 'The same prompt is in several rows with different answers.',
  prose:
    'If only one answer is right, the rows contradict each other. If many are right, as for a joke, the rows do no harm. The check compares prompts letter for letter, with the system prompt and the tools; `lorch data dedup --near` shows the pairs beside each other. The check skips rows with several answers, greetings and other prompts of a word or two, prompts that many answers fit (a joke, an idea, a story), rows with a label that says which answer is good, and datasets in which such prompts are common.',
  hint: 'read the rows side by side; keep the better answer if they contradict each other',
  thresholds: {
    rows: { default: 2, doc: 'rows with the same prompt at the least' },
    of: { default: 20, doc: 'rows of the dataset at the least' },
    share: { default: 0.3, doc: 'share of the rows at the most: above it several answers are meant' },
  },
  bad: [
    {
      text: sampleRows((row, i) =>
        i === 2 ? { ...row, instruction: 'What is the capital of Portugal?' } : row,
      ),
      pointer: '/instruction',
    },
  ],
  good: [sampleRows()],
  across: ({ rows: least = 2, of = 0, share = 1 }) => ({
    trait(example) {
      if (!onlyAnswer(example) || isJudged(example)) return null;
      // With other tools, the same question can have another answer.
      const texts: string[] = example.tools ? [canonicalJson(example.tools)] : [];
      let shown = '';
      let at = 0;
      for (let i = 0; i < example.messages.length; i += 1) {
        const { role, content } = example.messages[i] as Message;
        if (role === 'assistant') continue;
        const text = textOf(content) ?? '';
        texts.push(role, text);
        if (role !== 'user' || shown !== '') continue;
        shown = text;
        at = i;
      }
      if (isOpen(shown)) return null;
      return {
        value: hashString(texts) + shown.slice(0, shownUnits),
        spot: { message: at, field: 'content' },
      };
    },
    collect() {
      const prompts = createFrequentValues({ limit: 100_000, hashed: true, lean: true });
      return {
        add: prompts.add,
        end(report) {
          const repeated = prompts.atLeast(Math.max(2, least));
          const [most] = repeated;
          if (!most || prompts.total() < of) return;
          const rows = repeated.reduce((sum, { count }) => sum + count, 0);
          if (rows > share * prompts.total()) return;
          const some = prompts.missed() > 0 ? 'At least ' : '';
          report(
            most.rows,
            repeated.length === 1
              ? `${some}${formatNumber(rows)} rows have the prompt ${quote(most.value)} and different answers.`
              : `${some}${formatNumber(repeated.length)} prompts are in several rows (${formatNumber(rows)}) with different answers, most often ${quote(most.value)} (${formatNumber(most.count)}).`,
            { prompts: repeated.length, rows, of: prompts.total(), exact: prompts.missed() === 0 },
          );
        },
      };
    },
  }),
};

const manyFit =
  /\b(?:joke|story|poem|haiku|song|riddle|random|creative|imagin\w*|brainstorm|suggest|ideas?|examples?|generate|write|compose|create|invent|quote|fact|name (?:an?|one|some)|another)\b|笑话|故事|诗|写|创作|生成|随机|举例|例子/i;
const leastWords = 3;

// Many answers fit the prompt, or it says almost nothing.
function isOpen(prompt: string): boolean {
  const long =
    prompt.length >= 40 ||
    (prompt.match(/[\p{Script=Han}\p{Script=Hiragana}]|[^\s\p{Script=Han}]+/gu)?.length ?? 0) >= leastWords;
  return !long || manyFit.test(prompt.slice(0, 300));
}

// The good and the bad answer to one prompt.
function isJudged({ meta }: Example): boolean {
  for (const key in meta) if (readVerdict(key, meta[key]) !== null) return true;
  return false;
}
