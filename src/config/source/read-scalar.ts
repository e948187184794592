import { isScalar, parseDocument, Scalar } from 'yaml';
import type { Scalar as Value } from './located.ts';

/** The value of an unquoted scalar as YAML 1.2 reads it; anything else stays the text it is. */
export function readScalar(text: string): Value {
  if (text.length > 200) return text;
  const { contents, errors } = parseDocument(text, { version: '1.2', schema: 'core', prettyErrors: false });
  if (errors.length > 0 || !isScalar(contents) || contents.type !== Scalar.PLAIN) return text;
  const value: unknown = contents.value;
  return typeof value === 'number' || typeof value === 'boolean' || value === null ? value : text;
}
