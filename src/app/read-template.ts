// The chat template that a config names: one by name, or the text of a Jinja file.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UserError } from '../diagnostics/user-error.ts';
import type { PrepareSpec } from './prepare-sequences.ts';

/** What `dataset.template` and `template_kwargs` mean; a file is relative to `root`. Throws UserError P009. */
export async function readTemplate(
  template: string,
  root: string,
  kwargs?: Record<string, unknown>,
): Promise<PrepareSpec['template']> {
  const found = await templateSource(template, root);
  return kwargs && Object.keys(kwargs).length > 0 ? { ...found, variables: kwargs } : found;
}

async function templateSource(template: string, root: string): Promise<PrepareSpec['template']> {
  if (!/\.(jinja|jinja2|j2)$/.test(template))
    return { kind: template as PrepareSpec['template']['kind'], source: null };
  try {
    return { kind: 'file', source: await readFile(resolve(root, template), 'utf8') };
  } catch (error) {
    throw new UserError('P009', `the chat template ${template} cannot be read`, {
      hint: 'dataset.template names a Jinja file relative to the workspace',
      cause: error,
    });
  }
}
