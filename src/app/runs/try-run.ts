// Compares base and adapter: greedy answers to the same prompts, side by side.
import { z } from 'zod';
import { UserError } from '../../diagnostics/user-error.ts';
import type { PythonEnv } from '../../python/environment.ts';
import { type RunTrainerOptions, runTrainer } from '../../python/run-trainer.ts';
import { type AdapterRequest, findAdapter, fusedFirst, modelSpec } from './finished-adapter.ts';

export interface TryRequest extends AdapterRequest {
  python: PythonEnv;
  /** User messages to ask; by default the run's held-out rows. */
  prompts: readonly string[];
  system?: string;
  maxNewTokens: number;
  options?: RunTrainerOptions;
}

export interface TriedPrompt {
  /** The row it came from; null for a prompt of the user. */
  row: number | null;
  messages: { role: string; content: unknown }[];
  /** The answer in the held-out row. */
  expected: string | null;
  base: string;
  adapter: string;
}

export interface TriedRun {
  run: string;
  prompts: TriedPrompt[];
}

interface Asked extends Pick<TriedPrompt, 'row' | 'messages' | 'expected'> {
  tools?: unknown[];
}

const answers = z.object({ answers: z.array(z.object({ base: z.string(), adapter: z.string() })) });

/** Asks both. Throws UserError R152 (no adapter), R153 (nothing to ask), and the trainer's errors. */
export async function tryRun(request: TryRequest): Promise<TriedRun> {
  const finished = await findAdapter(request);
  const { plan, id, adapter, tokenizer } = finished;
  const plain = plan.dataset.template.kind === 'none';
  if (plain && request.system)
    throw new UserError('U123', 'the run was trained on plain texts, and these have no system message', {
      hint: 'omit --system; --prompt is the beginning of a text that the model continues',
    });
  const asked =
    request.prompts.length > 0
      ? request.prompts.map((text) => (plain ? ownText(text) : ownPrompt(text, request.system)))
      : plan.dataset.held_out.flatMap(heldOutPrompt);
  if (asked.length === 0)
    throw new UserError('R153', 'there is nothing to ask: the run has no held-out rows', {
      hint: 'give prompts: lorch try RUN --prompt "…"',
    });
  const result = await runTrainer(
    request.python,
    'try',
    {
      model: modelSpec(plan),
      ...fusedFirst(finished),
      dtype: plan.model.dtype,
      attn_implementation: plan.model.attn_implementation,
      quantization: plan.quantization,
      new_tokens: plan.tokenizer ?? null,
      adapter,
      tokenizer,
      template_kwargs: plan.dataset.template.kwargs ?? {},
      template_date: plan.dataset.template.date ?? null,
      prompts: asked.map(trainerPrompt),
      max_new_tokens: request.maxNewTokens,
    },
    request.options,
  );
  const parsed = answers.parse(result).answers;
  return {
    run: id,
    prompts: asked.map(({ row, messages, expected }, i) => ({
      row,
      messages,
      expected,
      base: parsed[i]?.base ?? '',
      adapter: parsed[i]?.adapter ?? '',
    })),
  };
}

function ownPrompt(text: string, system: string | undefined): Asked {
  const messages = [
    ...(system ? [{ role: 'system', content: system }] : []),
    { role: 'user', content: text },
  ];
  return { row: null, messages, expected: null };
}

function ownText(text: string): Asked {
  return { row: null, messages: [{ role: 'document', content: text }], expected: null };
}

/** A prompt for the trainer: a conversation, or a text to continue. */
export function trainerPrompt({ messages, tools }: Pick<Asked, 'messages' | 'tools'>) {
  const [first] = messages;
  if (first?.role === 'document') return { text: first.content };
  return { messages, ...(tools ? { tools } : {}) };
}

// The prompt of a document is its first half, up to this many characters.
const longestStart = 400;

/** A held-out row up to its last answer, which base and adapter must produce. */
export function heldOutPrompt(row: { row: number; messages: unknown[]; tools?: unknown[] }): Asked[] {
  const messages = row.messages as { role: string; content: unknown }[];
  const [first] = messages;
  if (first?.role === 'document') return documentPrompt(row.row, String(first.content));
  const last = messages.findLastIndex((message) => message.role === 'assistant');
  if (last < 1) return [];
  const content = messages[last]?.content;
  return [
    {
      row: row.row,
      messages: messages.slice(0, last),
      expected: typeof content === 'string' ? content : JSON.stringify(content),
      ...(row.tools ? { tools: row.tools } : {}),
    },
  ];
}

function documentPrompt(row: number, text: string): Asked[] {
  const half = Math.min(longestStart, text.length >> 1);
  // Cut at a space if there is one, so that no word is split.
  const space = text.lastIndexOf(' ', half);
  const at = space > half / 2 ? space : half;
  if (at < 1) return [];
  return [
    {
      row,
      messages: [{ role: 'document', content: text.slice(0, at) }],
      expected: text.slice(at, at + longestStart).trim(),
    },
  ];
}
