// Every section by its path, with the keys it knows and those it refuses: read off the schema, never listed twice.
import { z } from 'zod';
import type { RefusedFields } from './field.ts';
import { configFile } from './run.ts';

export interface KnownSection {
  /** Dotted; the top level is ''. Entries of a list are under 0. */
  path: string;
  keys: string[];
  refused: RefusedFields;
}

const nothing: RefusedFields = { owned: {}, removed: {}, unsupported: {} };

let known: Map<string, KnownSection> | undefined;

/** All sections, computed when first asked for: a config without faults never asks. */
export function knownSections(): Map<string, KnownSection> {
  if (!known) {
    known = new Map();
    collect(configFile, '', known);
  }
  return known;
}

function collect(schema: z.core.$ZodType, path: string, into: Map<string, KnownSection>): void {
  for (const each of unwrap(schema)) {
    if (each instanceof z.ZodArray) collect(each.element, `${path}.0`, into);
    if (!(each instanceof z.ZodObject)) continue;
    const refused = (z.globalRegistry.get(each)?.['x-lorch'] as RefusedFields | undefined) ?? nothing;
    const shape = each.shape as Record<string, z.core.$ZodType>;
    into.set(path, { path, keys: Object.keys(shape), refused });
    for (const [key, child] of Object.entries(shape)) collect(child, path ? `${path}.${key}` : key, into);
  }
}

/** The schemas behind optional, default, transform and union. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => unwrap(option));
  if (schema instanceof z.ZodPipe) return unwrap(schema.in);
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable
  )
    return unwrap(schema.unwrap());
  return [schema];
}
