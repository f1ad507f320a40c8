// tshark as an independent judge of what we emit: every message type, as whole IP packets, must dissect without a complaint
// and say the same fields. tshark 4.0 follows RFC 6830; what it does not know is listed where it matters.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ip } from '../../src/base/ip-text.ts';
import { LINK_RAW } from '../../src/wire/capture.ts';
import { CONTROL_PORT, encodeControl, type ControlMessage } from '../../src/wire/control.ts';
import { sortLocatorRecords, type EidRecord } from '../../src/wire/eid-record.ts';
import { addressIp, eidAddress, lispIp, maxMaskBits, NO_ADDRESS } from '../../src/wire/lisp-address.ts';
import type { LispAddress } from '../../src/wire/afi.ts';
import { writePcap } from '../../src/wire/pcap.ts';
import type { PlainControl } from '../../src/wire/plain-control.ts';
import { buildUdpPacket } from '../../src/wire/udp.ts';
import {
  ecm,
  eidRecord,
  IDS,
  locator,
  mapNotify,
  mapRegister,
  mapReply,
  mapRequest,
} from '../support/control-samples.ts';
import { anyEcm, anyMapNotify, anyMapRegister, anyMapReply, anyMapRequest } from '../support/gen-control.ts';
import { hex } from '../support/hex.ts';
import { runTshark } from '../support/run-tshark.ts';
import { skipReason } from '../support/tools.ts';
import { expectedLines, tsharkFrames } from '../support/tshark-lines.ts';

const SAMPLES_PER_TYPE = 60;
const SEED = 9301;

const reason = skipReason('tshark');

function capture(messages: readonly ControlMessage[]): Uint8Array {
  const ends = [
    { source: ip('192.0.2.1'), destination: ip('203.0.113.1') },
    { source: ip('2001:db8::1'), destination: ip('2001:db8::2') },
  ];
  const packets = messages.map((message, i) => {
    const fields = { ...ends[i % 2]!, ttl: 64, sourcePort: CONTROL_PORT, destinationPort: CONTROL_PORT };
    const bytes = buildUdpPacket({ ...fields, checksum: 'compute' }, encodeControl(message));
    return { timeMicros: i * 1000, bytes, originalLength: bytes.length };
  });
  return writePcap(packets, { linkType: LINK_RAW });
}

/** Frames with a malformed packet, an expert error or a bad checksum, in or outside an ECM. */
const COMPLAINTS =
  '_ws.malformed || _ws.expert.severity >= 0x800000 || ip.checksum.status == 0 || udp.checksum.status == 0';

function judge(messages: readonly ControlMessage[]): void {
  const file = capture(messages);
  expect(runTshark(file, '-Y', COMPLAINTS)).toBe('');
  const said = tsharkFrames(runTshark(file, '-V', '-O', 'lisp')!);
  expect(said.size).toBe(messages.length);
  for (const [i, message] of messages.entries()) {
    expect(said.get(i + 1), `message ${i}: ${JSON.stringify(message)}`).toEqual(expectedLines(message));
  }
}

const instance = (text: string): LispAddress => eidAddress(101, ip(text));
const list: LispAddress = {
  kind: 'lcaf',
  lcaf: { type: 'afi-list', items: [lispIp(ip('198.51.100.1')), lispIp(ip('2001:db8:b::1'))] },
};
const macInInstance: LispAddress = {
  kind: 'lcaf',
  lcaf: {
    type: 'instance-id',
    instanceId: 101,
    iidMaskBits: 0,
    address: { kind: 'mac', mac: hex('020000000002') },
  },
};
const trailer = Uint8Array.of(...IDS.xtrId, ...IDS.siteId);

const CHOSEN: readonly ControlMessage[] = [
  mapRequest(),
  mapRequest({ authoritative: true, probe: true, smr: true, pitr: true, smrInvoked: true }),
  mapRequest({ localXtr: true, dontReply: true, sourceEid: lispIp(ip('2001:db8::7')) }),
  mapRequest({
    sourceEid: instance('10.1.0.5'),
    records: [{ subscribe: false, maskBits: 32, eid: instance('10.2.0.7') }],
  }),
  mapRequest({ itrRlocs: [lispIp(ip('192.0.2.1')), lispIp(ip('2001:db8:a::1'))], mapping: eidRecord() }),
  mapReply(),
  mapReply({
    probe: true,
    echoNonceCapable: true,
    records: [eidRecord({ locators: [locator('10.0.0.1', { probed: true })] })],
  }),
  ...[0, 1, 2, 3, 4, 5].map((action) =>
    mapReply({
      records: [eidRecord({ action, ttlMinutes: 15, maskBits: 9, authoritative: false, locators: [] })],
    }),
  ),
  mapReply({ records: [eidRecord({ locators: [locator('0.0.0.0', { rloc: list })] })] }),
  mapReply({ records: [eidRecord({ eid: macInInstance, maskBits: 48 })] }),
  mapRegister(),
  mapRegister({
    proxyReply: true,
    securityCapable: true,
    eidNotify: true,
    useTtlForTimeout: true,
    merge: true,
    ids: IDS,
  }),
  mapNotify(),
  mapNotify({ reservedBits: 0x8_0000, trailer }),
  mapNotify({ type: 'map-notify-ack' }),
  ecm(),
  ecm({ ddt: true, message: mapRegister() }),
  ecm({ inner: { ...ecm().inner, source: ip('2001:db8::1'), destination: ip('2001:db8:2::7') } }),
];

describe.skipIf(reason !== undefined)('tshark agrees with what is emitted', () => {
  it('for one message of each kind', () => {
    judge(CHOSEN);
  });

  it.each([
    ['Map-Request', anyMapRequest],
    ['Map-Reply', anyMapReply],
    ['Map-Register', anyMapRegister],
    ['Map-Notify', anyMapNotify],
    ['ECM', anyEcm],
  ] as const)('for %s messages of any content', (_name, anyMessage) => {
    const samples = fc.sample<ControlMessage>(anyMessage, { numRuns: SAMPLES_PER_TYPE, seed: SEED });
    judge(samples.map(withinTshark));
  });

  it('a wrong byte is noticed, so agreement means something', () => {
    const file = capture([mapReply(), mapReply()]);
    // The last byte of the second packet: a locator, under the UDP checksum.
    file[file.length - 1]! ^= 1;
    expect(runTshark(file, '-Y', COMPLAINTS)).not.toBe('');
    const said = tsharkFrames(runTshark(file, '-V', '-O', 'lisp')!);
    expect(said.get(2)).not.toEqual(expectedLines(mapReply()));
  });
});

/** The same message with only what tshark 4.0 dissects: no LISP-SEC data, no xTR-IDs in a Map-Request, no odd addresses. */
function withinTshark(message: ControlMessage): ControlMessage {
  switch (message.type) {
    case 'map-request': {
      const { ids: _ids, mapping, ...rest } = message;
      return {
        ...rest,
        sourceEid: plain(message.sourceEid),
        itrRlocs: message.itrRlocs.map((rloc) => lispIp(plainIp(rloc))),
        records: message.records.map((record) => withMask({ ...record, eid: plain(record.eid) })),
        ...(mapping === undefined ? {} : { mapping: plainRecord(mapping) }),
      };
    }
    case 'map-reply': {
      const { securityData: _data, ...rest } = message;
      return { ...rest, records: message.records.map(plainRecord) };
    }
    case 'map-register':
      return { ...message, records: message.records.map(plainRecord) };
    case 'map-notify':
    case 'map-notify-ack': {
      // Bit 4 and the IDs belong together; bit 5 asks tshark for an RTR's authentication, which is no part of RFC 9301.
      const hasIds = message.trailer.length === 24;
      const others = message.reservedBits & 0x3_ffff;
      return {
        ...message,
        records: message.records.map(plainRecord),
        trailer: hasIds ? message.trailer : new Uint8Array(0),
        reservedBits: hasIds ? others | 0x8_0000 : others,
      };
    }
    case 'ecm': {
      const { securityData: _data, ...rest } = message;
      const inner = { ...message.inner, sourcePort: CONTROL_PORT, destinationPort: CONTROL_PORT };
      return { ...rest, inner, message: withinTshark(message.message) as PlainControl };
    }
    case 'unknown':
      return mapRequest();
  }
}

function plainRecord(record: EidRecord): EidRecord {
  const locators = record.locators.map((entry) => ({ ...entry, rloc: lispIp(plainIp(entry.rloc)) }));
  const action = record.action % 6;
  return withMask({ ...record, action, eid: plain(record.eid), locators: sortLocatorRecords(locators) });
}

/** Instances and plain addresses stay; anything else becomes a plain address or nothing. */
function plain(a: LispAddress): LispAddress {
  if (a.kind === 'ip' || a.kind === 'none') return a;
  const inner = addressIp(a);
  if (inner === undefined || a.kind !== 'lcaf' || a.lcaf.type !== 'instance-id') return NO_ADDRESS;
  return eidAddress(Math.max(1, a.lcaf.instanceId), inner);
}

const plainIp = (a: LispAddress): ReturnType<typeof ip> => addressIp(a) ?? ip('192.0.2.99');

function withMask<T extends { readonly eid: LispAddress; readonly maskBits: number }>(record: T): T {
  return { ...record, maskBits: Math.min(record.maskBits, maxMaskBits(record.eid)) };
}
