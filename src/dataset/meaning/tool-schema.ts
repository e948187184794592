// Reads the parameters that a tool declares, in the forms of datasets, and checks arguments against them.
import { editDistance } from '../../diagnostics/edit-distance.ts';
import { quote } from '../across/wording.ts';
import { pointerTokens } from '../text-position.ts';
import { BrokenSchema, boundSchema, isObject, type Schema } from './bounded-schema.ts';
import { compileSchema, type SchemaFault, type Validator } from './json-validator.ts';
import { readTypeName } from './type-names.ts';

export interface ToolSchema {
  /** The parameters by name; null if the tool does not declare them. */
  properties: ReadonlyMap<string, Validator | null> | null;
  required: readonly string[];
  /** Whether other arguments may be given. */
  open: boolean;
  /** Judges all arguments together; null if the parameters are judged one by one. */
  whole: Validator | null;
  /** The fault of the declaration; null if there is none. */
  fault: string | null;
}

const anything: ToolSchema = { properties: null, required: [], open: true, whole: null, fault: null };
const mostText = 100_000;
const mostSchemas = 2_000;
const byTool = new WeakMap<object, ToolSchema>();
const byText = new Map<string, ToolSchema>();
const validators = new Map<string, Validator>();

/** The name of a declared tool. */
export function toolName(tool: unknown): unknown {
  return functionOf(tool)?.name;
}

/** The parameters of a declared tool. Equal declarations are parsed once. */
export function readToolSchema(tool: unknown): ToolSchema {
  const inner = functionOf(tool);
  if (!inner) return anything;
  let found = byTool.get(inner);
  if (found) return found;
  const declared = parametersOf(inner);
  const text = JSON.stringify(declared) ?? '';
  found = byText.get(text);
  if (!found) {
    found = text.length > mostText ? anything : readParameters(declared);
    if (byText.size >= mostSchemas) byText.clear();
    byText.set(text, found);
  }
  byTool.set(inner, found);
  return found;
}

/** The declared parameters of a tool as the row has them, JSON text parsed: OpenAI's, Anthropic's or MCP's name for them. */
export function parametersOf(inner: Schema): unknown {
  const declared = inner.parameters ?? inner.input_schema ?? inner.inputSchema;
  if (typeof declared !== 'string') return declared;
  try {
    return declared.trim() === '' ? undefined : (JSON.parse(declared) as unknown);
  } catch {
    return declared;
  }
}

/** The function that a declaration holds. */
export function functionOf(tool: unknown): Schema | null {
  const inner = isObject(tool) && isObject(tool.function) ? tool.function : tool;
  return isObject(inner) ? inner : null;
}

function readParameters(declared: unknown): ToolSchema {
  if (declared === undefined || declared === null) return anything;
  if (!isObject(declared))
    return broken(`its parameters are ${Array.isArray(declared) ? 'a list' : 'not an object'}`);
  if (Object.keys(declared).length === 0) return anything;
  try {
    const schema = boundSchema(isJsonSchema(declared) ? declared : fromSimple(declared));
    return schema === null ? anything : readSchema(schema);
  } catch (error) {
    if (error instanceof BrokenSchema) return broken(error.message);
    throw error;
  }
}

function broken(fault: string): ToolSchema {
  return { ...anything, fault };
}

function isJsonSchema(declared: Schema): boolean {
  const { type, properties } = declared;
  if (isObject(properties) && !('type' in properties && typeof properties.type === 'string')) return true;
  if (['$ref', 'anyOf', 'oneOf', 'allOf'].some((key) => key in declared)) return true;
  // A parameter may be called `type`: then its declaration is an object.
  return typeof type === 'string' || Array.isArray(type) || 'required' in declared;
}

// {"city": {"type": "str"}, "days": {"type": "int, optional"}}, also {"city": "str"}.
function fromSimple(declared: Schema): Schema {
  const properties = Object.entries(declared).map(([name, each]): [string, Schema] => [
    name,
    isObject(each) ? each : { type: String(each) },
  ]);
  const mayLack = (each: Schema): boolean =>
    each.default !== undefined ||
    each.required === false ||
    (typeof each.type === 'string' && readTypeName(each.type).optional);
  // If some are marked as optional, the others are required.
  const optional = properties.filter(([, each]) => mayLack(each));
  const required =
    optional.length === 0 ? [] : properties.filter(([, each]) => !mayLack(each)).map(([name]) => name);
  return { type: 'object', properties: Object.fromEntries(properties), required };
}

const plainKeys = new Set(['type', 'properties', 'required', 'additionalProperties']);

function readSchema(schema: Schema): ToolSchema {
  const types = [schema.type ?? []].flat() as string[];
  if (types.length > 0 && !types.includes('object'))
    return broken(`its parameters are declared as ${nameTypes(types)}, not as an object`);
  const properties = isObject(schema.properties) ? schema.properties : null;
  const required = (schema.required as string[] | undefined) ?? [];
  const combined = Object.keys(schema).some((key) => !plainKeys.has(key));
  const text = JSON.stringify(schema);
  const whole = combined || text.includes('"$ref"');
  const absent = properties && !combined ? required.filter((name) => !Object.hasOwn(properties, name)) : [];
  if (absent.length > 0) return broken(`it requires ${quote(absent[0] ?? '')}, which it does not declare`);
  const { additionalProperties: more } = schema;
  return {
    properties:
      properties &&
      new Map(Object.entries(properties).map(([name, each]) => [name, whole ? null : validatorOf(each)])),
    required,
    open: combined || properties === null || more === true || isObject(more),
    whole: whole ? compile(text) : null,
    fault: null,
  };
}

function validatorOf(schema: unknown): Validator | null {
  const text = JSON.stringify(schema);
  if (text === '{}' || text === 'true') return null;
  let validator = validators.get(text);
  if (!validator) {
    validator = compile(text);
    if (validators.size >= mostSchemas) validators.clear();
    validators.set(text, validator);
  }
  return validator;
}

function compile(text: string): Validator {
  try {
    return compileSchema(text);
  } catch (error) {
    throw new BrokenSchema(
      `its schema cannot be used: ${error instanceof Error ? error.message : 'it is broken'}`,
    );
  }
}

/** The faults of a call's arguments, in words. */
export function judgeArguments(schema: ToolSchema, args: Schema): string[] {
  const { properties, required, open, whole } = schema;
  const said: string[] = [];
  if (mayBeLong(args) && JSON.stringify(args).length > mostText) return said;
  if (whole) said.push(...tellingFaults(whole(args)).map((fault) => describe(fault, null, args)));
  else for (const name of required) if (!Object.hasOwn(args, name)) said.push(`it has no ${quote(name)}`);
  for (const name of Object.keys(args)) {
    const value = args[name];
    if (properties && !properties.has(name)) {
      if (!open) said.push(`${quote(name)} is not declared${nearest(name, properties)}`);
      continue;
    }
    const validator = properties?.get(name);
    const faults = validator?.(value);
    if (faults && faults.length > 0)
      said.push(...tellingFaults(faults).map((fault) => describe(fault, name, value)));
  }
  return said.length < 2 ? said : [...new Set(said)];
}

// A fast test before serialising them: only short texts and numbers directly in `args`.
function mayBeLong(args: Schema): boolean {
  let room = mostText / 6;
  for (const key in args) {
    const value = args[key];
    if (typeof value === 'object' && value !== null) return true;
    room -= key.length + 30 + (typeof value === 'string' ? value.length : 0);
  }
  return room < 0;
}

function nearest(name: string, properties: ReadonlyMap<string, unknown>): string {
  const near = [...properties.keys()]
    .map((key) => ({ key, distance: editDistance(key.toLowerCase(), name.toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.max(1, name.length / 3))
    .sort((a, b) => a.distance - b.distance)[0];
  return near ? ` (did you mean ${quote(near.key)}?)` : '';
}

// Skips the errors of single alternatives, and enum errors of values with a wrong type.
function tellingFaults(faults: readonly SchemaFault[]): readonly SchemaFault[] {
  if (faults.length < 2) return faults;
  return faults.filter(
    ({ keyword, instancePath, schemaPath }) =>
      !/\/(?:anyOf|oneOf)\//.test(schemaPath) &&
      !(
        keyword === 'enum' &&
        faults.some((each) => each.keyword === 'type' && each.instancePath === instancePath)
      ),
  );
}

function describe(
  { instancePath, keyword, params, message }: SchemaFault,
  name: string | null,
  value: unknown,
): string {
  const tokens = pointerTokens(instancePath);
  const path = [...(name === null ? [] : [name]), ...tokens].join('.');
  const at = path === '' ? 'it' : quote(path);
  const held = tokens.reduce<unknown>((inner, token) => (inner as Schema | null)?.[token], value);
  if (held === null && path !== '') return `${at} is null`;
  switch (keyword) {
    case 'required':
      return `${at} has no ${quote(String(params.missingProperty))}`;
    case 'additionalProperties':
      return path === ''
        ? `${quote(String(params.additionalProperty))} is not declared`
        : `${at} has ${quote(String(params.additionalProperty))}, which is not declared`;
    case 'type':
      return `${at} should be ${nameTypes(params.type)}, but is ${nameType(held)}`;
    case 'enum':
      return `${at} is ${quote(String(held))}, which is not one of its values`;
    case 'anyOf':
    case 'oneOf':
      return `${at} does not fit any of the declared alternatives`;
    default:
      return `${at} ${message ?? 'does not fit'}`;
  }
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

function nameTypes(types: unknown): string {
  return [types]
    .flat()
    .map((type) => typeWords[String(type)] ?? String(type))
    .join(' or ');
}

function nameType(value: unknown): string {
  return value === null ? 'null' : (typeWords[Array.isArray(value) ? 'array' : typeof value] ?? typeof value);
}
