import { addressBits, type Family, type IpAddress, type IpPrefix } from '../base/ip.ts';
import { bitsOfMask, formatIp, maskOfBits, parseIp, parsePrefix } from '../base/ip-text.ts';
import { assert } from '../base/assert.ts';
import { INTERFACE_TYPES, normaliseInterface, normaliseInterfaceType } from './interface-name.ts';

/** What a word means once it is read. */
export type Value =
  | { readonly kind: 'ip'; readonly ip: IpAddress }
  /** `exact` is false when host bits were cleared. */
  | { readonly kind: 'prefix'; readonly prefix: IpPrefix; readonly exact: boolean }
  /** An own address with the length of its subnet. */
  | { readonly kind: 'host'; readonly address: IpAddress; readonly bits: number }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'word'; readonly word: string };

/** Says whether a word fits; if not, `why` explains a near miss and is '' for a word of another kind. */
export type Reading =
  { readonly fits: true; readonly value: Value } | { readonly fits: false; readonly why: string };

/** A kind of parameter. */
export interface TokenType {
  /** As `?` shows it: A.B.C.D, WORD, <1-255>. */
  readonly placeholder: string;
  read(text: string): Reading;
}

function no(why: string): Reading {
  return { fits: false, why };
}

function word(text: string): Reading {
  return { fits: true, value: { kind: 'word', word: text } };
}

function looksLikeIp(text: string): boolean {
  return /^[0-9]+\.[0-9.]*$|^[0-9a-f]*:[0-9a-f:.]*$/i.test(text);
}

function address(family: Family | undefined): TokenType {
  return {
    placeholder: family === undefined ? 'A.B.C.D|X:X::X' : family === 4 ? 'A.B.C.D' : 'X:X::X',
    read(text) {
      const found = parseIp(text);
      if (found === undefined) return no(whyNoAddress(text));
      if (family !== undefined && found.family !== family)
        return no(`${text} is an IPv${found.family} address, an IPv${family} address is expected`);
      return { fits: true, value: { kind: 'ip', ip: found } };
    },
  };
}

function whyNoAddress(text: string): string {
  const found = parsePrefix(text);
  if (found === undefined) return looksLikeIp(text) ? `${text} is not an address` : '';
  const { address: start, bits } = found.prefix;
  return start.family === 6
    ? `${text} is a prefix, an address is expected`
    : `${text} is a prefix, an address is expected; a mask is a word of its own: ${formatIp(maskOfBits(bits))}`;
}

function prefixType(family: Family | undefined): TokenType {
  return {
    placeholder: family === undefined ? 'A.B.C.D/nn|X:X::X/nnn' : family === 4 ? 'A.B.C.D/nn' : 'X:X::X/nnn',
    read(text) {
      const found = parsePrefix(text);
      if (found === undefined) {
        const [start, length] = text.split('/');
        const host = parseIp(start ?? '');
        if (host === undefined) return no(looksLikeIp(start ?? '') ? `${text} is not a prefix` : '');
        if (length === undefined)
          return no(`${text} has no length; as a prefix: ${text}/${addressBits(host.family)}`);
        return no(`the length of an IPv${host.family} prefix is 0 to ${addressBits(host.family)}`);
      }
      const actual = found.prefix.address.family;
      if (family !== undefined && actual !== family)
        return no(`${text} is an IPv${actual} prefix, an IPv${family} prefix is expected`);
      return { fits: true, value: { kind: 'prefix', ...found } };
    },
  };
}

/** An IPv6 address of an interface, its host bits kept. */
const HOST6: TokenType = {
  placeholder: 'X:X::X/nnn',
  read(text) {
    const reading = prefixType(6).read(text);
    const address = parseIp(text.split('/')[0] ?? '');
    if (!reading.fits || reading.value.kind !== 'prefix' || address === undefined) return reading;
    return { fits: true, value: { kind: 'host', address, bits: reading.value.prefix.bits } };
  },
};

/** An IPv4 mask, read as its length. */
const MASK: TokenType = {
  placeholder: 'A.B.C.D',
  read(text) {
    const mask = parseIp(text);
    if (mask?.family !== 4) return no(`${text} is not a mask such as 255.255.255.0`);
    const bits = bitsOfMask(mask);
    if (bits !== undefined) return { fits: true, value: { kind: 'number', number: bits } };
    const inverse = bitsOfMask({ ...mask, w0: ~mask.w0 >>> 0 });
    return no(
      inverse === undefined
        ? `${text} is not a mask: its ones are not all on the left`
        : `${text} is a wildcard; the mask is ${formatIp(maskOfBits(inverse))}`,
    );
  },
};

const INTERFACE: TokenType = {
  placeholder: 'INTERFACE',
  read(text) {
    const name = normaliseInterface(text);
    if (name !== undefined) return word(name);
    const [, letters] = /^([a-z][a-z-]*)[0-9]/i.exec(text) ?? [];
    if (letters === undefined) return no('');
    const isType = normaliseInterfaceType(letters) !== undefined;
    return no(
      isType
        ? `${text} has no number that fits its type`
        : `an interface type is expected: ${INTERFACE_TYPES.join(', ')}`,
    );
  },
};

const INTERFACE_TYPE: TokenType = {
  placeholder: 'INTERFACE-TYPE',
  read(text) {
    const name = /^[a-z]{2,}$/i.test(text) ? normaliseInterfaceType(text) : undefined;
    return name === undefined ? no('') : word(name);
  },
};

const INTERFACE_NUMBER: TokenType = {
  placeholder: 'NUMBER',
  read: (text) => (/^[0-9]+[0-9/.]*$/.test(text) ? word(text) : no('')),
};

/** A number of exactly `digits` hexadecimal digits; shorter ones are filled with zeros on the left. */
function hex(digits: number): TokenType {
  return {
    placeholder: `HEX${digits}`,
    read(text) {
      const plain = text.toLowerCase().replace(/-/g, '').replace(/0x/g, '');
      if (!/^[0-9a-f]+$/.test(plain)) return no(`up to ${digits} hexadecimal digits are expected`);
      if (plain.length > digits) return no(`${text} has more than ${digits} hexadecimal digits`);
      return word(plain.padStart(digits, '0'));
    },
  };
}

/** Interfaces that IOS makes for itself when LISP is configured. */
const LISP_INTERFACE: TokenType = {
  placeholder: 'LISP-INTERFACE',
  read: (text) => (/^lisp[0-9]+(\.[0-9]+)?$/i.test(text) ? word(text) : no('')),
};

function range(least: number, most: number): TokenType {
  return {
    placeholder: `<${least}-${most}>`,
    read(text) {
      if (!/^[0-9]{1,10}$/.test(text)) return no('');
      const number = Number(text);
      if (number < least || number > most) return no(`${text} is out of range: ${least} to ${most}`);
      return { fits: true, value: { kind: 'number', number } };
    },
  };
}

/** What stands for the name of a node. */
export const HOST_NAME = 'HOSTNAME';

/** Names as nodes of a lab have them: what begins with a digit is meant as an address. */
const HOST: TokenType = {
  placeholder: HOST_NAME,
  read: (text) => (/^[a-z][\w.-]*$/i.test(text) ? word(text) : no('')),
};

/** What stands for the rest of a line. */
export const LINE = 'LINE';

const NAMED: Readonly<Record<string, TokenType>> = {
  ip: address(undefined),
  ip4: address(4),
  ip6: address(6),
  prefix: prefixType(undefined),
  prefix4: prefixType(4),
  prefix6: prefixType(6),
  host6: HOST6,
  'host-name': HOST,
  mask: MASK,
  word: { placeholder: 'WORD', read: word },
  line: { placeholder: LINE, read: word },
  'interface-name': INTERFACE,
  'interface-type': INTERFACE_TYPE,
  'interface-number': INTERFACE_NUMBER,
  'lisp-interface': LISP_INTERFACE,
  hex16: hex(16),
  hex32: hex(32),
};

/** The type called `name` in a pattern: one of the table above, or a range such as `0-255`. */
export function tokenType(name: string): TokenType {
  const [, least, most] = /^([0-9]+)-([0-9]+)$/.exec(name) ?? [];
  if (least !== undefined && most !== undefined) return range(Number(least), Number(most));
  const type = NAMED[name];
  assert(type !== undefined, `unknown token type ${name}`);
  return type;
}
