// Control messages made by other implementations, from ../shared: each frame decodes, or is refused for the reason listed
// here; canonical ones re-encode to the same bytes; the fields are those that tshark prints.
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Reader, toHex } from '../../src/base/bytes.ts';
import { networkLayer } from '../../src/wire/capture.ts';
import { CONTROL_PORT, decodeControl, describeControl, encodeControl } from '../../src/wire/control.ts';
import { decoded, type WireError } from '../../src/wire/error.ts';
import { readIp } from '../../src/wire/ip-packet.ts';
import { readCapture } from '../../src/wire/read-capture.ts';
import { readUdp } from '../../src/wire/udp.ts';
import { canonical } from '../support/gen-control.ts';
import { runTshark } from '../support/run-tshark.ts';
import { listShared, readShared, sharedSkipReason } from '../support/shared.ts';
import { expectedLines, tsharkFrames } from '../support/tshark-lines.ts';

/** Frames that are refused: `file frame` and the error. */
const REFUSED: Readonly<Record<string, string>> = {
  // The EID of the first record has AFI 7680; tshark and tcpdump stop there as well.
  'lisp_invalid.pcap 1': 'unsupported-afi at 46 (eid)',
  // Authentication Data Length 35117.
  'lisp_invalid.pcap 2': 'truncated at 16 (authentication data)',
  // A Map-Register of 8 bytes that counts 23 records.
  'lisp_invalid_length.pcap 1': 'truncated at 8 (nonce)',
  // LC-05: OUI 00-00-5e is not understood.
  'ex.pcap 32': 'bad-value at 38 (lcaf vendor)',
};

const TOS_AND_IDENTIFICATION = 'the inner IPv4 header has a TOS and an identification, which are not kept';

/** Frames whose re-encoding differs, and why. */
const NOT_CANONICAL: Readonly<Record<string, string>> = {
  'lcaf_instanceid.pcap 1': TOS_AND_IDENTIFICATION,
  'lcaf_instanceid.pcap 3': TOS_AND_IDENTIFICATION,
  'various_lisp_packets.pcap 6': TOS_AND_IDENTIFICATION,
  'various_lisp_packets.pcap 8': TOS_AND_IDENTIFICATION,
  'various_lisp_packets.pcap 9': TOS_AND_IDENTIFICATION,
  'various_lisp_packets.pcap 10': TOS_AND_IDENTIFICATION,
};

const NO_MESSAGE_CODEC = 'tshark looks into a message type that has no codec here';
const NO_LCAF_CODEC = 'tshark looks into an LCAF type that has no codec here';

/** Frames about which tshark says something else, and why. */
const TSHARK_DIFFERS: Readonly<Record<string, string>> = {
  'ex.pcap 18': NO_MESSAGE_CODEC,
  'ex.pcap 19': NO_MESSAGE_CODEC,
  'ex.pcap 20': NO_MESSAGE_CODEC,
  'ex.pcap 21': NO_MESSAGE_CODEC,
  'ex.pcap 24': NO_LCAF_CODEC,
  'ex.pcap 25': NO_LCAF_CODEC,
  'ex.pcap 26': NO_LCAF_CODEC,
  'ex.pcap 27': NO_LCAF_CODEC,
  'ex.pcap 28': NO_LCAF_CODEC,
  'ex.pcap 29': NO_LCAF_CODEC,
  'ex.pcap 30': NO_LCAF_CODEC,
  'ex.pcap 31': NO_LCAF_CODEC,
};

/** Frames that decode here and are malformed to tshark, and why. */
const TSHARK_MALFORMED: Readonly<Record<string, string>> = {
  'lisp_eid_notify.pcap 3':
    'bit 4 promises IDs (RFC 6830 drafts) that do not come; RFC 9301 §5.7 reserves the bit, so it is ignored',
};

const NO_TEXT = 'neither tshark nor its committed output';

interface Frame {
  /** `file frame`, as in the tables above. */
  readonly id: string;
  readonly number: number;
  /** UDP payload, as far as it was captured. */
  readonly payload: Uint8Array;
}

/** Frames of one file with a control port on either side (CP-02). */
function controlFrames(path: string): Frame[] {
  // A plain Uint8Array: views of a Buffer do not compare equal to views of one.
  const capture = readCapture(new Uint8Array(readShared(path)));
  if (!capture.ok) throw new Error(`${path}: ${JSON.stringify(capture.error)}`);
  const { interfaces, packets } = capture.value;
  return packets.flatMap(({ bytes, interfaceIndex }, i) => {
    const network = networkLayer(interfaces[interfaceIndex]!.linkType, bytes);
    if (network === undefined) return [];
    const udp = decoded(() => {
      const ip = readIp(new Reader(network.bytes), true);
      return ip.protocol === 17 ? readUdp(new Reader(ip.payload), ip, true) : undefined;
    });
    if (!udp.ok || udp.value === undefined) return [];
    const { sourcePort, destinationPort, payload } = udp.value;
    if (sourcePort !== CONTROL_PORT && destinationPort !== CONTROL_PORT) return [];
    return [{ id: `${path.replace(/^.*[\\/]/, '')} ${i + 1}`, number: i + 1, payload }];
  });
}

const reason = sharedSkipReason();
const files = [...listShared('captures', '.pcap'), ...listShared('spec/vectors', '.pcap')];

describe.skipIf(reason !== undefined)('captured control messages', () => {
  it('are all there', () => {
    const counts = files.map((path) => `${path.replace(/^.*[\\/]/, '')} ${controlFrames(path).length}`);
    expect(counts).toEqual([
      'lcaf_instanceid.pcap 4',
      'various_lisp_packets.pcap 19',
      'lisp_eid_notify.pcap 4',
      'lisp_eid_register.pcap 2',
      'lisp_invalid.pcap 2',
      'lisp_invalid_length.pcap 1',
      'lisp_ipv6.pcap 2',
      'ex.pcap 28',
    ]);
  });

  describe.each(files)('%s', (path) => {
    const frames = controlFrames(path);

    it.each(frames)('$id decodes, or is refused as listed', ({ id, payload }) => {
      const result = decodeControl(payload);
      if (!result.ok) expect(result.error.offset).toBeLessThanOrEqual(payload.length);
      expect(result.ok ? undefined : formatRefusal(result.error)).toBe(REFUSED[id]);
    });

    it.each(frames)('$id re-encodes to the same bytes, or differs as listed', ({ id, payload }) => {
      const result = decodeControl(payload);
      if (!result.ok) return;
      const encoded = encodeControl(result.value);
      expect(toHex(encoded) === toHex(payload)).toBe(NOT_CANONICAL[id] === undefined);
      expect(decodeControl(encoded)).toEqual({ ok: true, value: canonical(result.value) });
      expect(describeControl(result.value)).toMatch(/^[^\n]+$/);
    });

    it('says what tshark says, frame by frame, or differs as listed', ({ skip }) => {
      const text = tsharkText(path) ?? skip(NO_TEXT);
      const said = tsharkFrames(text);
      for (const { id, number, payload } of frames) {
        const result = decodeControl(payload);
        if (!result.ok) continue;
        const ours = expectedLines(result.value);
        const theirs = said.get(number);
        if (TSHARK_DIFFERS[id] === undefined) expect(theirs, id).toEqual(ours);
        else expect(theirs, id).not.toEqual(ours);
      }
    });

    it('is malformed where tshark says so, or differs as listed', ({ skip }) => {
      const malformed = malformedFrames(tsharkText(path) ?? skip(NO_TEXT));
      for (const { id, number } of frames) {
        const isRefusedHere = REFUSED[id] !== undefined && !id.startsWith('ex.pcap');
        const isRefusedThere = malformed.has(number);
        expect(isRefusedThere, id).toBe(isRefusedHere || TSHARK_MALFORMED[id] !== undefined);
      }
    });
  });
});

function formatRefusal({ code, offset, field }: WireError): string {
  return `${code} at ${offset} (${field})`;
}

/** What tshark prints about a file: run now when it is there, else its committed output; undefined without either. */
function tsharkText(path: string): string | undefined {
  const live = runTshark(readShared(path), '-V', '-O', 'lisp');
  if (live !== undefined) return live;
  const committed = path.replace(/pcap$/, 'tshark.txt');
  const isThere = listShared(dirname(path), '.tshark.txt').includes(committed);
  return isThere ? new TextDecoder().decode(readShared(committed)) : undefined;
}

/** Numbers of frames that tshark calls malformed or cannot decode. */
function malformedFrames(text: string): Set<number> {
  const parts = text.split(/^Frame (?=\d+:)/m).slice(1);
  return new Set(
    parts
      .filter((part) => /\[Malformed Packet|cannot decode/.test(part))
      .map((part) => Number.parseInt(part, 10)),
  );
}
