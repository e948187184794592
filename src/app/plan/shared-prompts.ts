// Prompts that occur on both sides of a split, from the example files of a scan.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

interface ExampleLine {
  /** Absent for a document, which has no prompt. */
  messages?: { role: string; content: unknown }[];
}

/** Validation rows whose prompt (all before the last answer, ignoring white space) a training row also has. */
export async function countSharedPrompts(examples: Readonly<Record<string, string>>): Promise<number> {
  const { train, validation } = examples;
  if (!train || !validation) return 0;
  // The set has only the prompts of validation rows, so its size does not depend on the number of training rows.
  const held = new Map<string, number>();
  for await (const prompt of promptsOf(validation)) held.set(prompt, (held.get(prompt) ?? 0) + 1);
  let shared = 0;
  for await (const prompt of promptsOf(train)) {
    shared += held.get(prompt) ?? 0;
    held.delete(prompt);
  }
  return shared;
}

async function* promptsOf(path: string): AsyncGenerator<string> {
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const { messages = [] } = JSON.parse(line) as ExampleLine;
    const asked = messages.slice(
      0,
      messages.findLastIndex(({ role }) => role === 'assistant'),
    );
    if (!asked.some(({ role }) => role === 'user')) continue;
    const text = JSON.stringify(asked.map(({ role, content }) => [role, plain(content)]));
    yield createHash('sha256').update(text).digest('base64');
  }
}

function plain(content: unknown): string {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return (text ?? '').trim().replace(/\s+/g, ' ');
}
