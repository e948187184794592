// Every C code: what it means and what to do. `lorch explain` and docs/config.md show these.
import type { CodeDoc } from '../diagnostics/finding.ts';

const error = (code: string, name: string, title: string, prose: string): CodeDoc => ({
  code,
  name,
  severity: 'error',
  title,
  prose,
});

export const configCodes: CodeDoc[] = [
  error(
    'C001',
    'config-invalid',
    'The config has errors.',
    'Every error of the file, and of the files it extends, is listed above this line with its place. Nothing was started.',
  ),
  error(
    'C002',
    'file-unreadable',
    'The file cannot be read.',
    'There is no such file, it is a folder, or its permissions forbid reading. Paths on the command line are relative to the current folder; `extends:` is relative to the file that says it.',
  ),
  error(
    'C003',
    'not-text',
    'The file is not UTF-8 text.',
    'Configs are YAML in UTF-8. A NUL byte or an invalid sequence means that this is another kind of file, or text in another encoding; save it as UTF-8.',
  ),
  error(
    'C004',
    'too-large',
    'The file is too large for a config.',
    'A config is a page of settings; the limit is 1 MiB. Put long lists of files in the dataset.',
  ),
  error(
    'C005',
    'yaml-syntax',
    'The file is not valid YAML.',
    'Common causes: tabs as indentation, a missing space after a colon, an unclosed quote or bracket, text with a colon that needs quotes. lorch reads YAML 1.2: `1e-4` is a number, and `no`, `yes`, `on`, `off` are text.',
  ),
  error(
    'C006',
    'duplicate-key',
    'A key is written twice.',
    'YAML forbids it, and many readers silently take the last one, so that half of the file has no effect. Remove one of the two.',
  ),
  error(
    'C007',
    'too-complex',
    'The file is nested too deeply, or grows too much when its aliases are followed.',
    'A few short lines of YAML can stand for billions of values, so depth, tokens and values are limited far above what a config needs.',
  ),
  error(
    'C008',
    'document-form',
    'The file is not one mapping of keys to values.',
    'A config is a single YAML document that holds `key: value` lines. Empty files, lists, several documents divided by `---`, and `%` directives are refused.',
  ),
  error(
    'C009',
    'unsafe-yaml',
    'The file uses a part of YAML that configs may not use.',
    'Tags such as `!!python/object`, keys that are not text, merge keys (`<<`) and `__proto__` are refused. To share settings between files, use `extends:`.',
  ),
  error(
    'C010',
    'unknown-key',
    'There is no such setting.',
    'Nothing would read it. The message names the nearest setting or the section that the key belongs to; docs/config.md lists all of them.',
  ),
  error(
    'C011',
    'wrong-type',
    'The value is of the wrong type.',
    'YAML decides the type by how a value is written: `"16"` and `16` differ. YAML 1.2 reads `no`, `yes`, `on`, `off` as text, and `None` is text too: write `false`, `true`, `null`.',
  ),
  error(
    'C012',
    'value-not-allowed',
    'The value is outside what the setting takes.',
    'The message names the range or the choices.',
  ),
  error('C013', 'missing-key', 'A required setting is missing.', 'The message names it, and the section.'),
  error(
    'C014',
    'owned-by-lorch',
    'lorch sets this itself.',
    'Some fields of the libraries say where files go, how rows are rendered or which process does what. lorch decides these, so that runs are recorded, resumed and compared; the message says what to use instead.',
  ),
  error(
    'C015',
    'removed-upstream',
    'The library has removed this setting.',
    'The name is from an older release of transformers, TRL or PEFT; the message names what took its place.',
  ),
  error(
    'C016',
    'not-in-this-version',
    'This version of lorch does not do that yet.',
    'The setting exists in a library or is planned for lorch, but this version would ignore it, so it is refused.',
  ),
  error(
    'C017',
    'impossible-combination',
    'Two settings cannot go together.',
    'Each is fine alone. The message says which exclude or need one another, and why.',
  ),
  error(
    'C018',
    'no-effect',
    'The setting would have no effect.',
    'Another setting makes it idle. A value that nothing uses would mislead readers of the config, so it is refused.',
  ),
  error(
    'C019',
    'bad-extends',
    '`extends` cannot be followed.',
    'The base file is missing, or files extend one another in a circle. The path is relative to the file that says `extends:`.',
  ),
  error(
    'C020',
    'environment-variable',
    'An environment variable in a value cannot be filled in.',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how it is written in a config
    '`${NAME}` in a value is replaced from the environment, `${NAME:-default}` has a default, and `$${` stands for a literal `${`. Keys are never replaced.',
  ),
  error(
    'C021',
    'secret-in-config',
    'A config must not contain secrets.',
    'Configs are copied into run folders and shared. Log in to the hub with `hf auth login`, or set HF_TOKEN, WANDB_API_KEY and the like in the environment: the trainer reads them from there.',
  ),
  error(
    'C022',
    'bad-override',
    '`--set` cannot be applied.',
    'Write `--set section.key=value`; the value is YAML, `null` deletes, and a number picks an item of a list: `--set lora.target_modules.0=q_proj`.',
  ),
  error(
    'C023',
    'bad-sweep',
    'The sweep is not a valid one.',
    'A grid needs lists of values; a random sweep takes lists or `{min, max, distribution}` and needs `samples`.',
  ),
  error(
    'C024',
    'sweep-too-large',
    'The sweep has too many runs.',
    'A grid multiplies: three lists of ten are a thousand runs. The limit is 200; use `method: random` with `samples`.',
  ),
  error(
    'C025',
    'machine-cannot',
    'This machine cannot do what the config asks for.',
    'The config is sound, but it needs a GPU, or a newer one. On another machine it may work.',
  ),
  error(
    'C026',
    'workspace-invalid',
    'lorch.yaml has errors.',
    'lorch.yaml marks the workspace and holds its defaults. Every error in it is listed with its place.',
  ),
  error(
    'C027',
    'schema-outdated',
    'The JSON Schema file belongs to another version of lorch.',
    'Editors would complain about valid settings. `lorch config schema --output FILE` writes the current one.',
  ),
  error(
    'C028',
    'unknown-accepted-code',
    '`accept` names a code that does not exist.',
    'Codes are written in full, such as A004; `lorch explain` lists them all, docs/advice.md those of advice.',
  ),
  error(
    'C029',
    'not-acceptable',
    '`accept` names a code that cannot be accepted.',
    'Advice (A codes) can be accepted, and so can forecasts of too little memory (P020, P021) and T014. Other errors must be fixed.',
  ),
  error(
    'C030',
    'empty-reason',
    '`accept` gives no reason.',
    'The reason stays in plan.json beside the finding. Without one, readers cannot see whether it was a decision or a mistake.',
  ),
  error(
    'C031',
    'unreadable-import',
    'The file to import cannot be read.',
    '`lorch config import` reads YAML, JSON, Python scripts, notebooks, and shell scripts with one command. Nothing in them is executed.',
  ),
  error(
    'C032',
    'unknown-import',
    'It is not clear which tool the file is from.',
    'lorch recognizes a tool by names that only its files have. Name the tool with `--from axolotl`, `--from llama-factory`, `--from unsloth` or `--from trl`.',
  ),
  error(
    'C033',
    'no-such-host',
    '`resources.host` names a host that does not exist.',
    'Runs are executed on `local`, this machine, or on a host that `hosts` in lorch.yaml names. `resources.launcher` of earlier versions is called `resources.host` now.',
  ),
  {
    code: 'C040',
    name: 'path-not-found',
    severity: 'warning',
    title: 'The config names a dataset file or a model folder that is not here.',
    prose:
      'The config itself is sound, so `lorch config check` only warns: the file may be on another machine. `lorch plan` and `lorch train` need it. Paths are relative to the workspace, the nearest folder with lorch.yaml.',
  },
  error(
    'C048',
    'budget-without-price',
    '`resources.max_cost` is set, and nothing says what an hour costs.',
    'The supervisor ends an attempt when its time multiplied by the price of an hour reaches `resources.max_cost`. The price is `price_per_hour` of lorch.yaml, or `--price-per-hour`.',
  ),
];

const names = new Map(configCodes.map((doc) => [doc.code, doc.name]));

/** The kebab-case name of a C code. */
export function codeName(code: string): string {
  return names.get(code) ?? 'config';
}
