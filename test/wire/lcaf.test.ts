// Rules of spec chapter 04: what is skipped, what is kept, and what drops the message.
import { describe, expect, it } from 'vitest';
import { concatBytes, toHex, Writer } from '../../src/base/bytes.ts';
import { ip } from '../../src/base/ip-text.ts';
import { encodeAddress, type LispAddress } from '../../src/wire/afi.ts';
import { encodeControl, hasUnrecognizedEid } from '../../src/wire/control.ts';
import { understoodLocators } from '../../src/wire/eid-record.ts';
import {
  addressIp,
  compareAddress,
  eidAddress,
  formatLispAddress,
  isUnderstood,
  lispIp,
  NO_ADDRESS,
  rlocIp,
  sameAddress,
  splitEid,
} from '../../src/wire/lisp-address.ts';
import {
  decodeOk,
  ecm,
  eidRecord,
  mapRequest,
  mapReply,
  patched,
  refusal,
  replyForEid,
  replyWithRlocs,
} from '../support/control-samples.ts';
import { hex } from '../support/hex.ts';

const PLAIN = '0001 c6336401';
const UNKNOWN = '4003 0000 4d00 0003 aabbcc';
const VENDOR = '4003 0000 ff00 0008 0000005e 01020304';
/** Offset of the first locator's AFI in replyWithRlocs, and of the EID's AFI in replyForEid. */
const RLOC = 34;
const EID = 22;

const nest = (levels: number): string => {
  let body = '0001 0a020000';
  for (let i = 0; i < levels; i++) {
    const length = body.replaceAll(' ', '').length / 2;
    body = `4003 0000 0100 ${length.toString(16).padStart(4, '0')} ${body}`;
  }
  return body;
};

describe('types without a codec', () => {
  it('LC-02 an unrecognized type in one of two locators leaves the other', () => {
    const bytes = replyWithRlocs(UNKNOWN, PLAIN);
    const message = decodeOk(bytes);
    if (message.type !== 'map-reply') expect.fail('another type');
    const record = message.records[0]!;
    expect(record.locators).toHaveLength(2);
    expect(understoodLocators(record).map(({ rloc }) => addressIp(rloc))).toEqual([ip('198.51.100.1')]);
    expect(hasUnrecognizedEid(message)).toBe(false);
  });

  it('LC-03 when every locator is unrecognized none is left', () => {
    const message = decodeOk(replyWithRlocs(UNKNOWN, UNKNOWN));
    if (message.type !== 'map-reply') expect.fail('another type');
    expect(understoodLocators(message.records[0]!)).toEqual([]);
  });

  it('LC-04 an EID made only of unrecognized types is reported, also in lists, instances and ECMs', () => {
    const instance = '4003 0000 0200 000f 00000065 4003 0000 4d00 0003 aabbcc';
    const list = '4003 0000 0100 000b 4003 0000 4d00 0003 aabbcc';
    const mixed = '4003 0000 0100 0011 4003 0000 4d00 0003 aabbcc 0001 0a020000';
    for (const eid of [UNKNOWN, instance, list]) {
      expect(hasUnrecognizedEid(decodeOk(replyForEid(eid))), eid).toBe(true);
    }
    expect(hasUnrecognizedEid(decodeOk(replyForEid(mixed)))).toBe(false);
    expect(hasUnrecognizedEid(decodeOk(replyForEid('0001 0a020000', 16)))).toBe(false);
    const eid: LispAddress = {
      kind: 'lcaf',
      lcaf: { type: 'unknown', code: 77, reserved1: 0, flags: 0, reserved2: 0, body: hex('aa') },
    };
    const message = mapRequest({ records: [{ subscribe: false, maskBits: 0, eid }] });
    expect(hasUnrecognizedEid(ecm({ message }))).toBe(true);
    expect(hasUnrecognizedEid(ecm())).toBe(false);
  });

  it('LC-01 reserved fields and flags of a known type are sent 0 and ignored on receipt', () => {
    const clean = replyWithRlocs('4003 0000 0200 000a 00000065 0001 c6336401');
    const dirty = replyWithRlocs('4003 11ff 0220 000a 00000065 0001 c6336401');
    expect(decodeOk(dirty)).toEqual(decodeOk(clean));
    expect(encodeControl(decodeOk(dirty))).toEqual(clean);
  });
});

describe('what drops the message', () => {
  it('LC-05 a vendor LCAF in one of two locators drops it', () => {
    expect(refusal(replyWithRlocs(PLAIN, UNKNOWN))).toBeUndefined();
    expect(refusal(replyWithRlocs(VENDOR, PLAIN))).toEqual({
      code: 'bad-value',
      offset: RLOC + 4,
      field: 'lcaf vendor',
    });
    expect(refusal(replyWithRlocs(PLAIN, VENDOR))).toMatchObject({ code: 'bad-value' });
    expect(refusal(replyForEid(VENDOR))).toMatchObject({ code: 'bad-value', offset: EID + 4 });
  });

  it('LC-05 also inside an AFI-List and an instance', () => {
    expect(refusal(replyWithRlocs(`4003 0000 0100 0010 ${VENDOR}`))).toMatchObject({ code: 'bad-value' });
    expect(refusal(replyForEid(`4003 0000 0200 0014 00000065 ${VENDOR}`))).toMatchObject({
      code: 'bad-value',
    });
  });

  it('LC-08 an unknown AFI inside an LCAF drops it', () => {
    expect(refusal(replyWithRlocs('4003 0000 0200 000a 00000065 0063 c6336401', PLAIN))).toMatchObject({
      code: 'unsupported-afi',
      offset: RLOC + 12,
    });
    expect(refusal(replyWithRlocs('4003 0000 0100 000c 0001 c6336401 0063 c6336401'))).toMatchObject({
      code: 'unsupported-afi',
      offset: RLOC + 14,
    });
  });

  it('a Length beyond the message is truncated at the body', () => {
    expect(refusal(replyWithRlocs('4003 0000 0200 ffff 00000065 0001 c6336401'))).toMatchObject({
      code: 'truncated',
      offset: RLOC + 8,
    });
  });

  it('an address never reads past Length', () => {
    expect(refusal(replyWithRlocs('4003 0000 0200 0009 00000065 0001 c63364 01', PLAIN))).toMatchObject({
      code: 'truncated',
      offset: RLOC + 14,
    });
    expect(refusal(replyForEid('4003 0000 0200 0003 000000'))).toMatchObject({
      code: 'truncated',
      offset: EID + 8,
    });
  });

  it('an IID mask-len of 33 is refused with inner AFI 0, and ignored with an address', () => {
    expect(refusal(replyForEid('4003 0000 0220 0006 00000065 0000'))).toBeUndefined();
    expect(refusal(replyForEid('4003 0000 0221 0006 00000065 0000'))).toMatchObject({
      code: 'bad-value',
      offset: EID + 5,
    });
    expect(refusal(replyForEid('4003 0000 0221 000a 00000065 0001 0a020000', 16))).toBeUndefined();
  });

  it('LC-16 LCAFs nest four deep and no deeper', () => {
    expect(refusal(replyForEid(nest(2)))).toBeUndefined();
    expect(refusal(replyForEid(nest(4)))).toBeUndefined();
    expect(refusal(replyForEid(nest(5)))).toEqual({ code: 'too-deep', offset: EID + 4 * 8, field: 'eid' });
    expect(refusal(replyForEid(nest(40)))).toMatchObject({ code: 'too-deep' });
  });
});

describe('Length', () => {
  it('bytes after the last address keep the LCAF whole, as a type without a codec', () => {
    for (const slack of [
      '4003 0000 0200 000b 00000065 0001 c6336401 ee',
      '4003 1122 0233 000c 00000065 0001 c6336401 0000',
      '4003 0000 0100 0007 0001 c6336401 ee',
    ]) {
      const bytes = replyWithRlocs(slack, PLAIN);
      const message = decodeOk(bytes);
      if (message.type !== 'map-reply') expect.fail('another type');
      expect(message.records[0]!.locators[0]!.rloc).toMatchObject({ lcaf: { type: 'unknown' } });
      expect(understoodLocators(message.records[0]!)).toHaveLength(1);
      // Canonical order puts the LCAF last, so only its own bytes are compared.
      expect(toHex(encodeControl(message))).toContain(toHex(hex(slack)));
    }
  });

  it('LC-10 a list has any number of items in any order, AFI 0 included', () => {
    const items: readonly LispAddress[] = [lispIp(ip('2001:db8::1')), NO_ADDRESS, lispIp(ip('10.0.0.1'))];
    const list: LispAddress = { kind: 'lcaf', lcaf: { type: 'afi-list', items } };
    const reply = mapReply({ records: [eidRecord({ eid: list, maskBits: 128 })] });
    expect(decodeOk(encodeControl(reply))).toEqual(reply);
  });
});

describe('distinguished names', () => {
  it('LC-15 a name ends at its one NUL, may be empty, and without a NUL is refused', () => {
    expect(decodeOk(replyForEid('0011 6965746600', 40))).toMatchObject({
      records: [{ eid: { kind: 'name', name: 'ietf' }, maskBits: 40 }],
    });
    expect(decodeOk(replyForEid('0011 00', 8))).toMatchObject({
      records: [{ eid: { kind: 'name', name: '' } }],
    });
    const unterminated = replyForEid('0011 69657466', 0);
    expect(refusal(unterminated)).toMatchObject({ code: 'truncated', offset: unterminated.length });
  });

  it('LC-15 exactly one NUL is sent, and a name with a NUL cannot be', () => {
    const w = new Writer(16);
    encodeAddress(w, { kind: 'name', name: 'ietf' });
    expect(toHex(w.view())).toBe('00116965746600');
    expect(() => {
      encodeAddress(new Writer(16), { kind: 'name', name: 'a\0b' });
    }).toThrow('NUL');
  });
});

describe('what an address means', () => {
  const inner = ip('10.2.0.7');
  const list = (...items: LispAddress[]): LispAddress => ({
    kind: 'lcaf',
    lcaf: { type: 'afi-list', items },
  });
  const unknown: LispAddress = {
    kind: 'lcaf',
    lcaf: { type: 'unknown', code: 77, reserved1: 0, flags: 0, reserved2: 0, body: hex('') },
  };

  it('splitEid is the reverse of eidAddress, and instance 0 is plain', () => {
    for (const instanceId of [0, 1, 101, 0xffffff, 0xffffffff]) {
      expect(splitEid(eidAddress(instanceId, inner))).toEqual({ instanceId, address: inner });
    }
    expect(eidAddress(0, inner)).toEqual(lispIp(inner));
    const nested: LispAddress = {
      kind: 'lcaf',
      lcaf: { type: 'instance-id', instanceId: 1, iidMaskBits: 0, address: eidAddress(2, inner) },
    };
    for (const other of [NO_ADDRESS, unknown, list(lispIp(inner)), nested])
      expect(splitEid(other)).toBeUndefined();
  });

  it('addressIp sees through instances, rlocIp through lists as well', () => {
    expect(addressIp(eidAddress(7, inner))).toEqual(inner);
    expect(addressIp(list(lispIp(inner)))).toBeUndefined();
    expect(rlocIp(list(unknown, NO_ADDRESS, eidAddress(7, inner)))).toEqual(inner);
    expect(rlocIp(list(unknown))).toBeUndefined();
    expect(rlocIp({ kind: 'as-number', asn: 1 })).toBeUndefined();
  });

  it('isUnderstood is false for nothing but types without a codec', () => {
    expect(isUnderstood(NO_ADDRESS)).toBe(true);
    expect(isUnderstood(list(unknown, lispIp(inner)))).toBe(true);
    expect(isUnderstood(list(unknown))).toBe(false);
    expect(isUnderstood(unknown)).toBe(false);
  });

  it('sameAddress is equality of what is encoded, and compareAddress agrees', () => {
    const some = [lispIp(inner), eidAddress(1, inner), eidAddress(2, inner), unknown, list(), NO_ADDRESS];
    for (const a of some) {
      for (const b of some) {
        expect(sameAddress(a, structuredClone(b))).toBe(a === b);
        expect(compareAddress(a, b) === 0).toBe(a === b);
        expect(Math.sign(compareAddress(a, b))).toBe(0 - Math.sign(compareAddress(b, a)));
      }
    }
  });

  it('a name is printed without control characters', () => {
    expect(formatLispAddress({ kind: 'name', name: 'a\n"b' })).toBe('"a\\n\\"b"');
  });
});

it('bytes that look like a vendor LCAF inside an opaque body drop nothing', () => {
  const opaque = concatBytes(hex('4003 0000 4d00 0010'), hex(VENDOR));
  expect(refusal(replyWithRlocs(toHex(opaque)))).toBeUndefined();
  expect(refusal(patched(replyWithRlocs(toHex(opaque)), RLOC + 4, 0xff))).toMatchObject({
    code: 'bad-value',
  });
});
