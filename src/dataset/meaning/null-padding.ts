// Arrow gives all objects of a column the same members, so JSON lines written from such a table contain the parameters
// of all other tools as null. Nobody wrote these, so they are removed; nulls that a tool allows are kept.
import { keepExact } from '../exact-json.ts';
import type { Message } from '../example.ts';
import { isObject, type Schema } from './bounded-schema.ts';
import { functionOf, parametersOf, toolName } from './tool-schema.ts';

const mayBeNull = new Set(['default', 'const', 'example', 'examples']);
const fromText = new WeakSet<object>();

/** Notes that a value was JSON text, so that somebody wrote every null in it. */
export function keepNulls<T>(value: T): T {
  if (typeof value === 'object' && value !== null) fromText.add(value);
  return value;
}

/** A declared tool without null members, except for values that may be null. */
export function withoutPadding(tool: unknown): unknown {
  return holdsNull(tool) ? leaveOutNulls(tool) : tool;
}

function leaveOutNulls(tool: unknown): unknown {
  if (Array.isArray(tool)) return mapChanged(tool, leaveOutNulls);
  if (!isObject(tool)) return tool;
  return changeMembers(tool, (value, key) =>
    mayBeNull.has(key) ? value : value === null ? undefined : leaveOutNulls(value),
  );
}

/** Removes the padding from the calls of `messages`, using the row's tool declarations. */
export function leaveOutPadding(messages: readonly Message[], tools: readonly unknown[]): void {
  for (const { tool_calls: calls } of messages)
    for (const call of calls ?? []) {
      const args = call.function.arguments;
      if (!isObject(args) || fromText.has(args) || !holdsNull(args)) continue;
      const tool = tools.find((each) => toolName(each) === call.function.name);
      const declared = tool === undefined ? undefined : parametersOf(functionOf(tool) ?? {});
      if (isObject(declared)) call.function.arguments = dropNulls(args, declared);
    }
}

function dropNulls(args: Schema, schema: Schema): Schema {
  const simple = !isObject(schema.properties);
  const properties = simple ? schema : (schema.properties as Schema);
  const required = Array.isArray(schema.required) ? schema.required : [];
  if (simple && typeof schema.type === 'string') return args;
  return changeMembers(args, (value, key) => {
    const declared = Object.hasOwn(properties, key) ? properties[key] : null;
    if (value === null) {
      const padded =
        declared === null
          ? schema.additionalProperties !== true
          : !required.includes(key) && !allowsNull(declared);
      return padded ? undefined : null;
    }
    return isObject(declared) ? dropInside(value, declared) : value;
  }) as Schema;
}

function dropInside(value: unknown, schema: Schema): unknown {
  if (Array.isArray(value))
    return isObject(schema.items)
      ? mapChanged(value, (each) => dropInside(each, schema.items as Schema))
      : value;
  return isObject(value) && isObject(schema.properties) ? dropNulls(value, schema) : value;
}

function allowsNull(schema: unknown): boolean {
  if (!isObject(schema)) return schema === true;
  const { type, nullable, enum: values, anyOf, oneOf, allOf, $ref } = schema;
  if (nullable === true || $ref !== undefined || allOf !== undefined || 'const' in schema) return true;
  if (Array.isArray(values)) return values.includes(null);
  const either = [anyOf, oneOf].find(Array.isArray);
  if (either) return either.some(allowsNull);
  return type === undefined || /\b(?:null|none|optional|any)\b/i.test(String(type));
}

function holdsNull(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value !== 'object') return false;
  for (const key in value) if (holdsNull((value as Schema)[key])) return true;
  return false;
}

function changeMembers(object: Schema, change: (value: unknown, key: string) => unknown): Schema {
  let changed = false;
  const members = Object.entries(object).flatMap(([key, value]): [string, unknown][] => {
    const made = change(value, key);
    if (made !== value) changed = true;
    return made === undefined ? [] : [[key, made]];
  });
  // An unchanged value stays the same object, with its notes for exact-json.ts.
  return changed ? keepExact(object, Object.fromEntries(members)) : object;
}

function mapChanged(list: readonly unknown[], change: (value: unknown) => unknown): readonly unknown[] {
  const made = list.map(change);
  return made.some((each, i) => each !== list[i]) ? keepExact(list, made) : list;
}
