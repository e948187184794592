// Recognises fields that group rows, by their names.
import { fieldValue } from './field-value.ts';

const things =
  'conversation|conv|dialog|dialogue|chat|session|thread|ticket|case|document|doc|article|page|paper|book|passage|paragraph|context|chapter|user|author|speaker|customer|client|account|patient|person|source|parent|group|cluster|family|problem|question|prompt|image|video|repo|project|story|episode';
const named = new RegExp(
  `(?:${things})(?:id|uid|uuid|guid|key|hash|no|num|number)$|^(?:thread|session|group|url|uri|permalink|doi|isbn|repo|repository|reponame|username|(?:source|page|document|doc|article)(?:url|uri|link)|(?:document|doc|article|page|book)(?:name|title))$`,
);

/** Whether a field of that name identifies the origin of rows: `conversation_id`, `docId`, `source_url`. */
export function namesGroup(key: string): boolean {
  return named.test(key.toLowerCase().replace(/[^a-z0-9]/g, ''));
}

/** The grouping fields of a row with their values, including one level of nesting. */
export function groupFields(meta: Readonly<Record<string, unknown>>): [field: string, value: string][] {
  const found: [string, string][] = [];
  const add = (field: string, key: string, value: unknown): void => {
    if (!isGroupName(key)) return;
    const text =
      typeof value === 'string' || typeof value === 'number' ? fieldValue({ v: value }, 'v') : null;
    if (text !== null) found.push([field, text]);
  };
  for (const [key, value] of Object.entries(meta)) {
    add(key, key, value);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      for (const [inner, each] of Object.entries(value)) add(`${key}.${inner}`, inner, each);
  }
  return found;
}

const known = new Map<string, boolean>();

function isGroupName(key: string): boolean {
  let is = known.get(key);
  if (is === undefined) {
    is = key.length < 100 && namesGroup(key);
    if (known.size < 10_000) known.set(key, is);
  }
  return is;
}
