// Masks a finding for display. Keys of a row can be secrets too, and occur in pointers and data.
import { maskPrivateData } from '../../dataset/text/private-data.ts';
import type { Finding } from '../../diagnostics/finding.ts';

/** Masks secrets and personal data in all fields that may contain dataset text; messages and excerpts are already masked. */
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

/** Masks secrets and personal data in all texts and keys of a JSON value. */
export function maskValues(value: unknown): unknown {
  if (typeof value === 'string') return maskPrivateData(value);
  if (Array.isArray(value)) return value.map(maskValues);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [maskPrivateData(key), maskValues(each)]),
  );
}
