import { describe, expect, it } from 'vitest';
import { renderChart } from '../../../src/cli/ui/chart.ts';
import { renderFinding } from '../../../src/cli/ui/diagnostic.ts';
import { formatBytes, formatDuration, formatNumber, formatShare } from '../../../src/cli/ui/format.ts';
import { cutToWidth } from '../../../src/cli/ui/progress.ts';
import { renderTable } from '../../../src/cli/ui/table.ts';
import { wrapLines } from '../../../src/cli/ui/wrap.ts';

const plain = { color: false, columns: 80 };

describe('long lines', () => {
  it('break between words, and the space of the break does not open the next line', () => {
    expect(wrapLines('ab cd ef', 5)).toEqual(['ab cd', 'ef']);
    expect(wrapLines('\u001b[31mab cd ef\u001b[39m', 5)).toEqual([
      '\u001b[31mab cd\u001b[39m',
      '\u001b[31mef\u001b[39m',
    ]);
  });

  it('keep the indents and inner spaces of the text', () => {
    expect(wrapLines('if x:\n    y\n z  w', 20)).toEqual(['if x:', '    y', ' z  w']);
  });
});

describe('a finding in the terminal', () => {
  it('shows place, code, message, pointer, caret and hint', () => {
    const text = renderFinding(
      {
        code: 'D014',
        name: 'empty-answer',
        severity: 'error',
        message: 'The assistant message has no content.',
        hint: 'fill the reply',
        at: {
          file: 'a.jsonl',
          line: 412,
          column: 37,
          pointer: '/messages/2/content',
          excerpt: { text: '{"content": ""}', column: 13 },
        },
      },
      plain,
    );
    expect(text).toBe(
      [
        'a.jsonl:412:37 error D014 empty-answer',
        '  The assistant message has no content.  /messages/2/content',
        '    {"content": ""}',
        '                ^',
        '  hint: fill the reply',
        '',
      ].join('\n'),
    );
  });

  it('makes escape sequences from a dataset harmless', () => {
    const text = renderFinding(
      { code: 'D001', name: 'x', severity: 'note', message: 'a\u001b[2Jb', at: { file: 'f\u0007' } },
      plain,
    );
    expect(text).toContain('a\\x1b[2Jb');
    expect(text).toContain('f\\x07');
  });

  it('keeps the caret under its character in wide text and long lines', () => {
    const text = renderFinding(
      {
        code: 'D001',
        name: 'x',
        severity: 'error',
        message: 'm',
        at: { file: 'f', excerpt: { text: `${'识'.repeat(3)}X`, column: 4 } },
      },
      plain,
    );
    expect(text.split('\n')[3]).toBe(`    ${' '.repeat(6)}^`);
  });
});

describe('tables', () => {
  const columns = [{ title: 'name' }, { title: 'loss', align: 'right' as const }];
  it('are tab-separated when piped', () => {
    expect(renderTable(columns, [['a', '1.5']], { ...plain, isTTY: false })).toBe('name\tloss\na\t1.5\n');
  });
  it('are aligned on a terminal and fit a narrow one', () => {
    const wide = renderTable(
      columns,
      [
        ['run', '1.5'],
        ['longer', '22'],
      ],
      { ...plain, isTTY: true },
    );
    expect(wide).toBe('name    loss\nrun      1.5\nlonger    22\n');
    const narrow = renderTable(columns, [['word '.repeat(30), '1']], {
      color: false,
      columns: 40,
      isTTY: true,
    });
    expect(Math.max(...narrow.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40);
  });
});

describe('numbers', () => {
  it('read as people write them', () => {
    expect(formatDuration(65_000)).toBe('1 m 05 s');
    expect(formatDuration(7_260_000)).toBe('2 h 01 m');
    expect(formatBytes(13_631_488)).toBe('13.0 MiB');
    expect(formatNumber(0.0002)).toBe('2e-4');
    expect(formatShare(13_631_488, 8_043_892_736)).toBe('0.1695 %');
  });
  it('cuts coloured lines by what is seen', () => {
    expect(cutToWidth('\u001b[31mabcdef\u001b[39m', 4)).toBe('\u001b[31mabc\u001b[39m');
  });
});

describe('charts', () => {
  const curve = (label: string, scale: number) => ({
    label,
    points: Array.from({ length: 300 }, (_, i) => ({ x: i, y: scale * Math.exp(-i / 80) })),
  });
  it('draw each curve with its own letter without colour', () => {
    const text = renderChart([curve('r4', 8), curve('r16', 4)], { columns: 70, color: false });
    expect(text).toContain('a r4');
    expect(text).toMatch(/a.*b|b.*a/s);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(75);
  });
  it('leave non-finite points and one-point curves out', () => {
    expect(
      renderChart(
        [
          {
            label: 'x',
            points: [
              { x: 0, y: Number.NaN },
              { x: 1, y: 1 },
            ],
          },
        ],
        { columns: 70, color: false },
      ),
    ).toBe('');
  });
});
