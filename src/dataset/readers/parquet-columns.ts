// Facts from the schema of a Parquet file that JavaScript's values do not show: which numbers are decimals, and
// the order of the fields of a struct.
import type { FileMetaData, SchemaTree } from 'hyparquet';

export interface Column {
  /** A FLOAT or DOUBLE: Python reads its whole values as decimals, too. */
  decimal: boolean;
  /** Of a struct: its fields, in order. */
  fields: ReadonlyMap<string, Column> | null;
  /** Of a list its items, of a map its values. */
  inner: Column | null;
}

/** The columns of a file as the fields of one struct; null if the schema adds nothing to the values. */
export async function readColumns(metadata: FileMetaData): Promise<Column | null> {
  const { parquetSchema } = await import('hyparquet');
  const plain = metadata.schema.every(
    ({ type, name }) => type !== 'FLOAT' && type !== 'DOUBLE' && !isFloat16(type) && !/^\d/.test(name),
  );
  return plain ? null : columnOf(parquetSchema(metadata));
}

// A half float is stored as two bytes.
function isFloat16(type: string | undefined): boolean {
  return type === 'FIXED_LEN_BYTE_ARRAY';
}

function columnOf({ element, children }: SchemaTree): Column {
  const { type, converted_type: converted, logical_type: logical } = element;
  const [only] = children;
  if (converted === 'LIST' && only && children.length === 1)
    return { decimal: false, fields: null, inner: columnOf(itemOf(only)) };
  if (converted === 'MAP' || converted === 'MAP_KEY_VALUE') {
    const value = only?.children[1];
    return { decimal: false, fields: null, inner: value ? columnOf(value) : null };
  }
  const decimal =
    (type === 'FLOAT' || type === 'DOUBLE' || logical?.type === 'FLOAT16') && converted === undefined;
  if (children.length === 0) return { decimal, fields: null, inner: null };
  const fields = new Map(children.map((child) => [child.element.name, columnOf(child)]));
  return { decimal: false, fields, inner: null };
}

// A list is written in two levels or in three.
function itemOf(level: SchemaTree): SchemaTree {
  const [only] = level.children;
  return only && level.children.length === 1 ? only : level;
}
