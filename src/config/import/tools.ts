// The supported tools, and detection of a file's tool.
import { quotePath } from '../../diagnostics/quote-path.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { axolotl } from './axolotl.ts';
import { llamaFactory } from './llama-factory.ts';
import type { SourceFile } from './read-settings.ts';
import type { Tool } from './setting.ts';
import { trl } from './trl.ts';
import { unsloth } from './unsloth.ts';

export const tools: readonly Tool[] = [axolotl, llamaFactory, unsloth, trl];

const programs: Readonly<Record<string, Tool>> = {
  'llamafactory-cli': llamaFactory,
  axolotl,
  unsloth,
  FastLanguageModel: unsloth,
  FastModel: unsloth,
  FastVisionModel: unsloth,
  trl,
  SFTConfig: trl,
  SFTTrainer: trl,
};

/** The tool, by the names and keys in the file. Throws UserError C032 if they do not show it. */
export function detectTool({ settings, names, root }: SourceFile, file: string): Tool {
  const program = Object.keys(programs).find((name) => names.has(name));
  if (program) return programs[program] as Tool;
  const keys = new Set(settings.map(({ key }) => key));
  const inner = new Set(
    [...(root?.entries ?? [])].flatMap(([, { value }]) =>
      value.kind === 'map' ? [...value.entries.keys()] : [],
    ),
  );
  if (keys.has('base_model') && (isMap(root, 'dataset') || isMap(root, 'lora') || isMap(root, 'training')))
    throw new UserError('C032', `${file} is a config of lorch already`, {
      hint: `lorch config check ${quotePath(file)}`,
    });
  const scores = tools.map((tool) => tool.signs.filter((sign) => keys.has(sign) || inner.has(sign)).length);
  const best = Math.max(...scores);
  // A tie goes to the first: Unsloth's arguments are TRL's and more.
  const tool = tools[scores.indexOf(best)];
  if (best >= 2 && tool) return tool;
  throw new UserError('C032', `it is not clear which tool ${file} is from`, {
    hint: `name it: --from ${tools.map(({ name }) => name).join(', --from ')}`,
  });
}

function isMap(root: SourceFile['root'], key: string): boolean {
  return root?.entries.get(key)?.value.kind === 'map';
}
