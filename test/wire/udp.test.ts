import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/base/bytes.ts';
import { ip } from '../../src/base/ip-text.ts';
import { decodeIp } from '../../src/wire/ip-packet.ts';
import { buildUdpPacket, decodeUdp, encodeUdp } from '../../src/wire/udp.ts';
import { addressPair, payload, u16, udpFields } from '../support/gen-ip.ts';
import { hex } from '../support/hex.ts';

const PAIR4 = { source: ip('192.0.2.1'), destination: ip('203.0.113.1') };
const PAIR6 = { source: ip('2001:db8:a::1'), destination: ip('2001:db8:b::1') };

describe('UDP', () => {
  it('decode takes back the packet that was built', () => {
    fc.assert(
      fc.property(udpFields, payload, (fields, data) => {
        const outer = decodeIp(buildUdpPacket(fields, data));
        if (!outer.ok) throw new Error('not a packet');
        expect(outer.value).toMatchObject({
          protocol: 17,
          ttl: fields.ttl,
          dscp: fields.dscp,
          ecn: fields.ecn,
        });
        const read = decodeUdp(outer.value.payload, outer.value);
        expect(read.ok && read.value).toMatchObject({
          sourcePort: fields.sourcePort,
          destinationPort: fields.destinationPort,
          length: 8 + data.length,
          checksum: fields.checksum === 'compute' ? 'good' : 'zero',
          payload: data,
        });
      }),
    );
  });

  it('DP-05 checksum 0 is accepted over both families, as a state of its own', () => {
    for (const pair of [PAIR4, PAIR6]) {
      const bytes = encodeUdp({ ...pair, sourcePort: 1, destinationPort: 4341 }, hex('aabbcc'), {
        checksum: 'zero',
      });
      expect(toHex(bytes.subarray(6, 8))).toBe('0000');
      expect(decodeUdp(bytes, pair)).toMatchObject({
        ok: true,
        value: { checksum: 'zero', payload: hex('aabbcc') },
      });
    }
  });

  it('DP-06 a computed checksum is right, and any single bit flip makes it bad', () => {
    fc.assert(
      fc.property(addressPair, u16, payload, fc.nat(), (pair, port, data, n) => {
        const bytes = encodeUdp({ ...pair, sourcePort: port, destinationPort: 4342 }, data, {
          checksum: 'compute',
        });
        expect(decodeUdp(bytes, pair)).toMatchObject({ value: { checksum: 'good' } });
        // The length field (bytes 4 and 5) decides what is summed; every other bit must be seen.
        const at = n % bytes.length;
        fc.pre(at !== 4 && at !== 5);
        bytes[at]! ^= 0x80 >> (n % 8);
        const { value } = decodeUdp(bytes, pair) as { value: { checksum: string; checksumField: number } };
        expect(value.checksum).toBe(value.checksumField === 0 ? 'zero' : 'bad');
      }),
    );
  });

  it('DP-06 the pseudo-header counts: the same datagram between other addresses is bad', () => {
    for (const pair of [PAIR4, PAIR6]) {
      const bytes = encodeUdp({ ...pair, sourcePort: 1, destinationPort: 2 }, hex('aa'), {
        checksum: 'compute',
      });
      const other = { ...pair, source: pair === PAIR4 ? ip('192.0.2.2') : ip('2001:db8:a::2') };
      expect(decodeUdp(bytes, other)).toMatchObject({ value: { checksum: 'bad' } });
    }
  });

  it('a computed checksum of 0 is sent as 0xffff', () => {
    // The two payload bytes are chosen so that everything sums to 0xffff.
    const fields = { ...PAIR4, sourcePort: 1, destinationPort: 2 };
    const plain = encodeUdp(fields, hex('0000'), { checksum: 'compute' });
    const filled = encodeUdp(fields, plain.subarray(6, 8), { checksum: 'compute' });
    expect(toHex(filled.subarray(6, 8))).toBe('ffff');
    expect(decodeUdp(filled, fields)).toMatchObject({ value: { checksum: 'good' } });
  });

  it('agrees with a checksum verified elsewhere: the UDP header of vector C1', () => {
    const message = hex(
      '80000000 4500003c 00000000 2011cea7 c0000201 0a020007 f00110f6 00283b12 10000001 11223344 55667788 00010a01 00050001 c0000201 00200001 0a020007',
    );
    const bytes = encodeUdp({ ...PAIR4, sourcePort: 0xf001, destinationPort: 4342 }, message, {
      checksum: 'compute',
    });
    expect(toHex(bytes.subarray(0, 8))).toBe('f00110f600484ca6');
  });

  it('a length below 8 is refused at its field; beyond the bytes it is truncated; trailing bytes are trimmed', () => {
    const bytes = encodeUdp({ ...PAIR4, sourcePort: 1, destinationPort: 2 }, hex('aabb'), {
      checksum: 'zero',
    });
    const withLength = (length: number): Uint8Array => Uint8Array.from(bytes).fill(length, 5, 6);
    const error = { code: 'bad-length', offset: 104, field: 'udp.length' };
    for (const length of [0, 7])
      expect(decodeUdp(withLength(length), PAIR4, 100)).toEqual({ ok: false, error });
    expect(decodeUdp(withLength(11), PAIR4)).toMatchObject({ error: { code: 'truncated', offset: 8 } });
    expect(decodeUdp(withLength(9), PAIR4)).toMatchObject({ value: { payload: hex('aa') } });
  });

  it('every strict prefix is truncated', () => {
    const bytes = encodeUdp({ ...PAIR6, sourcePort: 1, destinationPort: 2 }, hex('aabbccdd'), {
      checksum: 'compute',
    });
    for (let length = 0; length < bytes.length; length++) {
      expect(decodeUdp(bytes.subarray(0, length), PAIR6)).toMatchObject({ error: { code: 'truncated' } });
    }
  });
});
