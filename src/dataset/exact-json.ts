// What JSON.parse loses of a value (10.0 becomes 10, digits of large numbers go, keys that look like numbers move to
// the front) is noted beside the value, so that it can be written again as it stood. Everyday values have no notes.

interface Notes {
  /** The object's keys as they were written, where JavaScript has another order. */
  order: readonly string[] | null;
  /** Numbers as they were written, by key or index, where JavaScript would write them otherwise. */
  numbers: ReadonlyMap<string, string> | null;
}

const noted = new WeakMap<object, Notes>();

/** Numbers that may be written otherwise, and keys that look like numbers; found in strings too. */
const suspect = /\.\d*0(?!\d)|\d[eE][-+]?\d|-0(?![.\d])|\d{16}|"(?:0|[1-9]\d*)"\s*:/;

/** Notes what `value`, which JSON.parse made of `text`, has lost. The value must not be deeper than rows may be. */
export function noteExact(text: string, value: unknown): void {
  if (typeof value === 'object' && value !== null && suspect.test(text)) walkText(text, value);
}

/** Gives `to` the notes of `from`, the object it was made from, and returns it. Values inside keep their own. */
export function keepExact<T extends object>(from: object, to: T): T {
  const notes = noted.get(from);
  if (!notes) return to;
  const same = (key: string): boolean =>
    Object.is((to as Record<string, unknown>)[key], (from as Record<string, unknown>)[key]);
  const numbers = notes.numbers && new Map([...notes.numbers].filter(([key]) => same(key)));
  noted.set(to, { order: notes.order, numbers });
  return to;
}

/** Notes how an object or list is written: the order of its keys, if it is not JavaScript's, and numbers by key or index. */
export function noteWritten<T extends object>(
  value: T,
  order: readonly string[] | null,
  numbers: ReadonlyMap<string, string>,
): T {
  if (order || numbers.size > 0) noted.set(value, { order, numbers });
  return value;
}

/** How the number under a key or index of `holder` was written; undefined where JavaScript writes it so too. */
export function writtenNumber(holder: object, key: string | number): string | undefined {
  return noted.get(holder)?.numbers?.get(String(key));
}

/** JSON.stringify of a JSON value, with numbers and order of keys as they were written. */
export function exactJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const notes = noted.get(value);
  const numbers = notes?.numbers;
  if (Array.isArray(value)) {
    let out = '[';
    for (let i = 0; i < value.length; i += 1)
      out += (i > 0 ? ',' : '') + (numbers?.get(String(i)) ?? exactJson(value[i]));
    return `${out}]`;
  }
  const object = value as Record<string, unknown>;
  let out = '';
  for (const key of notes?.order ? ordered(object, notes.order) : Object.keys(object))
    if (object[key] !== undefined)
      out += `${out === '' ? '' : ','}${JSON.stringify(key)}:${numbers?.get(key) ?? exactJson(object[key])}`;
  return `{${out}}`;
}

// Keys that were added since come last.
function ordered(object: Record<string, unknown>, order: readonly string[]): string[] {
  const known = new Set(order);
  return [
    ...order.filter((key) => Object.hasOwn(object, key)),
    ...Object.keys(object).filter((key) => !known.has(key)),
  ];
}

const space = /[ \t\n\r]*/y;
const scalar = /[^,\]}\s]+/y;
const closing = /["\\]/g;

// The text is JSON: it was parsed. Of two equal keys the last counts, and what was noted of the first is replaced.
function walkText(text: string, root: object): void {
  let at = 0;
  const skip = (): void => {
    space.lastIndex = at;
    space.test(text);
    at = space.lastIndex;
  };
  const string = (): string => {
    const from = at;
    for (let end = from + 1; ; end = closing.lastIndex + 1) {
      closing.lastIndex = end;
      closing.test(text);
      if (text.charCodeAt(closing.lastIndex - 1) === 34) break;
    }
    at = closing.lastIndex;
    return text.slice(from, at);
  };
  const list = (value: unknown): void => {
    const numbers = new Map<string, string>();
    at += 1;
    skip();
    for (let i = 0; text[at] !== ']'; i += 1) {
      member(value, String(i), numbers);
      skip();
      if (text[at] !== ',') continue;
      at += 1;
      skip();
    }
    at += 1;
    note(value, null, numbers);
  };
  const object = (value: unknown): void => {
    const numbers = new Map<string, string>();
    const keys = new Set<string>();
    at += 1;
    skip();
    while (text[at] !== '}') {
      const quoted = string();
      const key = quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
      keys.add(key);
      skip();
      at += 1;
      skip();
      member(value, key, numbers);
      skip();
      if (text[at] !== ',') continue;
      at += 1;
      skip();
    }
    at += 1;
    note(value, keys, numbers);
  };
  // One value of an object or a list.
  const member = (holder: unknown, key: string, numbers: Map<string, string>): void => {
    const opening = text[at];
    numbers.delete(key);
    if (opening === '"') string();
    else if (opening === '{' || opening === '[') {
      const inner =
        typeof holder === 'object' && holder !== null && Object.hasOwn(holder, key)
          ? (holder as Record<string, unknown>)[key]
          : undefined;
      if (opening === '{') object(inner);
      else list(inner);
    } else {
      scalar.lastIndex = at;
      scalar.test(text);
      const source = text.slice(at, scalar.lastIndex);
      at = scalar.lastIndex;
      if (opening !== 't' && opening !== 'f' && opening !== 'n' && String(Number(source)) !== source)
        numbers.set(key, source);
    }
  };
  skip();
  if (text[at] === '{') object(root);
  else list(root);
}

function note(value: unknown, keys: ReadonlySet<string> | null, numbers: Map<string, string>): void {
  // Of a repeated key: the text of an earlier value, which is not there any more.
  if (typeof value !== 'object' || value === null) return;
  const order = keys && movesKeys(value) && [...keys].some((key, i) => key !== Object.keys(value)[i]);
  if (order || numbers.size > 0)
    noted.set(value, { order: order ? [...keys] : null, numbers: numbers.size > 0 ? numbers : null });
  else noted.delete(value);
}

/** Whether JavaScript may have moved keys of an object: those that look like numbers stand first. */
export function movesKeys(object: object): boolean {
  for (const key in object) return key.charCodeAt(0) >= 48 && key.charCodeAt(0) <= 57;
  return false;
}
