// The JSON Schema of config files for editors, generated from zod.
import { z } from 'zod';
import { configFile } from './schema/run.ts';

/** JSON Schema (draft 7, which the YAML language server reads) of a config file. */
export function configJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(configFile, { target: 'draft-7', io: 'input' }) as unknown as {
    required?: string[];
    properties: { dataset: { required?: string[] } };
  };
  const { required, ...rest } = schema;
  const inDataset = rest.properties.dataset.required;
  delete rest.properties.dataset.required;
  return {
    title: 'lorch run config',
    ...rest,
    // A missing setting may be in the file that it extends.
    if: { not: { required: ['extends'] } },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { required, properties: { dataset: { required: inDataset } } },
  };
}

/** The text of run-config.schema.json. */
export function configJsonSchemaText(): string {
  return `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
}
