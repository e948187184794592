// Arithmetic in text: computes expressions and tests equations. Reports nothing if it is not sure.
import { unitAt } from './unit-at.ts';

export interface Computed {
  value: number;
  /** Whole numbers only and no division: no rounding can excuse a difference. */
  exact: boolean;
}

const token = /\s*(?:(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)|(\*\*|[-+*/()^x×÷−–·]))/y;

/** The value of an expression of numbers, + - * / ^ and brackets; null for anything else. */
export function compute(text: string): Computed | null {
  const tokens: (number | string)[] = [];
  const plain = text.replace(/[$€£]\s?(?=[\d.])/g, '').trimEnd();
  let exact = true;
  token.lastIndex = 0;
  while (token.lastIndex < plain.length) {
    const found = token.exec(plain);
    if (!found || tokens.length > 60) return null;
    const [, number, sign = ''] = found;
    if (number !== undefined) {
      exact &&= !number.includes('.');
      tokens.push(Number(number.replaceAll(',', '')));
    } else if (sign === 'x' && !/^\s*[\d.($]/.test(plain.slice(token.lastIndex, token.lastIndex + 4)))
      return null; // A variable.
    else tokens.push(signs[sign] ?? sign);
  }
  let at = 0;
  const fail = Number.NaN;

  const unary = (): number => {
    const each = tokens[at];
    at += 1;
    if (typeof each === 'number') return each;
    if (each === '-') return -power();
    if (each !== '(') return fail;
    const value = sum();
    at += 1;
    return tokens[at - 1] === ')' ? value : fail;
  };
  const power = (): number => {
    const base = unary();
    if (tokens[at] !== '^') return base;
    at += 1;
    return base ** power();
  };
  const product = (): number => {
    let value = power();
    while (tokens[at] === '*' || tokens[at] === '/') {
      const divides = tokens[at] === '/';
      at += 1;
      const by = power();
      if (divides) exact = false;
      value = divides ? value / by : value * by;
    }
    return value;
  };
  const sum = (): number => {
    let value = product();
    while (tokens[at] === '+' || tokens[at] === '-') {
      const minus = tokens[at] === '-';
      at += 1;
      const by = product();
      value = minus ? value - by : value + by;
    }
    return value;
  };
  const value = sum();
  if (at !== tokens.length || !Number.isFinite(value)) return null;
  return { value, exact: exact && Math.abs(value) < 2 ** 53 };
}

const signs: Record<string, string> = { x: '*', '×': '*', '·': '*', '÷': '/', '−': '-', '–': '-', '**': '^' };

/** Whether a number as written says this value: exactly, or rounded or cut to the digits it shows. */
export function says(written: string, { value, exact }: Computed): boolean {
  const plain = written.replaceAll(',', '');
  const claimed = Number(plain);
  const difference = Math.abs(claimed - value);
  if (exact) return difference === 0;
  const decimals = plain.includes('.') ? plain.length - plain.indexOf('.') - 1 : 0;
  // One unit of the last digit shown, or one in a hundred if steps before were rounded.
  return difference <= 10 ** -decimals + 1e-9 || difference <= Math.abs(value) * 0.01;
}

export interface WrongEquation {
  at: number;
  shown: string;
  expected: number;
}

const right = /\s*[-−–]?\s*[$€£]?\s?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)/y;
// An operand goes on, is a share, or is of another unit.
const goesOn =
  /^(?:[\d., ]?\d|\s*%|\s*[-+*/^x×÷−–·=(°:](?!\s*[A-Za-z]*\s*$)|\s?(?:million|billion|thousand|hundred|dozen|k\b|m\b|percent|r\b|remainder|hours?|minutes?|days?|weeks?|months?|years?|feet|foot|miles?|meters?|km|kg|dollars? and)|[a-zA-Z_({[²³\\])/;
const reach = 80;

/** The first equation of numbers in a text that does not hold. */
export function findWrongEquation(text: string): WrongEquation | null {
  for (let at = text.indexOf('='); at >= 0; at = text.indexOf('=', at + 1)) {
    right.lastIndex = at + 1;
    const claimed = right.exec(text);
    const number = claimed?.[1];
    if (!claimed || number === undefined) continue;
    if (goesOn.test(text.slice(right.lastIndex, right.lastIndex + 16))) continue;
    const left = leftSide(text, at);
    const computed = left === null ? null : compute(left);
    if (!left || !computed) continue;
    const negative = /[-−–]/.test(claimed[0]);
    const value = negative ? { ...computed, value: -computed.value } : computed;
    if (says(number, value) || isOtherSystem(left, number) || isOtherUnit(number, value)) continue;
    // Division by a fraction, with or without its brackets.
    if (/\/\s*\d+\s*\//.test(left)) continue;
    if (isFlatFraction(left, number) || lastDigits.test(text.slice(Math.max(0, at - left.length - 60), at)))
      continue;
    const shown = `${left.trim()} =${claimed[0]}`;
    return { at: at - left.length, shown, expected: computed.value };
  }
  return null;
}

// The expression that ends at `end`; null if something before it may belong to it.
function leftSide(text: string, end: number): string | null {
  let from = end;
  while (from > 0 && end - from < reach && isPart(unitAt(text, from - 1))) from -= 1;
  if (end - from >= reach) return null;
  let left = text.slice(from, end);
  const list = left.search(/\d\.\s(?!.*\d\.\s)/s);
  if (list >= 0) left = left.slice(list + 2);
  const body = left.trimStart();
  if (!/[-+*/x×÷−–·^]/.test(body.slice(1)) || /^[+*/x×÷·^)]|^[-−–]\s/.test(body) || !/[\d)]\s*$/.test(body))
    return null;
  if (list < 0 && !standsAlone(text, from, left)) return null;
  const opens = body.split('(').length - body.split(')').length;
  return opens === 1 && body.startsWith('(') ? body.slice(1) : opens === 0 ? body : null;
}

const bindingWord =
  /(?:of|plus|minus|times|by|over|root|sqrt|log|sin|cos|tan|ln|mod|squared|cubed|power|to|and|from|than|per|half|twice|triple|days?|weeks?|months?|years?|hours?|steps?|questions?|cases?|parts?|rows?|groups?|grades?|levels?|phases?|chapters?|pages?|number)\s*$/i;

function standsAlone(text: string, from: number, left: string): boolean {
  if (from === 0) return true;
  const before = text[from - 1] as string;
  if (before === '\n' || before === '>' || before === '<' || before === '[')
    return before !== '[' || left !== '';
  if (!/^\s/.test(left)) return /["'“(]/.test(before);
  if (before === '=') return true;
  // Any other sign may be a part of the expression; text and what ends it is none.
  if (!/[\p{L}.,:;!?"'“”‘’*_>|~•。，：；！？（-]/u.test(before)) return false;
  return !bindingWord.test(text.slice(Math.max(0, from - 12), from));
}

// What is left over, or the last digit, and not the value.
const lastDigits = /remainder|reminder|modul|\bmod\b|left ?over|units? digit|last digit|ones digit/i;

// A fraction written on one line lost its brackets: 9*8/2*1, 100-40/3 for (9*8)/(2*1), (100-40)/3.
function isFlatFraction(left: string, number: string): boolean {
  const parts = left.split(/[/÷]/);
  if (parts.length !== 2 || /[()]/.test(left)) return false;
  const [over, under] = parts.map((part) => compute(part));
  if (!over || !under || under.value === 0) return false;
  return says(number, { value: over.value / under.value, exact: false });
}

// Digits, space but not line breaks, and . , + - * / ( ) $ ^ x × ÷ − – · £ €
function isPart(code: number): boolean {
  return (
    (code >= 48 && code <= 57) ||
    code === 32 ||
    (code >= 40 && code <= 47) ||
    code === 36 ||
    code === 94 ||
    code === 120 ||
    code === 0xd7 ||
    code === 0xf7 ||
    code === 0x2212 ||
    code === 0x2013 ||
    code === 0xb7 ||
    code === 0xa3 ||
    code === 0x20ac
  );
}

// Cents for dollars, thousands for units: the same digits, moved.
function isOtherUnit(number: string, { value }: Computed): boolean {
  const ratio = Math.abs(Number(number.replaceAll(',', '')) / value);
  return [100, 1000, 1e6, 0.01, 0.001, 1e-6].some((each) => Math.abs(ratio / each - 1) < 1e-9);
}

// Binary numbers, and sums modulo something.
function isOtherSystem(left: string, number: string): boolean {
  return /^[01\s+*-]+$/.test(left) && /^[01]{2,}$/.test(number);
}
