import type { Check } from '../check.ts';

export const otherKind: Check = {
  code: 'D220',
  name: 'other-kind-of-file',
  severity: 'error',
  raisedBy: ['dataset/readers/index.ts', 'dataset/scan/open-rows.ts'],
  title: 'The file is text of a kind that has no rows, or that lorch does not read.',
  prose:
    'A web page, a pointer of Git LFS, YAML or XML is recognised by its first lines. lorch does not read such a file, because each of its lines would be an error. The message says what the file is and how to get the rows.',
  hint: 'write the rows as JSON lines',
  fatal: true,
  bad: [
    { text: '- instruction: Name a colour.\n  output: Blue.\n', file: 'rows.yaml' },
    { text: '<!doctype html>\n<html><body>Not found</body></html>', file: 'rows.jsonl' },
    {
      text: 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n',
      file: 'rows.jsonl',
    },
  ],
  good: ['{"instruction":"Name a colour.","output":"Blue."}'],
};
