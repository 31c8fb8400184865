/** Values that fit a schema, and such that do not. */
import type { JsonSchema } from './document.ts';

/** Texts of all kinds; those that fit a pattern are taken for it. */
const texts = [
  ...[
    'a',
    'mp3',
    'low',
    '128k',
    '9k',
    '320k',
    'q5',
    'q9.9',
    'v0',
    'eng',
    'pt-BR',
    'artist',
    'TITLE',
    'a b~!',
    '0',
    '-1',
    '--',
  ],
  ...[
    '6f1c2c1e-3f5e-4b8a-9c53-0d7a1d1b7a01',
    'x'.repeat(64),
    'x'.repeat(128),
    'ü',
    '💫',
    '\u202e',
    'null',
    '',
    ' ',
    '\0',
    "'",
    '%00',
    '../..',
  ],
];

/** Texts of the formats of JSON Schema that the document has. */
const ofFormat: Readonly<Record<string, readonly string[]>> = {
  uuid: ['6f1c2c1e-3f5e-4b8a-9c53-0d7a1d1b7a01'],
  date: ['0001-01-01', '2024-02-29', '2026-11-26', '9999-12-31'],
  'date-time': ['2026-11-26T00:00:00Z', '2026-11-26T23:59:59.999+14:00', '9999-12-31T23:59:59Z'],
};

/** An object that is as the one says and has what the other one requires. */
function bothOf(whole: JsonSchema, option: JsonSchema): JsonSchema {
  const required = [whole.required, option.required].flatMap((names) => (Array.isArray(names) ? names : []));
  return { ...whole, ...option, required };
}

/** Fitting values of one schema. */
export class Values {
  readonly #random: () => number;

  /** @param random numbers from 0 up to and without 1. */
  constructor(random: () => number) {
    this.#random = random;
  }

  chance(share: number): boolean {
    return this.#random() < share;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.#random() * items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  /** A value that the schema allows. */
  fitting(schema: JsonSchema): unknown {
    if ('const' in schema) return schema.const;
    if (Array.isArray(schema.enum)) return this.pick(schema.enum);
    const options = schema.anyOf ?? schema.oneOf;
    if (Array.isArray(options) && schema.type === 'object') {
      const { anyOf, oneOf, ...whole } = schema;
      return this.fitting(bothOf(whole, asSchema(this.pick(options))));
    }
    if (Array.isArray(options)) return this.fitting(this.pick(options));
    switch (schema.type) {
      case 'object':
        return this.#object(schema);
      case 'array': {
        const [least, most] = [Number(schema.minItems ?? 0), Number(schema.maxItems ?? 5)];
        const length = least + Math.floor(this.#random() * (Math.min(most, least + 4) - least + 1));
        return Array.from({ length }, () => this.fitting(asSchema(schema.items)));
      }
      case 'integer':
        return Math.round(this.#number(schema));
      case 'number':
        return this.#number(schema);
      case 'boolean':
        return this.chance(0.5);
      case 'null':
        return null;
      default:
        return this.#text(schema);
    }
  }

  /** A value of another kind, whatever the schema says. */
  unfitting(): unknown {
    return this.pick<unknown>([
      null,
      true,
      -1,
      1e308,
      0.1,
      '',
      'x'.repeat(9_000),
      [],
      [[]],
      {},
      { a: { b: [] } },
      '\ud800',
      -0,
    ]);
  }

  #object(schema: JsonSchema): Record<string, unknown> {
    const properties = asSchema(schema.properties);
    const required = Array.isArray(schema.required) ? schema.required : [];
    const made: Record<string, unknown> = {};
    for (const [name, inner] of Object.entries(properties)) {
      if (inner !== false && (required.includes(name) || this.chance(0.25)))
        made[name] = this.fitting(asSchema(inner));
    }
    // Names of one's own, where they are allowed.
    if (typeof schema.additionalProperties === 'object' && this.chance(0.5)) {
      made[String(this.fitting(asSchema(schema.propertyNames)))] = this.fitting(
        asSchema(schema.additionalProperties),
      );
    }
    return this.#conditions(schema, made);
  }

  /** `if` a property has a value, `then` others are narrower. */
  #conditions(schema: JsonSchema, made: Record<string, unknown>): Record<string, unknown> {
    const rules = Array.isArray(schema.allOf) ? schema.allOf.map(asSchema) : [];
    for (const rule of rules) {
      const wanted = Object.entries(asSchema(asSchema(rule.if).properties));
      if (!wanted.every(([name, condition]) => made[name] === asSchema(condition).const)) continue;
      narrow(asSchema(rule.then), made, (inner) => this.fitting(inner));
    }
    return made;
  }

  #number(schema: JsonSchema): number {
    const least = Number(schema.minimum ?? schema.exclusiveMinimum ?? -1e6);
    const most = Number(schema.maximum ?? schema.exclusiveMaximum ?? 1e9);
    const inside = least + this.#random() * (most - least);
    if (schema.exclusiveMinimum !== undefined) return this.pick([inside, most]);
    return this.pick([least, most, inside, Math.floor(inside)]);
  }

  #text({ pattern, format, minLength = 0, maxLength = 200 }: JsonSchema): string {
    const known = typeof format === 'string' ? ofFormat[format] : undefined;
    if (known !== undefined) return this.pick(known);
    const isFitting = typeof pattern === 'string' ? new RegExp(pattern, 'u') : /^/;
    const fitting = texts.filter(
      (text) => isFitting.test(text) && text.length >= Number(minLength) && text.length <= Number(maxLength),
    );
    return this.pick(fitting);
  }
}

export const asSchema = (value: unknown): JsonSchema =>
  typeof value === 'object' && value !== null ? { ...value } : {};

/** Brings an object within narrower rules: `false` for what must not be there. */
function narrow(
  rule: JsonSchema,
  made: Record<string, unknown>,
  fitting: (schema: JsonSchema) => unknown,
): void {
  for (const [name, inner] of Object.entries(asSchema(rule.properties))) {
    const value = made[name];
    if (value === undefined) continue;
    const { enum: values, maximum, properties } = asSchema(inner);
    if (inner === false) delete made[name];
    else if (Array.isArray(values) && !values.includes(value))
      made[name] = fitting({ enum: values.filter((each) => each !== null) });
    else if (typeof maximum === 'number' && typeof value === 'number') made[name] = Math.min(value, maximum);
    else if (properties !== undefined && typeof value === 'object') {
      const nested = { ...asSchema(value) };
      narrow(asSchema(inner), nested, fitting);
      made[name] = nested;
    }
  }
}
