// Check settings in YAML: what they mean together, and where their faults are.
import { describe, expect, it } from 'vitest';
import { chooseChecks } from '../../../src/app/sources/choose-checks.ts';
import { joinCheckSettings } from '../../../src/app/sources/join-check-settings.ts';
import type { WrittenChecks } from '../../../src/config/check-file.ts';
import { parseYamlMapping } from '../../../src/config/source/parse-yaml.ts';
import { UserError } from '../../../src/diagnostics/user-error.ts';

function written(text: string, file = 'rows.jsonl.checks.yaml'): WrittenChecks {
  const { root, findings } = parseYamlMapping(text, file);
  if (!root || findings.length > 0) throw new Error(JSON.stringify(findings));
  return { file, root };
}

function faultsOf(...texts: string[]): string[] {
  try {
    joinCheckSettings(texts.map((text) => written(text)));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.findings.map(
      ({ at, message, hint }) => `${at?.line}:${at?.column} ${message}${hint ? ` (${hint})` : ''}`,
    );
  }
  return [];
}

describe('check settings', () => {
  it('name checks by code or name, and later ones go before earlier ones', () => {
    const { settings } = joinCheckSettings([
      written('empty-answer: warning\nD025: off\nrepeated-role: note'),
      written('D014: note\nlast-turn: error'),
    ]);
    expect(settings).toEqual({
      D014: { severity: 'note' },
      D023: { severity: 'error' },
      D024: { severity: 'note' },
      D025: { severity: 'off' },
    });
  });

  it('take back with null what an earlier layer says', () => {
    expect(
      joinCheckSettings([
        written('D014: warning\ndemote_below: 0.5'),
        written('D014: null\ndemote_below: null'),
      ]),
    ).toEqual({ settings: {}, demotion: null });
  });

  it('are refused all at once, each at its place', () => {
    expect(
      faultsOf(
        [
          'emty-answer: off',
          'D999: note',
          'D014: warn',
          'last-turn: {severity: loud, words: 3}',
          'D001: off',
          'invalid-json: error',
          'D025: 7',
          'groups: {structure: off, contents: off}',
          'demote_below: 7',
        ].join('\n'),
      ),
    ).toEqual([
      '1:1 There is no check `emty-answer`. (did you mean `empty-answer`?)',
      expect.stringMatching(/^2:1 There is no check `D999`\./),
      '3:7 D014 empty-answer cannot be set to "warn". (off, note, warning or error)',
      '4:23 D023 last-turn cannot be set to "loud". (off, note, warning or error)',
      '4:29 D023 last-turn has no threshold "words". (it has none; set its severity only)',
      expect.stringMatching(/^5:7 D001 invalid-json cannot be changed to off\./),
      '6:1 `D001` and `invalid-json` are the same check. (remove one of them)',
      expect.stringMatching(/^7:7 This is not a setting of D025/),
      expect.stringMatching(/^8:10 `structure` cannot be set as a group\./),
      '8:26 `contents` cannot be set as a group. (there are content and consistency)',
      '9:15 `demote_below` must be a number from 0 to 1.',
    ]);
  });

  it('make a check a note once reviewers found it wrong too often, and not before they read enough', async () => {
    const workspace = written('demote_below: 0.5\ndemote_after: 12');
    const measure = (rows: number, defects: number, code = 'D024') => [
      { code, rows, defects, precision: defects / rows },
    ];
    const choose = async (precision: ReturnType<typeof measure>) => {
      const { settings, demoted } = await chooseChecks({ sources: [], workspace, precision });
      return [settings, demoted.length];
    };
    expect(await choose(measure(14, 2))).toEqual([{ D024: 'note' }, 1]);
    expect(await choose(measure(14, 7))).toEqual([{}, 0]);
    expect(await choose(measure(11, 0))).toEqual([{}, 0]);
    // An error decides which rows train: no count changes that.
    expect(await choose(measure(14, 0, 'D014'))).toEqual([{}, 0]);
  });
});
