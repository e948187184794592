// Looks in the trainer's environment for packages that single settings need, before anything is launched.

import type { RenderedConfig } from '../../config/render/index.ts';
import { neededPackages, type PackageNeed } from '../../config/render/packages.ts';
import type { Finding } from '../../diagnostics/finding.ts';
import type { PythonEnv } from '../../python/environment.ts';
import { type ImportedPackage, importPackages } from '../../python/import-packages.ts';
import { compareVersions } from '../../python/versions.ts';

/** An error (P013) for each setting whose package the environment lacks. Starts Python only if one is needed. */
export async function checkPackages(
  rendered: Pick<RenderedConfig, 'model' | 'training'>,
  config: string,
  python: () => Promise<PythonEnv>,
): Promise<Finding[]> {
  const needs = neededPackages(rendered);
  if (needs.length === 0) return [];
  const env = await python();
  const found = await importPackages(
    env,
    needs.flatMap(({ anyOf }) => anyOf),
  );
  return needs.flatMap((need) => {
    const reasons = need.anyOf.map((each) => whyNot(each, found[each.name]));
    return reasons.includes(null) ? [] : [missing(need, reasons[0] ?? '', config, env)];
  });
}

function whyNot(
  { name, from, below }: PackageNeed['anyOf'][number],
  found: ImportedPackage | undefined,
): string | null {
  if (found?.error) return `${name} cannot be imported: ${found.error}`;
  if (!found?.version) return `${name} is not installed`;
  if (from && compareVersions(found.version, from) < 0)
    return `${name} ${found.version} is too old: ${from} or newer is needed`;
  if (below && compareVersions(found.version, below) >= 0)
    return `${name} ${found.version} is too new: a version below ${below} is needed`;
  return null;
}

function missing(
  { setting, value, anyOf, instead }: PackageNeed,
  reason: string,
  config: string,
  env: PythonEnv,
): Finding {
  const [first, other] = anyOf;
  const range = first?.from ? `'${first.name}>=${first.from}'` : first?.name;
  const also = other ? `, or ${other.name}${other.note ? `, ${other.note}` : ''}` : '';
  return {
    code: 'P013',
    name: 'package-missing',
    severity: 'error',
    message: `${setting}: ${value} needs a package that the trainer's environment does not have: ${reason}`,
    hint: `${env.executable} -m pip install ${range}${also}; or ${instead.startsWith('remove') ? '' : 'write '}${instead}`,
    at: { file: config, pointer: `/${setting.replace('.', '/')}` },
    data: { package: first?.name, executable: env.executable },
  };
}
