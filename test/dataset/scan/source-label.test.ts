// How a source is named in a command to copy.
import { describe, expect, it } from 'vitest';
import { decideFormat } from '../../../src/dataset/formats/decide-format.ts';
import { quoteSource } from '../../../src/dataset/scan/source-label.ts';
import { expandSources } from '../../../src/dataset/scan/sources.ts';

describe('a source in a command', () => {
  it('is - if it is stdin', async () => {
    const [stdin] = await expandSources('/', ['-']);
    expect(quoteSource(stdin?.label ?? '')).toBe('-');
  });

  it('is quoted if the shell would cut it', () => {
    expect(quoteSource('two words.jsonl')).toBe("'two words.jsonl'");
  });

  it('is what the hint of D015 names', () => {
    const value = { problem: '3 + 4', sol_text: '7' };
    const text = JSON.stringify(value);
    const raw = { line: 1, column: 1, text, value, fault: null };
    const { remarks } = decideFormat('auto', [raw], '<stdin>');
    expect(remarks[0]?.hint).toContain('lorch data mapping - -o mapping.yaml');
  });
});
