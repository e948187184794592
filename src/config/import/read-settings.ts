// A file of another tool as settings with their lines: YAML, JSON, a Python script, a notebook or a command line.
import { UserError } from '../../diagnostics/user-error.ts';
import type { Located, LocatedMap } from '../source/located.ts';
import { toPlain } from '../source/located.ts';
import { parseYamlMapping } from '../source/parse-yaml.ts';
import { readCommand } from './read-command.ts';
import { readPython } from './read-python.ts';
import type { SourceSetting } from './setting.ts';

export interface SourceFile {
  kind: 'YAML' | 'JSON' | 'Python' | 'notebook' | 'command';
  settings: SourceSetting[];
  /** Names of classes, packages and programs, which identify the tool. */
  names: ReadonlySet<string>;
  /** Of YAML and JSON: the mapping, for sections. */
  root: LocatedMap | null;
}

/** Reads the text of `file`. Throws UserError C031 if it is none of these. */
export function readSettings(text: string, file: string): SourceFile {
  if (/\.ipynb$/i.test(file) || isNotebook(text)) return readNotebook(text, file);
  if (/\.pyw?$/i.test(file)) return { kind: 'Python', ...readPython(text), root: null };
  const command =
    /\.(?:sh|bash|zsh|txt)$/i.test(file) ||
    /^(?:#!|\s*(?:trl|llamafactory-cli|axolotl|accelerate|torchrun|python3?)\s)/.test(text)
      ? readCommand(text)
      : null;
  if (command) return { kind: 'command', ...command, root: null };
  const json = /^\s*\{/.test(text);
  const { root, findings } = parseYamlMapping(text, file);
  if (root && findings.length === 0)
    return {
      kind: json ? 'JSON' : 'YAML',
      settings: [...root.entries].map(([key, { key: at, value }]) => settingOf(key, value, at.line ?? 1)),
      names: new Set(),
      root,
    };
  if (/^\s*(?:import|from)\s+\w/m.test(text)) return { kind: 'Python', ...readPython(text), root: null };
  const other = readCommand(text);
  if (other) return { kind: 'command', ...other, root: null };
  throw new UserError('C031', `${file} cannot be read as a config of another tool`, {
    findings,
    hint: 'a YAML or JSON file, a Python script, a notebook, or a shell script with one command',
  });
}

/** One setting of a mapping. */
export function settingOf(key: string, value: Located, line: number): SourceSetting {
  return { key, value: structuredClone(toPlain(value)), line };
}

function isNotebook(text: string): boolean {
  return /^\s*\{/.test(text) && /"cells"\s*:\s*\[/.test(text);
}

function readNotebook(text: string, file: string): SourceFile {
  let cells: unknown;
  try {
    cells = (JSON.parse(text) as { cells?: unknown }).cells;
  } catch (cause) {
    throw new UserError('C031', `${file} is not a notebook: its JSON is broken`, {
      cause,
      hint: 'save it again',
    });
  }
  const settings: SourceSetting[] = [];
  const sources = (Array.isArray(cells) ? cells : []).map(
    (cell: { cell_type?: unknown; source?: unknown } | null) => {
      const source = cell?.source;
      const code = Array.isArray(source) ? source.join('') : String(source ?? '');
      // Magics and shell lines are not Python. Other cells are empty, so that the cells keep their numbers.
      return cell?.cell_type === 'code' ? code.replace(/^[%!].*$/gm, '') : '';
    },
  );
  // One script, so that a variable of an earlier cell is known in a later one.
  const starts: number[] = [];
  let line = 1;
  for (const source of sources) {
    starts.push(line);
    line += source.split('\n').length;
  }
  const read = readPython(sources.join('\n'));
  for (const setting of read.settings) {
    const cell = starts.findLastIndex((start) => start <= setting.line);
    settings.push({ ...setting, cell: `cell ${cell + 1}`, line: setting.line - (starts[cell] ?? 1) + 1 });
  }
  return { kind: 'notebook', settings, names: read.names, root: null };
}
