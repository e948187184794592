// Makes a JSON schema of a dataset safe to compile: without annotations, with JSON Schema's type names, and without
// references to other documents, patterns that can take forever, or more content than real tools have.
import { longestText } from './pattern-cost.ts';
import { readTypeName } from './type-names.ts';

export type Schema = Record<string, unknown>;

const mostDepth = 24;
const mostNodes = 2_000;
const annotations = new Set(
  'description title default examples example $comment deprecated readOnly writeOnly format strict $schema $id id nullable optional'.split(
    ' ',
  ),
);
const schemaMaps = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);
const schemaLists = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);
const schemas = new Set(
  'items additionalProperties additionalItems not if then else contains propertyNames'.split(' '),
);

/** Thrown for a schema that cannot be used. */
export class BrokenSchema extends Error {}

/** The bounded schema; null if the schema is too large. Throws BrokenSchema. */
export function boundSchema(schema: unknown): Schema | null {
  const state = { nodes: 0 };
  const bounded = bound(schema, mostDepth, state);
  return state.nodes > mostNodes ? null : (bounded as Schema);
}

function bound(value: unknown, depth: number, state: { nodes: number }): unknown {
  state.nodes += 1;
  if (depth === 0) state.nodes = mostNodes + 1;
  if (state.nodes > mostNodes) return {};
  if (typeof value === 'boolean') return value;
  if (!isObject(value)) throw new BrokenSchema(`${show(value)} is not a schema`);
  if (typeof value.$ref === 'string' && !value.$ref.startsWith('#')) return {};
  const out: Schema = {};
  for (const [key, each] of Object.entries(value)) {
    if (annotations.has(key) || each === null) continue;
    const below = (inner: unknown): unknown => bound(inner, depth - 1, state);
    if (schemaMaps.has(key)) {
      if (!isObject(each)) throw new BrokenSchema(`"${key}" is ${show(each)}, not an object`);
      if (key !== 'patternProperties') out[key] = mapValues(each, below);
    } else if (schemaLists.has(key)) {
      if (!Array.isArray(each)) throw new BrokenSchema(`"${key}" is ${show(each)}, not a list`);
      if (each.length > 0) out[key] = each.map(below);
    } else if (schemas.has(key)) out[key] = Array.isArray(each) ? each.map(below) : below(each);
    else Object.assign(out, keyword(key, each));
  }
  // lorch ignores `patternProperties`, so any other key may match one.
  if (isObject(value.patternProperties)) out.additionalProperties = true;
  hoistRequired(value, out);
  return allowNull(value, out);
}

function keyword(key: string, value: unknown): Schema {
  switch (key) {
    case 'type': {
      const names = Array.isArray(value) ? value : [value];
      const types = names.map((name) => (typeof name === 'string' ? readTypeName(name).types : null));
      if (types.some((each) => each === null)) return {};
      const all = [...new Set(types.flat())];
      return { type: all.length === 1 ? all[0] : all };
    }
    case 'enum':
      if (!Array.isArray(value) || value.length === 0)
        throw new BrokenSchema(`"enum" is ${show(value)}, not a list of values`);
      return { enum: value };
    case 'required':
      if (typeof value === 'boolean') return {};
      if (!Array.isArray(value) || value.some((name) => typeof name !== 'string'))
        throw new BrokenSchema('"required" is not a list of names');
      return { required: [...new Set(value)] };
    case 'pattern':
      return typeof value === 'string' && isUsable(value) ? { pattern: value } : {};
    // Old versions of JSON Schema have true here.
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return typeof value === 'boolean' ? {} : { [key]: value };
    // Its time grows with the square of the length.
    case 'uniqueItems':
      return {};
    default:
      return /^(?:const|minimum|maximum|multipleOf|m(?:in|ax)(?:Length|Items|Properties|Contains)|\$ref|dependentRequired|unevaluated\w+)$/.test(
        key,
      )
        ? { [key]: value }
        : {};
  }
}

// `required: true` inside a property, as some write it.
function hoistRequired(value: Schema, out: Schema): void {
  if (!isObject(value.properties)) return;
  const names = Object.entries(value.properties).flatMap(([name, each]) =>
    isObject(each) && each.required === true ? [name] : [],
  );
  if (names.length > 0) out.required = [...new Set([...((out.required as string[]) ?? []), ...names])];
}

// How OpenAPI allows null.
function allowNull(value: Schema, out: Schema): Schema {
  if (value.nullable !== true) return out;
  if (out.type !== undefined) out.type = [...new Set([out.type, 'null'].flat())];
  if (Array.isArray(out.enum) && !out.enum.includes(null)) out.enum = [...out.enum, null];
  return out;
}

function isUsable(pattern: string): boolean {
  if (longestText(pattern) === 0) return false;
  try {
    new RegExp(pattern);
    return true;
  } catch {
    return false;
  }
}

function mapValues(object: Schema, map: (value: unknown) => unknown): Schema {
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, value]) => (value === null ? [] : [[key, map(value)]])),
  );
}

/** Whether a value is an object of JSON. */
export function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  return typeof value === 'object' ? 'an object' : String(value);
}
