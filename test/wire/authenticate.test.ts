// MACs of Map-Register, Map-Notify and Map-Notify-Ack: vectors C4 and C5 of spec 02 §15, and the rules of its §4.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, toHex } from '../../src/base/bytes.ts';
import { nobleMac, type Mac } from '../../src/base/mac.ts';
import {
  authenticationOf,
  blankAuthentication,
  encodeSigned,
  signControl,
  verifyControl,
  type AuthKey,
  type MacCoverage,
} from '../../src/wire/authenticate.ts';
import { encodeControl } from '../../src/wire/control.ts';
import {
  decodeOk,
  IDS,
  mapNotify,
  mapRegister,
  mapReply,
  mapRequest,
  patched,
} from '../support/control-samples.ts';
import { anyMapNotify, anyMapRegister } from '../support/gen-control.ts';
import { hex } from '../support/hex.ts';

const SECRET = new TextEncoder().encode('lisp-secret');
const key = (algorithmId: 1 | 2 | 3, length?: 12 | 16 | 20 | 32, secret = SECRET): AuthKey => ({
  keyId: 0,
  algorithmId,
  secret,
  ...(length === undefined ? {} : { length }),
});

const RECORD = '000005a0 01101000 00000001 0a020000 0164ff00 00050001 c6336401';
const ID_BYTES = '000102030405060708090a0b0c0d0e0f a0a1a2a3a4a5a6a7';

interface MacVector {
  readonly name: string;
  readonly key: AuthKey;
  readonly bytes: string;
  readonly coverage?: MacCoverage;
}

const VECTORS: readonly MacVector[] = [
  {
    name: 'C4 Map-Register, algorithm 2, 16 bytes',
    key: key(2),
    bytes: `30000101 1122334455667788 00020010 3e78868f7acd7c60bb7c83efe5bf6cd0 ${RECORD}`,
  },
  {
    name: 'C4 Map-Register, algorithm 2, 32 bytes',
    key: key(2, 32),
    bytes: `30000101 1122334455667788 00020020
      88e215eb81447a704de370e21ba35609242c1cd86b3a7d79fcda0d77d50c006a ${RECORD}`,
  },
  {
    name: 'C4 Map-Register, algorithm 1, 12 bytes',
    key: key(1),
    bytes: `30000101 1122334455667788 0001000c a80f39255f2f60eaf506b66b ${RECORD}`,
  },
  {
    name: 'C4 Map-Register, algorithm 1, 20 bytes',
    key: key(1, 20),
    bytes: `30000101 1122334455667788 00010014 9246adcaf31dcfdf445cf50243629c5f0840e67d ${RECORD}`,
  },
  {
    name: 'C4 Map-Register, algorithm 3, 16 bytes',
    key: key(3),
    bytes: `30000101 1122334455667788 00030010 068d7e1ea24385b32e01fadd585576fc ${RECORD}`,
  },
  {
    name: 'C4 Map-Register with IDs outside the MAC',
    key: key(2),
    coverage: 'records',
    bytes: `32000101 1122334455667788 00020010 d9666b0ebbc941f0aa215ccea8b97d8b ${RECORD} ${ID_BYTES}`,
  },
  {
    name: 'C4 Map-Register with IDs inside the MAC',
    key: key(2),
    coverage: 'message',
    bytes: `32000101 1122334455667788 00020010 b6f1f796bd77547874d74961740c2150 ${RECORD} ${ID_BYTES}`,
  },
  {
    name: 'C5 Map-Notify',
    key: key(2),
    bytes: `40000001 1122334455667788 00020010 e038d6a7cf3db2a8c50e2a6daa556245 ${RECORD}`,
  },
  {
    name: 'C5 Map-Notify-Ack',
    key: key(2),
    bytes: `50000001 1122334455667788 00020010 bb4fb5e53481a254ed0dd0b2d947e1ad ${RECORD}`,
  },
];

describe.each(VECTORS)('$name', ({ key: psk, bytes: text, coverage }) => {
  const bytes = hex(text);

  it('is verified', () => {
    expect(verifyControl(bytes, psk)).toBe('ok');
  });

  it('is what signing gives', () => {
    const message = decodeOk(bytes);
    if (
      message.type !== 'map-register' &&
      message.type !== 'map-notify' &&
      message.type !== 'map-notify-ack'
    ) {
      expect.fail('another type');
    }
    const signed = encodeSigned(message, psk, coverage === undefined ? {} : { coverage });
    expect(toHex(signed)).toBe(toHex(bytes));
  });

  it('CP-32 is refused after any change, and with another key', () => {
    const end = coverage === 'records' ? bytes.length - 24 : bytes.length;
    for (let at = 0; at < end; at++) {
      expect(verifyControl(patched(bytes, at, bytes[at]! ^ 0x10), psk), `byte ${at}`).not.toBe('ok');
    }
    const other = { ...psk, secret: new TextEncoder().encode('lisp-secreT') };
    expect(verifyControl(bytes, other)).toBe('mac');
  });
});

describe('coverage', () => {
  const outside = encodeSigned(mapRegister({ ids: IDS }), key(2));
  const inside = encodeSigned(mapRegister({ ids: IDS }), key(2), { coverage: 'message' });

  it('IDs are outside the MAC by default, and both ways are accepted', () => {
    expect(verifyControl(outside, key(2))).toBe('ok');
    expect(verifyControl(inside, key(2))).toBe('ok');
    expect(toHex(outside)).not.toBe(toHex(inside));
  });

  it('one way only is accepted on request', () => {
    expect(verifyControl(outside, key(2), { coverage: 'records' })).toBe('ok');
    expect(verifyControl(outside, key(2), { coverage: 'message' })).toBe('mac');
    expect(verifyControl(inside, key(2), { coverage: 'message' })).toBe('ok');
    expect(verifyControl(inside, key(2), { coverage: 'records' })).toBe('mac');
  });

  it('IDs inside the MAC cannot be changed', () => {
    const last = inside.length - 1;
    expect(verifyControl(patched(inside, last, inside[last]! ^ 1), key(2))).toBe('mac');
  });

  it('the trailer of a Map-Notify is like the IDs', () => {
    const message = mapNotify({ trailer: concatBytes(IDS.xtrId, IDS.siteId) });
    for (const coverage of ['records', 'message'] as const) {
      expect(verifyControl(encodeSigned(message, key(1, 20), { coverage }), key(1))).toBe('ok');
    }
  });
});

describe('refusals', () => {
  const signed = encodeSigned(mapRegister(), key(2));

  it('another Key ID or Algorithm ID is a failure of its own', () => {
    expect(verifyControl(signed, { ...key(2), keyId: 1 })).toBe('key-id');
    expect(verifyControl(signed, key(1))).toBe('algorithm');
    expect(verifyControl(signed, key(3))).toBe('algorithm');
    expect(verifyControl(patched(signed, 13, 0), key(2))).toBe('algorithm');
  });

  it.each([
    [1, [12, 20]],
    [2, [16, 32]],
    [3, [16]],
  ] as const)('algorithm %i accepts lengths %j and no other', (algorithmId, lengths) => {
    for (let length = 0; length <= 40; length++) {
      const data = new Uint8Array(length);
      const bytes = encodeControl(mapRegister({ authentication: { keyId: 0, algorithmId, data } }));
      const isKnown = (lengths as readonly number[]).includes(length);
      expect(verifyControl(bytes, key(algorithmId)), `${length} bytes`).toBe(isKnown ? 'mac' : 'length');
    }
  });

  it('a MAC of the accepted length verifies whatever length the key sends', () => {
    expect(verifyControl(encodeSigned(mapRegister(), key(2, 32)), key(2, 16))).toBe('ok');
    expect(verifyControl(encodeSigned(mapRegister(), key(1)), key(1, 20))).toBe('ok');
  });

  it('a length that the algorithm does not have cannot be signed', () => {
    expect(() => blankAuthentication(key(1, 16))).toThrow('16 bytes');
    expect(() => blankAuthentication(key(3, 32))).toThrow('32 bytes');
  });

  it('other messages and broken ones are told apart', () => {
    expect(verifyControl(encodeControl(mapRequest()), key(2))).toBe('not-authenticated');
    expect(verifyControl(encodeControl(mapReply()), key(2))).toBe('not-authenticated');
    for (let length = 0; length < signed.length; length++) {
      const result = verifyControl(signed.subarray(0, length), key(2));
      expect(result, `${length} bytes`).toBe('malformed');
    }
  });

  it('only a message with the right field can be signed', () => {
    expect(() => {
      signControl(encodeControl(mapRequest()), key(2));
    }).toThrow('valid');
    expect(() => {
      signControl(encodeControl(mapRegister()), key(1));
    }).toThrow('algorithm');
    expect(() => {
      signControl(encodeControl(mapRegister()), key(2, 32));
    }).toThrow('length');
  });

  it('neither verifying nor signing reads the MAC that was there', () => {
    const bytes = encodeControl(mapRegister());
    const dirty = patched(bytes, 16, 1, 2, 3, 4);
    signControl(bytes, key(2));
    signControl(dirty, key(2));
    expect(toHex(dirty)).toBe(toHex(bytes));
    const before = toHex(signed);
    const received = Buffer.from(signed);
    expect(verifyControl(received, key(2))).toBe('ok');
    expect(toHex(received)).toBe(before);
  });

  it('authenticationOf names the key before it is chosen', () => {
    expect(authenticationOf(signed)).toMatchObject({ keyId: 0, algorithmId: 2 });
    expect(authenticationOf(encodeControl(mapRequest()))).toBeUndefined();
    expect(authenticationOf(signed.subarray(0, 9))).toBeUndefined();
  });
});

it('algorithm 3 gives each type and each nonce a key of its own', () => {
  const keys = new Set<string>();
  const spy: Mac = {
    ...nobleMac,
    hmacSha256: (secret, data) => {
      keys.add(toHex(secret));
      return nobleMac.hmacSha256(secret, data);
    },
  };
  for (const lo of [1, 2]) {
    const nonce = { hi: 0, lo };
    encodeSigned(mapRegister({ nonce }), key(3), { mac: spy });
    encodeSigned(mapNotify({ nonce }), key(3), { mac: spy });
    encodeSigned(mapNotify({ nonce, type: 'map-notify-ack' }), key(3), { mac: spy });
  }
  expect(keys.size).toBe(6);
  encodeSigned(mapRegister(), key(3), { mac: spy });
  expect(keys).toContain('34bfc1ccff6a0e212014ba0ceb88a9e4f841ec7e9f79ce0783f6d8b89216f9a9');
});

it('CP-30 what is signed is verified, for every message, key, algorithm, length and coverage', () => {
  const anyKey = fc
    .record({
      keyId: fc.integer({ min: 0, max: 255 }),
      secret: fc.uint8Array({ maxLength: 80 }),
      algorithm: fc.constantFrom<Pick<AuthKey, 'algorithmId' | 'length'>>(
        { algorithmId: 1 },
        { algorithmId: 1, length: 20 },
        { algorithmId: 2 },
        { algorithmId: 2, length: 32 },
        { algorithmId: 3 },
      ),
    })
    .map(({ algorithm, ...rest }): AuthKey => ({ ...rest, ...algorithm }));
  fc.assert(
    fc.property(
      fc.oneof<fc.Arbitrary<Parameters<typeof encodeSigned>[0]>[]>(anyMapRegister, anyMapNotify),
      anyKey,
      fc.constantFrom<MacCoverage>('records', 'message'),
      (message, psk, coverage) => {
        const bytes = encodeSigned(message, psk, { coverage });
        expect(verifyControl(bytes, psk)).toBe('ok');
        expect(verifyControl(bytes, psk, { coverage })).toBe('ok');
      },
    ),
    { numRuns: 200 },
  );
});
