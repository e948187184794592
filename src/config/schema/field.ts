// The pieces every section is made of. Descriptions and defaults end up in the JSON Schema and docs/config.md.
import { z } from 'zod';

/** Fields of a library class that configs may not set, by reason. Each text completes the sentence of its error. */
export interface RefusedFields {
  /** lorch sets it itself; the text says what to use. */
  owned: Record<string, string>;
  /** Removed from the library; the text names the successor. */
  removed: Record<string, string>;
  /** Exists, but would have no effect in lorch; the text says why. */
  unsupported: Record<string, string>;
}

/** A field with a default of its own, or one that is required. */
export function field<T extends z.ZodType>(schema: T, description: string): T {
  // A wrapper made for this field is noted as it is; `describe` would copy it, at some cost for 150 fields.
  const own = schema instanceof z.ZodDefault && !z.globalRegistry.has(schema);
  return own ? note(schema, { description }) : schema.describe(description);
}

function note<T extends z.ZodType>(schema: T, meta: Record<string, unknown>): T {
  z.globalRegistry.add(schema, meta);
  return schema;
}

/** A field that may be left out and has no default: the library then does without it. */
export function optional<T extends z.ZodType>(schema: T, description: string): z.ZodOptional<T> {
  return note(schema.optional(), { description });
}

/** A field whose default follows from others; `rule` says how, and src/config/render applies it. */
export function derived<T extends z.ZodType>(schema: T, rule: string, description: string): z.ZodOptional<T> {
  return note(schema.optional(), { description, 'x-default-rule': rule });
}

/** A section that refuses what it does not know. */
export function section<T extends z.ZodRawShape>(
  shape: T,
  description: string,
  refused?: RefusedFields,
): z.ZodObject<T, z.core.$strict> {
  return note(z.strictObject(shape), { description, ...(refused && { 'x-lorch': refused }) });
}

export const text = z.string().min(1);
export const flag = z.boolean();
export const count = z.int().nonnegative();
export const atLeastOne = z.int().min(1);
export const nonNegative = z.number().nonnegative();
export const positive = z.number().positive();
const wholeOrFraction = (least: number) =>
  z.number().refine((value) => value < 1 || Number.isInteger(value), {
    error: `a whole number of at least ${least}, or a fraction below 1`,
  });
/** A step count, or a fraction of all steps below 1: transformers reads both. */
export const stepsOrFraction = wholeOrFraction(1).gt(0);
export const stepsOrFractionOrNone = wholeOrFraction(0).gte(0);
/** Keyword arguments passed on to a library function. */
export const keywords = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

const dtypes = ['bfloat16', 'float16', 'float32'] as const;
export type Dtype = (typeof dtypes)[number];

/** A torch dtype by name; `torch.bfloat16`, as notebooks write it, means the same. */
export const dtype = z
  .enum([...dtypes, 'torch.bfloat16', 'torch.float16', 'torch.float32'])
  .transform((name) => name.replace('torch.', '') as Dtype);
