// Finds secrets and personal data in text, and masks them wherever text is shown. Skips example data.
import { findSecretShapes } from '../../diagnostics/secrets.ts';
import { findNamedSecrets } from './named-secrets.ts';
import { findNumbers } from './private-numbers.ts';
import type { PrivateData } from './private-range.ts';
import { unitAt } from './unit-at.ts';

// In order; ranges may overlap. What looks made up may be real, too, and a mask costs nothing.
function findForMask(text: string): PrivateData[] {
  const found: PrivateData[] = [
    ...findSecrets(text, true),
    ...findEmails(text, true),
    ...findNumbers(text, true),
  ];
  return found.sort((a, b) => a.from - b.from);
}

/** The text with all that has a private thing's shape as asterisks, unit for unit, so that places in it stay. */
export function maskPrivateData(text: string): string {
  return starOut(text, findForMask(text));
}

/** The same for JSON source text, in which characters may be escaped. */
export function maskPrivateJson(text: string): string {
  if (!text.includes('\\')) return maskPrivateData(text);
  const found = findForMask(unescapeJson(text));
  if (found.length === 0) return text;
  const starts = unescapedStarts(text);
  const ranges = found.map(({ from, to }) => ({
    from: starts[from] ?? text.length,
    to: starts[to] ?? text.length,
  }));
  return starOut(text, ranges);
}

/** Tokens, keys and URL passwords that do not look made up; with `all` those that do, too. */
export function findSecrets(text: string, all = false): PrivateData[] {
  const url = text.includes('://') && text.includes('@');
  const shaped = url || ((hasLongWord(text) || text.includes('-----BEGIN ')) && openings.test(text));
  const shapes = shaped
    ? findSecretShapes(text).filter(({ from, to, kind }) => all || !isMadeUp(text.slice(from, to), kind))
    : none;
  const given = text.includes('=') || text.includes(':');
  const named = given && secretNames.test(text) ? findNamedSecrets(text, all) : none;
  if (shapes.length + named.length === 0) return none;
  const own = named.filter(({ from, to }) => !shapes.some((shape) => shape.from < to && from < shape.to));
  return [...shapes, ...own].map((range) => ({ ...range, group: 'secret' as const }));
}

const secretNames = /passw|pwd|secret|[_-]key|api ?key|apikey|_token|authorization/i;

// How the known shapes begin.
const openings =
  /hf_|sk-|gh[pousr]_|github_pat_|glpat-|npm_|xox[abeprs]-|AKIA|ASIA|AIza|[sr]k_live_|SG\.|eyJ|-----BEGIN /;
const none: PrivateData[] = [];
const leastSecret = 15;

// Whether 15 letters, digits, _ or - stand together: every 15th unit is looked at, and what is around it.
function hasLongWord(text: string): boolean {
  for (let at = leastSecret - 1; at < text.length; at += leastSecret) {
    if (!isWordUnit(unitAt(text, at))) continue;
    let from = at;
    while (from > 0 && at - from < leastSecret && isWordUnit(unitAt(text, from - 1))) from -= 1;
    let to = at + 1;
    while (to < text.length && to - from < leastSecret && isWordUnit(unitAt(text, to))) to += 1;
    if (to - from >= leastSecret) return true;
  }
  return false;
}

function isWordUnit(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 45
  );
}

const madeUp = /x{4}|X{4}|example|your|placeholder|\.\.\.|1234567890|abcdef|secret|password|token|my[-_]/i;

function isMadeUp(value: string, kind: string): boolean {
  if (kind === 'private key') return value.length < 120;
  if (kind === 'password in a URL') return /^(?:user(?:name)?|\w*:pass(?:word|wd)?$)/i.test(value);
  if (madeUp.test(value)) return true;
  const body = value.slice(3);
  // The tokens of this hub are letters alone.
  if (kind === 'Hugging Face token' && body.length === 34 && /[a-z]/.test(body) && /[A-Z]/.test(body))
    return new Set(body).size < 12;
  return new Set(body).size < 8 || !/\d/.test(body) || !/[A-Za-z]/.test(body);
}

const localUnit = /[\w.%+-]/;
const domain = /(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24}(?![\w-])/y;
const exampleDomain =
  /^(?:[\w-]+\.)*(?:x{2,}|example|sample|test|domain|email|mail|yourdomain|mydomain|company|yourcompany|companyname|abc|xyz|abcd?|website|yourwebsite|address|host|server|mysite|yoursite|somewhere|acme|xyzcompany|abccompany|abccorp|xyzcorp)\.\w+$|example|\.(?:test|example|invalid|local|localhost)$/i;

const madeUpName =
  /^(?:git|x{2,}|a{3,}|\d{3,4}|alice|bob|carol|dave|eve|example|sample|test|user(?:name)?|name|your\W?\w*|my\W?name|first\W?name\W?\w*|email|someone|somebody|foo|abc|xyz|(?:john|jane|joe)[._]?(?:doe|smith|roe)\d*)$/i;

const reservedDomain = /(?:^|\.)example\.(?:com|net|org)$|\.(?:test|example|invalid|localhost)$/i;

/** E-mail addresses, except those of example domains; with `all` only reserved domains are skipped (RFC 2606). */
export function findEmails(text: string, all = false): PrivateData[] {
  const found: PrivateData[] = [];
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    let from = at;
    while (from > 0 && at - from < 64 && localUnit.test(text[from - 1] as string)) from -= 1;
    while (from < at && text[from] === '.') from += 1;
    if (from === at || isInUrl(text, from)) continue;
    domain.lastIndex = at + 1;
    const [host] = domain.exec(text) ?? [];
    if (host === undefined || (all ? reservedDomain : exampleDomain).test(host)) continue;
    if (!all && madeUpName.test(text.slice(from, at))) continue;
    found.push({ kind: 'e-mail address', group: 'email', from, to: at + 1 + host.length });
  }
  return found;
}

// A user and a password before the host of a URL look like an address.
function isInUrl(text: string, at: number): boolean {
  const before = text[at - 1];
  if (before !== ':' && before !== '/') return false;
  return /:\/\/[^\s"'<>]{0,200}$/.test(text.slice(Math.max(0, at - 240), at));
}

// Ranges in order of their start.
function starOut(text: string, ranges: readonly { from: number; to: number }[]): string {
  let masked = '';
  let done = 0;
  for (const { from, to } of ranges) {
    if (to <= done) continue;
    const start = Math.max(from, done);
    masked += text.slice(done, start) + '*'.repeat(to - start);
    done = to;
  }
  return done === 0 ? text : masked + text.slice(done);
}

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

const escaped = /\\(?:u([0-9a-fA-F]{4})|([^u]))/g;

function unescapeJson(text: string): string {
  return text.replace(escaped, (_, code?: string, sign?: string) => readEscape(code, sign));
}

function readEscape(code: string | undefined, sign = ''): string {
  return code === undefined ? (escapes[sign] ?? sign) : String.fromCharCode(Number.parseInt(code, 16));
}

// For each unit of the unescaped text where it stands in the source, and where that ends.
function unescapedStarts(text: string): number[] {
  const starts: number[] = [];
  const addUntil = (end: number, from: number): void => {
    for (let at = from; at < end; at += 1) starts.push(at);
  };
  let done = 0;
  for (const { index, 0: whole } of text.matchAll(escaped)) {
    addUntil(index, done);
    // An escape is one unit.
    starts.push(index);
    done = index + whole.length;
  }
  addUntil(text.length + 1, done);
  return starts;
}
