// Turns zod's issues into findings for people who write YAML.
import type { z } from 'zod';
import type { Finding } from '../diagnostics/finding.ts';
import { finding } from './finding.ts';
import { refusedValues } from './schema/refused-values.ts';
import { hideSecrets } from './secrets.ts';
import { keyPlaceOf, type Located, nodeAt, type Path, placeOf } from './source/located.ts';
import { nearest } from './suggest.ts';
import { unknownKey } from './unknown-key.ts';

type Issue = z.core.$ZodIssue;

/** The most alternatives to list in a sentence. */
const manyChoices = 8;

/** The findings for one issue of a section; `prefix` is the section's path in `root`. */
export function describeIssue(issue: Issue, root: Located, prefix: Path): Finding[] {
  const path = [...prefix, ...issue.path];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownKey(key, path.join('.'), keyPlaceOf(root, [...path, key])));
  const fitting =
    issue.code === 'invalid_union'
      ? issue.errors.filter((branch) => !mismatch(branch, nodeAt(root, path)))
      : [];
  const [branch] = fitting;
  if (branch && fitting.length === 1) return branch.flatMap((each) => describeIssue(each, root, path));
  return [describeValue(issue, root, path)];
}

/** Whether a branch of a union expects another type altogether. */
function mismatch(branch: Issue[], node?: Located): boolean {
  return branch.some(
    (each) =>
      each.path.length === 0 &&
      (each.code === 'invalid_type' ||
        (each.code === 'invalid_value' && node !== undefined && node.kind !== 'scalar') ||
        (each.code === 'invalid_union' && each.errors.every((inner) => mismatch(inner, node)))),
  );
}

function describeValue(issue: Issue, root: Located, path: Path): Finding {
  const label = path.join('.');
  const node = nodeAt(root, path);
  const empty =
    node?.kind === 'scalar' && node.value === null && nodeAt(root, path.slice(0, -1))?.kind === 'map';
  if (!node || empty) {
    const parent = path.slice(0, -1).join('.');
    return finding(
      'C013',
      node ? keyPlaceOf(root, path) : placeOf(root, path),
      `\`${label}\` is missing`,
      parent ? `add it under \`${parent}:\`` : `add \`${label}: …\``,
    );
  }
  const { at } = node;
  const { code, hint: advice } = ((issue.code === 'custom' && issue.params) || {}) as Record<string, string>;
  // A schema's own words: with a code they are a sentence, without one they say what the value must be.
  if (code) return finding(code, at, `\`${label}\`: ${issue.message}`, advice);
  const refused = node.kind === 'scalar' && refusedValues[label]?.[String(node.value)];
  if (refused && node.kind === 'scalar')
    return finding('C016', at, `\`${label}: ${node.value}\` is not supported`, refused);
  const expected = [...new Set(expectations(issue))];
  const what = expected.length > manyChoices ? `one of ${expected.length} choices` : join(expected);
  const message = `\`${label}\` must be ${what}; this is ${nameValue(node)}`;
  const hint =
    hintFor(expected, node) ?? meant[label] ?? (expected.length > manyChoices ? join(expected) : undefined);
  return finding(onlyTypes(issue) ? 'C011' : 'C012', at, message, hint);
}

/** What a user who writes any other value may want. */
const meant: Record<string, string> = {
  'lora.init_lora_weights': 'to start from an adapter, write `init_adapter:` at the top level',
};

function onlyTypes(issue: Issue): boolean {
  return (
    issue.code === 'invalid_type' ||
    (issue.code === 'invalid_union' && issue.errors.every((branch) => mismatch(branch)))
  );
}

/** What the value must be, one phrase for each alternative. */
function expectations(issue: Issue): string[] {
  switch (issue.code) {
    case 'invalid_type':
      return [typeWord(issue.expected)];
    case 'invalid_value':
      return choices(issue);
    case 'invalid_format':
      return [issue.message];
    case 'too_small':
      return [smallest(issue)];
    case 'too_big':
      return [largest(issue)];
    case 'invalid_union':
      // If the schema has words of its own for the alternatives, they are better.
      if (issue.message !== 'Invalid input') return [issue.message];
      return issue.errors.flatMap((branch) =>
        branch.filter((each) => each.path.length === 0).flatMap(expectations),
      );
    default:
      return [issue.message];
  }
}

function typeWord(expected: string): string {
  const words: Record<string, string> = {
    string: 'text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a mapping',
    record: 'a mapping',
  };
  return words[expected] ?? expected;
}

/** The choices of an enum, without the second spellings that notebooks use. */
function choices(issue: z.core.$ZodIssueInvalidValue): string[] {
  return issue.values.map(String).filter((value) => !/^(torch\.|TaskType\.|None$)/.test(value));
}

function smallest(issue: z.core.$ZodIssueTooSmall): string {
  if (issue.origin === 'string' || issue.origin === 'array') return 'not empty';
  const whole = issue.origin === 'int' ? 'a whole number ' : 'a number ';
  return whole + (issue.inclusive ? `of at least ${issue.minimum}` : `above ${issue.minimum}`);
}

function largest(issue: z.core.$ZodIssueTooBig): string {
  if (issue.origin === 'string') return `at most ${issue.maximum} letters`;
  const whole = issue.origin === 'int' ? 'a whole number ' : 'a number ';
  return whole + (issue.inclusive ? `of at most ${issue.maximum}` : `below ${issue.maximum}`);
}

function join(phrases: string[]): string {
  const last = phrases.at(-1) ?? '';
  return phrases.length < 2 ? last : `${phrases.slice(0, -1).join(', ')} or ${last}`;
}

function nameValue(node: Located): string {
  if (node.kind === 'list') return node.items.length === 0 ? 'an empty list' : 'a list';
  if (node.kind === 'map') return 'a mapping';
  if (typeof node.value !== 'string') return `${node.value}`;
  const shown = hideSecrets(node.value.length > 60 ? `${node.value.slice(0, 60)}…` : node.value);
  return `the text ${JSON.stringify(shown)}`;
}

const spelledBooleans: Record<string, string> = {
  yes: 'true',
  on: 'true',
  y: 'true',
  no: 'false',
  off: 'false',
  n: 'false',
};

function hintFor(expected: string[], node: Located): string | undefined {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return undefined;
  const { value } = node;
  const boolean = spelledBooleans[value.toLowerCase()];
  if (boolean && expected.includes('true or false'))
    return node.plain ? `YAML 1.2 reads \`${value}\` as text; write \`${boolean}\`` : `write \`${boolean}\``;
  if (/^(true|false)$/i.test(value) && expected.includes('true or false')) return 'remove the quotes';
  if (/^none$/i.test(value)) return 'YAML writes nothing as `null`, or leaves the key out';
  if (expected.some((phrase) => phrase.includes('number'))) {
    if (value.trim() !== '' && Number.isFinite(Number(value))) return 'remove the quotes';
    if (/^\d[\d_]*$/.test(value)) return `write \`${value.replaceAll('_', '')}\``;
    if (/^[\d.]+,\d+/.test(value)) return 'write a decimal point';
    return undefined;
  }
  const near = nearest(value.replace(/^torch\./, ''), expected);
  return near && `did you mean \`${near}\`?`;
}
