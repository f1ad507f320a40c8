// A second judge: what tcpdump's own test suite prints of its LISP captures, in ../shared.
import { describe, expect, it } from 'vitest';
import { formatIp } from '../../src/base/ip-text.ts';
import { networkLayer } from '../../src/wire/capture.ts';
import type { EidRecord } from '../../src/wire/eid-record.ts';
import { addressIp } from '../../src/wire/lisp-address.ts';
import { controlOf, decodePacket } from '../../src/wire/packet.ts';
import { readCapture } from '../../src/wire/read-capture.ts';
import { readShared, sharedSkipReason } from '../support/shared.ts';

const FILES = ['lisp_eid_register', 'lisp_eid_notify', 'lisp_ipv6', 'lisp_invalid'] as const;

/** Frames about which tcpdump says something else, and why. */
const DIFFERS: Readonly<Record<string, string>> = {
  'lisp_eid_notify 2':
    'bit 4 and a trailer of IDs: kept as reserved bits and trailer, since RFC 9301 §5.7 has no such field',
  'lisp_invalid 1': 'refused by both: tcpdump prints the header before the unknown AFI',
  'lisp_invalid 2':
    'refused by both: tcpdump prints the header before the authentication data that is too long',
};

/** tcpdump's verbose text, cut at frame numbers: the facts of each frame. */
function tcpdumpFacts(text: string): string[][] {
  return text
    .split(/^ +\d+ {2}(?=\d{4}-)/m)
    .slice(1)
    .map((frame) => [
      /LISP-Map-(\w+)/.exec(frame)?.[1]?.toLowerCase() ?? 'none',
      ...Array.from(
        frame.matchAll(/Record TTL (\d+), (\w+)?.*?EID (\S+), (\d+) locator/g),
        (m) => `${m[1]} ${m[2]} ${m[3]} ${m[4]}`,
      ),
      ...Array.from(frame.matchAll(/LOC (\S+)\s+Priority\/Weight (\S+),/g), (m) => `${m[1]} ${m[2]}`),
      ...(frame.includes('xTR-ID:') ? ['ids'] : []),
    ]);
}

function ourFacts(bytes: Uint8Array): string[] {
  const packet = decodePacket(bytes);
  const message = packet.ok ? controlOf(packet.value) : undefined;
  if (message?.type !== 'map-register' && message?.type !== 'map-notify') return ['none'];
  const address = (of: EidRecord['eid']): string => formatIp(addressIp(of)!);
  return [
    message.type.slice('map-'.length),
    ...message.records.map(
      ({ ttlMinutes, authoritative, eid, maskBits, locators }) =>
        `${ttlMinutes} ${authoritative ? 'Authoritative' : 'undefined'} ${address(eid)}/${maskBits} ${locators.length}`,
    ),
    ...message.records.flatMap(({ locators }) =>
      locators.map(({ rloc, priority, weight }) => `${address(rloc)} ${priority}/${weight}`),
    ),
    ...(message.type === 'map-register' && message.ids !== undefined ? ['ids'] : []),
  ];
}

const reason = sharedSkipReason();

describe.skipIf(reason !== undefined)('tcpdump', () => {
  it.each(FILES)('%s: the same type, records, locators and IDs but for the frames listed', (name) => {
    const capture = readCapture(readShared('captures', 'tcpdump', `${name}.pcap`));
    if (!capture.ok) throw new Error('unreadable');
    const theirs = tcpdumpFacts(new TextDecoder().decode(readShared('captures', 'tcpdump', `${name}-v.out`)));
    const { interfaces, packets } = capture.value;
    expect(theirs).toHaveLength(packets.length);
    const differing = packets.flatMap(({ bytes, interfaceIndex }, i) => {
      const ip = networkLayer(interfaces[interfaceIndex]!.linkType, bytes)!;
      return JSON.stringify(ourFacts(ip.bytes)) === JSON.stringify(theirs[i]) ? [] : [`${name} ${i + 1}`];
    });
    expect(differing).toEqual(Object.keys(DIFFERS).filter((id) => id.startsWith(`${name} `)));
  });
});
