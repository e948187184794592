// A parsed config whose values keep their places when files are merged.
import type { Place } from '../../diagnostics/finding.ts';

export type Scalar = string | number | boolean | null;

export interface LocatedScalar {
  kind: 'scalar';
  at: Place;
  value: Scalar;
  /** Written without quotes, so that its text decides its type. */
  plain: boolean;
}

export interface LocatedMap {
  kind: 'map';
  at: Place;
  entries: Map<string, LocatedEntry>;
}

export interface LocatedList {
  kind: 'list';
  at: Place;
  items: Located[];
}

export interface LocatedEntry {
  key: Place;
  value: Located;
}

export type Located = LocatedScalar | LocatedMap | LocatedList;

export type Path = readonly PropertyKey[];

/** `over` laid over `base`: maps merge, everything else is replaced, null deletes what `base` had. */
export function mergeLocated(base: LocatedMap, over: LocatedMap): LocatedMap {
  const entries = new Map(base.entries);
  for (const [name, entry] of over.entries) {
    const below = entries.get(name)?.value;
    if (below && isNull(entry.value)) entries.delete(name);
    else if (below?.kind === 'map' && entry.value.kind === 'map')
      entries.set(name, { key: entry.key, value: mergeLocated(below, entry.value) });
    else entries.set(name, entry);
  }
  return { kind: 'map', at: over.at, entries };
}

export function isNull(node: Located): boolean {
  return node.kind === 'scalar' && node.value === null;
}

/** The plain value. Maps become objects without a prototype; a null in a map counts as not written. */
export function toPlain(node: Located): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(toPlain);
  const object = Object.create(null) as Record<string, unknown>;
  for (const [name, { value }] of node.entries) if (!isNull(value)) object[name] = toPlain(value);
  return object;
}

/** A plain value as if it were written in full at one place. */
export function fromPlain(value: unknown, at: Place): Located {
  if (Array.isArray(value)) return { kind: 'list', at, items: value.map((each) => fromPlain(each, at)) };
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(
      ([key, each]) => [key, { key: at, value: fromPlain(each, at) }] as const,
    );
    return { kind: 'map', at, entries: new Map(entries) };
  }
  return { kind: 'scalar', at, value: value as string | number | boolean | null, plain: true };
}

/** The node at `path`, or undefined. */
export function nodeAt(root: Located, path: Path): Located | undefined {
  let node: Located | undefined = root;
  for (const step of path) {
    if (node?.kind === 'map') node = node.entries.get(String(step))?.value;
    else if (node?.kind === 'list') node = node.items[Number(step)];
    else return undefined;
  }
  return node;
}

/** The place of the value at `path`, or of the nearest enclosing value if there is none. */
export function placeOf(root: Located, path: Path): Place {
  for (let length = path.length; length >= 0; length--) {
    const node = nodeAt(root, path.slice(0, length));
    // Report a missing value at the key of its section.
    if (node) return length < path.length ? keyPlaceOf(root, path.slice(0, length)) : node.at;
  }
  return root.at;
}

/** Where the key that `path` ends in stands. */
export function keyPlaceOf(root: Located, path: Path): Place {
  const last = path.at(-1);
  const parent = last === undefined ? undefined : nodeAt(root, path.slice(0, -1));
  const entry = parent?.kind === 'map' ? parent.entries.get(String(last)) : undefined;
  return entry?.key ?? nodeAt(root, path)?.at ?? root.at;
}

/** Calls back for every scalar below `node`. */
export function eachScalar(
  node: Located,
  visit: (scalar: LocatedScalar, path: string[]) => void,
  path: string[] = [],
): void {
  if (node.kind === 'scalar') visit(node, path);
  else if (node.kind === 'list')
    for (const [i, item] of node.items.entries()) eachScalar(item, visit, [...path, `${i}`]);
  else for (const [name, { value }] of node.entries) eachScalar(value, visit, [...path, name]);
}
