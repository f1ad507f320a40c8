/** Shapes: how a value is written as JSON, and how it is read back with every mistake in its place. */
import { fromHex, toHex } from '../../base/bytes.ts';
import { formatIp, parseIp } from '../../base/ip-text.ts';
import type { IpAddress } from '../../base/ip.ts';
import type { Nonce } from '../../base/random.ts';
import { nearest } from '../../ios/nearest.ts';
import { formatHexNonce, parseNonce } from '../../wire/field.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Thrown by readers, caught once where JSON comes in. */
export class JsonFault extends Error {
  /** `packets[0].udp.srcport`; empty for the whole document. */
  readonly path: string;
  readonly hint: string | undefined;

  constructor(path: string, message: string, hint?: string) {
    super(message);
    this.path = path;
    this.hint = hint;
  }
}

/** A kind of value. `read` throws JsonFault. */
export interface Shape<T> {
  write(value: T): Json;
  read(json: Json, path: string): T;
}

/** A field of an object: its shape, and what it is when it is missing (undefined: it must be there). */
export interface Field<T> {
  readonly shape: Shape<T>;
  readonly otherwise?: { readonly value: T };
}

export function need<T>(shape: Shape<T>): Field<T> {
  return { shape };
}

export function or<T>(shape: Shape<T>, value: T): Field<T> {
  return { shape, otherwise: { value } };
}

/** A field that may be absent on both sides. */
export function maybe<T>(shape: Shape<T>): Field<T | undefined> {
  const inner: Shape<T | undefined> = {
    write: (value) => (value === undefined ? null : shape.write(value)),
    read: (json, path) => (json === null ? undefined : shape.read(json, path)),
  };
  return { shape: inner, otherwise: { value: undefined } };
}

export const flag: Shape<boolean> = {
  write: (value) => value,
  read(json, path) {
    if (typeof json === 'boolean') return json;
    throw new JsonFault(path, `true or false is expected, not ${shown(json)}`);
  },
};

/** A whole number from 0 to `most`. */
export function whole(most: number): Shape<number> {
  return {
    write: (value) => value,
    read(json, path) {
      if (typeof json === 'number' && Number.isInteger(json) && json >= 0 && json <= most) return json;
      throw new JsonFault(path, `a whole number from 0 to ${most} is expected, not ${shown(json)}`);
    },
  };
}

/** Hexadecimal digits; of exactly `count` bytes when that is given. */
export function hex(count?: number): Shape<Uint8Array> {
  return {
    write: toHex,
    read(json, path) {
      const bytes = typeof json === 'string' ? fromHex(json) : undefined;
      if (bytes === undefined)
        throw new JsonFault(path, `hexadecimal digits are expected, not ${shown(json)}`);
      if (count !== undefined && bytes.length !== count)
        throw new JsonFault(path, `${count} bytes are expected, not ${bytes.length}`);
      return bytes;
    },
  };
}

export const ipAddress: Shape<IpAddress> = {
  write: formatIp,
  read(json, path) {
    const address = typeof json === 'string' ? parseIp(json) : undefined;
    if (address !== undefined) return address;
    throw new JsonFault(path, `an IP address is expected, not ${shown(json)}`);
  },
};

export const nonce: Shape<Nonce> = {
  write: formatHexNonce,
  read(json, path) {
    const value = typeof json === 'string' ? parseNonce(json) : undefined;
    if (value !== undefined) return value;
    throw new JsonFault(path, `a nonce is expected, not ${shown(json)}`, 'such as "0x1122334455667788"');
  },
};

export const text: Shape<string> = {
  write: (value) => value,
  read(json, path) {
    if (typeof json === 'string') return json;
    throw new JsonFault(path, `text is expected, not ${shown(json)}`);
  },
};

export function oneOf<T extends string>(words: readonly T[]): Shape<T> {
  return {
    write: (value) => value,
    read(json, path) {
      const found = words.find((word) => word === json);
      if (found !== undefined) return found;
      throw new JsonFault(path, `${shown(json)} is none of ${words.join(', ')}`, guess(json, words));
    },
  };
}

export function list<T>(shape: Shape<T>, least = 0, most = 255): Shape<readonly T[]> {
  return {
    write: (values) => values.map((value) => shape.write(value)),
    read(json, path) {
      if (!Array.isArray(json)) throw new JsonFault(path, `a list is expected, not ${shown(json)}`);
      if (json.length < least || json.length > most)
        throw new JsonFault(path, `${least} to ${most} items are expected, not ${json.length}`);
      return json.map((each: Json, i) => shape.read(each, `${path}[${i}]`));
    },
  };
}

/** An object with these keys and no others. */
export function object<T extends object>(fields: { readonly [K in keyof T]-?: Field<T[K]> }): Shape<T> {
  const entries: readonly [string, Field<unknown>][] = Object.entries<Field<unknown>>(
    fields as Readonly<Record<string, Field<unknown>>>,
  );
  return {
    write(value) {
      const result: Record<string, Json> = {};
      for (const [key, { shape }] of entries) {
        const own = (value as Record<string, unknown>)[key];
        if (own !== undefined) result[key] = shape.write(own);
      }
      return result;
    },
    read(json, path) {
      const given = asObject(json, path);
      const stray = Object.keys(given).find((key) => !Object.hasOwn(fields, key));
      if (stray !== undefined) {
        const keys = entries.map(([key]) => key);
        throw new JsonFault(
          below(path, stray),
          'unknown key',
          guess(stray, keys) ?? `keys: ${keys.join(', ')}`,
        );
      }
      const result: Record<string, unknown> = {};
      for (const [key, { shape, otherwise }] of entries) {
        const own = given[key];
        const value = own === undefined ? otherwise?.value : shape.read(own, below(path, key));
        if (own === undefined && otherwise === undefined)
          throw new JsonFault(path, `key "${key}" is missing`);
        if (value !== undefined) result[key] = value;
      }
      return result as T;
    },
  };
}

/** One of several objects, told apart by the word under `key`. */
export function union<T extends object>(
  key: keyof T & string,
  shapes: Readonly<Record<string, Shape<T>>>,
): Shape<T> {
  return {
    write(value) {
      const word = String(value[key]);
      return { [key]: word, ...(shapes[word]!.write(value) as Record<string, Json>) };
    },
    read(json, path) {
      const given = asObject(json, path);
      const word = given[key];
      const shape = typeof word === 'string' ? shapes[word] : undefined;
      if (shape === undefined) {
        const words = Object.keys(shapes);
        throw new JsonFault(
          below(path, key),
          word === undefined ? 'is missing' : `${shown(word)} is not known`,
          guess(word ?? '', words) ?? `one of: ${words.join(', ')}`,
        );
      }
      const rest = Object.fromEntries(Object.entries(given).filter(([name]) => name !== key));
      return { [key]: word, ...shape.read(rest, path) };
    },
  };
}

export function asObject(json: Json, path: string): { readonly [key: string]: Json } {
  if (typeof json === 'object' && json !== null && !Array.isArray(json))
    return json as { readonly [key: string]: Json };
  throw new JsonFault(path, `an object is expected, not ${shown(json)}`);
}

export function below(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function guess(word: Json, words: readonly string[]): string | undefined {
  const near = typeof word === 'string' ? nearest(word, words) : undefined;
  return near === undefined ? undefined : `did you mean "${near}"?`;
}

function shown(json: Json): string {
  const written = JSON.stringify(json);
  return written.length > 40 ? `${written.slice(0, 40)}...` : written;
}
