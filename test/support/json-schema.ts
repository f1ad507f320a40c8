// As much of JSON Schema 2020-12 as docs/*-schema.json use; a keyword that is not known is an error, not passed over.

type Schema = Readonly<Record<string, unknown>>;

const ANNOTATIONS = ['$schema', '$id', '$defs', 'title', 'description'];

/** What is wrong with a value: a line each, with where it is. */
export function schemaErrors(root: Schema, value: unknown): string[] {
  return check(root, root, value, '$');
}

function check(root: Schema, schema: Schema, value: unknown, at: string): string[] {
  return Object.entries(schema).flatMap(([keyword, wanted]) =>
    ANNOTATIONS.includes(keyword) ? [] : checkKeyword(root, schema, keyword, wanted, value, at),
  );
}

function checkKeyword(
  root: Schema,
  schema: Schema,
  keyword: string,
  wanted: unknown,
  value: unknown,
  at: string,
): string[] {
  const fail = (isFine: boolean, what: string): string[] => (isFine ? [] : [`${at}: ${what}`]);
  switch (keyword) {
    case '$ref':
      return check(root, referred(root, wanted as string), value, at);
    case 'type': {
      const types = [wanted].flat() as string[];
      return fail(
        types.includes(typeOf(value)) || (types.includes('number') && typeOf(value) === 'integer'),
        `${typeOf(value)}, not ${types.join(' or ')}`,
      );
    }
    case 'const':
      return fail(value === wanted, `${JSON.stringify(value)}, not ${JSON.stringify(wanted)}`);
    case 'enum':
      return fail(
        (wanted as unknown[]).includes(value),
        `${JSON.stringify(value)} is none of ${JSON.stringify(wanted)}`,
      );
    case 'minimum':
      return fail(typeof value !== 'number' || value >= (wanted as number), `less than ${String(wanted)}`);
    case 'maximum':
      return fail(typeof value !== 'number' || value <= (wanted as number), `more than ${String(wanted)}`);
    case 'pattern':
      return fail(
        typeof value !== 'string' || new RegExp(wanted as string, 'u').test(value),
        `does not match ${String(wanted)}`,
      );
    case 'items':
      return Array.isArray(value)
        ? value.flatMap((item, i) => check(root, wanted as Schema, item, `${at}[${i}]`))
        : [];
    case 'required':
      return isObject(value)
        ? (wanted as string[]).flatMap((name) => fail(name in value, `has no ${name}`))
        : [];
    case 'properties':
      return isObject(value)
        ? Object.entries(wanted as Record<string, Schema>).flatMap(([name, each]) =>
            name in value ? check(root, each, value[name], `${at}.${name}`) : [],
          )
        : [];
    case 'additionalProperties': {
      const known = Object.keys(schema['properties'] ?? {});
      const others = isObject(value) ? Object.entries(value).filter(([name]) => !known.includes(name)) : [];
      return others.flatMap(([name, each]) =>
        wanted === false ? [`${at}: has ${name}`] : check(root, wanted as Schema, each, `${at}.${name}`),
      );
    }
    default:
      throw new Error(`this check does not know the keyword ${keyword}`);
  }
}

function referred(root: Schema, path: string): Schema {
  const name = /^#\/\$defs\/(\w+)$/.exec(path)?.[1];
  const found = (root['$defs'] as Record<string, Schema> | undefined)?.[name ?? ''];
  if (found === undefined) throw new Error(`nothing at ${path}`);
  return found;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}
