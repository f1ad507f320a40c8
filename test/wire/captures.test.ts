import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/base/bytes.ts';
import { networkLayer } from '../../src/wire/capture.ts';
import { describePacket } from '../../src/wire/describe.ts';
import { describeTree } from '../../src/wire/describe-tree.ts';
import { decodePacket, errorsOf, type Packet } from '../../src/wire/packet.ts';
import { writePcap } from '../../src/wire/pcap.ts';
import { readCapture } from '../../src/wire/read-capture.ts';
import { reencode } from '../support/reencode.ts';
import { listShared, readShared, sharedSkipReason } from '../support/shared.ts';

interface Frame {
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly packet: Packet;
}

function framesOf(...path: readonly string[]): Frame[] {
  const capture = readCapture(readShared(...path));
  if (!capture.ok || capture.value.error !== undefined) throw new Error(`${path.join('/')} is not readable`);
  const { interfaces, packets } = capture.value;
  return packets.map((packet, i) => {
    const network = networkLayer(interfaces[packet.interfaceIndex]!.linkType, packet.bytes)!;
    const isSnapped = packet.originalLength > packet.bytes.length;
    const read = decodePacket(network.bytes, network.offset, isSnapped);
    if (!read.ok) throw new Error(`frame ${i + 1}: ${read.error.field}`);
    return { number: i + 1, bytes: packet.bytes, offset: network.offset, packet: read.value };
  });
}

const malformed = (frames: readonly Frame[]): number[] =>
  frames.filter(({ packet }) => errorsOf(packet).length > 0).map(({ number }) => number);

const absent = sharedSkipReason();

describe.skipIf(absent !== undefined)('the capture of the specification', () => {
  it('every packet encodes to the same bytes from its decoded layers', () => {
    const frames = framesOf('spec', 'vectors', 'ex.pcap');
    expect(frames.length).toBe(33);
    for (const { number, bytes, packet } of frames) {
      expect(toHex(reencode(packet, bytes)), `frame ${number}`).toBe(toHex(bytes));
    }
  });

  it('LC-05 the packet with a vendor LCAF is the only one refused', () => {
    const frames = framesOf('spec', 'vectors', 'ex.pcap');
    expect(malformed(frames)).toEqual([32]);
  });

  it('the file itself is written back byte for byte', () => {
    const file = readShared('spec', 'vectors', 'ex.pcap');
    const capture = readCapture(file);
    if (!capture.ok) throw new Error('not readable');
    const { interfaces, packets } = capture.value;
    const again = writePcap(packets, { linkType: interfaces[0]!.linkType });
    // The snap length is the writer's own.
    again.set(file.subarray(16, 20), 16);
    expect(toHex(again)).toBe(toHex(file));
  });
});

describe.skipIf(absent !== undefined)('captures of other implementations', () => {
  it.each(listShared('captures', '.pcap'))('%s is readable, and described frame by frame', (path) => {
    const frames = framesOf(path);
    expect(frames.length).toBeGreaterThan(0);
    for (const { packet } of frames) {
      expect(describePacket(packet)).not.toBe('');
      expect(describeTree(packet).length).toBeGreaterThan(2);
    }
  });

  it('what is malformed on purpose is refused, and nothing else', () => {
    const found = Object.fromEntries(
      listShared('captures', '.pcap').map((path) => [
        path.replace(/^.*[\\/]|\.pcap$/g, ''),
        malformed(framesOf(path)),
      ]),
    );
    expect(found).toEqual({
      lcaf_instanceid: [],
      various_lisp_packets: [],
      lisp_eid_notify: [],
      lisp_eid_register: [],
      // Frame 2 is snapped inside its authentication data: its end is missing, not wrong.
      lisp_invalid: [1],
      lisp_invalid_length: [1],
      lisp_ipv6: [],
    });
  });

  it('the negative prefixes of a Cisco Map-Resolver read as the capture notes say', () => {
    const lines = framesOf('captures', 'py-lispnetworking', 'various_lisp_packets.pcap').map(({ packet }) =>
      describePacket(packet),
    );
    expect(lines[10]).toContain('Map-Reply 64.0.0.0/2 natively-forward ttl 15m');
    expect(lines[12]).toContain('Map-Reply 192.0.0.0/3 natively-forward ttl 15m');
  });
});
