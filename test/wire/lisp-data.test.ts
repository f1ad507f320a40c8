import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/base/bytes.ts';
import {
  decodeLispData,
  describeLispFlags,
  echoRequested,
  encodeLispData,
  instanceOf,
  keyIdOf,
  LISP_E,
  LISP_I,
  LISP_L,
  LISP_N,
  LISP_P,
  LISP_V,
  lispDataHeader,
  locatorStatusBits,
  mapVersionsOf,
  nextProtocolOf,
  nonceOf,
  withoutGpe,
  type LispDataHeader,
} from '../../src/wire/lisp-data.ts';
import { lispHeader, sentLispHeader } from '../support/gen-ip.ts';
import { hex } from '../support/hex.ts';

const WORDS = { word0: 0x123456, word1: 0x0000_65c3 };
const header = (flags: number): LispDataHeader => ({ flags, ...WORDS });
const read = (text: string): LispDataHeader => {
  const decoded = decodeLispData(hex(text));
  if (!decoded.ok) throw new Error('not a header');
  return decoded.value;
};

describe('LISP data header', () => {
  it('encode and decode are each other’s reverse for any 8 bytes', () => {
    fc.assert(
      fc.property(lispHeader, (h) => {
        expect(decodeLispData(encodeLispData(h))).toEqual({ ok: true, value: h });
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), (bytes) => {
        expect(toHex(encodeLispData(read(toHex(bytes))))).toBe(toHex(bytes));
      }),
    );
  });

  it('seven bytes are truncated', () => {
    for (let length = 0; length < 8; length++) {
      expect(decodeLispData(new Uint8Array(length), 5)).toMatchObject({ error: { code: 'truncated' } });
    }
  });

  it('the words of D3 and D4 read as the text says', () => {
    const d3 = read('e8 abcdef 000065 03');
    expect([instanceOf(d3), nonceOf(d3), echoRequested(d3), locatorStatusBits(d3)]).toEqual([
      101,
      0xabcdef,
      true,
      3,
    ]);
    const d4 = read('50 123456 00000005');
    expect([instanceOf(d4), mapVersionsOf(d4), locatorStatusBits(d4)]).toEqual([
      undefined,
      { source: 0x123, destination: 0x456 },
      5,
    ]);
    const all = read('40 000000 ffffffff');
    expect(locatorStatusBits(all)).toBe(0xffff_ffff);
  });
});

describe('receiver rules', () => {
  it('DP-07 N with V is read as a nonce', () => {
    expect(nonceOf(header(LISP_N | LISP_V))).toBe(0x123456);
    expect(mapVersionsOf(header(LISP_N | LISP_V))).toBeUndefined();
    expect(mapVersionsOf(header(LISP_V))).toEqual({ source: 0x123, destination: 0x456 });
  });

  it('DP-08 E is ignored when N=0', () => {
    expect(echoRequested(header(LISP_E))).toBe(false);
    expect(echoRequested(header(LISP_E | LISP_V))).toBe(false);
    expect(echoRequested(header(LISP_E | LISP_N))).toBe(true);
  });

  it('DP-09 a box without LISP-GPE ignores the R bit', () => {
    fc.assert(
      fc.property(lispHeader, (h) => {
        const clear = { ...h, flags: h.flags & ~LISP_P };
        const set = withoutGpe({ ...h, flags: h.flags | LISP_P });
        for (const of of [
          nonceOf,
          mapVersionsOf,
          echoRequested,
          nextProtocolOf,
          instanceOf,
          locatorStatusBits,
        ]) {
          expect(of(set)).toEqual(of(clear));
        }
      }),
    );
  });

  it('DP-10 with N=V=0 the 24-bit field says nothing', () => {
    fc.assert(
      fc.property(lispHeader, (h) => {
        const plain = { ...h, flags: h.flags & ~(LISP_N | LISP_V | LISP_P) };
        expect([nonceOf(plain), mapVersionsOf(plain), nextProtocolOf(plain)]).toEqual([
          undefined,
          undefined,
          undefined,
        ]);
      }),
    );
  });

  it('DP-11 I=1 leaves 8 status bits beside a 24-bit instance ID; L=0 ignores them', () => {
    expect(instanceOf(header(LISP_I))).toBe(0x65);
    expect(instanceOf({ flags: LISP_I, word0: 0, word1: 0xffff_ffff })).toBe(0xff_ffff);
    expect(locatorStatusBits(header(LISP_I | LISP_L))).toBe(0xc3);
    expect(locatorStatusBits(header(LISP_I))).toBeUndefined();
    expect(instanceOf(header(LISP_L))).toBeUndefined();
    expect(locatorStatusBits(header(LISP_L))).toBe(WORDS.word1);
    expect(locatorStatusBits(header(0))).toBeUndefined();
  });

  it('DP-40 with P=1 the flags N, E, V and bits 8 to 23 are ignored', () => {
    const gpe = header(LISP_P | LISP_N | LISP_E | LISP_V);
    expect([nonceOf(gpe), mapVersionsOf(gpe), echoRequested(gpe)]).toEqual([undefined, undefined, false]);
    expect(nextProtocolOf(gpe)).toBe(0x56);
    expect(nextProtocolOf(header(LISP_N))).toBeUndefined();
  });

  it('the key ID is the last two flag bits', () => {
    expect([0xfc, 0x01, 0x02, 0xff].map((flags) => keyIdOf(header(flags)))).toEqual([0, 1, 2, 3]);
  });
});

describe('sender rules', () => {
  it('DP-07, DP-09, DP-10, DP-11, DP-40 hold for every header a sender can build', () => {
    fc.assert(
      fc.property(sentLispHeader, (h) => {
        const on = (flag: number): boolean => (h.flags & flag) !== 0;
        expect(on(LISP_N) && on(LISP_V)).toBe(false);
        if (on(LISP_E)) expect(on(LISP_N)).toBe(true);
        if (!on(LISP_N) && !on(LISP_V) && !on(LISP_P)) expect(h.word0).toBe(0);
        if (on(LISP_P)) {
          expect(h.flags & (LISP_N | LISP_E | LISP_V)).toBe(0);
          expect(h.word0).toBeLessThan(256);
        }
        if (!on(LISP_L)) expect(on(LISP_I) ? h.word1 & 0xff : h.word1).toBe(0);
        expect(keyIdOf(h)).toBe(0);
      }),
    );
  });

  it('DP-09, DP-10 a header with nothing to say is eight zero bytes', () => {
    expect(toHex(encodeLispData(lispDataHeader()))).toBe('0000000000000000');
  });

  it('what was said is what is heard', () => {
    const said = lispDataHeader({ instanceId: 0xff_ffff, locatorStatusBits: 5, nonce: 0xabcdef, echo: true });
    expect([instanceOf(said), locatorStatusBits(said), nonceOf(said), echoRequested(said)]).toEqual([
      0xff_ffff,
      5,
      0xabcdef,
      true,
    ]);
    const versions = { source: 0xfff, destination: 1 };
    expect(mapVersionsOf(lispDataHeader({ versions, locatorStatusBits: 0xffff_ffff }))).toEqual(versions);
    expect(nextProtocolOf(lispDataHeader({ nextProtocol: 3, nonce: 1 }))).toBe(3);
  });

  it('flags print as letters', () => {
    expect(describeLispFlags(0xff)).toBe('NLEVIPKK');
    expect(describeLispFlags(0x48)).toBe('-L--I---');
  });
});
