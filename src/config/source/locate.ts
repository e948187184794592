// yaml's nodes → located values: follows aliases under a limit, finds duplicate and unsafe keys.
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type ParsedNode,
  Scalar,
  type YAMLMap,
} from 'yaml';
import type { Finding, Place } from '../../diagnostics/finding.ts';
import { finding } from '../finding.ts';
import type { Located, LocatedMap } from './located.ts';
import type { PlaceAt } from './places.ts';

/** Values after following aliases; a config has some hundred. */
const maxValues = 20_000;
const maxDepth = 100;

class TooComplexError extends Error {}

/** The located value of a YAML node. Faults are collected; what is beyond the limits gives a null root. */
export function locate(node: ParsedNode, placeAt: PlaceAt): { root: Located | null; findings: Finding[] } {
  const walk = new Walk(placeAt);
  try {
    return { root: walk.visit(node, 0), findings: walk.findings };
  } catch (error) {
    if (!(error instanceof TooComplexError)) throw error;
    return { root: null, findings: walk.findings };
  }
}

class Walk {
  readonly findings: Finding[] = [];
  private readonly anchors = new Map<string, Node>();
  private readonly placeAt: PlaceAt;
  private values = 0;

  constructor(placeAt: PlaceAt) {
    this.placeAt = placeAt;
  }

  visit(node: Node | null, depth: number): Located {
    const at = this.placeAt(node?.range?.[0] ?? 0);
    if (++this.values > maxValues || depth > maxDepth) this.giveUp(at);
    if (isAlias(node)) return this.visitAlias(node.source, at, depth);
    if (isScalar(node) || isMap(node) || isSeq(node)) if (node.anchor) this.anchors.set(node.anchor, node);
    if (isMap(node)) return this.visitMap(node as YAMLMap<Scalar, Node | null>, at, depth);
    if (isSeq(node))
      return { kind: 'list', at, items: node.items.map((item) => this.visit(item as Node, depth + 1)) };
    if (!isScalar(node)) return { kind: 'scalar', at, value: null, plain: true };
    return { kind: 'scalar', at, value: plainValue(node.value), plain: node.type === Scalar.PLAIN };
  }

  private visitAlias(name: string, at: Place, depth: number): Located {
    const target = this.anchors.get(name);
    if (target) return this.visit(target, depth + 1);
    const hint = 'a value that begins with * needs quotes';
    this.findings.push(finding('C005', at, `there is no anchor &${name} above this alias`, hint));
    return { kind: 'scalar', at, value: null, plain: true };
  }

  private visitMap(node: YAMLMap<Scalar, Node | null>, at: Place, depth: number): LocatedMap {
    const entries: LocatedMap['entries'] = new Map();
    for (const pair of node.items as Pair<Scalar, Node | null>[]) {
      if (!isScalar(pair.key)) continue; // the parser has reported it
      const name = String(pair.key.value);
      const key = this.placeAt(pair.key.range?.[0] ?? 0);
      // Visited even if the key is refused, so that its anchors are known.
      const value = pair.value
        ? this.visit(pair.value, depth + 1)
        : ({ kind: 'scalar', at: key, value: null, plain: true } as const);
      if (this.refuseKey(name, key, entries)) continue;
      entries.set(name, { key, value });
    }
    return { kind: 'map', at, entries };
  }

  private refuseKey(name: string, key: Place, entries: LocatedMap['entries']): boolean {
    const first = entries.get(name);
    if (first)
      this.findings.push(
        finding(
          'C006',
          key,
          `\`${name}\` is written twice`,
          first.key.line === undefined ? undefined : `the first is on line ${first.key.line}; remove one`,
        ),
      );
    else if (name === '__proto__')
      this.findings.push(finding('C009', key, 'the key `__proto__` is not allowed'));
    else if (name === '<<')
      this.findings.push(
        finding('C009', key, 'merge keys (`<<`) are not part of YAML 1.2', 'share settings with `extends:`'),
      );
    else return false;
    return true;
  }

  private giveUp(at: Place): never {
    const message = 'followed through its aliases, the file has too many values or nests too deeply';
    this.findings.push(finding('C007', at, message));
    throw new TooComplexError();
  }
}

function plainValue(value: unknown): string | number | boolean | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}
