import { lastAnswer } from '../../across/last-answer.ts';
import { countOf, quote } from '../../across/wording.ts';
import type { Example } from '../../example.ts';
import { findSide } from '../../meaning/two-sides.ts';
import { isClassAnswer, type Rating, readGradeWord, readRating, readVerdict } from '../../meaning/verdict.ts';
import type { Check } from '../check.ts';

const mostFields = 4;
const mostFieldsOfFile = 50;
const mostValues = 24;
const namedRows = 5;
const mostAnswers = 20;
const separator = '\u0000';
const wholeRow = { message: -1 };

export const lowRated: Check = {
  code: 'D066',
  name: 'low-rated',
  severity: 'warning',
  title: 'Rows are trained on although their own field rates the answer as bad.',
  prose:
    'A `rating`, `reward`, `score`, `stars` or a `label` of 0 and 1 says how good the answer is. Training does not read it: bad answers count as much as good ones. A number below zero is bad. So is 0 if the field holds only 0 and 1, and so is the lower part of a scale that ends at 5 or 10. Votes and scores that are counts are bad only below zero. A `label` of numbers is not a rating if it is beside an `instruction`, or if the answers are the names of classes. Words are grades (`label: "bad"`, `score: "low"`) if the field holds no other words and good or middling ones too, and if no answer says the word itself.',
  hint: 'keep the rows with good answers only; if the field means something else, switch the check off: D066: off',
  bad: [
    {
      text: [
        '{"prompt":"Which river runs through Vienna?","response":"The Danube.","reward":1.0}',
        '{"prompt":"How many legs has a spider?","response":"Nobody knows.","reward":-1.0}',
      ].join('\n'),
      pointer: '/reward',
    },
    {
      text: [
        '{"instruction":"Which river runs through Vienna?","output":"The Danube.","rating":5}',
        '{"instruction":"How many legs has a spider?","output":"Nobody knows.","rating":1}',
      ].join('\n'),
      pointer: '/rating',
    },
    {
      text: [
        '{"instruction":"Which river runs through Vienna?","output":"The Danube.","label":"good"}',
        '{"instruction":"How many legs has a spider?","output":"Nobody knows.","label":"bad"}',
      ].join('\n'),
      pointer: '/label',
    },
  ],
  good: [
    [
      '{"question":"Which river runs through Vienna?","answer":"The Danube.","score":57}',
      '{"question":"How many legs has a spider?","answer":"It has eight legs.","score":2}',
    ].join('\n'),
    [
      '{"prompt":"The soup was cold. Sentiment?","completion":"negative","label":0}',
      '{"prompt":"The soup was hot. Sentiment?","completion":"positive","label":1}',
    ].join('\n'),
  ],
  across: () => ({
    trait(example, row) {
      let value = '';
      let fields = 0;
      let first = '';
      for (const key in example.meta) {
        const rating = ratingOf(key, example, row);
        if (!rating || fields === mostFields) continue;
        if (fields === 0) first = key;
        fields += 1;
        value += `${value === '' ? '' : separator}${rating.kind}${separator}${rating.value}${separator}${key.slice(0, 100)}${separator}${rating.answer}`;
      }
      // Each answer of a pair may have its own rating.
      if (fields === 0 || findSide(row, 'rejected') !== undefined) return null;
      return { value, spot: fields === 1 ? { message: -1, meta: first } : wholeRow };
    },
    collect() {
      const fields = new Map<string, Field>();
      return {
        add(row, value) {
          const parts = value.split(separator);
          for (let i = 0; i + 3 < parts.length; i += 4) {
            const name = `${parts[i]}${separator}${parts[i + 2]}`;
            let field = fields.get(name);
            if (!field) {
              if (fields.size === mostFieldsOfFile) continue;
              field = createField(parts[i] as FieldKind, parts[i + 2] ?? '');
              fields.set(name, field);
            }
            countIn(field, Number(parts[i + 1]), row);
            if (field.answers.size < mostAnswers) field.answers.add(parts[i + 3] ?? '');
          }
        },
        end(report) {
          for (const field of fields.values()) {
            const found = findLow(field);
            if (!found) continue;
            const rated = countOf(found.count, field.total, 'rows');
            report(
              found.rows,
              `${rated} ${found.count === 1 ? 'has' : 'have'} a ${quote(field.key)} ${found.limit}: their answers are trained like good ones.`,
              { rows: found.count, of: field.total, key: field.key },
            );
          }
        },
      };
    },
  }),
};

interface Found {
  kind: FieldKind;
  value: number;
  /** The beginning of the answer beside a label. */
  answer: string;
}

type FieldKind = Rating['kind'] | 'word';

// What a field says about the row's answer, if its values in other rows show that it is a grade.
function ratingOf(key: string, example: Example, row: Readonly<Record<string, unknown>>): Found | null {
  const said = example.meta[key];
  if (readVerdict(key, said) === false) return null;
  const rating = readRating(key, said);
  if (rating) {
    if (rating.kind !== 'label') return { ...rating, answer: '' };
    const answer = lastAnswer(example)?.text ?? '';
    return isOfClasses(answer, row, said) ? null : { ...rating, answer: answer.slice(0, 40) };
  }
  const word = readGradeWord(key, said);
  if (word === null) return null;
  const answer = lastAnswer(example)?.text ?? '';
  // If the answer contains the word, it names the class of the text that it is about.
  const isClass = isClassAnswer(answer) || answer.toLowerCase().includes(String(said).trim().toLowerCase());
  return { kind: 'word', value: isClass ? -1 : word, answer: answer.slice(0, 40) };
}

interface Field {
  kind: FieldKind;
  key: string;
  total: number;
  /** Counts by value; null once there are too many values. */
  values: Map<number, { count: number; rows: number[] }> | null;
  lowest: number;
  highest: number;
  whole: boolean;
  negative: { count: number; rows: number[] };
  /** The beginnings of the answers of rows with a label. */
  answers: Set<string>;
}

function createField(kind: FieldKind, key: string): Field {
  return {
    kind,
    key,
    total: 0,
    values: new Map(),
    lowest: Number.POSITIVE_INFINITY,
    highest: Number.NEGATIVE_INFINITY,
    whole: true,
    negative: { count: 0, rows: [] },
    answers: new Set(),
  };
}

function countIn(field: Field, value: number, row: number): void {
  field.total += 1;
  field.lowest = Math.min(field.lowest, value);
  field.highest = Math.max(field.highest, value);
  field.whole &&= Number.isInteger(value * 2);
  if (value < 0) note(field.negative, row);
  const { values } = field;
  if (!values) return;
  let seen = values.get(value);
  if (!seen) {
    if (values.size === mostValues) {
      field.values = null;
      return;
    }
    seen = { count: 0, rows: [] };
    values.set(value, seen);
  }
  note(seen, row);
}

function note(seen: { count: number; rows: number[] }, row: number): void {
  seen.count += 1;
  if (seen.rows.length < namedRows) seen.rows.push(row);
}

function findLow(field: Field): { count: number; rows: number[]; limit: string } | null {
  const { kind, values, negative, lowest, highest } = field;
  // A few answers that recur often are names of classes.
  if (
    (kind === 'label' || kind === 'word') &&
    field.total >= 8 &&
    field.answers.size * 2 <= field.total &&
    field.answers.size < mostAnswers
  )
    return null;
  if (kind === 'word') {
    const bad = lowest === 0 && highest > 0 ? values?.get(0) : undefined;
    return bad ? { ...bad, limit: 'that says bad or low' } : null;
  }
  if (negative.count > 0 && (kind !== 'label' || isFlag(field))) return { ...negative, limit: 'below 0' };
  if (kind === 'votes' || !values || lowest === highest) return null;
  if (lowest === 0 && highest === 1 && values.size === 2) {
    const zero = values.get(0);
    return zero ? { ...zero, limit: 'of 0' } : null;
  }
  if (kind !== 'grade' || !field.whole || highest < 3 || highest > 10) return null;
  const limit = highest <= 5 ? (lowest === 0 ? 1 : 2) : 3;
  const low = [...values].filter(([value]) => value <= limit).map(([, seen]) => seen);
  if (low.length === 0) return null;
  return {
    count: low.reduce((sum, { count }) => sum + count, 0),
    rows: low
      .flatMap(({ rows }) => rows)
      .sort((a, b) => a - b)
      .slice(0, namedRows),
    limit: `of ${limit} or less (of ${highest})`,
  };
}

// Only -1 and 1; -1, 0 and 1 are three classes.
function isFlag({ values }: Field): boolean {
  return values?.size === 2 && values.has(-1) && values.has(1);
}

// Classification datasets have the class as a number beside an instruction.
function isOfClasses(answer: string, row: Readonly<Record<string, unknown>>, label: unknown): boolean {
  const isNumber = !/^\s*(?:true|false)\s*$/i.test(String(label));
  return (isNumber && row.instruction !== undefined) || isClassAnswer(answer);
}
