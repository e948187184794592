// The decision before all others, short: one note if its signs hold, the matrix on its page.
import type { AdviceRule } from './rule.ts';

/** Below this, a prompt holds all that the rows could teach. */
export const veryFewRows = 50;

const matrix = `| what you need | take | because |
|---|---|---|
| a format, a tone or a task that a page of instructions and ten examples convey | prompting | no training, changed in a minute; costs tokens at every call |
| facts, above all facts that change or must be cited | retrieval | fine-tuning teaches facts slowly and invites invention; a document is replaced in a minute |
| a behaviour that prompts do not hold, with hundreds of good rows | LoRA | as good as full fine-tuning on datasets of this size, at a fraction of the memory |
| the same, and the base does not fit the GPU | QLoRA | a quarter of the weights' memory, somewhat slower |
| a new language or field, with more text than an adapter holds (A007) | full fine-tuning | LoRA learns on, but ever more slowly; lorch does not do this |
| better among answers that are good already, with pairs of preferred and rejected ones | preference tuning | rows show what to say, pairs what to prefer; after fine-tuning, not instead of it. lorch checks pairs (D045) and does not train on them |

They combine: most systems prompt, many retrieve, and a fine-tuned model still gains by both.`;

export const fineTuneAtAll: AdviceRule = {
  code: 'A020',
  name: 'fine-tune-at-all',
  severity: 'note',
  title: 'Is fine-tuning what you need?',
  prose: `So few rows fit into a prompt. Try that first: the same model, instructions, and the best of these rows as examples. If the answers are good enough, you need no training. If not, their errors show which rows to write.\n\n${matrix}`,
  threshold: 'Fewer than 50 rows to train on.',
  source:
    'Facts: Ovadia et al., Fine-Tuning or Retrieval? (arXiv 2312.05934), Gekhman et al. (arXiv 2405.05904). Size: LoRA Without Regret (Thinking Machines, 2025). Pairs: Rafailov et al., DPO (arXiv 2305.18290). The limit is lorch’s choice.',
  check({ rows }) {
    if (rows.train >= veryFewRows) return null;
    return {
      message: `${rows.train} rows fit into a prompt: try the base with them as examples before you train`,
      hint: '`lorch explain A020` shows when to prompt, retrieve, fine-tune or tune by preference',
      data: { rows: rows.train },
    };
  },
};
