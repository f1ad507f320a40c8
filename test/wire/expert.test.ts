import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../src/base/bytes.ts';
import { ip } from '../../src/base/ip-text.ts';
import { encodeControl } from '../../src/wire/control.ts';
import { expertMarks, EXPERT_RULES } from '../../src/wire/expert.ts';
import { buildIcmpPacket, quoteForError } from '../../src/wire/icmp.ts';
import { encodeLispData, lispDataHeader } from '../../src/wire/lisp-data.ts';
import { decodePacket } from '../../src/wire/packet.ts';
import { buildUdpPacket } from '../../src/wire/udp.ts';
import { anyControl } from '../support/gen-control.ts';
import { ecm, mapping, mapReply, mapRequest, SOME_NONCE } from '../support/messages.ts';

const HOSTS = { source: ip('192.168.1.1'), destination: ip('4.4.4.4'), ttl: 64 };
const RLOCS = { source: ip('10.0.1.2'), destination: ip('10.0.1.1'), ttl: 64 };
const RLOCS6 = { source: ip('2001:db8:a::1'), destination: ip('2001:db8:b::1'), ttl: 64 };
const ECHO = buildIcmpPacket(HOSTS, {
  type: 'echo-request',
  identifier: 1,
  sequence: 1,
  data: new Uint8Array(16),
});

function control(payload: Uint8Array, over = RLOCS): Uint8Array {
  return buildUdpPacket({ ...over, sourcePort: 4342, destinationPort: 4342, checksum: 'compute' }, payload);
}

function data(inner: Uint8Array, header = lispDataHeader(), over = RLOCS): Uint8Array {
  const settings = { ...over, sourcePort: 49_152, destinationPort: 4341, dontFragment: true } as const;
  return buildUdpPacket({ ...settings, checksum: 'zero' }, concatBytes(encodeLispData(header), inner));
}

/** `bytes` with some of them replaced. */
function patched(bytes: Uint8Array, changes: Readonly<Record<number, number>>): Uint8Array {
  const copy = bytes.slice();
  for (const [at, value] of Object.entries(changes)) copy[Number(at)] = value;
  return copy;
}

function marks(bytes: Uint8Array): ReturnType<typeof expertMarks> {
  const packet = decodePacket(bytes);
  return packet.ok ? expertMarks(packet.value, bytes) : [];
}

const TWO = encodeControl(mapReply(SOME_NONCE, [mapping('192.168.1.1/32', ['10.0.1.2', '10.0.2.2'])]));
const LOCATOR_BYTES = 12;

/** What random messages hardly ever are. */
const UNLIKELY: readonly Uint8Array[] = [
  encodeControl(mapRequest(['4.4.4.4'], ['10.0.1.2'], { nonce: { hi: 0, lo: 0 } })),
  encodeControl(ecm(mapRequest(['4.4.4.4'], ['10.0.1.2'], { probe: true }))),
  concatBytes(
    encodeControl(mapReply(SOME_NONCE, [mapping('192.168.1.1/32', ['10.0.1.2'])])),
    new Uint8Array(4),
  ),
  encodeControl(mapReply(SOME_NONCE, [mapping('192.168.1.1/32', ['10.0.1.2'], { ttlMinutes: 86_400 })])),
  encodeControl(mapReply(SOME_NONCE, [mapping('192.168.1.1/32', ['224.0.0.9'])])),
  // The encoder sorts locators: here they are swapped again.
  concatBytes(
    TWO.subarray(0, -2 * LOCATOR_BYTES),
    TWO.subarray(-LOCATOR_BYTES),
    TWO.subarray(-2 * LOCATOR_BYTES, -LOCATOR_BYTES),
  ),
];

const ids = (bytes: Uint8Array): string[] => marks(bytes).map(({ id }) => id);

describe('expert marks', () => {
  it('of a plain echo and of a plain encapsulated one are none', () => {
    expect(ids(ECHO)).toEqual([]);
    expect(ids(data(ECHO))).toEqual([]);
  });

  const refused = quoteForError(ECHO);
  it.each([
    ['bad-ip-checksum', patched(ECHO, { 10: 0, 11: 1 })],
    [
      'ttl-zero',
      buildIcmpPacket(
        { ...HOSTS, ttl: 0 },
        { type: 'echo-reply', identifier: 1, sequence: 1, data: refused },
      ),
    ],
    [
      'source-not-unicast',
      buildIcmpPacket(
        { ...HOSTS, source: ip('224.0.0.1') },
        { type: 'echo-reply', identifier: 1, sequence: 1, data: refused },
      ),
    ],
    ['bad-icmp-checksum', patched(ECHO, { 22: 1, 23: 1 })],
    ['icmp-error', buildIcmpPacket(HOSTS, { type: 'time-exceeded', code: 0, quote: refused })],
    ['outer-df-clear', patched(data(ECHO), { 6: 0, 10: 0, 11: 0 })],
    ['outer-dscp-differs', patched(data(ECHO), { 1: 0xb8 })],
    ['outer-ttl-exceeds-inner', data(ECHO, lispDataHeader(), { ...RLOCS, ttl: 255 })],
    ['ecn-ce-on-not-capable', patched(data(ECHO), { 1: 3 })],
    ['not-for-the-internet', data(ECHO, lispDataHeader({ nonce: 7 }))],
    ['lisp-in-lisp', data(data(data(ECHO)))],
    ['nonce-and-version', patched(data(ECHO), { 28: 0x90 })],
    ['echo-without-nonce', patched(data(ECHO), { 28: 0x20 })],
    ['encrypted', patched(data(ECHO), { 28: 0x01 })],
    ['bad-control-checksum', patched(control(new Uint8Array([0x70, 0, 0, 0])), { 26: 1, 27: 1 })],
    ['zero-control-checksum', patched(control(new Uint8Array([0x70, 0, 0, 0])), { 26: 0, 27: 0 })],
    ['malformed', control(new Uint8Array([0x10, 0, 0, 1, 0, 0]))],
  ])('%s marks a packet that deserves it', (id, bytes) => {
    expect(ids(bytes)).toContain(id);
    const own = bytes === ECHO ? [] : ids(data(ECHO));
    expect(own).not.toContain(id);
  });

  it('lie in the frame, have a text and a known rule, and come in the order of their bytes', () => {
    const known = new Set(EXPERT_RULES.map(({ id }) => id));
    fc.assert(
      fc.property(anyControl, fc.boolean(), (message, isV6) => {
        const bytes = control(encodeControl(message), isV6 ? RLOCS6 : RLOCS);
        const found = marks(bytes);
        for (const { id, text, start, end } of found) {
          expect(known.has(id), id).toBe(true);
          expect(text).not.toBe('');
          expect(start >= 0 && start <= end && end <= bytes.length, `${id} ${start}..${end}`).toBe(true);
        }
        expect(found.map(({ start }) => start)).toEqual(
          found.map(({ start }) => start).sort((a, b) => a - b),
        );
      }),
    );
  });

  it('are found on any bytes without an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.boolean(), (payload, isData) => {
        expect(() => ids(isData ? data(payload) : control(payload))).not.toThrow();
      }),
    );
  });

  it('every rule about control messages marks some message, and leaves another alone', () => {
    const on = new Map<string, { hit: number; miss: number }>();
    const samples = [
      ...fc.sample(anyControl, { numRuns: 4000, seed: 7 }).map((message) => encodeControl(message)),
      ...UNLIKELY,
    ];
    for (const payload of samples) {
      const found = new Set(ids(control(payload)));
      for (const { id, on: kind } of EXPERT_RULES) {
        if (kind !== 'control') continue;
        const count = on.get(id) ?? { hit: 0, miss: 0 };
        on.set(id, count);
        if (found.has(id)) count.hit++;
        else count.miss++;
      }
    }
    const never = [...on].flatMap(([id, { hit }]) => (hit === 0 ? [id] : []));
    const always = [...on].flatMap(([id, { miss }]) => (miss === 0 ? [id] : []));
    expect({ never, always }).toEqual({ never: [], always: [] });
  });
});
