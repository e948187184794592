// What to say of a key that its section does not know: refused, misplaced, misspelt, or secret.
import type { Finding, Place } from '../diagnostics/finding.ts';
import { finding } from './finding.ts';
import { nicknames, otherwise } from './schema/nicknames.ts';
import { type KnownSection, knownSections } from './schema/sections.ts';
import { isSecretName } from './secrets.ts';
import { nearest } from './suggest.ts';

/** The finding for `key` under the dotted section `path` ('' is the top level). */
export function unknownKey(key: string, path: string, at: Place): Finding {
  const sections = knownSections();
  // All entries of a list know the same keys.
  const known = sections.get(path) ?? sections.get(path.replaceAll(/\.\d+(?=\.|$)/g, '.0'));
  const here = known
    ? { ...known, path }
    : { path, keys: [], refused: { owned: {}, removed: {}, unsupported: {} } };
  const refused = refusal(key, here, at);
  if (refused) return refused;
  const label = path ? `${path}.${key}` : key;
  // Under `tokenizer:` a token is a piece of text.
  if (isSecretName(key) && path !== 'tokenizer' && !isSetting(key, sections)) {
    const { excerpt: _hidden, ...place } = at;
    const hint = 'log in with `hf auth login`, or set it in the environment (HF_TOKEN, WANDB_API_KEY …)';
    return finding('C021', place, `\`${label}\` looks like a secret, and no setting takes one`, hint);
  }
  const hint = whereTo(key, here, sections);
  const what = path ? `there is no setting \`${key}\` under \`${path}:\`` : `there is no setting \`${key}\``;
  if (hint) return finding('C010', at, what, hint);
  // A name from another section, spelt as that section refuses it, still gets that section's answer.
  for (const other of sections.values()) {
    const elsewhere = refusal(key, other, at);
    if (elsewhere) return elsewhere;
  }
  const all =
    here.keys.length <= 12 ? `it takes ${here.keys.join(', ')}` : 'docs/config.md lists all settings';
  return finding('C010', at, what, all);
}

function refusal(key: string, section: KnownSection, at: Place): Finding | undefined {
  const { owned, removed, unsupported } = section.refused;
  const has = (fields: Record<string, string>) => (Object.hasOwn(fields, key) ? fields[key] : undefined);
  const label = section.path ? `${section.path}.${key}` : key;
  const mine = has(owned);
  if (mine) return finding('C014', at, `\`${label}\` is set by lorch`, mine);
  const gone = has(removed);
  if (gone) return finding('C015', at, `\`${label}\` was removed from the library`, gone);
  const later = has(unsupported);
  if (later) return finding('C016', at, `this version does not support \`${label}\``, later);
  return undefined;
}

function isSetting(key: string, sections: Map<string, KnownSection>): boolean {
  return [...sections.values()].some(
    ({ keys, refused }) =>
      keys.includes(key) || Object.values(refused).some((fields) => Object.hasOwn(fields, key)),
  );
}

function whereTo(key: string, here: KnownSection, sections: Map<string, KnownSection>): string | undefined {
  const homes = outermost([...sections.values()].filter((each) => each.keys.includes(key)));
  const home = homes[0];
  if (homes.length === 1 && home)
    return home.path ? `this key belongs under \`${home.path}:\`` : 'this key belongs at the top level';
  if (Object.hasOwn(otherwise, key) && (!here.path || !nearest(key, here.keys))) return otherwise[key];
  const meant = Object.hasOwn(nicknames, key) ? nicknames[key] : undefined;
  const near = nearest(key, here.keys);
  // A name that another tool has for a setting is more certain than a name with a few other letters.
  if (near && !meant) return `did you mean \`${near}\`?`;
  const above = here.path && meant && !meant.includes('.') ? ', at the top level' : '';
  if (meant) return `lorch calls it \`${meant}\`${above}`;
  if (homes.length > 1)
    return `this key belongs under ${homes.map((each) => `\`${each.path}:\``).join(' or ')}`;
  for (const section of sections.values()) {
    const far = nearest(key, section.keys);
    if (far && far.length > 3) return `did you mean \`${section.path ? `${section.path}.${far}` : far}\`?`;
  }
  return undefined;
}

/** Without sections of a list's entries, and without those inside another: each source may say what a dataset says. */
function outermost(sections: readonly KnownSection[]): KnownSection[] {
  const single = sections.filter(({ path }) => !path.includes('.0'));
  return single.filter(({ path }) => !single.some((other) => path.startsWith(`${other.path}.`)));
}
