// hf://datasets/user/name[@revision][/file or pattern], as Hugging Face's own file system writes it.
import { UserError } from '../diagnostics/user-error.ts';
import { isInnerPath, isRevision } from './identifiers.ts';

export interface DatasetName {
  /** `user/name`. */
  name: string;
  /** A branch, tag or commit; null: the main branch. */
  revision: string | null;
  /** A file of the repository, or a pattern with `*`, `**`, `?`, `{a,b}`; null: lorch picks. */
  path: string | null;
}

const prefix = 'hf://datasets/';
const part = /^[\w][\w.-]*$/;
const longestName = 200;
/** Revisions that hold slashes themselves. */
const specialRevision = /^(refs\/convert\/[\w-]+|refs\/pr\/\d+)(?:\/(.*))?$/;

/** Takes a name apart. Throws UserError D194. */
export function parseDatasetName(text: string): DatasetName {
  const wrong = (hint: string): UserError =>
    new UserError('D194', `${text} is not the name of a dataset of the hub.`, { hint });
  if (!text.startsWith(prefix)) throw wrong(`write ${prefix}user/name, and after it @revision or /file`);
  const [user = '', rest = ''] = splitAt(text.slice(prefix.length), '/');
  const slash = rest.search(/[/@]/);
  const repository = slash < 0 ? rest : rest.slice(0, slash);
  if (!part.test(user) || !part.test(repository))
    throw wrong(`write ${prefix}user/name: a dataset has an owner and a name`);
  const name = `${user}/${repository}`;
  const tail = slash < 0 ? '' : rest.slice(slash);
  if (name.length > longestName) throw wrong('the owner or the name is too long');
  if (!tail.startsWith('@')) return { name, revision: null, path: filePath(tail.slice(1), wrong) };
  const special = specialRevision.exec(tail.slice(1));
  const [revision = '', path = ''] = special ? [special[1], special[2]] : splitAt(tail.slice(1), '/');
  if (revision === '') throw wrong('write a branch, tag or commit after @');
  // A branch with a slash in its name is written with %2F.
  const branch = revision.replaceAll('%2F', '/').replaceAll('%2f', '/');
  if (!isRevision(branch)) throw wrong(`${JSON.stringify(branch)} cannot be a branch, tag or commit`);
  return { name, revision: branch, path: filePath(path, wrong) };
}

/** A file or pattern inside of the repository. */
function filePath(text: string, wrong: (hint: string) => UserError): string | null {
  if (text === '') return null;
  if (!isInnerPath(text)) throw wrong(`${JSON.stringify(text)} is not the name of a file in a repository`);
  return text;
}

function splitAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
