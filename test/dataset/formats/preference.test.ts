import { describe, expect, it } from 'vitest';
import { duplicateKey } from '../../../src/dataset/duplicates/duplicate-key.ts';
import { rowFingerprint } from '../../../src/dataset/fingerprint.ts';
import { chatml } from '../../../src/dataset/formats/chatml.ts';
import { preference } from '../../../src/dataset/formats/preference.ts';
import { renderRow } from '../../../src/dataset/formats/render-row.ts';
import { scanText, structureOnly } from '../scan-text.ts';

const user = (content: string) => ({ role: 'user', content });
const assistant = (content: string | null) => ({ role: 'assistant', content });
const lines = (...rows: unknown[]) => rows.map((row) => JSON.stringify(row)).join('\n');

async function places(...rows: unknown[]) {
  const { findings } = await scanText(lines(...rows));
  return findings.map(({ code, at }) => `${at?.line} ${code} ${at?.pointer ?? ''}`.trim());
}

describe('a preference pair', () => {
  it('is checked on both sides, and placed in the layout that it has', async () => {
    expect(
      await places(
        { prompt: 'One?', chosen: '', rejected: '2' },
        { prompt: 'Two?', chosen: '2', rejected: ' ' },
        { prompt: [user('Three?')], chosen: [assistant('3')], rejected: [assistant('4'), user('No.')] },
        { chosen: [user('Four?'), assistant('4')], rejected: [user('Four?'), assistant(null)] },
        {
          conversations: [{ from: 'human', value: ' ' }],
          chosen: { from: 'gpt', value: '5' },
          rejected: '6',
        },
        { prompt: 'Six?', chosen: 'half \ud83d', rejected: '\u0000' },
      ),
    ).toEqual([
      '1 D014 /chosen',
      '2 D014 /rejected',
      '3 D023 /rejected/1/role',
      '4 D014 /rejected/1/content',
      '5 D020 /conversations/0/value',
      '6 D034 /chosen',
      '6 D035 /rejected',
    ]);
  });

  it('names a fault of the prompt once', async () => {
    expect(await places({ prompt: ' ', chosen: 'a', rejected: 'b' })).toEqual(['1 D020 /prompt']);
    expect(
      await places({ chosen: [user(' '), assistant('a')], rejected: [user(' '), assistant('b')] }),
    ).toEqual(['1 D020 /chosen/0/content']);
  });

  it('compares both sides for duplicates, and fingerprints them', async () => {
    const rows = [
      { prompt: 'One?', chosen: '1', rejected: '2' },
      { prompt: 'One?', chosen: '1', rejected: '3' },
      { prompt: [user('One?')], chosen: [assistant(' 1')], rejected: [assistant('2')], margin: 3 },
    ];
    const { kept, findings } = await scanText(lines(...rows), {
      duplicates: { exact: 'keep' },
      checks: structureOnly,
    });
    expect(
      findings.map(({ code, at }) => `${at?.line} ${code}`).filter((each) => !each.endsWith('D033')),
    ).toEqual(['3 D050']);
    expect(new Set(kept.map(({ example }) => String(duplicateKey(example)))).size).toBe(2);
    expect(new Set(kept.map(({ example }) => rowFingerprint(example))).size).toBe(3);
  });

  it('keeps scores and the like, and what a prompt text says beside the conversations', async () => {
    const sides = { chosen: [user('One?'), assistant('1')], rejected: [user('One?'), assistant('2')] };
    const { kept } = await scanText(
      lines({ ...sides, prompt: 'One?', score_chosen: 9 }, { ...sides, prompt: 'Count.', score_chosen: 8 }),
      { duplicates: { exact: 'keep' } },
    );
    expect(kept.map(({ example }) => example.meta)).toEqual([
      { score_chosen: 9 },
      { prompt: 'Count.', score_chosen: 8 },
    ]);
  });

  it('is written with a separate prompt, from any layout', async () => {
    const apart = { prompt: [user('One?')], chosen: [assistant('1')], rejected: [assistant('2')] };
    for (const row of [
      { question: 'One?', chosen: '1', rejected: '2' },
      { messages: apart.prompt, chosen: { from: 'gpt', value: '1' }, rejected: { from: 'gpt', value: '2' } },
      { chosen: [user('One?'), assistant('1')], rejected: [user('One?'), assistant('2')] },
    ]) {
      const { kept } = await scanText(lines(row));
      expect(kept[0] && preference.render(kept[0].example)).toEqual({ row: apart, lost: [] });
    }
  });

  it('becomes a conversation with the chosen answer if a format stores only one answer', async () => {
    const { kept } = await scanText(lines({ prompt: 'One?', chosen: '1', rejected: '2' }));
    expect(kept[0] && renderRow(chatml, kept[0].example)).toEqual({
      row: { messages: [user('One?'), assistant('1')] },
      lost: ['rejected answers'],
    });
  });

  it('cannot be made of a row with one answer', () => {
    const hi = { messages: [{ role: 'user' as const, content: 'Hi' }], meta: {} };
    expect(preference.render(hi)).toEqual({ row: null, lost: ['rows that have one answer only'] });
  });
});
