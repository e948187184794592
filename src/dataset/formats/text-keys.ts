// Names of the fields for prompt and answer in datasets, most usual first.

export const promptKeys: readonly string[] = ['instruction', 'prompt', 'question', 'query'];
export const inputKeys: readonly string[] = ['input', 'context'];
export const answerKeys: readonly string[] = ['output', 'response', 'completion', 'answer'];
export const listKeys: readonly string[] = ['messages', 'conversations', 'conversation'];
export const systemKeys: readonly string[] = ['system', 'system_prompt'];
export const historyKeys: readonly string[] = ['history'];
export const toolsKeys: readonly string[] = ['tools', 'functions'];

/** Alternative names; in any format, a row is read under only one of them. */
const single: readonly (readonly string[])[] = [systemKeys, toolsKeys, ['conversations', 'conversation']];

/** The keys that a format knows, without those that the row has in addition to another name for the same field. */
export function usedKeys(
  row: Readonly<Record<string, unknown>>,
  known: ReadonlySet<string>,
): ReadonlySet<string> {
  let used: Set<string> | null = null;
  for (const keys of single) {
    let found = false;
    for (const key of keys) {
      const value = row[key];
      if (value === undefined || value === null || value === '') continue;
      if (found) {
        used ??= new Set(known);
        used.delete(key);
      }
      found = true;
    }
  }
  return used ?? known;
}
