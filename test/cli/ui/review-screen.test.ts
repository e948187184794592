// The review screen as text: it fits whatever window there is, and hides nothing that matters.
import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { paint } from '../../../src/cli/ui/paint.ts';
import { paneLines, type RowExtras } from '../../../src/cli/ui/review-panes.ts';
import {
  columnsOf,
  progressLines,
  renderScreen,
  type ScreenState,
} from '../../../src/cli/ui/review-screen.ts';
import { showText } from '../../../src/cli/ui/review-text.ts';
import type { Judgement } from '../../../src/dataset/review/judge-review.ts';

const plain = paint(false);
const extras: RowExtras = {
  model: { state: 'off', why: 'no model' },
  near: { state: 'working' },
  json: '{}',
  maxLength: null,
};
const row = (content: string) => ({
  fingerprint: 'f',
  place: { row: 0, file: 'a.jsonl', line: 1, column: 1 },
  example: { messages: [{ role: 'user' as const, content }], meta: {} },
  text: '{}',
  findings: [],
});

const judgement = (changes: Partial<Judgement> = {}): Judgement => ({
  mode: 'sample',
  read: 20,
  open: 0,
  disputed: 0,
  sample: { rows: 20, defects: 1, bound: 0.216 },
  pooled: null,
  bound: 0.216,
  passed: false,
  moreClean: 30,
  ...changes,
});

describe('the frame', () => {
  it('never exceeds the window, for any content and any size', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 220 }),
        fc.integer({ min: 4, max: 60 }),
        fc.string({ unit: 'grapheme', maxLength: 600 }),
        fc.nat(50),
        fc.boolean(),
        (columns, rows, text, top, color) => {
          const size = { columns, rows, color };
          const style = { width: columnsOf(size).body, ink: paint(color), color };
          const state: ScreenState = {
            title: text.replace(/\s/g, ' '),
            place: '12 of 50',
            progress: progressLines(judgement(), {
              target: 50,
              limit: 0.1,
              pace: { rows: 3, ms: 60_000 },
              color,
            }),
            pane: 'turns',
            counts: { findings: 2 },
            body: paneLines('turns', row(text), extras, style),
            side: ['findings', 'none'],
            top,
            prompt: [],
            keys: ['a accept', 'r reject', 'q quit'],
          };
          const { lines } = renderScreen(state, size);
          expect(lines.length).toBeLessThanOrEqual(rows);
          for (const line of lines) expect(stringWidth(line)).toBeLessThan(columns);
        },
      ),
      { seed: 1, numRuns: 400 },
    );
  });

  it('says what was read, how bad it may be, and what is missing', () => {
    const lines = (changes: Partial<Judgement>) =>
      progressLines(judgement(changes), {
        target: 50,
        limit: 0.1,
        pace: { rows: 0, ms: 0 },
        color: false,
      }).join('\n');
    expect(lines({})).toContain(
      '20 read · 1 defect (5 %) · at most 21.6 % (95 %)\n30 more rows without a defect would meet the limit of 10 %',
    );
    expect(lines({ open: 2, disputed: 1 })).toContain('2 skipped, 1 disputed');
    expect(lines({ passed: true, moreClean: 0 })).toContain('the limit of 10 % is met');
    expect(lines({ mode: 'exact', bound: 0.2 })).toContain('20 % of all rows');
    expect(lines({ moreClean: null })).toContain('only reading every row');
  });
});

describe('a row', () => {
  it('is shown without anything that could move the cursor or hide text', () => {
    const shown = showText('a\u001b[2Jb\u202ec\u0000\rd\te  \nf', plain);
    expect(shown).toBe('a\\x1b[2Jb\\u202ec\\x00\\x0dd    e··\nf');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
        expect(showText(text, plain)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
      }),
      { seed: 1 },
    );
  });

  it('shows calls, reasoning, what is not trained on, and fields that belong to no role', () => {
    const style = { width: 80, ink: plain, color: false };
    const text = paneLines(
      'turns',
      {
        ...row(''),
        example: {
          messages: [
            { role: 'user', content: '' },
            {
              role: 'assistant',
              content: null,
              reasoning_content: 'let me see',
              train: false,
              tool_calls: [{ type: 'function', function: { name: 'look', arguments: { at: 'x' } } }],
            },
          ],
          tools: [{ name: 'look' }],
          meta: { source: 'web' },
        },
      },
      extras,
      style,
    ).join('\n');
    for (const part of [
      '(empty)',
      'let me see',
      'not trained on',
      '→ look({"at":"x"})',
      'tools (1)',
      'source: "web"',
    ])
      expect(text).toContain(part);
  });

  it('shows what the model sees: trained parts marked, and where it is cut', () => {
    const style = { width: 60, ink: plain, color: false };
    const runs = [
      { text: '<user>hi', trained: false, kept: true },
      { text: 'ho', trained: true, kept: true },
      { text: 'ly cow', trained: true, kept: false },
    ];
    const view = {
      runs,
      tokens: 9,
      trainedTokens: 2,
      keptTokens: 6,
      findings: [{ code: 'T010', message: 'cut' }],
    };
    const lines = paneLines(
      'model',
      row('hi'),
      { ...extras, maxLength: 6, model: { state: 'ready', value: view } },
      style,
    );
    expect(lines.join('\n')).toContain(
      '9 tokens, 2 trained · cut to 6\nT010 cut\n\n<user>hi⟦ho⟧\n──── max_length 6 cuts here ────\nly cow',
    );
  });

  it('shows the words that differ from its nearest rows', () => {
    const near = [
      {
        place: { row: 4, file: 'a.jsonl', line: 5, column: 1 },
        jaccard: 0.8,
        example: { messages: [{ role: 'user' as const, content: 'one two four' }], meta: {} },
      },
    ];
    const lines = paneLines(
      'near',
      row('one two three'),
      { ...extras, near: { state: 'ready', value: near } },
      { width: 80, ink: plain, color: false },
    );
    expect(lines.join('\n')).toContain('0.80 a.jsonl:5 row 4\n  one two [-three-]{+four+}');
  });
});
