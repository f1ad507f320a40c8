// Arbitrary RIP messages for fast-check.
import fc from 'fast-check';
import { ipv4 } from '../../src/base/ip.ts';
import type { RipEntry, RipMessage } from '../../src/wire/rip.ts';

const u8 = fc.integer({ min: 0, max: 0xff });
const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const body = fc.uint8Array({ minLength: 16, maxLength: 16 });
const address = u32.map(ipv4);

export const anyRipEntry: fc.Arbitrary<RipEntry> = fc.oneof(
  fc.record({
    kind: fc.constant('route' as const),
    afi: fc.constantFrom(0 as const, 2 as const),
    tag: u16,
    address,
    mask: fc.oneof(u32, fc.constantFrom(0, 0xffff_0000, 0xffff_ffff)),
    nextHop: address,
    metric: fc.oneof(fc.integer({ min: 0, max: 17 }), u32),
  }),
  fc.record({ kind: fc.constant('authentication' as const), authenticationType: u16, data: body }),
  fc.record({
    kind: fc.constant('unknown' as const),
    afi: u16.filter((afi) => ![0, 2, 0xffff].includes(afi)),
    tag: u16,
    data: body,
  }),
);

export const anyRip: fc.Arbitrary<RipMessage> = fc.record({
  command: fc.oneof(fc.constantFrom(1, 2), u8),
  version: fc.oneof(fc.constantFrom(1, 2), u8),
  reserved: fc.oneof(fc.constant(0), u16),
  entries: fc.array(anyRipEntry, { maxLength: 25 }),
});
