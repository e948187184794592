// JSON.parse loses parts of a value (10.0 becomes 10, large numbers lose digits, keys that look like numbers move to
// the front). This file notes them beside the value, so that it can be written unchanged. Common values have no notes.

interface Notes {
  /** The object's keys as they were written, if JavaScript has another order. */
  order: readonly string[] | null;
  /** Numbers as they were written, by key or index, if JavaScript would write them otherwise. */
  numbers: ReadonlyMap<string, string> | null;
}

const noted = new WeakMap<object, Notes>();

/** Matches numbers that JavaScript may write differently, and keys that look like numbers; also inside strings. */
const suspect = /\.\d*0(?!\d)|\d[eE][-+]?\d|-0(?![.\d])|\d{16}|"(?:0|[1-9]\d*)"\s*:/;

/** Notes what `value`, which JSON.parse made from `text`, has lost. The value must not be nested deeper than rows may be. */
export function noteExact(text: string, value: unknown): void {
  if (typeof value === 'object' && value !== null && suspect.test(text)) walkText(text, value);
}

/** Copies the notes of `from`, the object it was made from, to `to` and returns it. Nested values keep their own notes. */
export function keepExact<T extends object>(from: object, to: T): T {
  const notes = noted.get(from);
  if (!notes) return to;
  const same = (key: string): boolean =>
    Object.is((to as Record<string, unknown>)[key], (from as Record<string, unknown>)[key]);
  const numbers = notes.numbers && new Map([...notes.numbers].filter(([key]) => same(key)));
  noted.set(to, { order: notes.order, numbers });
  return to;
}

/** Notes how an object or list is written: the order of its keys, if it differs from JavaScript's, and numbers by key or index. */
export function noteWritten<T extends object>(
  value: T,
  order: readonly string[] | null,
  numbers: ReadonlyMap<string, string>,
): T {
  if (order || numbers.size > 0) noted.set(value, { order, numbers });
  return value;
}

/** How the number under a key or index of `holder` was written; undefined if JavaScript writes it the same way. */
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

// Keys that were added later come last.
function ordered(object: Record<string, unknown>, order: readonly string[]): string[] {
  const known = new Set(order);
  return [
    ...order.filter((key) => Object.hasOwn(object, key)),
    ...Object.keys(object).filter((key) => !known.has(key)),
  ];
}

const scalar = /[^,\]}\s]+/y;
const [quote, backslash, comma, colon] = [34, 92, 44, 58];
const [openList, endList, openObject, endObject] = [91, 93, 123, 125];
/** JavaScript writes whole numbers of up to this many digits unchanged. */
const sureDigits = /^(?:0|-?[1-9]\d{0,14})$/;

// The text is valid JSON, because it was parsed. Of two equal keys the last counts, and its notes replace those of the first.
function walkText(text: string, root: object): void {
  let at = 0;
  // The next unit that is not white space.
  const next = (): number => {
    let unit = text.charCodeAt(at);
    while (unit === 32 || unit === 10 || unit === 13 || unit === 9) unit = text.charCodeAt(++at);
    return unit;
  };
  const string = (): void => {
    for (
      at = text.indexOf('"', at + 1);
      text.charCodeAt(at - 1) === backslash;
      at = text.indexOf('"', at + 1)
    ) {
      let from = at - 1;
      while (text.charCodeAt(from - 1) === backslash) from -= 1;
      if ((at - from) % 2 === 0) break;
    }
    at += 1;
  };
  const list = (value: unknown): void => {
    let numbers: Numbers = null;
    at += 1;
    for (let i = 0, unit = next(); unit !== endList; i += 1) {
      numbers = member(unit, value, i, numbers);
      unit = next();
      if (unit !== comma) continue;
      at += 1;
      unit = next();
    }
    at += 1;
    note(value, null, numbers);
  };
  const object = (value: unknown): void => {
    let numbers: Numbers = null;
    const keys = isObject(value) && movesKeys(value) ? new Set<string>() : null;
    at += 1;
    for (let unit = next(); unit !== endObject; ) {
      const from = at;
      string();
      const quoted = text.slice(from, at);
      const key = quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
      keys?.add(key);
      if (next() === colon) at += 1;
      numbers = member(next(), value, key, numbers);
      unit = next();
      if (unit !== comma) continue;
      at += 1;
      unit = next();
    }
    at += 1;
    note(value, keys, numbers);
  };
  // One value of an object or a list, which begins with `unit`.
  const member = (unit: number, holder: unknown, key: string | number, numbers: Numbers): Numbers => {
    numbers?.delete(String(key));
    if (unit === quote) string();
    else if (unit === openObject || unit === openList) {
      const inner =
        isObject(holder) && Object.hasOwn(holder, key)
          ? (holder as Record<string | number, unknown>)[key]
          : undefined;
      if (unit === openObject) object(inner);
      else list(inner);
    } else {
      scalar.lastIndex = at;
      scalar.test(text);
      const source = text.slice(at, scalar.lastIndex);
      at = scalar.lastIndex;
      // Above `9` begin true, false and null.
      if (unit <= 57 && !sureDigits.test(source) && String(Number(source)) !== source)
        return (numbers ?? new Map<string, string>()).set(String(key), source);
    }
    return numbers;
  };
  if (next() === openObject) object(root);
  else list(root);
}

type Numbers = Map<string, string> | null;

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function note(value: unknown, keys: ReadonlySet<string> | null, numbers: Numbers): void {
  // For a repeated key: the text of an earlier value, which was replaced.
  if (!isObject(value)) return;
  const written = keys && [...keys];
  const moved = written ? Object.keys(value) : [];
  const order = written?.some((key, i) => key !== moved[i]) ? written : null;
  if (order || (numbers && numbers.size > 0))
    noted.set(value, { order, numbers: numbers && numbers.size > 0 ? numbers : null });
  else noted.delete(value);
}

/** Whether JavaScript may have moved keys of an object: keys that look like numbers come first. */
export function movesKeys(object: object): boolean {
  for (const key in object) return key.charCodeAt(0) >= 48 && key.charCodeAt(0) <= 57;
  return false;
}
