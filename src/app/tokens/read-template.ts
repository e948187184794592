// Reads the chat template that a config names: a built-in one, or the text of a Jinja file.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UserError } from '../../diagnostics/user-error.ts';
import type { ConfigSource } from '../sources/config-sources.ts';
import type { PrepareSpec } from './prepare-sequences.ts';

/**
 * Resolves a template setting (by default `dataset.template`) and its `template_kwargs`; a file is relative to `root`.
 * Throws UserError P009.
 */
export async function readTemplate(
  template: string,
  root: string,
  kwargs?: Record<string, unknown>,
  setting = 'dataset.template',
): Promise<PrepareSpec['template']> {
  const found = await templateSource(template, root, setting);
  return kwargs && Object.keys(kwargs).length > 0 ? { ...found, variables: kwargs } : found;
}

/** The UTC date of a moment, in the form that templates get. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

async function templateSource(
  template: string,
  root: string,
  setting: string,
): Promise<PrepareSpec['template']> {
  if (!/\.(jinja|jinja2|j2)$/.test(template))
    return { kind: template as PrepareSpec['template']['kind'], source: null };
  try {
    return { kind: 'file', source: await readFile(resolve(root, template), 'utf8') };
  } catch (error) {
    throw new UserError('P009', `the chat template ${template} cannot be read`, {
      hint: `${setting} names a Jinja file relative to the workspace`,
      cause: error,
    });
  }
}

/** Whether a source is rendered with another template than `dataset.template`; `template_kwargs` apply only to that one. */
export function isOwnTemplate(template: string | null, usual: string): template is string {
  const meant = (name: string): string => (name === 'auto' ? 'model' : name);
  return template !== null && meant(template) !== meant(usual);
}

/** Templates that sources name in addition to the dataset's, by name; null if there are none. Throws UserError P009. */
export async function readOwnTemplates(
  sources: readonly ConfigSource[],
  { template: usual }: { template: string },
  root: string,
): Promise<Record<string, PrepareSpec['template']> | null> {
  const templates: Record<string, PrepareSpec['template']> = {};
  for (const { template, setting } of sources)
    if (isOwnTemplate(template, usual))
      templates[template] = await readTemplate(template, root, undefined, `${setting}.template`);
  return Object.keys(templates).length > 0 ? templates : null;
}
