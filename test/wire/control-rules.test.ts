// The rules of spec chapter 02 that a codec can keep, each by its number.
import { describe, expect, it } from 'vitest';
import { concatBytes, toHex } from '../../src/base/bytes.ts';
import { checksum, sumWords } from '../../src/base/checksum.ts';
import { ip } from '../../src/base/ip-text.ts';
import { ipToBytes } from '../../src/base/ip.ts';
import type { LispAddress } from '../../src/wire/afi.ts';
import { encodeControl } from '../../src/wire/control.ts';
import { lispIp, NO_ADDRESS } from '../../src/wire/lisp-address.ts';
import { buildUdpPacket } from '../../src/wire/udp.ts';
import {
  decodeOk,
  ecm,
  eidRecord,
  IDS,
  locator,
  mapNotify,
  mapRegister,
  mapReply,
  mapRequest,
  patched,
  refusal,
  replyForEid,
} from '../support/control-samples.ts';
import { hex } from '../support/hex.ts';

/** Offsets in an ECM over IPv4: 4 bytes of header, 20 of IP, 8 of UDP. */
const INNER_IP = 4;
const INNER_UDP = 24;
const INNER_MESSAGE = 32;

const ecmAround = (
  payload: Uint8Array,
  ports: { sourcePort?: number; destinationPort?: number } = {},
): Uint8Array =>
  concatBytes(hex('80000000'), buildUdpPacket({ ...ecm().inner, checksum: 'compute', ...ports }, payload));

/** Mends the inner IPv4 checksum, so that only what a test breaks is wrong. */
function mendIpChecksum(bytes: Uint8Array): Uint8Array {
  const header = patched(bytes, INNER_IP + 10, 0, 0).subarray(INNER_IP, INNER_UDP);
  const sum = checksum(header);
  return patched(bytes, INNER_IP + 10, sum >>> 8, sum & 0xff);
}

describe('checksums of an ECM', () => {
  it('CP-01 CP-35 the inner UDP checksum is computed and not zero, over IPv4 and IPv6', () => {
    for (const [source, destination] of [
      ['192.0.2.1', '10.2.0.7'],
      ['2001:db8::1', '2001:db8:2::7'],
    ] as const) {
      const inner = { ...ecm().inner, source: ip(source), destination: ip(destination) };
      const ipHeaderBytes = source.includes(':') ? 40 : 20;
      for (let lo = 0; lo < 600; lo++) {
        const bytes = encodeControl(ecm({ inner, message: mapRequest({ nonce: { hi: 0, lo } }) }));
        const udp = bytes.subarray(INNER_IP + ipHeaderBytes);
        const pseudo = concatBytes(ipToBytes(inner.source), ipToBytes(inner.destination));
        expect((udp[6]! << 8) | udp[7]!).not.toBe(0);
        expect(sumWords(udp, sumWords(pseudo, udp.length + 17))).toBe(0xffff);
      }
    }
  });

  it('CP-01 a sum that comes out as zero is sent as ffff', () => {
    const plain = encodeControl(ecm({ message: mapRequest({ nonce: { hi: 0, lo: 0 } }) }));
    const sum = (plain[INNER_UDP + 6]! << 8) | plain[INNER_UDP + 7]!;
    const bytes = encodeControl(ecm({ message: mapRequest({ nonce: { hi: 0, lo: sum } }) }));
    expect(toHex(bytes.subarray(INNER_UDP + 6, INNER_UDP + 8))).toBe('ffff');
    expect(decodeOk(bytes)).toMatchObject({ type: 'ecm' });
  });

  it('CP-01 CP-35 an inner UDP checksum of zero is refused', () => {
    const bytes = patched(encodeControl(ecm()), INNER_UDP + 6, 0, 0);
    expect(refusal(bytes)).toEqual({
      code: 'bad-checksum',
      offset: INNER_UDP + 6,
      field: 'inner udp checksum',
    });
  });

  it('CP-01 CP-35 one wrong bit anywhere in the inner packet is refused', () => {
    const bytes = encodeControl(ecm());
    for (let at = INNER_IP; at < bytes.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        expect(refusal(patched(bytes, at, bytes[at]! ^ (1 << bit))), `byte ${at} bit ${bit}`).toBeDefined();
      }
    }
  });

  it('CP-01 a wrong inner IPv4 header checksum is refused', () => {
    const bytes = encodeControl(ecm());
    expect(refusal(patched(bytes, INNER_IP + 10, bytes[INNER_IP + 10]! ^ 1))).toMatchObject({
      code: 'bad-checksum',
      offset: INNER_IP + 10,
    });
  });
});

describe('inside an ECM', () => {
  it('CP-35 port 4341 is refused as destination and as source', () => {
    const payload = encodeControl(mapRequest());
    expect(refusal(ecmAround(payload))).toBeUndefined();
    expect(refusal(ecmAround(payload, { destinationPort: 4341 }))).toMatchObject({
      code: 'bad-value',
      offset: INNER_UDP + 2,
    });
    expect(refusal(ecmAround(payload, { sourcePort: 4341 }))).toMatchObject({
      code: 'bad-value',
      offset: INNER_UDP,
    });
  });

  it('CP-35 port 4341 is never encoded', () => {
    const inner = { ...ecm().inner, destinationPort: 4341 };
    expect(() => encodeControl(ecm({ inner }))).toThrow('4341');
  });

  it('an ECM is refused', () => {
    expect(refusal(ecmAround(encodeControl(ecm())))).toEqual({
      code: 'bad-value',
      offset: INNER_MESSAGE,
      field: 'nested ecm',
    });
  });

  it('an empty datagram is refused', () => {
    expect(refusal(ecmAround(new Uint8Array(0)))).toMatchObject({ code: 'truncated', offset: INNER_MESSAGE });
  });

  it('a fault of the inner message is located in the outer bytes', () => {
    const payload = encodeControl(mapRequest());
    const unknownAfi = patched(payload, 12, 0x12, 0x34);
    expect(refusal(ecmAround(unknownAfi))).toMatchObject({
      code: 'unsupported-afi',
      offset: INNER_MESSAGE + 12,
    });
  });

  it('fragments, other protocols and other IP versions are refused', () => {
    const bytes = encodeControl(ecm());
    expect(refusal(mendIpChecksum(patched(bytes, INNER_IP + 6, 0x20, 0)))).toMatchObject({
      code: 'bad-value',
      offset: INNER_IP + 6,
    });
    expect(refusal(mendIpChecksum(patched(bytes, INNER_IP + 9, 6)))).toMatchObject({
      code: 'bad-value',
      offset: INNER_IP + 9,
    });
    expect(refusal(patched(bytes, INNER_IP, 0x55))).toMatchObject({ code: 'bad-version', offset: INNER_IP });
  });

  it('IPv4 options are skipped', () => {
    const message = encodeControl(ecm());
    const header = concatBytes(message.subarray(INNER_IP, INNER_UDP), hex('01010101'));
    const longer = patched(header, 0, 0x46, 0, 0, message.length - INNER_IP + 4);
    const bytes = concatBytes(message.subarray(0, INNER_IP), longer, message.subarray(INNER_UDP));
    const sum = checksum(patched(longer, 10, 0, 0));
    expect(decodeOk(patched(bytes, INNER_IP + 10, sum >>> 8, sum & 0xff))).toEqual(ecm());
  });

  it('LISP-SEC data ends where its lengths say, whether OTK Length counts itself or not', () => {
    for (const otkLength of [24, 28]) {
      const securityData = concatBytes(
        hex(`01 00 0002  00${otkLength.toString(16)} 05 01`),
        new Uint8Array(24).fill(0x77),
        hex('0008 0002 aabbccdd'),
      );
      const message = ecm({ securityData });
      expect(decodeOk(encodeControl(message))).toEqual(message);
    }
  });

  it('LISP-SEC data of another type or with impossible lengths is refused', () => {
    const securityData = concatBytes(hex('01000002 0018 0501'), new Uint8Array(24), hex('0004 0002'));
    const bytes = encodeControl(ecm({ securityData }));
    expect(refusal(bytes)).toBeUndefined();
    expect(refusal(patched(bytes, 4, 2))).toMatchObject({ code: 'bad-value', offset: 4 });
    expect(refusal(patched(bytes, 8, 0, 25))).toMatchObject({ code: 'bad-length', offset: 8 });
    expect(refusal(patched(bytes, 36, 0, 3))).toMatchObject({ code: 'bad-length', offset: 36 });
    expect(refusal(patched(bytes, 36, 0xff, 0xff))).toMatchObject({ code: 'truncated', offset: 38 });
  });
});

describe('unknown and reserved', () => {
  it('CP-04 an unknown AFI refuses the message, wherever it stands', () => {
    const request = encodeControl(mapRequest());
    expect(refusal(patched(request, 12, 0, 99))).toEqual({
      code: 'unsupported-afi',
      offset: 12,
      field: 'source eid',
    });
    expect(refusal(patched(request, 14, 0, 99))).toMatchObject({ code: 'unsupported-afi', offset: 14 });
    expect(refusal(patched(request, 22, 0, 99))).toMatchObject({ code: 'unsupported-afi', offset: 22 });
    const reply = encodeControl(mapReply());
    expect(refusal(patched(reply, 22, 0, 99))).toMatchObject({ code: 'unsupported-afi', offset: 22 });
    expect(refusal(patched(reply, 34, 0, 99))).toMatchObject({ code: 'unsupported-afi', offset: 34 });
  });

  // Bit positions of word 0 that no flag and no count uses (spec 02 §3), and how long the message is.
  it.each([
    ['Map-Request', mapRequest(), [10, 12, 13, 14, 15, 16]],
    ['Map-Reply', mapReply(), [7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]],
    ['Map-Register', mapRegister(), [7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 22]],
    ['ECM', ecm(), Array.from({ length: 24 }, (_, i) => 8 + i)],
  ] as const)('CP-05 reserved bits of word 0 of a %s are sent 0 and ignored', (_name, message, reserved) => {
    const bytes = encodeControl(message);
    for (const position of reserved) {
      const at = position >>> 3;
      const mask = 0x80 >>> (position & 7);
      expect(bytes[at]! & mask, `bit ${position}`).toBe(0);
      expect(decodeOk(patched(bytes, at, bytes[at]! | mask)), `bit ${position}`).toEqual(message);
    }
  });

  it('CP-05 reserved bits of a Map-Notify change nothing but what is kept of them', () => {
    const message = mapNotify();
    const bytes = encodeControl(message);
    expect(toHex(bytes.subarray(0, 4))).toBe('40000001');
    expect(decodeOk(patched(bytes, 0, 0x4f, 0xff, 0xff))).toEqual({ ...message, reservedBits: 0xf_ffff });
  });

  it('CP-05 reserved bits of records and locators are sent 0 and ignored', () => {
    const message = mapReply();
    const bytes = encodeControl(message);
    expect(toHex(bytes.subarray(18, 22))).toBe('10000000');
    expect(decodeOk(patched(bytes, 18, 0x1f, 0xff, 0xf0))).toEqual(message);
    expect(toHex(bytes.subarray(32, 34))).toBe('0005');
    expect(decodeOk(patched(bytes, 32, 0xff, 0xfd))).toEqual(message);
    const request = mapRequest();
    const requestBytes = encodeControl(request);
    expect(decodeOk(patched(requestBytes, 20, 0x7f))).toEqual(request);
  });

  it('an unassigned message type is kept', () => {
    for (const code of [0, 6, 7, 9, 14, 15]) {
      const raw = Uint8Array.of((code << 4) | 3, 1, 2);
      expect(decodeOk(raw)).toEqual({ type: 'unknown', code, raw });
      expect(encodeControl({ type: 'unknown', code, raw })).toEqual(raw);
    }
  });
});

describe('Map-Request', () => {
  it('CP-07 IRC is the number of ITR-RLOCs less one', () => {
    for (const count of [1, 2, 31, 32]) {
      const itrRlocs = Array.from({ length: count }, (_, i) => lispIp(ip(`192.0.2.${i + 1}`)));
      const bytes = encodeControl(mapRequest({ itrRlocs }));
      expect(bytes[2]! & 0x1f).toBe(count - 1);
      expect(decodeOk(bytes)).toMatchObject({ itrRlocs });
    }
  });

  it('CP-07 no ITR-RLOC, or a 33rd, cannot be encoded', () => {
    expect(() => encodeControl(mapRequest({ itrRlocs: [] }))).toThrow('ITR-RLOCs');
    const many = Array.from({ length: 33 }, () => NO_ADDRESS);
    expect(() => encodeControl(mapRequest({ itrRlocs: many }))).toThrow('ITR-RLOCs');
  });

  it('CP-06 several records are received', () => {
    const records = ['10.2.0.7', '10.2.0.8', '10.2.0.9'].map((text) => ({
      subscribe: false,
      maskBits: 32,
      eid: lispIp(ip(text)),
    }));
    expect(decodeOk(encodeControl(mapRequest({ records })))).toMatchObject({ records });
  });

  it('EX-10 the I bit without all 24 bytes of IDs is refused', () => {
    const bytes = encodeControl(mapRequest({ ids: IDS }));
    expect(bytes[1]! & 0x10).toBe(0x10);
    for (let cut = 1; cut <= 24; cut++) {
      expect(refusal(bytes.subarray(0, bytes.length - cut))).toMatchObject({ code: 'truncated' });
    }
  });

  it('the IDs follow the mapping of the M bit', () => {
    const message = mapRequest({ mapping: eidRecord(), ids: IDS });
    const bytes = encodeControl(message);
    expect(toHex(bytes.subarray(-24))).toBe(toHex(concatBytes(IDS.xtrId, IDS.siteId)));
    expect(decodeOk(bytes)).toEqual(message);
  });
});

describe('records', () => {
  const order: readonly LispAddress[] = [
    lispIp(ip('10.0.0.2')),
    lispIp(ip('10.0.0.10')),
    lispIp(ip('192.0.2.1')),
    lispIp(ip('2001:db8::1')),
    lispIp(ip('2001:db8::a')),
    { kind: 'lcaf', lcaf: { type: 'afi-list', items: [] } },
    { kind: 'lcaf', lcaf: { type: 'instance-id', instanceId: 9, iidMaskBits: 0, address: NO_ADDRESS } },
    // A lower type goes first although its bytes (Rsvd1 is before Type) are the greater ones.
    {
      kind: 'lcaf',
      lcaf: { type: 'unknown', code: 3, reserved1: 9, flags: 0, reserved2: 0, body: hex('00') },
    },
    {
      kind: 'lcaf',
      lcaf: { type: 'unknown', code: 10, reserved1: 0, flags: 0, reserved2: 0, body: hex('00') },
    },
  ];

  it('CP-25 LC-11 locators are encoded ascending, IPv4 before IPv6, LCAFs last by type', () => {
    for (const shuffled of [order.toReversed(), [...order.slice(3), ...order.slice(0, 3)]]) {
      const locators = shuffled.map((rloc) => locator('0.0.0.0', { rloc }));
      const decoded = decodeOk(encodeControl(mapReply({ records: [eidRecord({ locators })] })));
      if (decoded.type !== 'map-reply') expect.fail('another type');
      expect(decoded.records[0]!.locators.map(({ rloc }) => rloc)).toEqual(order);
    }
  });

  it('CP-25 also in Map-Register, Map-Notify and the mapping of a Map-Request', () => {
    const record = eidRecord({
      locators: [locator('2001:db8::1'), locator('10.0.0.2'), locator('10.0.0.1')],
    });
    const sorted = eidRecord({ locators: record.locators.toReversed() });
    expect(decodeOk(encodeControl(mapRegister({ records: [record] })))).toMatchObject({ records: [sorted] });
    expect(decodeOk(encodeControl(mapNotify({ records: [record] })))).toMatchObject({ records: [sorted] });
    expect(decodeOk(encodeControl(mapRequest({ mapping: record })))).toMatchObject({ mapping: sorted });
  });

  it('locators are decoded in the order received', () => {
    const bytes = encodeControl(
      mapReply({ records: [eidRecord({ locators: [locator('10.0.0.1'), locator('10.0.0.2')] })] }),
    );
    const swapped = concatBytes(bytes.subarray(0, 28), bytes.subarray(40, 52), bytes.subarray(28, 40));
    expect(decodeOk(swapped)).toMatchObject({
      records: [{ locators: [locator('10.0.0.2'), locator('10.0.0.1')] }],
    });
  });

  it('CP-19 the p bit is neither sent nor seen in Map-Register and in the mapping of a Map-Request', () => {
    const probed = eidRecord({ locators: [locator('198.51.100.1', { probed: true })] });
    const register = encodeControl(mapRegister({ records: [probed] }));
    expect(register).toEqual(encodeControl(mapRegister()));
    const flagsAt = register.length - 7;
    expect(register[flagsAt]).toBe(0x05);
    expect(decodeOk(patched(register, flagsAt, 0x07))).toEqual(mapRegister());

    const request = encodeControl(mapRequest({ mapping: probed }));
    expect(request).toEqual(encodeControl(mapRequest({ mapping: eidRecord() })));
    expect(decodeOk(patched(request, request.length - 7, 0x07))).toEqual(
      mapRequest({ mapping: eidRecord() }),
    );

    expect(decodeOk(encodeControl(mapReply({ records: [probed] })))).toEqual(mapReply({ records: [probed] }));
  });

  it.each([
    ['IPv4', '0001 0a020000', 32],
    ['IPv6', '0002 20010db8000b00000000000000000001', 128],
    ['MAC', '0006 020000000002', 48],
    ['name', '0011 6965746600', 40],
    ['AS number', '0012 00010000', 32],
    ['IPv4 in an instance', '4003 0000 0200 000a 00000065 0001 0a020000', 32],
    ['MAC in an instance', '4003 0000 0200 000c 00000065 0006 020000000002', 48],
    ['AFI-List', '4003 0000 0100 000e 0001 0a020000 0006 020000000002', 48],
    ['nothing', '0000', 0],
  ])('a mask-len beyond the address bits is refused: %s', (_name, eid, bits) => {
    expect(refusal(replyForEid(eid, bits))).toBeUndefined();
    expect(refusal(replyForEid(eid, bits + 1))).toEqual({
      code: 'bad-value',
      offset: 17,
      field: 'eid mask-len',
    });
  });

  it('a mask-len beyond the address bits is refused in a Map-Request record', () => {
    expect(refusal(patched(encodeControl(mapRequest()), 21, 33))).toMatchObject({
      code: 'bad-value',
      offset: 21,
    });
  });

  it.each([
    ['Map-Request', mapRequest()],
    ['Map-Reply', mapReply()],
    ['Map-Register', mapRegister()],
  ] as const)('a %s without records is refused and cannot be encoded', (_name, message) => {
    expect(refusal(patched(encodeControl(message), 3, 0))).toMatchObject({ code: 'bad-count', offset: 3 });
    expect(() => encodeControl({ ...message, records: [] })).toThrow('record');
  });

  it('a count of records or locators larger than the bytes is refused', () => {
    for (const message of [mapRequest(), mapReply(), mapRegister(), mapNotify()]) {
      expect(refusal(patched(encodeControl(message), 3, 2))).toMatchObject({ code: 'truncated' });
    }
    expect(refusal(patched(encodeControl(mapReply()), 16, 2))).toMatchObject({ code: 'truncated' });
  });
});

describe('Map-Register', () => {
  it('CP-26 IDs set I and stand at the end', () => {
    const plain = encodeControl(mapRegister());
    const bytes = encodeControl(mapRegister({ ids: IDS }));
    expect(plain[0]! & 0x02).toBe(0);
    expect(bytes[0]! & 0x02).toBe(0x02);
    expect(toHex(bytes.subarray(plain.length))).toBe(toHex(concatBytes(IDS.xtrId, IDS.siteId)));
  });

  it('CP-26 the I bit without all 24 bytes of IDs is refused', () => {
    const bytes = encodeControl(mapRegister({ ids: IDS }));
    for (let cut = 1; cut <= 24; cut++) {
      expect(refusal(bytes.subarray(0, bytes.length - cut))).toMatchObject({ code: 'truncated' });
    }
  });

  it('without the I bit 24 bytes at the end are ignored', () => {
    const bytes = concatBytes(encodeControl(mapRegister()), IDS.xtrId, IDS.siteId);
    expect(decodeOk(bytes)).toEqual(mapRegister());
  });
});

describe('Map-Reply', () => {
  it('the S bit without authentication data is refused', () => {
    const bytes = patched(encodeControl(mapReply()), 0, 0x22);
    expect(refusal(bytes)).toMatchObject({ code: 'truncated', offset: bytes.length });
  });
});
