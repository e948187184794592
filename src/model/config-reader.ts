// Reads one config.json's values, falling back on the defaults of the family's config class in transformers.

export class ConfigReader {
  private readonly values: Readonly<Record<string, unknown>>;
  private readonly defaults: Readonly<Record<string, unknown>>;

  constructor(
    values: Readonly<Record<string, unknown>>,
    defaults: Readonly<Record<string, unknown>>,
    aliases: Readonly<Record<string, string>> = {},
  ) {
    const named = Object.entries(aliases).filter(([alias]) => Object.hasOwn(values, alias));
    this.values = {
      ...values,
      ...Object.fromEntries(named.map(([alias, key]) => [key, values[alias]])),
    };
    this.defaults = defaults;
  }

  private value(key: string): unknown {
    return Object.hasOwn(this.values, key) ? this.values[key] : this.defaults[key];
  }

  /** A size; `otherwise` stands in for null or a key that neither the file nor the class sets. */
  size(key: string, otherwise?: number): number {
    const value = this.value(key) ?? otherwise;
    if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
    throw new ConfigValueError(key, value);
  }

  /** A list of indices; null is an empty one. */
  sizes(key: string): number[] {
    const value = this.value(key) ?? [];
    if (Array.isArray(value) && value.every((each) => Number.isInteger(each))) return value as number[];
    throw new ConfigValueError(key, value);
  }

  /** A config inside this one, with the defaults of its own class; left out, it is all defaults. */
  section(key: string, defaults: Readonly<Record<string, unknown>>): ConfigReader {
    const value = this.value(key) ?? {};
    if (typeof value !== 'object' || Array.isArray(value)) throw new ConfigValueError(key, value);
    return new ConfigReader(value as Record<string, unknown>, defaults);
  }

  flag(key: string): boolean {
    return this.value(key) === true;
  }

  /** A number or null, for options whose null means something. */
  optional(key: string): number | null {
    const value = this.value(key) ?? null;
    if (value === null || typeof value === 'number') return value;
    throw new ConfigValueError(key, value);
  }
}

/** Refuses a config.json value from which no model can be built. */
export class ConfigValueError extends Error {
  readonly key: string;

  constructor(key: string, value: unknown) {
    super(`${key} is ${JSON.stringify(value) ?? 'missing'}`);
    this.key = key;
  }
}

/** A config that transformers builds in a way that the family's tables do not hold. */
export class UnmodelledConfigError extends Error {}
