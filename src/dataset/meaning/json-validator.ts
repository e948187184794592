// Validators of JSON schemas, made by ajv when the first row with tools asks for one. The schemas are part of datasets,
// so they are not trusted: they were bounded and made harmless before (tool-schema.ts).
import { createRequire } from 'node:module';
import { longestText } from './pattern-cost.ts';

/** What does not fit, as ajv reports it. */
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
// What only the drafts since 2019 know.
const newer =
  /"(?:prefixItems|unevaluated\w+|dependent\w+|minContains|maxContains|\$dynamicRef|\$recursiveRef)"/;
/** What ajv makes of a pattern: texts on which it could take long are not judged. */
const boundedPattern = Object.assign(
  (source: string, flags: string) => {
    const [pattern, longest] = [new RegExp(source, flags), longestText(source)];
    return {
      test: (text: string) => text.length > longest || pattern.test(text),
      // ajv tells patterns apart by it.
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

/** The validator of a schema, given as JSON text. Throws what ajv says if the schema is broken. */
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
      // A schema that refers to itself without end says nothing.
      return [];
    }
  };
}
