// Recognises text files without rows, or with rows in an unsupported notation, by their first lines or their name.

export interface OtherKind {
  /** For people: `a web page`. */
  kind: string;
  hint: string;
}

const yamlName = /\.ya?ml$/i;
const yamlStart = /^(?:%YAML|---[ \t]*\r?\n|- *[\w ]+:(?:[ \t]|\r?\n))/;
const yamlLine = /^(?:- )?[\w-]+:(?:[ \t].*)?$/m;

/** What the file is; null if it may contain rows. */
export function findOtherKind(head: Buffer, name: string): OtherKind | null {
  const start = head.toString('utf8', 0, 2048).trimStart();
  if (/^version https:\/\/git-lfs\.github\.com\//.test(start))
    return {
      kind: 'a pointer of Git LFS, and the data is not here',
      hint: 'fetch the data: git lfs pull, or name the dataset as hf://datasets/user/name',
    };
  if (/^<(?:!doctype html|html|head|body)\b/i.test(start))
    return {
      kind: 'a web page',
      hint: 'the download fetched the page about the file; download the file itself (on the hub: /resolve/ in place of /blob/)',
    };
  if (/^<\?xml\b|^<[a-zA-Z][\w:.-]*(?:\s[^<>]*)?>\s*</.test(start))
    return { kind: 'XML', hint: 'write the rows as JSON lines' };
  if ((yamlName.test(name) && yamlLine.test(start)) || yamlStart.test(start))
    return {
      kind: 'YAML',
      hint: `python3 -c 'import json, sys, yaml; [print(json.dumps(row, ensure_ascii=False)) for row in yaml.safe_load(sys.stdin)]' < FILE > rows.jsonl`,
    };
  return null;
}
