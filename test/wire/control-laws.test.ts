// Laws of every control message, over arbitrary messages, their prefixes, their mutations and random bytes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, toHex, Writer } from '../../src/base/bytes.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { ip } from '../../src/base/ip-text.ts';
import { lispAddressBytes, encodeAddress } from '../../src/wire/afi.ts';
import {
  controlBytes,
  decodeControl,
  describeControl,
  encodeControl,
  encodeControlTo,
  type ControlMessage,
} from '../../src/wire/control.ts';
import { eidRecordBytes, encodeEidRecord } from '../../src/wire/eid-record.ts';
import { encodeLocatorRecord, locatorRecordBytes } from '../../src/wire/locator-record.ts';
import { buildUdpPacket } from '../../src/wire/udp.ts';
import {
  anyAddress,
  anyBareMapNotify,
  anyControl,
  anyEcm,
  anyEidRecord,
  anyLocatorRecord,
  anyMapNotify,
  anyMapRegister,
  anyMapReply,
  anyMapRequest,
  anyUnknownControl,
  anyUnsignedMapReply,
  canonical,
  MESSAGE_KINDS,
} from '../support/gen-control.ts';

const RUNS = process.env['PXTR_LONG'] === '1' ? 20_000 : 200;
const MUTATIONS = process.env['PXTR_LONG'] === '1' ? 1_000_000 : 4_000;
const MUTATION_SEED = 20_240_601;

function decodeOk(bytes: Uint8Array): ControlMessage {
  const result = decodeControl(bytes);
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)} ${toHex(bytes)}`);
  return result.value;
}

describe.each(MESSAGE_KINDS)('%s', (name, anyMessage) => {
  it('decode(encode(x)) = x', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(decodeOk(encodeControl(message))).toEqual(message);
      }),
      { numRuns: RUNS },
    );
  });

  it('encode(decode(b)) = b for canonical b', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const bytes = encodeControl(message);
        expect(toHex(encodeControl(decodeOk(bytes)))).toBe(toHex(bytes));
      }),
      { numRuns: RUNS },
    );
  });

  it('encoding after other bytes in a dirty buffer gives the same bytes', () => {
    fc.assert(
      fc.property(anyMessage, fc.integer({ min: 0, max: 9 }), (message, before) => {
        const clean = encodeControl(message);
        const w = new Writer(before + clean.length);
        for (let i = 0; i < before + clean.length; i++) w.patchU8(i, 0xa5);
        w.bytes(new Uint8Array(before).fill(0x5a));
        encodeControlTo(w, message);
        expect(toHex(w.view(before))).toBe(toHex(clean));
      }),
      { numRuns: RUNS },
    );
  });

  it('describe is total: one line that is not empty', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(describeControl(message)).toMatch(/^[^\n\r]+$/);
      }),
      { numRuns: RUNS },
    );
  });

  it(`${MUTATIONS} mutations are refused with a located error or decode to what re-encodes equal`, () => {
    const random = new SeededRandom(MUTATION_SEED, name);
    const samples = fc.sample(anyMessage, { numRuns: 200, seed: MUTATION_SEED });
    let accepted = 0;
    for (let i = 0; i < MUTATIONS; i++) {
      const original = encodeControl(samples[i % samples.length]!);
      const bytes = mutate(original, random);
      accepted += Number(holdsForAnyBytes(bytes));
    }
    // Both outcomes must be common, or the mutations test nothing.
    expect(accepted).toBeGreaterThan(name === 'ECM' ? 0 : MUTATIONS / 50);
    expect(accepted).toBeLessThan(name === 'unknown' ? MUTATIONS + 1 : MUTATIONS);
  });
});

describe('prefixes', () => {
  // A tail is optional where nothing before it says how long it is.
  it.each([
    ['Map-Request', anyMapRequest],
    ['Map-Reply without LISP-SEC data', anyUnsignedMapReply],
    ['Map-Register', anyMapRegister],
    ['Map-Notify and -Ack without trailer', anyBareMapNotify],
    ['ECM of anything', anyEcm],
  ])('every strict prefix of a %s is truncated at an offset inside it', (_name, anyMessage) => {
    fc.assert(
      fc.property(anyMessage, (message: ControlMessage) => {
        const bytes = encodeControl(message);
        for (let length = 0; length < bytes.length; length++) {
          const result = decodeControl(bytes.subarray(0, length));
          expect(result).toMatchObject({ ok: false, error: { code: 'truncated' } });
          if (!result.ok) expect(result.error.offset).toBeLessThanOrEqual(length);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('a prefix of a Map-Reply that cuts its LISP-SEC data keeps at least four bytes of it', () => {
    fc.assert(
      fc.property(anyMapReply, (message) => {
        const bytes = encodeControl(message);
        const tail = message.securityData?.length ?? 0;
        for (let cut = 1; cut <= tail; cut++) {
          expect(decodeControl(bytes.subarray(0, bytes.length - cut)).ok).toBe(tail - cut >= 4);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('a prefix of a Map-Notify that cuts its trailer has a shorter trailer', () => {
    fc.assert(
      fc.property(anyMapNotify, (message) => {
        const bytes = encodeControl(message);
        const { trailer } = message;
        for (let kept = 0; kept < trailer.length; kept++) {
          expect(decodeOk(bytes.subarray(0, bytes.length - trailer.length + kept))).toEqual({
            ...message,
            trailer: trailer.subarray(0, kept),
          });
        }
      }),
      { numRuns: 60 },
    );
  });

  it('a prefix of an unknown message is the shorter unknown message', () => {
    fc.assert(
      fc.property(anyUnknownControl, ({ raw, code }) => {
        for (let length = 1; length < raw.length; length++) {
          expect(decodeOk(raw.subarray(0, length))).toEqual({
            type: 'unknown',
            code,
            raw: raw.subarray(0, length),
          });
        }
        expect(decodeControl(raw.subarray(0, 0))).toEqual({
          ok: false,
          error: { code: 'truncated', offset: 0, field: 'type' },
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe('any bytes', () => {
  it('never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        holdsForAnyBytes(bytes);
      }),
      { numRuns: 5_000 },
    );
  });

  it('never throw behind the first word of a message', () => {
    const word0 = fc.constantFrom(0x10, 0x12, 0x14, 0x20, 0x22, 0x30, 0x32, 0x40, 0x50, 0x80, 0x88);
    fc.assert(
      fc.property(word0, fc.uint8Array({ maxLength: 120 }), (first, rest) => {
        holdsForAnyBytes(Uint8Array.of(first, 0, 0, 1, ...rest));
      }),
      { numRuns: 5_000 },
    );
  });

  it('never throw inside an ECM whose headers are right', () => {
    const random = new SeededRandom(MUTATION_SEED, 'inside');
    const samples = fc.sample(anyControl, { numRuns: 200, seed: MUTATION_SEED });
    let accepted = 0;
    for (let i = 0; i < MUTATIONS; i++) {
      const payload = mutate(encodeControl(samples[i % samples.length]!), random);
      accepted += Number(holdsForAnyBytes(wrapInEcm(payload)));
    }
    expect(accepted).toBeGreaterThan(MUTATIONS / 50);
    expect(accepted).toBeLessThan(MUTATIONS);
  });

  it('are ignored after the end of a message that knows its end', () => {
    fc.assert(
      fc.property(
        fc.oneof<fc.Arbitrary<ControlMessage>[]>(anyMapRequest, anyUnsignedMapReply, anyMapRegister, anyEcm),
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        (message, tail) => {
          expect(decodeOk(concatBytes(encodeControl(message), tail))).toEqual(message);
        },
      ),
      { numRuns: RUNS },
    );
  });
});

describe('sizes', () => {
  const size = (write: (w: Writer) => void): number => {
    const w = new Writer(8192);
    write(w);
    return w.length;
  };

  it('controlBytes is the length of what is encoded', () => {
    fc.assert(
      fc.property(anyControl, (message) => {
        expect(controlBytes(message)).toBe(encodeControl(message).length);
      }),
      { numRuns: RUNS },
    );
  });

  it('xBytes is the length of what is encoded', () => {
    fc.assert(
      fc.property(anyAddress(), anyLocatorRecord(), anyEidRecord(), (address, locator, record) => {
        expect(lispAddressBytes(address)).toBe(size((w) => encodeAddress(w, address)));
        expect(locatorRecordBytes(locator)).toBe(size((w) => encodeLocatorRecord(w, locator, 'defined')));
        expect(eidRecordBytes(record)).toBe(size((w) => encodeEidRecord(w, record, 'defined')));
      }),
      { numRuns: RUNS },
    );
  });
});

/** True when `bytes` decode; then their re-encoding must decode equal. Fails the test when anything throws. */
function holdsForAnyBytes(bytes: Uint8Array): boolean {
  try {
    const result = decodeControl(bytes);
    if (!result.ok) {
      const { offset, field } = result.error;
      if (!(offset >= 0 && offset <= bytes.length && field !== '')) {
        throw new Error(`no place: ${JSON.stringify(result.error)}`);
      }
      return false;
    }
    const encoded = encodeControl(result.value);
    const again = decodeOk(encoded);
    expect(again).toEqual(canonical(result.value));
    expect(toHex(encodeControl(again))).toBe(toHex(encoded));
    expect(describeControl(result.value)).not.toBe('');
    return true;
  } catch (cause) {
    throw new Error(`bytes ${toHex(bytes)}`, { cause });
  }
}

function wrapInEcm(payload: Uint8Array): Uint8Array {
  const fields = {
    source: ip('192.0.2.1'),
    destination: ip('10.2.0.7'),
    ttl: 32,
    sourcePort: 61441,
    destinationPort: 4342,
    checksum: 'compute' as const,
  };
  return concatBytes(Uint8Array.of(0x80, 0, 0, 0), buildUdpPacket(fields, payload));
}

const INTERESTING = [0, 1, 2, 4, 8, 15, 16, 17, 18, 32, 33, 64, 127, 128, 129, 254, 255, 0x40, 0x03];

/** One to three changes: flipped bits, interesting bytes, removed, repeated or inserted runs, a cut end. */
function mutate(original: Uint8Array, random: SeededRandom): Uint8Array {
  const below = (limit: number): number => random.u32() % Math.max(1, limit);
  let bytes: Uint8Array = original.slice();
  for (let changes = 1 + below(3); changes > 0; changes--) {
    const at = below(bytes.length);
    const count = below(Math.min(9, bytes.length - at + 1));
    const head = bytes.subarray(0, at);
    switch (below(6)) {
      case 0:
        if (bytes.length > 0) bytes[at]! ^= 1 << below(8);
        break;
      case 1:
        if (bytes.length > 0) bytes[at] = INTERESTING[below(INTERESTING.length)]!;
        break;
      case 2:
        bytes = concatBytes(head, bytes.subarray(at + count));
        break;
      case 3:
        bytes = concatBytes(bytes.subarray(0, at + count), bytes.subarray(at));
        break;
      case 4:
        bytes = concatBytes(
          head,
          Uint8Array.from({ length: count }, () => below(256)),
          bytes.subarray(at),
        );
        break;
      default:
        bytes = bytes.slice(0, at);
    }
  }
  return bytes;
}
