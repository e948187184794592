// What a list of turns looks like, before any format is chosen.

/** Whether a value is a list of turns: objects that say who speaks, and what. */
export function isTurns(value: unknown): value is Record<string, unknown>[] {
  return Array.isArray(value) && value.length > 0 && value.every(isTurn);
}

/** Whether a value is one turn, as chat APIs or ShareGPT write it. */
export function isTurn(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const has = (key: string): boolean => Object.hasOwn(value, key);
  const { role, from } = value as Record<string, unknown>;
  if (typeof role === 'string')
    return has('content') || has('tool_calls') || has('parts') || has('function_call') || has('value');
  return typeof from === 'string' && (has('value') || has('content'));
}
