// The grammars of outside values that become part of a path: commits, revisions, file names.
import { UserError } from '../diagnostics/user-error.ts';
import type { HubEnvironment } from './hub-environment.ts';

const commitGrammar = /^[0-9a-f]{40}$/;
const longestPath = 1024;
const longestName = 255;
const longestRevision = 200;

/** Whether a text is a full commit. */
export function isCommit(text: string): boolean {
  return commitGrammar.test(text);
}

/** The commit that the hub, or a cache, names; null for anything else. */
export function commitOf(value: unknown): string | null {
  const text = typeof value === 'string' ? value.trim() : '';
  return isCommit(text) ? text : null;
}

/** The commit in an answer of the hub. Throws UserError E040. */
export function answeredCommit(value: unknown, subject: string, hub: HubEnvironment): string {
  const commit = typeof value === 'string' && isCommit(value) ? value : null;
  if (commit !== null) return commit;
  const shown = JSON.stringify(value)?.slice(0, 60) ?? 'nothing';
  throw new UserError('E040', `${hub.endpoint} names no commit for ${subject}, but ${shown}`, {
    hint: 'is HF_ENDPOINT right? A commit is 40 hexadecimal digits; nothing was read or written',
    exitCode: 3,
  });
}

/**
 * Whether a file name of a repository stays inside of a folder that it is joined to, here and on Windows, and can be a
 * name of a file at all.
 */
export function isInnerPath(path: string): boolean {
  if (path === '' || path.length > longestPath || /\p{Surrogate}/u.test(path)) return false;
  if (hasControl(path) || path.includes('\\') || /^[A-Za-z]:/.test(path)) return false;
  return path
    .split('/')
    .every((name) => !['', '.', '..'].includes(name) && Buffer.byteLength(name) <= longestName);
}

/** Whether a text can be a branch, tag or commit, by the rules of git that matter for a path. */
export function isRevision(text: string): boolean {
  return text.length <= longestRevision && isInnerPath(text) && !/[\s~^:?*[]|@\{|\.\.|^-/.test(text);
}

function hasControl(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 || (unit >= 0x7f && unit <= 0x9f)) return true;
  }
  return false;
}
