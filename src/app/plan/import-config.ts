// `lorch config import`: translates a config of another tool and checks the result; what the check refuses is dropped with the reason.
import { basename } from 'node:path';
import { readSettings } from '../../config/import/read-settings.ts';
import { detectTool, tools } from '../../config/import/tools.ts';
import { type Fate, type ImportedSetting, translate } from '../../config/import/translate.ts';
import { writeImport } from '../../config/import/write-import.ts';
import { loadConfig } from '../../config/load.ts';
import type { Finding } from '../../diagnostics/finding.ts';
import { createRedactor, isSecretName } from '../../diagnostics/secrets.ts';
import { UserError } from '../../diagnostics/user-error.ts';

export interface ImportRequest {
  /** The text of the file, and its name as the user wrote it. */
  text: string;
  file: string;
  /** Name of a tool; null to detect it from the file. */
  from: string | null;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
}

export interface ImportResult {
  tool: string;
  kind: string;
  settings: ImportedSetting[];
  counts: Record<Fate, number>;
  /** Settings that the tool's defaults added. */
  added: string[];
  yaml: string;
  /** Settings that ask for training other than LoRA on examples. */
  otherTraining: ImportedSetting[];
  /** What is still missing in the config. */
  missing: Finding[];
}

/** Imports. Throws UserError C031 (unreadable) and C032 (from no tool that is known). */
export async function importConfig(request: ImportRequest): Promise<ImportResult> {
  const source = readSettings(request.text, request.file);
  const tool = tools.find(({ name }) => name === request.from) ?? detectTool(source, request.file);
  const redact = createRedactor(request.env);
  let settings = translate(source, tool, (key, value) =>
    isSecretName(key) ? '[not shown]' : redact(shorten(JSON.stringify(value) ?? 'nothing')),
  );
  if (settings.length === 0)
    throw new UserError('C031', `${request.file} has no setting of a training`, {
      hint: 'name the file that sets model, data and training',
    });
  let defaults = tool.defaults;
  // Each round drops what the check refuses, so the loop ends.
  for (;;) {
    const written = new Set(settings.flatMap(({ set }) => Object.keys(set)));
    defaults = Object.fromEntries(Object.entries(defaults).filter(([path]) => !written.has(path)));
    const config = {
      name: nameOf(request, settings),
      tool: tool.name,
      file: request.file,
      settings,
      defaults,
    };
    const yaml = writeImport(config);
    const findings = await check(yaml, request);
    const left = leaveOut(findings, yaml, settings, defaults);
    if (left) {
      ({ settings, defaults } = left);
      continue;
    }
    const counts = { kept: 0, renamed: 0, refused: 0 };
    for (const { fate } of settings) counts[fate] += 1;
    return {
      otherTraining: settings.filter(({ key, fate }) => fate === 'refused' && kinds.has(key)),
      tool: tool.name,
      kind: source.kind,
      settings,
      counts,
      added: Object.keys(defaults),
      yaml,
      missing: findings,
    };
  }
}

const kinds = new Set(['stage', 'rl', 'finetuning_type', 'adapter', 'full_finetuning', 'use_peft']);

async function check(yaml: string, { cwd, env }: ImportRequest): Promise<Finding[]> {
  try {
    await loadConfig('-', { cwd, env, stdin: async () => Buffer.from(yaml) });
    return [];
  } catch (error) {
    if (error instanceof UserError) return [...(error.findings ?? [])];
    throw error;
  }
}

// A finding at a line of the written config belongs to the setting on it.
function leaveOut(
  findings: readonly Finding[],
  yaml: string,
  settings: readonly ImportedSetting[],
  defaults: Readonly<Record<string, unknown>>,
): { settings: ImportedSetting[]; defaults: Readonly<Record<string, unknown>> } | null {
  const paths = pathsByLine(yaml);
  const written = [...settings.flatMap(({ set }) => Object.keys(set)), ...Object.keys(defaults)];
  const reasons = new Map<string, string>();
  for (const { message, at } of findings) {
    const path = paths[(at?.line ?? 0) - 1];
    if (path === undefined) continue;
    const own = written.filter((each) => path === each || path.startsWith(`${each}.`));
    // A finding at a section is about everything in it.
    const inside = own.length > 0 ? own : written.filter((each) => each.startsWith(`${path}.`));
    for (const each of inside)
      if (each !== 'base_model' && each !== 'dataset.train') reasons.set(each, message);
  }
  if (reasons.size === 0) return null;
  return {
    defaults: Object.fromEntries(Object.entries(defaults).filter(([path]) => !reasons.has(path))),
    settings: settings.map((setting) => {
      const path = Object.keys(setting.set).find((each) => reasons.has(each));
      return path === undefined
        ? setting
        : { ...setting, fate: 'refused', set: {}, reason: reasons.get(path) ?? '' };
    }),
  };
}

// The dotted path of the key on each line. lorch wrote the text, with two spaces per level.
function pathsByLine(yaml: string): (string | undefined)[] {
  const stack: string[] = [];
  return yaml.split('\n').map((line) => {
    const match = /^( *)(?:- )?"?([\w.-]+)"?:/.exec(line);
    if (!match) return stack.length > 0 && /^ *- /.test(line) ? stack.join('.') : undefined;
    const level = (match[1] ?? '').length / 2;
    stack.length = Math.min(stack.length, level);
    stack.push(match[2] ?? '');
    return stack.join('.');
  });
}

function nameOf({ file }: ImportRequest, settings: readonly ImportedSetting[]): string {
  const said =
    settings.find(({ key }) => key === 'run_name' || key === 'wandb_name' || key === 'wandb_run_name') ??
    settings.find(({ key }) => key === 'output_dir');
  const folder = said?.shown.startsWith('"') ? basename(JSON.parse(said.shown) as string) : '';
  for (const text of [folder, basename(file).replace(/\.\w+$/, ''), 'imported']) {
    const name = text
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 60);
    if (name !== '' && !/^(?:out|outputs?|results?|trainer_output|saves?)$/i.test(name)) return name;
  }
  return 'imported';
}

const mostShown = 100;

function shorten(text: string): string {
  return text.length <= mostShown ? text : `${text.slice(0, mostShown - 1)}…`;
}
