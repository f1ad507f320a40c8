import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex, Reader, sameBytes, toHex, WireFault, Writer } from '../../src/base/bytes.ts';
import { payload, u16, u32, u8 } from '../support/gen-ip.ts';

type Item =
  { kind: 'u8' | 'u16' | 'u24' | 'u32' | 'zeros'; value: number } | { kind: 'bytes'; value: Uint8Array };

const item: fc.Arbitrary<Item> = fc.oneof(
  fc.record({ kind: fc.constant('u8' as const), value: u8 }),
  fc.record({ kind: fc.constant('u16' as const), value: u16 }),
  fc.record({ kind: fc.constant('u24' as const), value: fc.integer({ min: 0, max: 0xffffff }) }),
  fc.record({ kind: fc.constant('u32' as const), value: u32 }),
  fc.record({ kind: fc.constant('zeros' as const), value: fc.nat(20) }),
  fc.record({ kind: fc.constant('bytes' as const), value: payload }),
);

function write(items: readonly Item[]): Uint8Array {
  const w = new Writer(1);
  for (const { kind, value } of items) {
    if (kind === 'bytes') w.bytes(value);
    else w[kind](value);
  }
  return w.finishCopy();
}

describe('Reader and Writer', () => {
  it('Reader takes back what Writer appended, through any growth', () => {
    fc.assert(
      fc.property(fc.array(item), (items) => {
        const r = new Reader(write(items));
        for (const { kind, value } of items) {
          if (kind === 'bytes') expect(sameBytes(r.take(value.length, 'bytes'), value)).toBe(true);
          else if (kind === 'zeros') expect(r.take(value, 'zeros').every((byte) => byte === 0)).toBe(true);
          else expect(r[kind]('number')).toBe(value);
        }
        expect(r.remaining).toBe(0);
      }),
    );
  });

  it('numbers are big-endian', () => {
    expect(toHex(new Writer().u16(0x0102).u24(0x030405).u32(0xfffefdfc).finishCopy())).toBe(
      '0102030405fffefdfc',
    );
  });

  it('a patched field reads as if it had been written', () => {
    const w = new Writer();
    w.zeros(7).u8(9);
    w.patchU8(0, 0xab);
    w.patchU16(1, 0xcdef);
    w.patchU32(3, 0x8899aabb);
    expect(toHex(w.finishCopy())).toBe('abcdef8899aabb09');
    expect(toHex(w.view(7))).toBe('09');
  });

  it('finishCopy is owned by the caller', () => {
    const w = new Writer();
    const first = w.u8(1).finishCopy();
    w.patchU8(0, 2);
    expect(first[0]).toBe(1);
  });

  it('reading past the end faults at the offset of the field and moves nothing', () => {
    fc.assert(
      fc.property(
        payload,
        fc.nat(100),
        fc.constantFrom('u8' as const, 'u16' as const, 'u24' as const, 'u32' as const),
        (bytes, base, kind) => {
          const width = { u8: 1, u16: 2, u24: 3, u32: 4 }[kind];
          const r = new Reader(bytes, base);
          while (r.remaining >= width) r[kind]('ok');
          const { position, offset } = r;
          expect(() => r[kind]('short')).toThrow(
            expect.objectContaining({ code: 'truncated', offset, field: 'short' }),
          );
          expect(r.position).toBe(position);
          expect(offset).toBe(base + position);
        },
      ),
    );
  });

  it('a sub-reader keeps outer offsets and cannot leave its bounds', () => {
    const r = new Reader(Uint8Array.of(1, 2, 3, 4, 5), 10);
    r.u8('skip');
    const sub = r.sub(2, 'sub');
    expect([sub.offset, r.offset]).toEqual([11, 13]);
    expect(sub.u16('pair')).toBe(0x0203);
    expect(() => sub.u8('outside')).toThrow(WireFault);
    expect(toHex(r.rest())).toBe('0405');
    expect(r.rest().length).toBe(0);
  });

  it('a fault names what was wrong and where', () => {
    const r = new Reader(Uint8Array.of(1), 3);
    expect(() => r.fail('bad-value', 'thing')).toThrow('bad-value at byte 3 (thing)');
    expect(() => r.fail('bad-length', 'thing', 1)).toThrow('bad-length at byte 1 (thing)');
  });
});

describe('hexadecimal and pieces', () => {
  it('fromHex takes back what toHex prints', () => {
    fc.assert(fc.property(payload, (bytes) => sameBytes(fromHex(toHex(bytes))!, bytes)));
  });

  it('white space is ignored; anything else is refused', () => {
    expect(fromHex(' 0A\n0b ')).toEqual(Uint8Array.of(10, 11));
    for (const bad of ['0', '0g', '0x10', 'zz']) expect(fromHex(bad), bad).toBeUndefined();
  });

  it('concatBytes is what was there, in order', () => {
    fc.assert(
      fc.property(fc.array(payload), (parts) => {
        expect(toHex(concatBytes(...parts))).toBe(parts.map(toHex).join(''));
      }),
    );
  });

  it('sameBytes looks at length and content', () => {
    expect(sameBytes(Uint8Array.of(1), Uint8Array.of(1, 0))).toBe(false);
    expect(sameBytes(Uint8Array.of(1), Uint8Array.of(2))).toBe(false);
    expect(sameBytes(new Uint8Array(0), new Uint8Array(0))).toBe(true);
  });
});
