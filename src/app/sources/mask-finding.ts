// A finding as it may be shown: keys of a row can be secrets too, and stand in pointers and data.
import { maskPrivateData } from '../../dataset/text/private-data.ts';
import type { Finding } from '../../diagnostics/finding.ts';

/** The finding with secrets and personal data masked wherever text of the dataset may stand; messages and excerpts are already. */
export function maskFinding(finding: Finding): Finding {
  const { at, data, fix } = finding;
  if (!at?.pointer && !data && !fix) return finding;
  return {
    ...finding,
    ...(at && { at: { ...at, ...(at.pointer && { pointer: maskPrivateData(at.pointer) }) } }),
    ...(data && { data: maskValues(data) as Record<string, unknown> }),
    ...(fix && { fix: { ...fix, text: maskPrivateData(fix.text) } }),
  };
}

/** A JSON value with the secrets and personal data of all its texts and keys masked. */
export function maskValues(value: unknown): unknown {
  if (typeof value === 'string') return maskPrivateData(value);
  if (Array.isArray(value)) return value.map(maskValues);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [maskPrivateData(key), maskValues(each)]),
  );
}
