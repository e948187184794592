// Names of fields in any spelling: `Rejected Response`, `rejected_response`, `rejectedResponse`.
const most = 5_000;

/** `read` with a cache, because files have the same keys in every row. */
export function rememberByKey<T>(read: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    let found = known.get(key);
    if (found === undefined) {
      found = read(key);
      // Files may have a new key in every row.
      if (known.size >= most) known.clear();
      known.set(key, found);
    }
    return found;
  };
}

/** A key in lower case without spaces, dashes and dots between its words; other signs stay. */
export const plainName = rememberByKey((key) => key.toLowerCase().replace(/[\s_.-]+/g, ''));
