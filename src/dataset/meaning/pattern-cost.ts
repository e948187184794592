// Bounds the time of a pattern in a dataset's schema. A pattern without repeated groups tries at most this many ways: one for
// each alternative, each count of a repetition, and each place where the text could begin.

/** The most steps of a pattern on one text; some milliseconds. */
const mostSteps = 1e6;
const mostSource = 200;
const mostCount = 999;

const quantifier = /[*+?]|\{(\d+)(,?)(\d*)\}/y;

/** The longest text on which `source` may be tried; 0 for none. */
export function longestText(source: string): number {
  const cost = source.length > mostSource ? null : costOf(source);
  if (cost === null || cost.ways > mostSteps) return 0;
  const { ways, unbounded } = cost;
  return unbounded === 0 ? Number.POSITIVE_INFINITY : Math.floor((mostSteps / ways) ** (1 / unbounded));
}

interface Cost {
  /** Ways that do not depend on the text. */
  ways: number;
  /** The power of the text's length that multiplies them. */
  unbounded: number;
}

function costOf(source: string): Cost | null {
  // Alternatives of each open group.
  const open = [1];
  const cost: Cost = { ways: 1, unbounded: source.startsWith('^') ? 0 : 1 };
  for (let at = 0; at < source.length; ) {
    const char = source[at];
    let group = false;
    if (char === '\\') {
      // A back-reference.
      if (/[1-9k]/.test(source[at + 1] ?? '')) return null;
      at += 2;
    } else if (char === '[') at = endOfClass(source, at);
    else if (char === '(') {
      const kind = /^\((?:\?:|\?<\w+>|(?!\?))/.exec(source.slice(at));
      // A look-around.
      if (!kind) return null;
      open.push(1);
      at += kind[0].length;
      continue;
    } else if (char === '|') {
      open.push((open.pop() ?? 1) + 1);
      at += 1;
      continue;
    } else if (char === ')') {
      cost.ways *= open.pop() ?? 1;
      group = true;
      at += 1;
    } else at += 1;
    quantifier.lastIndex = at;
    const found = quantifier.exec(source);
    if (!found) continue;
    if (!addRepetition(cost, found, group)) return null;
    at += found[0].length;
    // A lazy quantifier.
    if (source[at] === '?') at += 1;
  }
  // `^` belongs to the first alternative alone.
  const [outermost = 1] = open;
  if (outermost > 1 && source.startsWith('^')) cost.unbounded += 1;
  cost.ways *= outermost;
  return cost;
}

function addRepetition(
  cost: Cost,
  [text, from = '', comma, to = '']: RegExpExecArray,
  group: boolean,
): boolean {
  if (text === '?') {
    cost.ways *= 2;
    return true;
  }
  if (group || Number(from) > mostCount || Number(to) > mostCount) return false;
  if (text === '*' || text === '+' || (comma && to === '')) cost.unbounded += 1;
  else if (comma) cost.ways *= Math.max(1, Number(to) - Number(from) + 1);
  return true;
}

function endOfClass(source: string, from: number): number {
  for (let at = from + 1; at < source.length; at += 1)
    if (source[at] === '\\') at += 1;
    else if (source[at] === ']') return at + 1;
  return source.length;
}
