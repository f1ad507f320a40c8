import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/base/bytes.ts';
import type { Family } from '../../src/base/ip.ts';
import { ip } from '../../src/base/ip-text.ts';
import {
  buildIcmpPacket,
  decodeIcmp,
  encodeIcmp,
  isIcmpError,
  quoteForError,
  type IcmpMessage,
} from '../../src/wire/icmp.ts';
import { decodeIp, encodeIp } from '../../src/wire/ip-packet.ts';
import { addressPair, icmpMessage, ipFields, payload } from '../support/gen-ip.ts';
import { hex } from '../support/hex.ts';

const PAIRS = {
  4: { source: ip('10.1.0.5'), destination: ip('10.2.0.7') },
  6: { source: ip('2001:db8:1::5'), destination: ip('2001:db8:2::7') },
} as const;
const ECHO = { type: 'echo-request', identifier: 1, sequence: 1, data: hex('4142434445464748') } as const;

describe('ICMP of both families', () => {
  it.each<Family>([4, 6])('IPv%i: decode takes back what encode built', (family) => {
    fc.assert(
      fc.property(addressPair, icmpMessage(family), (pair, message) => {
        fc.pre(pair.source.family === family);
        expect(decodeIcmp(encodeIcmp(pair, message), pair)).toEqual({
          ok: true,
          value: { message, checksumOk: true },
        });
      }),
    );
  });

  it.each<Family>([4, 6])('IPv%i: encode takes back what decode read, whatever type it is', (family) => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 8, maxLength: 60, size: 'max' }),
        fc.constantFrom(0, 1, 2, 3, 8, 11, 128, 129, 255),
        (bytes, type) => {
          const input = bytes.slice();
          input[0] = type;
          const read = decodeIcmp(input, PAIRS[family]);
          if (!read.ok) throw new Error('8 bytes are enough');
          const again = encodeIcmp(PAIRS[family], read.value.message);
          // All but the checksum, which encoding computes.
          expect(toHex(again.subarray(0, 2)) + toHex(again.subarray(4))).toBe(
            toHex(input.subarray(0, 2)) + toHex(input.subarray(4)),
          );
          expect(again.length).toBe(input.length);
        },
      ),
    );
  });

  it('agrees with checksums verified elsewhere: the echo requests of vectors D1 and D2', () => {
    expect(toHex(encodeIcmp(PAIRS[4], ECHO))).toBe('0800e6e8000100014142434445464748');
    expect(toHex(encodeIcmp(PAIRS[6], ECHO))).toBe('8000131d000100014142434445464748');
  });

  it('the pseudo-header counts in IPv6 and not in IPv4', () => {
    for (const family of [4, 6] as const) {
      const elsewhere = { ...PAIRS[family], source: family === 4 ? ip('10.9.9.9') : ip('2001:db8:1::6') };
      const read = decodeIcmp(encodeIcmp(PAIRS[family], ECHO), elsewhere);
      expect(read).toMatchObject({ ok: true, value: { checksumOk: family === 4 } });
    }
  });

  it('a built packet carries the protocol of its family', () => {
    fc.assert(
      fc.property(ipFields, payload, (fields, data) => {
        const read = decodeIp(buildIcmpPacket(fields, { ...ECHO, data }));
        expect(read.ok && read.value.protocol).toBe(fields.source.family === 4 ? 1 : 58);
        expect(read.ok && decodeIcmp(read.value.payload, read.value)).toMatchObject({
          value: { checksumOk: true },
        });
      }),
    );
  });

  it('"fragmentation needed" and "packet too big" carry the MTU of the next hop', () => {
    const quote = hex('45000000');
    const v4 = encodeIcmp(PAIRS[4], { type: 'unreachable', code: 4, mtu: 1464, quote });
    expect(toHex(v4.subarray(0, 2)) + toHex(v4.subarray(4))).toBe('0304' + '000005b8' + '45000000');
    const v6 = encodeIcmp(PAIRS[6], { type: 'packet-too-big', mtu: 1444, quote });
    expect(toHex(v6.subarray(0, 2)) + toHex(v6.subarray(4))).toBe('0200' + '000005a4' + '45000000');
  });

  it('packet-too-big has no ICMPv4 form', () => {
    expect(() => encodeIcmp(PAIRS[4], { type: 'packet-too-big', mtu: 1, quote: hex('') })).toThrow(
      'unreachable',
    );
  });

  it('an error fits 576 bytes over IPv4 and 1280 over IPv6, and quotes the start of the packet', () => {
    for (const [family, limit] of [
      [4, 576],
      [6, 1280],
    ] as const) {
      const large = encodeIp({ ...PAIRS[family], ttl: 1, protocol: 17 }, new Uint8Array(2000).fill(7));
      const quote = quoteForError(large);
      expect(toHex(quote)).toBe(toHex(large.subarray(0, quote.length)));
      const error = buildIcmpPacket({ ...PAIRS[family], ttl: 64 }, { type: 'time-exceeded', code: 0, quote });
      expect(error.length).toBe(limit);
      const small = encodeIp({ ...PAIRS[family], ttl: 1, protocol: 17 }, hex('01'));
      expect(quoteForError(small).length).toBe(small.length);
    }
  });

  it('errors are told from queries', () => {
    const quote = hex('');
    const errors: IcmpMessage[] = [
      { type: 'unreachable', code: 1, mtu: 0, quote },
      { type: 'time-exceeded', code: 0, quote },
    ];
    for (const family of [4, 6] as const) {
      for (const message of errors) expect(isIcmpError(family, message)).toBe(true);
      expect(isIcmpError(family, ECHO)).toBe(false);
    }
    const unknown = (icmpType: number): IcmpMessage => ({ type: 'unknown', icmpType, code: 0, body: quote });
    expect([isIcmpError(4, unknown(5)), isIcmpError(4, unknown(13))]).toEqual([true, false]);
    expect([isIcmpError(6, unknown(4)), isIcmpError(6, unknown(133))]).toEqual([true, false]);
  });

  it('a header cut short is truncated', () => {
    for (const family of [4, 6] as const) {
      const bytes = encodeIcmp(PAIRS[family], ECHO);
      for (let length = 0; length < 8; length++) {
        expect(decodeIcmp(bytes.subarray(0, length), PAIRS[family], 9)).toMatchObject({
          error: { code: 'truncated' },
        });
      }
    }
  });
});
