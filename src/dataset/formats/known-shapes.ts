// Shapes of rows that no mapping can read, with advice for each.
import { isRow } from './fields.ts';
import type { Row } from './format.ts';
import { isTurnList } from './mapping.ts';
import { readTranscript } from './read-transcript.ts';
import { spokenTurns } from './roles.ts';

interface Shape {
  why: string;
  hint: string;
}

/** A description of these rows if no mapping can read their shape; null otherwise. */
export function knownShape(rows: readonly Row[]): Shape | null {
  const most = (test: (row: Row) => boolean): boolean => rows.filter(test).length * 2 >= rows.length;
  const has = (...keys: string[]): boolean => most((row) => keys.every((key) => key in row));
  if (has('parent_id', 'text', 'role') || has('parent_id', 'content', 'role'))
    return {
      why: 'each row is one message of a tree ("parent_id", "role"), not a conversation',
      hint: 'follow parent_id from each last message up to its root, and write each such path as one row: {"messages": [{"role": "user", "content": …}, {"role": "assistant", "content": …}]}',
    };
  if (most((row) => Array.isArray((row.prompt as Row | undefined)?.replies)))
    return {
      why: 'each row is a tree of replies ("prompt.replies"), not one conversation',
      hint: 'write each path from the prompt to a last reply as one row: {"messages": [{"role": "user", "content": …}, {"role": "assistant", "content": …}]}',
    };
  if (most((row) => Object.values(row).some(isItemList)))
    return {
      why: 'the rows hold items of the Responses API ("function_call", "function_call_output"), which are not messages',
      hint: 'write them as chat messages: {"role": "assistant", "tool_calls": [{"id": …, "function": {"name": …, "arguments": …}}]} and {"role": "tool", "tool_call_id": …, "content": …}',
    };
  const compared = /^(?:human_ref|response|answer|completion|output|model)_?(?:a|b|0|1|2)(?:_.*)?$/i;
  if (
    most(
      (row) =>
        Object.keys(row).filter((key) => compared.test(key) && typeof row[key] === 'string').length === 2,
    )
  ) {
    const keys = Object.keys(rows[0] ?? {}).filter((key) => compared.test(key));
    return {
      why: `the rows compare two answers (${keys.map((key) => JSON.stringify(key)).join(' and ')}), and another field says which is better`,
      hint: 'write the better one as "chosen" and the other as "rejected", with the "prompt" beside them',
    };
  }
  if (most((row) => Array.isArray(row.completions) && row.completions.length > 1))
    return {
      why: 'the rows have several answers each ("completions"), and no field says which one to train on',
      hint: 'write the best as "chosen" and a worse one as "rejected", with the "prompt" beside them; or one row for each answer that you want to train on',
    };
  return wrappedRows(rows) ?? sentencesForNames(rows);
}

function isItemList(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.some(
      (item) =>
        isRow(item) && item.role === undefined && /^function_call(?:_output)?$/.test(String(item.type)),
    )
  );
}

// A file that is one object around its rows.
function wrappedRows(rows: readonly Row[]): Shape | null {
  const [only] = rows;
  if (!only || rows.length > 1) return null;
  const inner = Object.values(only);
  const list = Object.entries(only).find(
    ([, value]) =>
      Array.isArray(value) && value.length > 1 && value.every(isRow) && !isTurnList(value, spokenTurns),
  );
  if (list)
    return {
      why: `the file is one object, and its rows are probably those under ${JSON.stringify(list[0])}`,
      hint: 'write that list as the file',
    };
  const keys = inner.map((value) => (isRow(value) ? Object.keys(value).join(' ') : null));
  if (inner.length > 1 && keys[0] && keys.every((each) => each === keys[0]))
    return {
      why: `the file is one object, and has probably a row under each of its ${inner.length} keys`,
      hint: 'write its values as a list, or one a line',
    };
  return null;
}

// A table without a header: its first row was read as one.
function sentencesForNames(rows: readonly Row[]): Shape | null {
  const keys = Object.keys(rows[0] ?? {});
  const sentences = keys.filter((key) => /\s\S+\s.*[.?!。？！]$/.test(key));
  if (sentences.length === 0 || sentences.length * 2 < keys.length) return null;
  return {
    why: `the columns are called ${sentences
      .slice(0, 2)
      .map((key) => JSON.stringify(key.slice(0, 60)))
      .join(' and ')}, which looks like a row and not like names`,
    hint: 'put a line with the names of the columns first, such as: prompt,answer',
  };
}

/** Texts that a template wrote, but whose turns cannot be separated with certainty. */
export function doubtfulText(rows: readonly Row[]): Shape | null {
  for (const key of Object.keys(rows[0] ?? {})) {
    const texts = rows.map((row) => row[key]).filter((value) => typeof value === 'string');
    const found = texts.map(readTranscript);
    if (found.filter((each) => each !== null).length * 2 < rows.length) continue;
    const doubt = found.find((each) => each !== null && 'problem' in each);
    if (!doubt || !('problem' in doubt)) continue;
    return {
      why: `the texts under ${JSON.stringify(key)} were written with ${doubt.template}, but their turns are not certain: ${doubt.problem}`,
      hint: 'write the turns as rows with "messages", and lorch renders them with the model’s own template; to train on the texts unchanged, write format: text (--format text)',
    };
  }
  return null;
}
