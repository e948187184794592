// Validators of JSON schemas by ajv, loaded for the first row with tools. The schemas are part of datasets,
// so they are not trusted: tool-schema.ts makes them harmless first.
import { createRequire } from 'node:module';
import { longestText } from './pattern-cost.ts';

/** A fault, as ajv reports it. */
export interface SchemaFault {
  /** A JSON pointer into the value. */
  instancePath: string;
  schemaPath: string;
  keyword: string;
  params: Readonly<Record<string, unknown>>;
  message?: string;
}

/** Faults of a value; empty if it fits. */
export type Validator = (value: unknown) => readonly SchemaFault[];

interface Ajv {
  compile(schema: object): ((value: unknown) => boolean) & { errors?: SchemaFault[] | null };
}
type AjvClass = new (options: object) => Ajv;

const require = createRequire(import.meta.url);
// Keywords that only drafts since 2019 have.
const newer =
  /"(?:prefixItems|unevaluated\w+|dependent\w+|minContains|maxContains|\$dynamicRef|\$recursiveRef)"/;
/** A pattern for ajv that does not judge texts on which it could take long. */
const boundedPattern = Object.assign(
  (source: string, flags: string) => {
    const [pattern, longest] = [new RegExp(source, flags), longestText(source)];
    return {
      test: (text: string) => text.length > longest || pattern.test(text),
      // ajv identifies patterns by this.
      toString: () => String(pattern),
    };
  },
  { code: 'new RegExp' },
);
const options = {
  code: { regExp: boundedPattern },
  strict: false,
  validateSchema: false,
  addUsedSchema: false,
  validateFormats: false,
  // Patterns of other languages often are not Unicode ones.
  unicodeRegExp: false,
  allErrors: true,
  meta: false,
  logger: false,
};

const makers = new Map<string, Ajv>();

/** The validator of a schema, given as JSON text. Throws ajv's error if the schema is broken. */
export function compileSchema(text: string): Validator {
  const name = newer.test(text) ? 'ajv/dist/2020' : 'ajv';
  let maker = makers.get(name);
  if (!maker) {
    const { default: Maker } = require(name) as { default: AjvClass };
    maker = new Maker(options);
    makers.set(name, maker);
  }
  const validate = maker.compile(JSON.parse(text) as object);
  return (value) => {
    try {
      return validate(value) ? [] : (validate.errors ?? []);
    } catch {
      // Ignore a schema that refers to itself endlessly.
      return [];
    }
  };
}
