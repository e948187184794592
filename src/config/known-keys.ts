// Keys of lorch.yaml's own sections, which no library's fields make long.
import type { Finding } from '../diagnostics/finding.ts';
import { finding } from './finding.ts';
import type { LocatedMap } from './source/located.ts';
import { nearest } from './suggest.ts';

/** A finding (C010) for each key of the section `path` that is not one of `keys`. */
export function unknownKeys(map: LocatedMap, path: string, keys: readonly string[]): Finding[] {
  return [...map.entries]
    .filter(([key]) => !keys.includes(key))
    .map(([key, entry]) => {
      const near = nearest(key, keys);
      const hint = near ? `did you mean \`${near}\`?` : `\`${path}\` takes ${keys.join(', ')}`;
      return finding('C010', entry.key, `there is no setting \`${path}.${key}\``, hint);
    });
}
