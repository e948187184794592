// Tool calls and lists of tools, in the forms of datasets.
import { invalidToolCall } from '../checks/structure/invalid-tool-call.ts';
import { invalidTools } from '../checks/structure/invalid-tools.ts';
import { wrongType } from '../checks/structure/wrong-type.ts';
import { isDeeperThan, maxDepth } from '../depth.ts';
import { keepExact, noteExact } from '../exact-json.ts';
import { raiseInexactInside } from '../exact-numbers.ts';
import type { ToolCall } from '../example.ts';
import { keepNulls, withoutPadding } from '../meaning/null-padding.ts';
import { isRow, typeName } from './fields.ts';
import type { Raise, Row } from './format.ts';

/** Calls as `{id, type, function: {name, arguments}}` or bare `{name, arguments}`; undefined with a finding. */
export function readToolCalls(value: unknown, pointer: string, raise: Raise): ToolCall[] | undefined {
  if (!Array.isArray(value)) {
    raise(invalidToolCall, pointer, `The tool calls should be a list, but are ${typeName(value)}.`);
    return undefined;
  }
  const calls: ToolCall[] = [];
  for (const [i, each] of value.entries()) {
    const call = readToolCall(each, `${pointer}/${i}`, raise);
    if (!call) return undefined;
    calls.push(call);
  }
  return calls;
}

/** One call; arguments that are a string of JSON become the object in it. */
export function readToolCall(value: unknown, pointer: string, raise: Raise): ToolCall | undefined {
  const wrapped = isRow(value) && isRow(value.function);
  const inner = wrapped ? (value.function as Row) : value;
  const below = wrapped ? `${pointer}/function` : pointer;
  if (!isRow(inner) || typeof inner.name !== 'string' || inner.name === '') {
    raise(invalidToolCall, pointer, 'The tool call names no function.');
    return undefined;
  }
  const key = inner.arguments === undefined && inner.parameters !== undefined ? 'parameters' : 'arguments';
  const args = readArguments(inner[key] ?? {}, `${below}/${key}`, raise);
  if (!args) return undefined;
  const id = isRow(value) ? readId(value, 'id', pointer, raise) : undefined;
  if (id === null) return undefined;
  const call: ToolCall = { type: 'function', function: { name: inner.name, arguments: args } };
  return id === undefined ? call : { id, ...call };
}

/** The id that connects a call with its result; undefined if there is none, null with a finding. */
export function readId(holder: Row, key: string, pointer: string, raise: Raise): string | undefined | null {
  const id = holder[key];
  if (id === undefined || id === null || id === '') return undefined;
  if (typeof id === 'string') return id;
  raise(wrongType, `${pointer}/${key}`, `"${key}" should be text, but is ${typeName(id)}.`);
  return null;
}

function readArguments(value: unknown, pointer: string, raise: Raise): Row | undefined {
  const parsed = typeof value === 'string' ? parseJson(value === '' ? '{}' : value) : value;
  if (typeof value === 'string') raiseInexactInside(value, parsed, pointer, raise);
  if (isRow(parsed)) return typeof value === 'string' ? keepNulls(parsed) : parsed;
  raise(
    invalidToolCall,
    pointer,
    typeof value === 'string' && parsed === undefined
      ? 'The arguments are a string that is not JSON.'
      : `The arguments should be an object, but are ${typeName(parsed)}.`,
  );
  return undefined;
}

/** A list of tools, or a string of JSON that holds one; bare functions are wrapped. Undefined with a finding. */
export function readTools(value: unknown, pointer: string, raise: Raise): unknown[] | undefined {
  const list = typeof value === 'string' ? parseJson(value === '' ? '[]' : value) : value;
  if (typeof value === 'string') raiseInexactInside(value, list, pointer, raise);
  if (!Array.isArray(list)) {
    raise(
      invalidTools,
      pointer,
      typeof value === 'string' && list === undefined
        ? 'The tools are a string that is not JSON.'
        : `The tools should be a list, but are ${typeName(list)}.`,
    );
    return undefined;
  }
  const tools: unknown[] = [];
  for (const [i, each] of list.entries())
    for (const tool of declarationsOf(each)) {
      const inner = isRow(tool) && isRow(tool.function) ? tool.function : tool;
      if (!isRow(inner) || typeof inner.name !== 'string' || inner.name === '') {
        raise(invalidTools, typeof value === 'string' ? pointer : `${pointer}/${i}`, 'A tool has no name.');
        return undefined;
      }
      const written = typeof value === 'string' ? tool : withoutPadding(tool);
      tools.push(inner === tool ? { type: 'function', function: bareFunction(written as Row) } : written);
    }
  return tools;
}

// Gemini lists the functions of a tool, and Amazon Bedrock uses other names.
function declarationsOf(tool: unknown): unknown[] {
  if (!isRow(tool)) return [tool];
  const listed = tool.functionDeclarations ?? tool.function_declarations;
  if (Array.isArray(listed)) return listed;
  if (!isRow(tool.toolSpec)) return [tool];
  const { inputSchema, ...rest } = tool.toolSpec;
  const parameters = isRow(inputSchema) && inputSchema.json !== undefined ? inputSchema.json : inputSchema;
  return [keepExact(tool.toolSpec, { ...rest, ...(parameters !== undefined && { parameters }) })];
}

// OpenAI's newer API writes the type beside the name; a function inside a tool has none.
function bareFunction(tool: Row): Row {
  if (tool.type !== 'function') return tool;
  const { type: _, ...rest } = tool;
  return keepExact(tool, rest);
}

/** The value of JSON text, with notes for exact-json.ts; undefined if it is not JSON, or nested too deeply. */
export function parseJson(text: string): unknown {
  try {
    const value = JSON.parse(text) as unknown;
    if (isDeeperThan(value, maxDepth)) return undefined;
    noteExact(text, value);
    return value;
  } catch {
    return undefined;
  }
}
