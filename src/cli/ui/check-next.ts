// What `lorch data check` wrote beside its answer, and what to type next.

/** Lines for stderr; empty where there is nothing to say. */
export function describeNext(
  files: { html?: string; sarif?: string; writeBaseline?: string; json?: true; ndjson?: true },
  { recorded, codes }: { recorded: number | null; codes: number },
): string {
  const written = [files.html, files.sarif].filter((file) => file !== undefined);
  const accepted = recorded === 1 ? '1 finding' : `${recorded?.toLocaleString('en-US')} findings`;
  return [
    ...written.map((file) => `wrote ${file}\n`),
    ...(recorded === null
      ? []
      : [`wrote ${files.writeBaseline}, which accepts ${accepted}: pass it with --baseline from now on\n`]),
    ...(codes > 0 && !files.json && !files.ndjson ? ['more on a code: lorch explain CODE\n'] : []),
  ].join('');
}
