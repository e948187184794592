import { stringify } from 'yaml';

/** YAML that loads again to the same values, here and in YAML 1.1 readers (`no` and the like are quoted). */
export function writeYaml(value: unknown, comment?: string): string {
  const text = stringify(escapeVariables(value), { compat: 'yaml-1.1', lineWidth: 0 });
  return comment ? `${comment.replace(/^/gm, '# ')}\n${text}` : text;
}

/** Values are past their variables: what still reads `${` is literal. */
export function escapeVariables(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('${', () => '$${');
  if (Array.isArray(value)) return value.map(escapeVariables);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, escapeVariables(item)]));
}
