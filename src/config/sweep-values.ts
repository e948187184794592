import { createHash } from 'node:crypto';
import type { SweepSection } from './schema/sweep.ts';

type Assignment = Record<string, unknown>;

/** Every combination; the last parameter varies fastest. */
export function gridAssignments(sweep: SweepSection): Assignment[] {
  let assignments: Assignment[] = [{}];
  for (const [path, values] of Object.entries(sweep.parameters))
    assignments = assignments.flatMap((given) =>
      (values as unknown[]).map((value) => ({ ...given, [path]: value })),
    );
  return assignments;
}

/**
 * Up to `samples` different draws. Draw i of a parameter depends on seed, path and i alone: more samples continue
 * the same draws, and a new parameter leaves those of the others as they are.
 */
export function drawAssignments(sweep: SweepSection): Assignment[] {
  const { samples = 0, seed = 42, parameters } = sweep;
  const drawn = new Map<string, Assignment>();
  for (let i = 0; drawn.size < samples && i < samples * 50; i++) {
    const values = Object.fromEntries(
      Object.entries(parameters).map(([path, from]) => [path, draw(from, chance(seed, path, i))]),
    );
    const key = JSON.stringify(values);
    if (!drawn.has(key)) drawn.set(key, values);
  }
  return [...drawn.values()];
}

function draw(from: SweepSection['parameters'][string], u: number): unknown {
  if (Array.isArray(from)) return from[Math.floor(u * from.length)];
  const { min, max, distribution } = from;
  if (distribution === 'int_uniform')
    return Math.ceil(min) + Math.floor(u * (Math.floor(max) - Math.ceil(min) + 1));
  const value = distribution === 'log_uniform' ? min * (max / min) ** u : min + (max - min) * u;
  // Four digits are plenty, and readable; rounding must not leave the range.
  return Math.min(max, Math.max(min, Number(value.toPrecision(4))));
}

/** A number in [0, 1) from a hash. */
function chance(seed: number, path: string, i: number): number {
  const hash = createHash('sha256')
    .update(JSON.stringify([seed, path, i]))
    .digest();
  return hash.readUIntBE(0, 6) / 2 ** 48;
}
