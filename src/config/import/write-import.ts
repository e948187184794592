// Writes the imported config: lorch settings in their usual order, each with the line it came from.
import { Document, isMap, isScalar, type Pair, Scalar } from 'yaml';
import { escapeVariables } from '../write-yaml.ts';
import type { ImportedSetting } from './translate.ts';

export interface ImportedConfig {
  name: string;
  tool: string;
  /** As shown to users. */
  file: string;
  settings: readonly ImportedSetting[];
  /** Defaults of the tool that lorch would choose otherwise. */
  defaults: Readonly<Record<string, unknown>>;
}

const order = [
  'name',
  'base_model',
  'revision',
  'init_adapter',
  'model',
  'tokenizer',
  'dataset',
  'lora',
  'quantization',
  'training',
  'resources',
];

/** The YAML text. */
export function writeImport({ name, tool, file, settings, defaults }: ImportedConfig): string {
  const values: Record<string, unknown> = {};
  const comments = new Map<string, string>();
  put(values, 'name', name);
  for (const setting of settings) {
    const source = `${placeOf(setting)} ${setting.key}: ${setting.shown}${setting.reason ? ` (${setting.reason})` : ''}`;
    for (const [path, value] of Object.entries(setting.set)) {
      put(values, path, value);
      if (setting.fate === 'renamed') comments.set(path, source);
      else if (setting.reason) comments.set(path, setting.reason);
    }
  }
  for (const [path, value] of Object.entries(defaults)) {
    put(values, path, value);
    comments.set(path, `${tool}'s default`);
  }
  const sorted = Object.fromEntries(order.filter((key) => key in values).map((key) => [key, values[key]]));
  const document = new Document(escapeVariables(sorted), { compat: 'yaml-1.1' } as object);
  for (const [path, comment] of comments) addComment(document, path.split('.'), comment);
  const refused = settings.filter(({ fate }) => fate === 'refused').map(lineOf);
  const needless = settings
    .filter(({ fate, set }) => fate !== 'refused' && Object.keys(set).length === 0)
    .map(lineOf);
  document.commentBefore = clean(
    ` Imported from ${file} (${tool}). The comment on a setting shows the line that it comes from.`,
  );
  return [
    document.toString({ lineWidth: 0 }),
    ...list('Left out, with the reason.', refused),
    ...list('No setting is needed for these.', needless),
  ].join('');
}

function placeOf({ cell, line }: ImportedSetting): string {
  return `${cell ? `${cell}, ` : ''}line ${line}`;
}

function lineOf(setting: ImportedSetting): string {
  return `${placeOf(setting)}  ${setting.key}: ${setting.shown}${setting.reason ? ` — ${setting.reason}` : ''}`;
}

function list(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`\n# ${title}\n`, ...lines.map((line) => `#   ${clean(line)}\n`)];
}

function put(values: Record<string, unknown>, path: string, value: unknown): void {
  const keys = path.split('.');
  let at = values;
  for (const key of keys.slice(0, -1)) {
    if (typeof at[key] !== 'object' || at[key] === null || Array.isArray(at[key])) at[key] = {};
    at = at[key] as Record<string, unknown>;
  }
  at[keys.at(-1) as string] = value;
}

function addComment(document: Document, path: readonly string[], comment: string): void {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return;
  const pair = (parent.items as Pair[]).find(({ key }) => isScalar(key) && key.value === path.at(-1));
  if (isScalar(pair?.value)) pair.value.comment = clean(` ${comment}`);
  else if (pair) {
    const key = isScalar(pair.key) ? pair.key : new Scalar(path.at(-1));
    key.commentBefore = clean(` ${comment}`);
    pair.key = key;
  }
}

// A comment is one line without control characters.
function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}
