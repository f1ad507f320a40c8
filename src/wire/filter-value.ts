/** The right side of a comparison: what a literal means for a field of some kind. */
import { fromHex, sameBytes } from '../base/bytes.ts';
import { addressBits, compareIp, contains, covers, hostPrefix, prefix, type IpPrefix } from '../base/ip.ts';
import { parseIp, parsePrefix } from '../base/ip-text.ts';
import { compareNonce } from '../base/random.ts';
import { err, ok, type Result } from '../base/result.ts';
import {
  formatFieldValue,
  parseNonce,
  type FieldDefinition,
  type FieldKind,
  type FieldValue,
} from './field.ts';
import type { FilterError, Relation, Token } from './filter-lexer.ts';
import { addressIp } from './lisp-address.ts';

/** Whether one occurrence of the field fits. */
export type ValueTest = (value: FieldValue) => boolean;

type Literal = Extract<Token, { readonly kind: 'word' | 'string' }>;
type Order = (difference: number) => boolean;

const RELATIONS: Readonly<Record<FieldKind, readonly Relation[]>> = {
  protocol: [],
  number: ['==', '!=', '<', '<=', '>', '>=', 'in'],
  flag: ['==', '!='],
  address: ['==', '!=', '<', '<=', '>', '>=', 'in', 'contains'],
  prefix: ['==', '!=', 'in', 'contains'],
  nonce: ['==', '!=', '<', '<=', '>', '>=', 'in'],
  text: ['==', '!=', 'in', 'contains', 'matches'],
  bytes: ['==', '!=', 'contains'],
};

const ORDERS: Partial<Record<Relation, Order>> = {
  '==': (d) => d === 0,
  '!=': (d) => d === 0, // `!=` is "no occurrence is equal": the caller turns it round.
  in: (d) => d === 0,
  '<': (d) => d < 0,
  '<=': (d) => d <= 0,
  '>': (d) => d > 0,
  '>=': (d) => d >= 0,
};

/** What the field can be compared by; empty for a protocol, which is there or not. */
export function relationsOf(field: FieldDefinition): readonly Relation[] {
  return RELATIONS[field.kind];
}

/** Reads `literal` as a value of `field`. */
export function valueTest(
  field: FieldDefinition,
  relation: Relation,
  literal: Literal,
): Result<ValueTest, FilterError> {
  switch (field.kind) {
    case 'number':
      return numberTest(field, relation, literal);
    case 'flag':
      return flagTest(field, literal);
    case 'address':
      return addressTest(field, relation, literal);
    case 'prefix':
      return prefixTest(field, relation, literal);
    case 'nonce':
      return nonceTest(field, relation, literal);
    case 'text':
      return textTest(field, relation, literal);
    case 'bytes':
      return bytesTest(field, relation, literal);
    case 'protocol':
      return refuse(literal, `${field.name} is there or not: it has no value`);
  }
}

function numberTest(
  field: FieldDefinition,
  relation: Relation,
  literal: Literal,
): Result<ValueTest, FilterError> {
  const order = ORDERS[relation]!;
  const range = /^([^.].*?)\.\.(.+)$/.exec(literal.text);
  if (relation === 'in' && range !== null) {
    const [low, high] = [readNumber(range[1]!), readNumber(range[2]!)];
    if (low === undefined || high === undefined)
      return refuse(literal, `"${literal.text}" is no range of numbers`);
    return ok((value) => value.kind === 'number' && value.number >= low && value.number <= high);
  }
  const wanted = readNumber(literal.text);
  if (wanted !== undefined) {
    return ok((value) => value.kind === 'number' && order(value.number - wanted));
  }
  const { words } = field;
  const word = literal.text.toLowerCase();
  if (words?.includes(word) === true) {
    // Severities are in the order of their words; other words have no order of their own.
    const isOrdered = field.name === 'expert';
    const rank = words.indexOf(word) + 1;
    if (isOrdered) return ok((value) => value.kind === 'number' && order(value.number - rank));
    if (relation === '==' || relation === '!=' || relation === 'in') {
      return ok((value) => value.kind === 'number' && value.name === word);
    }
    return refuse(literal, `${field.name} is ordered by its numbers, not by their names`);
  }
  return refuse(
    literal,
    words === undefined ? `"${literal.text}" is not a number` : `"${literal.text}" is no ${field.name}`,
    words === undefined ? 'a number looks like 64 or 0x40' : `it is a number, ${orList(words)}`,
    words,
  );
}

function flagTest(field: FieldDefinition, literal: Literal): Result<ValueTest, FilterError> {
  const wanted = { '1': true, true: true, set: true, yes: true, '0': false, false: false, no: false }[
    literal.text.toLowerCase()
  ];
  if (wanted === undefined) {
    return refuse(
      literal,
      `"${literal.text}" is no value of ${field.name}`,
      'a flag is 1 or 0, true or false',
    );
  }
  return ok((value) => value.kind === 'flag' && value.isSet === wanted);
}

function addressTest(
  field: FieldDefinition,
  relation: Relation,
  literal: Literal,
): Result<ValueTest, FilterError> {
  if (literal.kind === 'string' || relation === 'contains') {
    const isEqual = relation !== 'contains';
    return ok((value) => {
      const text = formatFieldValue(value);
      return isEqual ? text === literal.text : text.includes(literal.text);
    });
  }
  const place = readPrefix(literal.text);
  if (place === undefined) {
    return refuse(
      literal,
      `"${literal.text}" is neither an address nor a prefix`,
      'such as 10.0.0.1, 10.0.0.0/8, 2001:db8::/32; other addresses in quotes',
    );
  }
  if (relation === '==' || relation === '!=' || relation === 'in') {
    return ok((value) => {
      const ip = value.kind === 'address' ? addressIp(value.address) : undefined;
      return ip !== undefined && contains(place, ip);
    });
  }
  if (place.bits !== addressBits(place.address.family)) {
    return refuse(literal, `${relation} compares ${field.name} with an address, not with a prefix`);
  }
  const order = ORDERS[relation]!;
  return ok((value) => {
    const ip = value.kind === 'address' ? addressIp(value.address) : undefined;
    return ip !== undefined && ip.family === place.address.family && order(compareIp(ip, place.address));
  });
}

/** `==` is the very prefix, `in` lies within, `contains` covers. */
function prefixTest(
  field: FieldDefinition,
  relation: Relation,
  literal: Literal,
): Result<ValueTest, FilterError> {
  if (literal.kind === 'string') return ok((value) => formatFieldValue(value) === literal.text);
  const place = readPrefix(literal.text);
  if (place === undefined) {
    return refuse(
      literal,
      `"${literal.text}" is no EID-Prefix`,
      'such as 192.168.1.0/24 or 2001:db8::/32; other EIDs in quotes',
    );
  }
  return ok((value) => {
    if (value.kind !== 'prefix') return false;
    const ip = addressIp(value.eid);
    if (ip === undefined || value.bits > addressBits(ip.family)) return false;
    const own = prefix(ip, value.bits);
    if (relation === 'in') return covers(place, own);
    if (relation === 'contains') return covers(own, place);
    return covers(own, place) && covers(place, own);
  });
}

function nonceTest(
  field: FieldDefinition,
  relation: Relation,
  literal: Literal,
): Result<ValueTest, FilterError> {
  const wanted = parseNonce(literal.text);
  if (wanted === undefined) {
    return refuse(
      literal,
      `"${literal.text}" is no ${field.name}`,
      'such as 0x1122334455667788 or 0x11223344-0x55667788',
    );
  }
  const order = ORDERS[relation]!;
  return ok((value) => value.kind === 'nonce' && order(compareNonce(value.nonce, wanted)));
}

function textTest(
  field: FieldDefinition,
  relation: Relation,
  literal: Literal,
): Result<ValueTest, FilterError> {
  const wanted = literal.text;
  if (relation === 'matches') {
    let pattern: RegExp;
    try {
      pattern = new RegExp(wanted, 'iu');
    } catch {
      return refuse(literal, `"${wanted}" is no regular expression`);
    }
    return ok((value) => value.kind === 'text' && pattern.test(value.text));
  }
  if (relation === 'contains') return ok((value) => value.kind === 'text' && value.text.includes(wanted));
  if (field.words?.includes(wanted) === false) {
    return refuse(literal, `"${wanted}" is no ${field.name}`, `it is ${orList(field.words)}`, field.words);
  }
  return ok((value) => value.kind === 'text' && value.text === wanted);
}

function bytesTest(
  field: FieldDefinition,
  relation: Relation,
  literal: Literal,
): Result<ValueTest, FilterError> {
  const wanted = fromHex(literal.text.replace(/^0x/i, '').replaceAll(/[:.-]/g, ''));
  if (wanted === undefined) {
    return refuse(
      literal,
      `"${literal.text}" is no value of ${field.name}`,
      'bytes look like 0x0102 or 01:02',
    );
  }
  return ok((value) => {
    if (value.kind !== 'bytes') return false;
    return relation === 'contains' ? hasBytes(value.bytes, wanted) : sameBytes(value.bytes, wanted);
  });
}

function readNumber(text: string): number | undefined {
  if (/^0x[0-9a-f]{1,13}$/i.test(text)) return parseInt(text, 16);
  return /^-?[0-9]{1,15}(\.[0-9]{1,9})?$/.test(text) ? Number(text) : undefined;
}

function readPrefix(text: string): IpPrefix | undefined {
  const address = parseIp(text);
  return address === undefined ? parsePrefix(text)?.prefix : hostPrefix(address);
}

function hasBytes(bytes: Uint8Array, wanted: Uint8Array): boolean {
  for (let at = 0; at + wanted.length <= bytes.length; at++) {
    if (sameBytes(bytes.subarray(at, at + wanted.length), wanted)) return true;
  }
  return false;
}

function orList(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function refuse(
  { text, start, end }: Literal,
  message: string,
  hint?: string,
  known?: readonly string[],
): Result<never, FilterError> {
  return err({
    message,
    start,
    end,
    ...(hint === undefined ? {} : { hint }),
    ...(known === undefined ? {} : { unknown: { word: text, known } }),
  });
}
