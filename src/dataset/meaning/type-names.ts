// Type names of tool parameters: those of JSON Schema, and names from other languages.
const words: Readonly<Record<string, string>> = {
  string: 'string str text char varchar',
  integer: 'integer int long int32 int64 short bigint',
  number: 'number float double decimal numeric real',
  boolean: 'boolean bool',
  array: 'array list tuple set sequence arraylist iterable',
  object: 'object dict dictionary map mapping hashmap json record struct',
  null: 'null none nonetype',
};
const meant = new Map(
  Object.entries(words).flatMap(([type, names]) =>
    names.split(' ').map((name): [string, string] => [name, type]),
  ),
);

export interface NamedType {
  /** JSON Schema's names; null if any value may be meant. */
  types: string[] | null;
  /** Whether the name says that the parameter may be left out. */
  optional: boolean;
}

/** What a type name means: `str, optional`, `List[int]`, `Optional[str]`, `int | None`, `STRING`. */
export function readTypeName(name: string): NamedType {
  const optional = /\boptional\b/i.test(name);
  const plain = name
    .replace(/,?\s*\(?\boptional\b(?!\[)\)?/i, '')
    .replace(/,\s*default.*$/i, '')
    .trim();
  const inner = /^(?:typing\.)?(optional|union)\[(.*)\]$/i.exec(plain);
  const parts = splitTop(inner?.[2] ?? plain);
  const types = parts.map((part) =>
    meant.get(
      part
        .replace(/[[<(].*$/s, '')
        .replace(/^typing\./, '')
        .trim()
        .toLowerCase(),
    ),
  );
  if (inner?.[1]?.toLowerCase() === 'optional') types.push('null');
  return { types: types.every((type) => type !== undefined) ? [...new Set(types)] : null, optional };
}

// The parts between `,`, `|` and `or`, but for those inside brackets.
function splitTop(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (const found of text.matchAll(/[[<(]|[\]>)]|\||,|\bor\b/g)) {
    const [sign] = found;
    if ('[<('.includes(sign)) depth += 1;
    else if ('])>'.includes(sign)) depth -= 1;
    else if (depth === 0) {
      parts.push(text.slice(from, found.index));
      from = found.index + sign.length;
    }
  }
  return [...parts, text.slice(from)];
}
