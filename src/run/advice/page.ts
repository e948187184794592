// docs/advice.md, generated from the rules.
import { adviceRules } from './index.ts';

/** The whole page. */
export function advicePage(): string {
  const rows = adviceRules.map(
    ({ code, name, severity, title }) =>
      `| [${code}](#${code.toLowerCase()}-${name}) | ${name} | ${severity} | ${title} |`,
  );
  const sections = adviceRules.map(({ code, name, severity, title, prose, threshold, source }) =>
    [
      `## ${code} ${name}`,
      `**${severity}** — ${title}`,
      prose,
      `- **When:** ${threshold}\n- **Source:** ${source}`,
    ].join('\n\n'),
  );
  return `${[
    '<!-- Generated from src/run/advice/; run `npm run generate` after a change. -->',
    '# Advice',
    '`lorch plan` and `lorch train` give advice on settings that are valid but may not be what you want. Each piece of advice has a reason, a threshold and a source, and none of them stops a run. `lorch explain A004` shows one in a terminal. To silence one, say why in the config: it stays in plan.json as a note, with your reason.',
    '```yaml\naccept:\n  A004: "attention only is the baseline of the paper"\n```',
    `| code | name | severity | what |\n|---|---|---|---|\n${rows.join('\n')}`,
    ...sections,
  ].join('\n\n')}\n`;
}
