// fast-check arbitraries of the IP side: addresses, headers, packets, captures.
import fc from 'fast-check';
import { ipv4, ipv6, prefix, type Family, type IpAddress, type IpPrefix } from '../../src/base/ip.ts';
import type { IcmpMessage } from '../../src/wire/icmp.ts';
import type { IpFields } from '../../src/wire/ip-packet.ts';
import type { Ipv4Header } from '../../src/wire/ipv4.ts';
import type { Ipv6Header } from '../../src/wire/ipv6.ts';
import { lispDataHeader, type LispDataHeader } from '../../src/wire/lisp-data.ts';

const uint = (bits: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: 2 ** bits - 1 });

export const bit = fc.boolean();
export const u8 = uint(8);
export const u16 = uint(16);
/** Small values, all ones, single words: what breaks sign handling and zero compression. */
export const u32 = fc.oneof(
  uint(32),
  fc.constantFrom(0, 1, 0xffff, 0x10000, 0x8000_0000, 0xffff_0000, 0xffff_ffff),
);

export const address4: fc.Arbitrary<IpAddress> = u32.map(ipv4);
export const address6: fc.Arbitrary<IpAddress> = fc.tuple(u32, u32, u32, u32).map((words) => ipv6(...words));
export const address: fc.Arbitrary<IpAddress> = fc.oneof(address4, address6);

export const addressOf = (family: Family): fc.Arbitrary<IpAddress> => (family === 4 ? address4 : address6);

export const ipPrefix: fc.Arbitrary<IpPrefix> = address.chain((a) =>
  fc.integer({ min: 0, max: a.family === 4 ? 32 : 128 }).map((bits) => prefix(a, bits)),
);

/** Two addresses of one family. */
export const addressPair = fc
  .constantFrom<Family>(4, 6)
  .chain((family) => fc.record({ source: addressOf(family), destination: addressOf(family) }));

/** Any length up to the limit: without `size`, lengths would stay near 10. */
export const payload = fc.uint8Array({ maxLength: 80, size: 'max' });

/** Whole words of options, any bytes in them. */
const options = fc
  .integer({ min: 0, max: 10 })
  .chain((words) => fc.uint8Array({ minLength: 4 * words, maxLength: 4 * words }));

export const ipv4Header: fc.Arbitrary<Ipv4Header> = fc.record({
  dscp: uint(6),
  ecn: uint(2),
  identification: u16,
  dontFragment: bit,
  moreFragments: bit,
  fragmentOffset: uint(13),
  ttl: u8,
  protocol: u8,
  source: address4,
  destination: address4,
  options,
});

export const ipv6Header: fc.Arbitrary<Ipv6Header> = fc.record({
  dscp: uint(6),
  ecn: uint(2),
  flowLabel: uint(20),
  nextHeader: u8,
  hopLimit: u8,
  source: address6,
  destination: address6,
});

/** IP fields for building, without the protocol. */
export const ipFields: fc.Arbitrary<Omit<IpFields, 'protocol'>> = addressPair.chain((pair) =>
  fc
    .record({
      ttl: u8,
      dscp: uint(6),
      ecn: uint(2),
      dontFragment: bit,
      identification: u16,
      flowLabel: uint(20),
    })
    .map((fields) => ({ ...pair, ...fields })),
);

export const udpFields = ipFields.chain((fields) =>
  fc
    .record({
      sourcePort: u16,
      destinationPort: u16,
      checksum: fc.constantFrom('compute' as const, 'zero' as const),
    })
    .map((ports) => ({ ...fields, ...ports })),
);

const echo: fc.Arbitrary<IcmpMessage> = fc.record({
  type: fc.constantFrom('echo-request' as const, 'echo-reply' as const),
  identifier: u16,
  sequence: u16,
  data: payload,
});
const unusedWord = (max: number): fc.Arbitrary<{ unused?: number }> =>
  fc.oneof(
    fc.constant({}),
    fc.integer({ min: 1, max }).map((high) => ({ unused: high * 0x10000 })),
  );

/** Messages in the form that decoding gives back: an MTU only where the family and code have one. */
export function icmpMessage(family: Family): fc.Arbitrary<IcmpMessage> {
  const timeExceeded: fc.Arbitrary<IcmpMessage> = fc
    .record({
      type: fc.constant('time-exceeded' as const),
      code: fc.integer({ min: 0, max: 1 }),
      quote: payload,
    })
    .chain((message) => unusedWord(0xffff).map((unused) => ({ ...message, ...unused })));
  const unreachable: fc.Arbitrary<IcmpMessage> = fc
    .record({
      type: fc.constant('unreachable' as const),
      code: fc.integer({ min: 0, max: 15 }),
      mtu: u16,
      quote: payload,
    })
    .chain((message) => {
      const mtu = family === 4 && message.code === 4 ? message.mtu : 0;
      return unusedWord(0xffff).map((unused) => ({ ...message, mtu, ...unused }));
    });
  const tooBig: fc.Arbitrary<IcmpMessage> = fc.record({
    type: fc.constant('packet-too-big' as const),
    mtu: u32,
    quote: payload,
  });
  const unknown: fc.Arbitrary<IcmpMessage> = fc.record({
    type: fc.constant('unknown' as const),
    icmpType: family === 4 ? fc.constantFrom(5, 12, 13, 40) : fc.constantFrom(4, 130, 133, 200),
    code: u8,
    body: payload,
  });
  return family === 4
    ? fc.oneof(echo, timeExceeded, unreachable, unknown)
    : fc.oneof(echo, timeExceeded, unreachable, tooBig, unknown);
}

/** Any 8 bytes. */
export const lispHeader: fc.Arbitrary<LispDataHeader> = fc.record({ flags: u8, word0: uint(24), word1: u32 });

/** Headers as a sender may build them. */
export const sentLispHeader: fc.Arbitrary<LispDataHeader> = fc
  .record(
    {
      instanceId: uint(24),
      locatorStatusBits: u8,
      nonce: uint(24),
      echo: bit,
      versions: fc.record({ source: uint(12), destination: uint(12) }),
      nextProtocol: fc.constantFrom(1, 2, 3, 4, 0x80),
    },
    { requiredKeys: [] },
  )
  .map(lispDataHeader);
