// Names of fields, however they are spelled: `Rejected Response`, `rejected_response`, `rejectedResponse`.
const known = new Map<string, string>();
const most = 5_000;

/** A key in lower case without spaces, dashes and dots between its words. */
export function plainName(key: string): string {
  let name = known.get(key);
  if (name === undefined) {
    name = key.toLowerCase().replace(/[\s_.-]+/g, '');
    // Files may have a new key in every row.
    if (known.size >= most) known.clear();
    known.set(key, name);
  }
  return name;
}
