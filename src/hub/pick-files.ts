// Which files of a dataset repository are meant: the one that is named, those that fit a pattern, or its training data.

const dataFile = /\.(jsonl|ndjson|json|csv|tsv|parquet|pq)(\.(gz|zst))?$/i;
/** JSON that describes a repository instead of holding its rows. */
const descriptions =
  /(^|\/)(dataset_infos?|dataset_dict|state|config|metadata|package(-lock)?|tokenizer(_config)?|\.[^/]*)\.json$|(^|\/)\./i;
const trainWord = /(^|[-._ /\d])train(ing)?([-._ /\d]|$)/i;
const shard = /-\d{5}-of-\d{5}(-[0-9a-f]+)?(?=\.)/;

/** The files that can hold rows. */
export function dataFiles(files: readonly string[]): string[] {
  return files.filter((file) => dataFile.test(file) && !descriptions.test(file)).sort();
}

/**
 * The files meant by `path`, or by its absence: the only data file there is, else the files of the train split by
 * their usual names (`train.jsonl`, `data/train-00000-of-00003.parquet`). Null if that is not one set of files.
 */
export function pickFiles(files: readonly string[], path: string | null): string[] | null {
  if (path !== null) {
    if (files.includes(path)) return [path];
    const found = files.filter((file) => toRegExp(path).test(file)).sort();
    return found.length > 0 ? found : null;
  }
  const data = dataFiles(files);
  if (data.length === 1) return data;
  const train = data.filter((file) => trainWord.test(file));
  const sets = new Set(train.map((file) => file.replace(shard, '')));
  return sets.size === 1 ? train : null;
}

/** A pattern of `*`, `**`, `?` and `{a,b}` over paths with slashes. */
function toRegExp(pattern: string): RegExp {
  let depth = 0;
  const source = pattern.replace(/\*\*\/|\*\*|\*|\?|[{},]|[.+^$()|[\]\\]/g, (token) => {
    if (token === '**/') return '(?:.*/)?';
    if (token === '**') return '.*';
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    if (token === '{') {
      depth += 1;
      return '(?:';
    }
    if (token === '}' && depth > 0) {
      depth -= 1;
      return ')';
    }
    if (token === ',') return depth > 0 ? '|' : ',';
    return `\\${token}`;
  });
  return new RegExp(`^${source}${')'.repeat(depth)}$`);
}
