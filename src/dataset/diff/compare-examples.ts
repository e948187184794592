// Compares two versions of a row field by field, and each text word by word.
import { diffArrays } from 'diff';
import { canonicalJson } from '../canonical-json.ts';
import { textOf } from '../content.ts';
import { type DifferencePart, wordDifference } from '../duplicates/word-difference.ts';
import type { Example, Message } from '../example.ts';

export interface FieldDifference {
  /** `user`, `assistant tool_calls`, `tools`. */
  field: string;
  parts: DifferencePart[];
}

/** The differences in the order of the messages; metadata only if everything else is equal. */
export function compareExamples(a: Example, b: Example): FieldDifference[] {
  const found = [
    ...compareMessages(a.messages, b.messages, ''),
    ...compareMessages(a.chosen ?? [], b.chosen ?? [], 'chosen '),
    ...compareMessages(a.rejected ?? [], b.rejected ?? [], 'rejected '),
    ...compareJson('tools', a.tools, b.tools),
  ];
  return found.length > 0 ? found : compareMeta(a.meta, b.meta);
}

function compareMessages(a: readonly Message[], b: readonly Message[], lead: string): FieldDifference[] {
  const found: FieldDifference[] = [];
  let [left, right] = [0, 0];
  // Messages are paired by the sequence of roles, so that an added or removed message does not shift the others.
  const runs = diffArrays(
    a.map(({ role }) => role),
    b.map(({ role }) => role),
  );
  for (const { count, added, removed } of runs)
    for (let i = 0; i < count; i += 1) {
      const before = added ? undefined : a[left++];
      const after = removed ? undefined : b[right++];
      found.push(...compareMessage(before, after, lead));
    }
  return found;
}

function compareMessage(a: Message | undefined, b: Message | undefined, lead: string): FieldDifference[] {
  const role = `${lead}${(a ?? b)?.role}`;
  const { content: contentA = '', role: _roleA, ...restA }: Partial<Message> = a ?? {};
  const { content: contentB = '', role: _roleB, ...restB }: Partial<Message> = b ?? {};
  const keys = [...new Set([...Object.keys(restA), ...Object.keys(restB)])] as Extract<
    keyof Message,
    string
  >[];
  return [
    ...compareTexts(role, showContent(contentA), showContent(contentB)),
    ...keys.flatMap((key) =>
      compareJson(`${role} ${key}`, restA[key as keyof typeof restA], restB[key as keyof typeof restB]),
    ),
  ];
}

// Parts other than text are shown as JSON.
function showContent(content: Message['content']): string {
  if (content === null || typeof content === 'string') return content ?? '';
  return content.every(({ type }) => type === 'text') ? (textOf(content) ?? '') : canonicalJson(content);
}

function compareMeta(a: Example['meta'], b: Example['meta']): FieldDifference[] {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  const own = (meta: Example['meta'], key: string) => (Object.hasOwn(meta, key) ? meta[key] : undefined);
  return keys.flatMap((key) => compareJson(key, own(a, key), own(b, key)));
}

function compareJson(field: string, a: unknown, b: unknown): FieldDifference[] {
  const show = (value: unknown): string =>
    value === undefined ? '' : typeof value === 'string' ? value : canonicalJson(value);
  return compareTexts(field, show(a), show(b));
}

function compareTexts(field: string, a: string, b: string): FieldDifference[] {
  return a === b ? [] : [{ field, parts: wordDifference(a, b) }];
}
