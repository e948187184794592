// The names of the rows' other fields, for a hint.

export interface SeenFields {
  add(meta: Readonly<Record<string, unknown>>): void;
  names(): string[];
}

const most = 20;

/** Collects the first few names, including one level of nesting. */
export function createSeenFields(): SeenFields {
  const names = new Set<string>();
  return {
    add(meta) {
      if (names.size >= most) return;
      for (const [key, value] of Object.entries(meta)) {
        const inner =
          typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
        for (const name of inner.length === 0 ? [key] : inner.map((each) => `${key}.${each}`))
          if (names.size < most) names.add(name);
      }
    },
    names: () => [...names],
  };
}
