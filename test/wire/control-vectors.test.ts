import { describe, expect, it } from 'vitest';
import { Reader, toHex, Writer } from '../../src/base/bytes.ts';
import { decodeAddress, encodeAddress, lispAddressBytes } from '../../src/wire/afi.ts';
import { decodeControl, describeControl, encodeControl } from '../../src/wire/control.ts';
import { decoded } from '../../src/wire/error.ts';
import { formatLispAddress } from '../../src/wire/lisp-address.ts';
import { packetVectors } from '../support/vectors.ts';

const messages = packetVectors('control.md');
const addresses = packetVectors('addresses.md');

it('there are vectors', () => {
  expect(messages.length).toBeGreaterThan(10);
  expect(addresses.length).toBeGreaterThan(10);
});

describe('message vectors', () => {
  it.each(messages)('$name', ({ bytes, text }) => {
    const result = decodeControl(bytes);
    if (!result.ok) expect.fail(JSON.stringify(result.error));
    expect(describeControl(result.value)).toBe(text.replaceAll('\n', ' '));
    expect(toHex(encodeControl(result.value))).toBe(toHex(bytes));
  });
});

describe('address vectors', () => {
  it.each(addresses)('$name', ({ bytes, text }) => {
    const r = new Reader(bytes);
    const result = decoded(() => decodeAddress(r, 'address'));
    if (!result.ok) expect.fail(JSON.stringify(result.error));
    expect(r.remaining).toBe(0);
    expect(formatLispAddress(result.value)).toBe(text.replaceAll('\n', ' '));
    const w = new Writer(lispAddressBytes(result.value));
    encodeAddress(w, result.value);
    expect(toHex(w.view())).toBe(toHex(bytes));
  });
});
