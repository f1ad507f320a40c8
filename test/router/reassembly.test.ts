import { describe, expect, it } from 'vitest';
import { ip } from '../../src/base/ip-text.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { NEVER, seconds } from '../../src/base/time.ts';
import { Fragmenter } from '../../src/router/fragmenter.ts';
import { MAX_PACKETS_COUNT, Reassembly, type ReassemblyVerdict } from '../../src/router/reassembly.ts';
import { decodeIp, encodeIp, type IpPacket } from '../../src/wire/ip-packet.ts';
import { encodeIpv4 } from '../../src/wire/ipv4.ts';

const ADDRESSES = {
  4: { source: ip('10.0.0.1'), destination: ip('10.0.0.2') },
  6: { source: ip('2001:db8::1'), destination: ip('2001:db8::2') },
} as const;

function packet(family: 4 | 6, payloadBytes: number, identification = 0): Uint8Array {
  const payload = Uint8Array.from({ length: payloadBytes }, (_, i) => i * 7);
  return encodeIp({ ...ADDRESSES[family], ttl: 64, protocol: 17, dscp: 46, identification }, payload);
}

function read(bytes: Uint8Array): IpPacket {
  const decoded = decodeIp(bytes);
  if (!decoded.ok) throw new Error('malformed');
  return decoded.value;
}

function offer(reassembly: Reassembly, bytes: Uint8Array, now = 0): ReassemblyVerdict {
  return reassembly.offer(now, read(bytes), bytes);
}

/** A fragment of IPv4 with `length` bytes of `fill`. */
function piece(offset: number, length: number, more: boolean, fill = 1, identification = 9): Uint8Array {
  return encodeIpv4(
    {
      ...ADDRESSES[4],
      dscp: 0,
      ecn: 0,
      identification,
      dontFragment: false,
      moreFragments: more,
      fragmentOffset: offset / 8,
      ttl: 64,
      protocol: 17,
      options: new Uint8Array(0),
    },
    new Uint8Array(length).fill(fill),
  );
}

function shuffled<T>(items: readonly T[], random: SeededRandom): T[] {
  const left = [...items];
  return items.map(() => left.splice(random.u32() % left.length, 1)[0]!);
}

describe('fragments', () => {
  it.each([4, 6] as const)('of IPv%i give the packet again, in whatever order they come', (family) => {
    const random = new SeededRandom(7);
    for (const size of [1400, 1461, 3000, 9000, 65_400]) {
      const whole = packet(family, size);
      const fragments = new Fragmenter().split(whole, 1280, true);
      expect(fragments.length).toBeGreaterThan(1);
      expect(fragments.every(({ length }) => length <= 1280)).toBe(true);
      const reassembly = new Reassembly();
      const verdicts = shuffled(fragments, random).map((bytes) => offer(reassembly, bytes));
      expect(verdicts.slice(0, -1).every(({ kind }) => kind === 'waiting')).toBe(true);
      const last = verdicts.at(-1);
      expect(last?.kind === 'whole' && read(last.bytes)).toEqual(read(whole));
      expect(reassembly.nextDeadline()).toBe(NEVER);
    }
  });

  it('of different packets are kept apart by their identification', () => {
    const fragmenter = new Fragmenter();
    const [a, b] = [packet(4, 2000), packet(4, 2008)];
    const [a1, a2] = fragmenter.split(a, 1100, true);
    const [b1, b2] = fragmenter.split(b, 1100, true);
    const reassembly = new Reassembly();
    const verdicts = [a1, b1, b2, a2].map((bytes) => offer(reassembly, bytes!));
    expect(verdicts.map(({ kind }) => kind)).toEqual(['waiting', 'waiting', 'whole', 'whole']);
    expect(verdicts[2]).toEqual({ kind: 'whole', bytes: b });
    expect(verdicts[3]).toEqual({ kind: 'whole', bytes: a });
  });

  it('that come twice count once', () => {
    const reassembly = new Reassembly();
    expect(offer(reassembly, piece(0, 16, true)).kind).toBe('waiting');
    expect(offer(reassembly, piece(0, 16, true)).kind).toBe('waiting');
    expect(offer(reassembly, piece(16, 5, false)).kind).toBe('whole');
  });

  it.each([
    ['over another’s start', piece(8, 16, true, 2)],
    ['over another’s end', piece(24, 16, true, 2)],
    ['within another', piece(24, 8, true, 2)],
    ['with other bytes at the same place', piece(16, 16, true, 2)],
  ])('that lie %s spoil the whole packet (RFC 5722)', (_, bad) => {
    const reassembly = new Reassembly();
    offer(reassembly, piece(16, 16, true));
    expect(offer(reassembly, bad)).toEqual({ kind: 'refused', reason: 'fragment-overlap' });
    for (const rest of [piece(0, 16, true), piece(16, 16, true), piece(32, 8, false)]) {
      expect(offer(reassembly, rest)).toEqual({ kind: 'refused', reason: 'fragment-of-spoilt' });
    }
    expect(reassembly.expire(seconds(30))).toEqual([{ from: '10.0.0.1' }]);
  });

  it('two ends of one packet, or something behind its end, spoil it', () => {
    for (const bad of [piece(8, 8, false), piece(32, 8, true)]) {
      const reassembly = new Reassembly();
      offer(reassembly, piece(24, 8, false));
      expect(offer(reassembly, bad).kind).toBe('refused');
    }
    const reassembly = new Reassembly();
    offer(reassembly, piece(32, 8, true));
    expect(offer(reassembly, piece(16, 8, false)).kind).toBe('refused');
  });

  it('that cannot be part of a packet are refused', () => {
    const reassembly = new Reassembly();
    const reasons = [piece(0, 12, true), piece(8, 0, false), piece(65_512, 100, false)].map((bytes) => {
      const verdict = offer(reassembly, bytes);
      return verdict.kind === 'refused' ? verdict.reason : verdict.kind;
    });
    expect(reasons).toEqual(['fragment-malformed', 'fragment-malformed', 'fragment-too-long']);
    expect(reassembly.nextDeadline()).toBe(NEVER);
  });

  it('wait for 30 seconds; only a first fragment tells its sender', () => {
    const reassembly = new Reassembly();
    const first = piece(0, 16, true);
    offer(reassembly, first, seconds(1));
    offer(reassembly, piece(16, 16, true, 1, 10), seconds(2));
    expect(reassembly.nextDeadline()).toBe(seconds(31));
    expect(reassembly.expire(seconds(31) - 1)).toEqual([]);
    expect(reassembly.expire(seconds(31))).toEqual([
      { from: '10.0.0.1', first: { bytes: first, interfaceIndex: 0 } },
    ]);
    expect(reassembly.expire(seconds(32))).toEqual([{ from: '10.0.0.1' }]);
  });

  it('T23 a flood of them takes bounded memory: the oldest packet makes room', () => {
    const reassembly = new Reassembly();
    for (let id = 1; id <= 1000; id++) offer(reassembly, piece(0, 16, true, 1, id), id);
    expect(reassembly.save()).toHaveLength(MAX_PACKETS_COUNT);
    expect(offer(reassembly, piece(16, 8, false, 1, 1000), 1001).kind).toBe('whole');
    expect(offer(reassembly, piece(16, 8, false, 1, 1), 1001).kind).toBe('waiting');
  });

  it('T23 one packet has only so many of them', () => {
    const reassembly = new Reassembly();
    const verdicts = Array.from({ length: 2000 }, (_, i) => offer(reassembly, piece(16 * i, 8, true)));
    const reasons = verdicts.flatMap((verdict) => (verdict.kind === 'refused' ? [verdict.reason] : []));
    expect(new Set(reasons)).toEqual(new Set(['fragments-too-many', 'fragment-of-spoilt']));
    expect(reassembly.save()[0]?.pieces).toEqual([]);
  });

  it('half a packet survives save and restore', () => {
    const reassembly = new Reassembly();
    offer(reassembly, piece(0, 16, true));
    const copy = new Reassembly();
    copy.restore(structuredClone(reassembly.save()));
    expect(copy.nextDeadline()).toBe(seconds(30));
    const last = piece(16, 8, false);
    expect(offer(copy, last)).toEqual(offer(reassembly, last));
    expect(copy.save()).toEqual([]);
  });
});

describe('own packets', () => {
  const identify = (fragmenter: Fragmenter, bytes: Uint8Array): number => {
    fragmenter.stamp(bytes);
    const { identification, checksumOk } = read(bytes);
    expect(checksumOk).toBe(true);
    return identification;
  };

  it('that may come to be split have identifications of their own, small ones and atomic ones none', () => {
    const fragmenter = new Fragmenter();
    expect(identify(fragmenter, packet(4, 556))).toBe(0);
    expect([1, 2, 3].map(() => identify(fragmenter, packet(4, 557)))).toEqual([1, 2, 3]);
    expect(identify(fragmenter, packet(4, 557, 77))).toBe(77);
    expect(identify(fragmenter, packet(6, 557))).toBe(0);
    const atomic = encodeIp(
      { ...ADDRESSES[4], ttl: 1, protocol: 17, dontFragment: true },
      new Uint8Array(900),
    );
    expect(identify(fragmenter, atomic)).toBe(0);
    fragmenter.restore(0xffff);
    expect([1, 2].map(() => identify(fragmenter, packet(4, 557)))).toEqual([0xffff, 1]);
  });

  it('of IPv4 that say so are not split, and nobody splits the IPv6 of others', () => {
    const fragmenter = new Fragmenter();
    const atomic = encodeIp(
      { ...ADDRESSES[4], ttl: 1, protocol: 17, dontFragment: true },
      new Uint8Array(900),
    );
    expect(fragmenter.split(atomic, 576, true)).toEqual([]);
    expect(fragmenter.split(packet(6, 2000), 1280, false)).toEqual([]);
  });
});
