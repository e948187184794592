// Whether to fine-tune at all comes before every other setting: one note in the plan, and the table on its page.
import type { AdviceRule } from './rule.ts';

/** Below this, all rows fit into a prompt. */
export const veryFewRows = 50;

const matrix = `| what you need | take | because |
|---|---|---|
| a format, a tone or a task that a page of instructions and ten examples convey | prompting | no training, changed in a minute; costs tokens at every call |
| facts, especially facts that change or must be cited | retrieval | fine-tuning teaches facts slowly and encourages invented ones; a document is replaced in a minute |
| a behaviour that prompts alone do not achieve reliably, with hundreds of good rows | LoRA | as good as full fine-tuning on datasets of this size, at a fraction of the memory |
| the same, and the base does not fit the GPU | QLoRA | a quarter of the weights' memory, somewhat slower |
| a new language or field, with more text than an adapter can store (A007) | full fine-tuning | LoRA keeps learning, but more and more slowly; lorch does not do full fine-tuning |
| better answers among answers that are already good, with pairs of preferred and rejected ones | preference tuning | rows show what to say, pairs show what to prefer; use it after fine-tuning, not instead of it. lorch checks pairs (D045) and does not train on them |

You can combine these: most systems use prompts, many use retrieval, and both still help a fine-tuned model.`;

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
