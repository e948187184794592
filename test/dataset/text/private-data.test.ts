import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  findEmails,
  findSecrets,
  maskPrivateData,
  maskPrivateJson,
} from '../../../src/dataset/text/private-data.ts';
import { findNumbers } from '../../../src/dataset/text/private-numbers.ts';
import { scanText } from '../scan-text.ts';

// Made up for this test; their check digits hold.
const privates = [
  'ghp_q8Z2vT4nL7xW1cR9bK3mD6fH0sJ5gP2aYeUi',
  'hf_QwErTy12UiOpAs34DfGhJk56LzXc',
  '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',
  'sk-proj-T3BlbkFJq9Zr71LmX0vNcD8sW2',
  'AKIA4RTGH7NQ2XK9ZL5M',
  'AIzaSyD4kQ9mZx7Lw2Rt8vNc5Hb1Jp3Fg6Ys0Aq',
  'xoxb-2903847561-QzXwVuTsRqPo',
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI5OTQ3MTIifQ.kX9_2mQ7vLr8Tz3Wc5Nb1Yh6',
  'r.keller@riverbank-books.net',
  '(415) 867-2093',
  '+44 20 7946 2958',
  '4539 1488 0343 6467',
  'DE44500105175407324931',
  '536-22-8145',
  '81.23.145.67',
];

const findPrivateData = (text: string) => [...findSecrets(text), ...findEmails(text), ...findNumbers(text)];

describe('private data', () => {
  it.each(privates)('%s is found, and masked unit for unit', (secret) => {
    const text = `Look:\n${secret} — that is it.`;
    const [found] = findPrivateData(text);
    expect(found && text.slice(found.from, found.to)).toBe(secret);
    expect(maskPrivateData(text)).toBe(`Look:\n${'*'.repeat(secret.length)} — that is it.`);
  });

  it.each([
    'ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
    'sk-your_api_key_goes_here',
    'jane.doe@example.com',
    'user@yourdomain.com',
    '212-555-0147',
    '123-456-7890',
    '4111 1111 1111 1111',
    '4539 1488 0343 6468',
    'GB29 NWBK 6016 1331 9268 19',
    '123-45-6789',
    '192.168.1.1',
    '10.0.0.1',
    'version 12.4.10.33',
    '2024-03-15 10:30',
    '3.14159265358979',
    '1234567890123456',
  ])('%s is an example and let be', (text) => expect(findPrivateData(text)).toEqual([]));

  it.each([
    'ghp_12345678901234567890abcdefabcdefabcd',
    'sk-proj-1234567890qWErtYUiop',
    'hf_abcdefGHijKLmnOPqrSTuvWXyz01234567',
    'xoxb-1234567890',
    'AKIAIOSFODNN7EXAMPLE',
    '-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----',
    'john.doe@company.com',
    '(415) 456-7890',
  ])('%s looks made up: no finding, but masked all the same', (text) => {
    expect(findPrivateData(text)).toEqual([]);
    expect(maskPrivateData(`Use ${text} here`)).toBe(`Use ${'*'.repeat(text.length)} here`);
  });

  it('a private key is masked to its end, and a password in a URL without its host', () => {
    const key = `-----BEGIN RSA PRIVATE KEY-----\n${'MIIEowIBAAKCAQEA7xQ2'.repeat(8)}\n-----END RSA PRIVATE KEY-----`;
    expect(maskPrivateData(`a ${key} b`)).toBe(`a ${'*'.repeat(key.length)} b`);
    expect(maskPrivateData('postgres://ana:Tr0ub4dor@db.shop.net/main')).toBe(
      'postgres://*************@db.shop.net/main',
    );
  });

  it('is masked in JSON source with any escapes around and inside it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...privates),
        fc.array(fc.constantFrom('\n', '\t', '"', '\\', ' ', 'é', '—', '. ')),
        fc.boolean(),
        (secret, before, escaped) => {
          const source = JSON.stringify(`${before.join('')} ${secret} end`);
          const shown = escaped
            ? source.replace(/[@\d]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`)
            : source;
          const masked = maskPrivateJson(shown);
          expect(masked.length).toBe(shown.length);
          expect(masked).not.toContain(secret.slice(3));
          expect(findPrivateData(JSON.parse(masked.replaceAll('*', '.')) as string)).toEqual([]);
        },
      ),
      { seed: 3, numRuns: 500 },
    );
  });

  it.each(privates)('%s is shown by no finding, whatever the finding is about', async (secret) => {
    const row = JSON.stringify({
      instruction: `Call ${secret} now.\u200b`,
      input: '<noinput>',
      output: `Certainly! Here is what I have: ${secret}\n\n{{name}} said: 2 + 2 = 5, ${secret}`,
    });
    const { findings } = await scanText(row);
    expect(findings.length).toBeGreaterThan(3);
    for (const { fix: _, ...shown } of findings) expect(JSON.stringify(shown)).not.toContain(secret);
  });

  it('is masked in an excerpt that begins in the middle of it', async () => {
    const key = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0B\n'.repeat(40)}-----END PRIVATE KEY-----`;
    const { findings } = await scanText(JSON.stringify({ instruction: 'Show it.', output: `${key}\u200b` }));
    const invisible = findings.find(({ code }) => code === 'D128');
    expect(invisible?.at?.excerpt?.text).toMatch(/^\*+/);
    expect(JSON.stringify(findings.map(({ at }) => at))).not.toContain('MIIE');
  });
});
