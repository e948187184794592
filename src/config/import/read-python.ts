// Reads literal keyword arguments of calls in a Python script. Nothing is executed, so computed values stay unknown.
import type { SourceSetting } from './setting.ts';

// Calls whose arguments are settings; of the second group the first argument is one too.
const calls =
  /^(?:SFTConfig|SFTTrainer|TrainingArguments|UnslothTrainingArguments|LoraConfig|BitsAndBytesConfig|get_peft_model|from_pretrained|load_dataset)$/;
const firstArgument: Readonly<Record<string, string>> = {
  from_pretrained: 'model_name',
  load_dataset: 'load_dataset',
};
// Loading a tokenizer or a finished adapter says nothing about the training.
const otherOwners = /^(?:Auto(?:Tokenizer|Processor|Config)|PeftModel|AutoPeftModel\w*)$/;

interface Token {
  text: string;
  kind: 'name' | 'number' | 'string' | 'sign';
  line: number;
  /** Of a string, what it means; null if parts of it are computed. */
  value?: string | null;
}

/** The settings of a script, and the names of classes and packages in it. */
export function readPython(text: string): { settings: SourceSetting[]; names: Set<string> } {
  const tokens = tokenize(text);
  const names = new Set(tokens.filter(({ kind }) => kind === 'name').map(({ text: name }) => name));
  const variables = new Map<string, unknown>();
  const settings: SourceSetting[] = [];
  for (let i = 0; i < tokens.length; i += 1) {
    const [name, sign] = [tokens[i] as Token, tokens[i + 1]];
    if (name.kind !== 'name' || !sign) continue;
    if (sign.text === '=' && startsLine(tokens, i)) {
      const end = endOfLine(tokens, i + 2);
      const read = readLiteral(tokens, i + 2, end, variables);
      if (read && read.next === end) variables.set(name.text, read.value);
      else variables.delete(name.text);
    }
    const owner = tokens[i - 1]?.text === '.' ? (tokens[i - 2]?.text ?? '') : '';
    if (sign.text === '(' && calls.test(name.text) && !otherOwners.test(owner))
      settings.push(...readCall(tokens, i, variables));
  }
  return { settings, names };
}

function readCall(
  tokens: readonly Token[],
  at: number,
  variables: ReadonlyMap<string, unknown>,
): SourceSetting[] {
  const found: SourceSetting[] = [];
  const call = (tokens[at] as Token).text;
  let i = at + 2;
  for (let position = 0; i < tokens.length && tokens[i]?.text !== ')'; position += 1) {
    const end = endOfArgument(tokens, i);
    const named = tokens[i]?.kind === 'name' && tokens[i + 1]?.text === '=';
    const key = named ? (tokens[i] as Token).text : position === 0 ? firstArgument[call] : undefined;
    const from = named ? i + 2 : i;
    if (key !== undefined && from < end) {
      const read = readLiteral(tokens, from, end, variables);
      const { line } = tokens[i] as Token;
      if (read && read.next === end) found.push({ key, value: read.value, line });
      else
        found.push({
          key,
          value: undefined,
          line,
          computed: spell(tokens.slice(from, end)),
        });
    }
    i = tokens[end]?.text === ',' ? end + 1 : end;
  }
  return found;
}

const mostShown = 60;

// As the script has it, on one line.
function spell(tokens: readonly Token[]): string {
  let text = '';
  for (const [i, token] of tokens.entries()) {
    const gap = /[\w)]$/.test(text) && /^\w/.test(token.text) && tokens[i - 1]?.text !== '.';
    text += (gap ? ' ' : '') + token.text;
    if (text.length > mostShown) return `${text.slice(0, mostShown)}…`;
  }
  return text;
}

interface Literal {
  value: unknown;
  next: number;
}

const constants: Readonly<Record<string, unknown>> = { True: true, False: false, None: null };

function readLiteral(
  tokens: readonly Token[],
  at: number,
  end: number,
  variables: ReadonlyMap<string, unknown>,
  depth = 0,
): Literal | null {
  const token = tokens[at];
  if (!token || at >= end || depth > 20) return null;
  if (token.kind === 'string') {
    let [text, next] = [token.value ?? null, at + 1];
    for (; tokens[next]?.kind === 'string' && next < end; next += 1)
      text = text === null ? null : text + (tokens[next]?.value ?? '');
    return text === null ? null : { value: text, next };
  }
  if (token.kind === 'number') return { value: Number(token.text.replaceAll('_', '')), next: at + 1 };
  if (token.text === '-' || token.text === '+') {
    const number = readLiteral(tokens, at + 1, end, variables, depth + 1);
    return number && typeof number.value === 'number'
      ? { value: token.text === '-' ? -number.value : number.value, next: number.next }
      : null;
  }
  if (token.kind === 'name') {
    if (Object.hasOwn(constants, token.text)) return { value: constants[token.text], next: at + 1 };
    if (token.text === 'torch' && tokens[at + 1]?.text === '.')
      return { value: `torch.${tokens[at + 2]?.text}`, next: at + 3 };
    return variables.has(token.text) ? { value: variables.get(token.text), next: at + 1 } : null;
  }
  if (token.text === '[' || token.text === '(' || token.text === '{')
    return readCollection(tokens, at, end, variables, depth);
  return null;
}

function readCollection(
  tokens: readonly Token[],
  at: number,
  end: number,
  variables: ReadonlyMap<string, unknown>,
  depth: number,
): Literal | null {
  const close = { '[': ']', '(': ')', '{': '}' }[(tokens[at] as Token).text];
  const items: unknown[] = [];
  const entries: [string, unknown][] = [];
  let next = at + 1;
  while (next < end && tokens[next]?.text !== close) {
    const item = readLiteral(tokens, next, end, variables, depth + 1);
    if (!item) return null;
    next = item.next;
    if (close === '}' && tokens[next]?.text === ':') {
      const value = readLiteral(tokens, next + 1, end, variables, depth + 1);
      if (!value) return null;
      entries.push([String(item.value), value.value]);
      next = value.next;
    } else items.push(item.value);
    if (tokens[next]?.text === ',') next += 1;
    else if (tokens[next]?.text !== close) return null;
  }
  if (next >= end) return null;
  return { value: entries.length > 0 ? Object.fromEntries(entries) : items, next: next + 1 };
}

function endOfArgument(tokens: readonly Token[], from: number): number {
  let depth = 0;
  let i = from;
  for (; i < tokens.length; i += 1) {
    const { text, kind } = tokens[i] as Token;
    if (kind !== 'sign') continue;
    if (depth === 0 && (text === ',' || text === ')')) return i;
    if ('([{'.includes(text)) depth += 1;
    else if (')]}'.includes(text)) depth -= 1;
  }
  return i;
}

function startsLine(tokens: readonly Token[], at: number): boolean {
  return tokens[at - 1]?.line !== tokens[at]?.line || tokens[at - 1]?.text === ';';
}

function endOfLine(tokens: readonly Token[], from: number): number {
  let depth = 0;
  let i = from;
  for (; i < tokens.length; i += 1) {
    const { text, kind, line } = tokens[i] as Token;
    if (depth === 0 && i > from && (line !== tokens[i - 1]?.line || text === ';')) return i;
    if (kind === 'sign' && '([{'.includes(text)) depth += 1;
    if (kind === 'sign' && ')]}'.includes(text)) depth -= 1;
  }
  return i;
}

const pattern =
  /(?<space>[ \t\r\f]+|\\\n|#[^\n]*|\n)|(?<string>[rbuRBU]{0,2}(?<f>[fF]?)[rR]?(?:"""(?:[^\\]|\\.)*?"""|'''(?:[^\\]|\\.)*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))|(?<name>[\p{L}_][\p{L}\p{N}_]*)|(?<number>(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][-+]?\d+)?)|(?<sign>.)/gsu;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (const { 0: match, groups = {} } of text.matchAll(pattern)) {
    if (groups.string !== undefined)
      tokens.push({ text: match, kind: 'string', line, value: groups.f ? null : unquote(match) });
    else if (groups.space === undefined)
      tokens.push({
        text: match,
        line,
        kind: groups.name !== undefined ? 'name' : groups.number !== undefined ? 'number' : 'sign',
      });
    for (const char of match) if (char === '\n') line += 1;
  }
  return tokens;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\n': '' };

function unquote(text: string): string {
  const prefix = /^[a-zA-Z]*/.exec(text)?.[0] ?? '';
  const body = text.slice(prefix.length);
  const width = /^("""|''')/.test(body) ? 3 : 1;
  const inner = body.slice(width, -width);
  return /r/i.test(prefix) ? inner : inner.replace(/\\(.)/gs, (_all, char: string) => escapes[char] ?? char);
}
