// Numbers that belong to a person: phones, cards, bank accounts, social security numbers; and IP addresses.
import type { Example } from '../example.ts';
import { has } from './char-flags.ts';
import { featuresOf, type Piece } from './features.ts';
import type { PrivateData } from './private-range.ts';
import { unitAt } from './unit-at.ts';

export interface FoundNumbers {
  piece: Piece;
  found: PrivateData[];
}

/**
 * Phone, card, account and security numbers, and public IPv4 addresses; published test and example numbers are skipped,
 * and phones that look made up unless `all`.
 */
export function findNumbers(text: string, all = false): PrivateData[] {
  let accounts = false;
  const found: PrivateData[] = [];
  for (let at = readRun(text, 0); at >= 0; at = readRun(text, runEnd)) {
    const [from, digits] = [at, runDigits];
    accounts ||= digits >= 8;
    // A letter before makes it part of a name or a code.
    if (from > 0 && isLetter(unitAt(text, from - 1))) continue;
    const run = text.slice(from, runEnd);
    const inRun: PrivateData[] = [];
    if (run.includes('.')) findIn(run, ipv4, 'IP address', 'ip', from, isPublicIp(text, from), inRun);
    if (digits >= 7) {
      findIn(run, card, 'card number', 'payment', from, isCard, inRun);
      findIn(run, socialSecurity, 'social security number', 'payment', from, isSocialSecurity, inRun);
      findIn(run, phone, 'phone number', 'phone', from, isPhone(text, from, all), inRun);
    }
    for (const each of inRun) found.push(each);
  }
  if (accounts) {
    for (const { index, 0: value } of text.matchAll(iban))
      if (isIban(value))
        found.push({ kind: 'bank account number', group: 'payment', from: index, to: index + value.length });
  }
  return found;
}

let last: Example | undefined;
let known: FoundNumbers[] = [];

/** The private numbers in the texts of an example; three checks ask, so the last answer is remembered. */
export function numbersOf(example: Example): readonly FoundNumbers[] {
  if (example === last) return known;
  last = example;
  const { pieces, flags } = featuresOf(example);
  known = [];
  if ((flags & has.digit) === 0) return known;
  for (const piece of pieces) {
    if ((piece.flags & has.digit) === 0 || piece.text.length < 7) continue;
    const found = findNumbers(piece.text);
    if (found.length > 0) known.push({ piece, found });
  }
  return known;
}

// A run longer than this is not a number any more; it is looked at in parts.
const longestRun = 400;

function findIn(
  text: string,
  shape: RegExp,
  kind: string,
  group: PrivateData['group'],
  offset: number,
  test: (value: string, at: number) => boolean,
  found: PrivateData[],
): void {
  for (const { index, 0: value } of text.matchAll(shape)) {
    const from = offset + index;
    if (found.some((each) => from < each.to && from + value.length > each.from)) continue;
    if (test(value, index)) found.push({ kind, group, from, to: from + value.length });
  }
}

// An address of four parts has five digits or more, but for examples such as 1.2.3.4.
const fewestDigits = 5;

// The run that `readRun` found.
let runEnd = 0;
let runDigits = 0;

// The next run of digits and of the signs that people write between them, with digits enough: where it begins, or -1.
function readRun(text: string, start: number): number {
  const { length } = text;
  let at = start;
  while (at < length) {
    const code = unitAt(text, at);
    if (!isDigit(code) && code !== 43 && code !== 40) {
      at += 1;
      continue;
    }
    const from = at;
    const limit = Math.min(length, from + longestRun);
    let digits = 0;
    for (; at < limit; at += 1) {
      const each = unitAt(text, at);
      if (isDigit(each)) digits += 1;
      // Space ( ) + - .
      else if (each !== 32 && each !== 40 && each !== 41 && each !== 43 && each !== 45 && each !== 46) break;
    }
    if (digits < fewestDigits) continue;
    runEnd = at;
    runDigits = digits;
    return from;
  }
  return -1;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

const card = /(?<![\d.-])(?:\d{4}([ -]?)\d{4}\1\d{4}\1\d{4}|3[47]\d{2}([ -]?)\d{6}\2\d{5})(?![\d.-]?\d)/g;
// Numbers for tests that payment services publish; those of few different digits need not stand here.
const testCards = new Set([
  '4000056655665556',
  '4000000000003220',
  '4000002500003155',
  '4000002760003184',
  '4000008260003178',
  '4005519200000004',
  '4009348888881881',
  '4012000033330026',
  '4012000077777777',
  '4217651111111119',
  '4263982640269299',
  '4462030000000000',
  '4500600000000061',
  '4539097887163333',
  '4539791001730106',
  '4571736000000075',
  '4716190207394368',
  '4917484589897107',
  '5200828282828210',
  '5301250070000191',
  '5413330089020011',
  '5425233430109903',
  '5431111111111111',
  '5454545454545454',
  '5555341244441115',
  '2222400010000008',
  '2222420000001113',
  '2223000048400011',
  '2223003122003222',
  '2223016768739313',
  '6011000180331112',
  '6011000400000000',
  '6011000990139424',
  '6011601160116611',
  '6510000000000034',
  '341111597242000',
  '371449635398431',
  '374245455400126',
  '374251018720018',
  '378282246310005',
  '378734493671000',
]);

function isCard(value: string): boolean {
  const digits = value.replace(/\D/g, '');
  if (!/^(?:4|5[1-5]|2[2-7]|3[47]|6011|65)/.test(digits) || testCards.has(digits)) return false;
  // A card that somebody has hardly ever has five different digits or fewer, the numbers for tests mostly do.
  return new Set(digits).size > 5 && luhn(digits);
}

// ISO/IEC 7812-1, annex B.
function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]);
    sum += i % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
  }
  return sum % 10 === 0;
}

const socialSecurity = /(?<![\d-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])/g;
const knownSocialSecurity = new Set([
  '078-05-1120',
  '219-09-9999',
  '123-45-6789',
  '111-11-1111',
  '457-55-5462',
]);

function isSocialSecurity(value: string): boolean {
  return !knownSocialSecurity.has(value);
}

// North American, with + and country code, and Chinese mobile numbers.
const phone =
  /(?<![\d.+-])(?:\+?1[ .-]?)?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}([-.]))[2-9]\d{2}[-. ]\d{4}(?![\d.-]?\d)|(?<!\d)\+[1-9]\d{0,2}[ .-]?\(?\d{1,4}\)?(?:[ .-]?\d{2,4}){2,4}(?!\d)|(?<![\d.+-])1[3-9]\d{9}(?![\d.-]?\d)/g;

function isPhone(text: string, offset: number, all: boolean): (value: string, at: number) => boolean {
  return (value, at) => {
    const digits = value.replace(/\D/g, '');
    if (digits.length < 9 || digits.length > 15) return false;
    if (!all && (looksMadeUp(digits) || isOtherNumber(text, offset + at))) return false;
    // A number without any sign may be a sum's.
    return /[ .()-]/.test(value) || !isInSum(text, offset + at, offset + at + value.length);
  };
}

function looksMadeUp(digits: string): boolean {
  return (
    new Set(digits).size < 4 ||
    /123-?456|4567|7890$/.test(digits) ||
    // Free numbers belong to companies.
    /^1?8(?:00|33|44|55|66|77|88)\d{7}$/.test(digits) ||
    // 555-01xx is kept for fiction, and no area code is 555.
    /^1?(?:\d{3})?555/.test(digits)
  );
}

const otherLabel =
  /(?:[#№]|\b(?:order|id|invoice|ticket|tracking|reference|ref|case|serial|policy|claim|booking|reservation|confirmation|transaction|receipt|part|model|sku|item|product|isbn|issn|doi|pmid|patent|licen[sc]e|registration|code|vin|imei|version|batch|lot|shipment|parcel|routing|barcode|upc|ean)\b|\b(?:account|acct|member(?:ship)?|customer|patient|record|employee|student)\.? (?:number|no\b|nr\b|id\b|code|#)|(?:订单|单|编|流水|身份证|账|工|学|卡|批)(?:号码?|编号)|注文番号|주문 ?번호)(?:\s*(?:#|\b(?:number|no|nr|id|code|is|was|of)\b|[.:：=“"'(（-]|是|为)){0,4}\s*$/i;

// The number of an order, a ticket, a book: what stands right before it says so.
function isOtherNumber(text: string, from: number): boolean {
  return otherLabel.test(text.slice(Math.max(0, from - 40), from));
}

function isInSum(text: string, from: number, to: number): boolean {
  return (
    text[from] === '+' ||
    /[-+*/×÷=$€£]\s?$/.test(text.slice(Math.max(0, from - 2), from)) ||
    /^\s?[-+*/×÷=%]/.test(text.slice(to, to + 2))
  );
}

const iban = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])/g;
const exampleIbans = new Set([
  'GB29NWBK60161331926819',
  'GB82WEST12345698765432',
  'DE89370400440532013000',
  'FR1420041010050500013M02606',
  'NL91ABNA0417164300',
  'CH9300762011623852957',
  'ES9121000418450200051332',
  'AT611904300234573201',
]);

// ISO 13616: the account, moved, as one number, is 1 modulo 97.
function isIban(value: string): boolean {
  const account = value.replaceAll(' ', '');
  if (account.length < 15 || account.length > 34 || exampleIbans.has(account)) return false;
  let rest = 0;
  for (const sign of account.slice(4) + account.slice(0, 4))
    rest = Number(`${rest}${Number.parseInt(sign, 36)}`) % 97;
  return rest === 1;
}

const ipv4 =
  /(?<![\d.])(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}(?!\.?\d)/g;

const notPublic =
  /^(?:0|10|127|2[2-5]\d)\.|^192\.168\.|^172\.(?:1[6-9]|2\d|3[01])\.|^169\.254\.|^192\.0\.2\.|^198\.51\.100\.|^203\.0\.113\.|^(?:8\.8\.[84]\.[84]|1\.1\.1\.1|1\.0\.0\.1|1\.2\.3\.4|9\.9\.9\.9)$|\.0$/;

// Versions and section numbers have four parts too.
function isPublicIp(text: string, offset: number): (value: string, at: number) => boolean {
  return (value, at) => {
    if (notPublic.test(value) || value.split('.').every((part) => part.length === 1)) return false;
    return !/(?:version|release|section|chapter|v)\.?\s*$/i.test(
      text.slice(Math.max(0, offset + at - 12), offset + at),
    );
  };
}
