// Arbitrary control messages. They are canonical: what the encoder is free to change (locator order, the p bit where it
// is reserved, an IID mask with an address) is already as it writes it, so decode(encode(x)) = x.
import fc, { type Arbitrary } from 'fast-check';
import { ipv4, ipv6, type IpAddress } from '../../src/base/ip.ts';
import type { Nonce } from '../../src/base/random.ts';
import type { LispAddress } from '../../src/wire/afi.ts';
import type { Authentication } from '../../src/wire/authentication.ts';
import type { ControlMessage } from '../../src/wire/control.ts';
import type { EncapsulatedControl } from '../../src/wire/ecm.ts';
import { sortLocatorRecords, type EidRecord } from '../../src/wire/eid-record.ts';
import { LCAF_AFI_LIST, LCAF_INSTANCE_ID, LCAF_VENDOR, type Lcaf } from '../../src/wire/lcaf.ts';
import { maxMaskBits } from '../../src/wire/lisp-address.ts';
import type { LocatorRecord } from '../../src/wire/locator-record.ts';
import type { MapNotify } from '../../src/wire/map-notify.ts';
import type { MapRegister } from '../../src/wire/map-register.ts';
import type { MapReply } from '../../src/wire/map-reply.ts';
import type { MapRequest, MapRequestRecord, XtrIds } from '../../src/wire/map-request.ts';
import type { PlainControl, UnknownControl } from '../../src/wire/plain-control.ts';

const u8 = fc.integer({ min: 0, max: 0xff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const bytes = (minLength: number, maxLength = minLength): Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength, maxLength });

export const anyIpv4: Arbitrary<IpAddress> = u32.map(ipv4);
export const anyIpv6: Arbitrary<IpAddress> = fc.tuple(u32, u32, u32, u32).map((words) => ipv6(...words));
export const anyIp: Arbitrary<IpAddress> = fc.oneof(anyIpv4, anyIpv6);
export const anyNonce: Arbitrary<Nonce> = fc.record({ hi: u32, lo: u32 });

const plainAddress: Arbitrary<LispAddress> = fc.oneof(
  { weight: 6, arbitrary: anyIp.map((address): LispAddress => ({ kind: 'ip', address })) },
  fc.constant<LispAddress>({ kind: 'none' }),
  bytes(6).map((mac): LispAddress => ({ kind: 'mac', mac })),
  fc
    .array(fc.integer({ min: 1, max: 255 }), { maxLength: 40 })
    .map((codes): LispAddress => ({ kind: 'name', name: String.fromCharCode(...codes) })),
  u32.map((asn): LispAddress => ({ kind: 'as-number', asn })),
);

const unknownLcaf: Arbitrary<Lcaf> = fc
  .record({
    code: u8.filter((code) => ![LCAF_AFI_LIST, LCAF_INSTANCE_ID, LCAF_VENDOR].includes(code)),
    reserved1: u8,
    flags: u8,
    reserved2: u8,
    body: bytes(0, 20),
  })
  .map((fields) => ({ type: 'unknown', ...fields }));

/** An address with at most `depth` LCAFs around each other. */
export function anyAddress(depth = 4): Arbitrary<LispAddress> {
  if (depth === 0) return plainAddress;
  const nested = anyAddress(depth - 1);
  const instance: Arbitrary<Lcaf> = fc
    .record({ instanceId: u32, iidMaskBits: fc.integer({ min: 0, max: 32 }), address: nested })
    .map(({ instanceId, iidMaskBits, address }) => ({
      type: 'instance-id',
      instanceId,
      iidMaskBits: address.kind === 'none' ? iidMaskBits : 0,
      address,
    }));
  const list: Arbitrary<Lcaf> = fc
    .array(nested, { maxLength: 3 })
    .map((items) => ({ type: 'afi-list', items }));
  const lcaf = fc.oneof(instance, list, unknownLcaf).map((x): LispAddress => ({ kind: 'lcaf', lcaf: x }));
  return fc.oneof({ weight: 3, arbitrary: plainAddress }, { weight: 2, arbitrary: lcaf });
}

const eidWithMask: Arbitrary<{ eid: LispAddress; maskBits: number }> = anyAddress(3).chain((eid) =>
  fc.record({ eid: fc.constant(eid), maskBits: fc.integer({ min: 0, max: maxMaskBits(eid) }) }),
);

export function anyLocatorRecord(probed: Arbitrary<boolean> = fc.boolean()): Arbitrary<LocatorRecord> {
  return fc.record({
    priority: u8,
    weight: u8,
    multicastPriority: u8,
    multicastWeight: u8,
    local: fc.boolean(),
    probed,
    reachable: fc.boolean(),
    rloc: anyAddress(2),
  });
}

export function anyEidRecord(probed?: Arbitrary<boolean>): Arbitrary<EidRecord> {
  return fc
    .record({
      ttlMinutes: u32,
      action: fc.integer({ min: 0, max: 7 }),
      authoritative: fc.boolean(),
      mapVersion: fc.integer({ min: 0, max: 0xfff }),
      eidWithMask,
      locators: fc.array(anyLocatorRecord(probed), { maxLength: 4 }).map(sortLocatorRecords),
    })
    .map(({ eidWithMask: prefix, ...rest }) => ({ ...rest, ...prefix }));
}

const neverProbed = fc.constant(false);
const ids: Arbitrary<XtrIds> = fc.record({ xtrId: bytes(16), siteId: bytes(8) });

const requestRecord: Arbitrary<MapRequestRecord> = fc
  .record({ subscribe: fc.boolean(), eidWithMask })
  .map(({ subscribe, eidWithMask: prefix }) => ({ subscribe, ...prefix }));

export const anyMapRequest: Arbitrary<MapRequest> = fc
  .record({
    authoritative: fc.boolean(),
    probe: fc.boolean(),
    smr: fc.boolean(),
    pitr: fc.boolean(),
    smrInvoked: fc.boolean(),
    localXtr: fc.boolean(),
    dontReply: fc.boolean(),
    nonce: anyNonce,
    sourceEid: anyAddress(),
    itrRlocs: fc.array(anyAddress(2), { minLength: 1, maxLength: 32, size: 'small' }),
    records: fc.array(requestRecord, { minLength: 1, maxLength: 4 }),
    mapping: fc.option(anyEidRecord(neverProbed), { nil: undefined }),
    ids: fc.option(ids, { nil: undefined }),
  })
  .map(({ mapping, ids: xtrIds, ...fields }) => ({
    type: 'map-request',
    ...fields,
    ...(mapping === undefined ? {} : { mapping }),
    ...(xtrIds === undefined ? {} : { ids: xtrIds }),
  }));

/** A Map-Reply without LISP-SEC data: its last byte is the last byte of a record. */
export const anyUnsignedMapReply: Arbitrary<MapReply> = fc
  .record({
    probe: fc.boolean(),
    echoNonceCapable: fc.boolean(),
    nonce: anyNonce,
    records: fc.array(anyEidRecord(), { minLength: 1, maxLength: 4 }),
  })
  .map((fields) => ({ type: 'map-reply', ...fields }));

export const anyMapReply: Arbitrary<MapReply> = fc
  .tuple(anyUnsignedMapReply, fc.option(bytes(4, 60), { nil: undefined }))
  .map(([reply, securityData]) => ({ ...reply, ...(securityData === undefined ? {} : { securityData }) }));

const authentication: Arbitrary<Authentication> = fc.record({
  keyId: u8,
  algorithmId: u8,
  data: bytes(0, 40),
});

export const anyMapRegister: Arbitrary<MapRegister> = fc
  .record({
    proxyReply: fc.boolean(),
    securityCapable: fc.boolean(),
    eidNotify: fc.boolean(),
    useTtlForTimeout: fc.boolean(),
    merge: fc.boolean(),
    wantMapNotify: fc.boolean(),
    nonce: anyNonce,
    authentication,
    records: fc.array(anyEidRecord(neverProbed), { minLength: 1, maxLength: 4 }),
    ids: fc.option(ids, { nil: undefined }),
  })
  .map(({ ids: xtrIds, ...fields }) => ({
    type: 'map-register',
    ...fields,
    ...(xtrIds === undefined ? {} : { ids: xtrIds }),
  }));

/** A Map-Notify or Ack without trailer. */
export const anyBareMapNotify: Arbitrary<MapNotify> = fc.record({
  type: fc.constantFrom('map-notify' as const, 'map-notify-ack' as const),
  nonce: anyNonce,
  authentication,
  records: fc.array(anyEidRecord(), { maxLength: 4 }),
  trailer: fc.constant(new Uint8Array(0)),
  reservedBits: fc.integer({ min: 0, max: 0xf_ffff }),
});

export const anyMapNotify: Arbitrary<MapNotify> = fc
  .tuple(anyBareMapNotify, fc.oneof(bytes(0), bytes(24), bytes(0, 30)))
  .map(([notify, trailer]) => ({ ...notify, trailer }));

export const anyUnknownControl: Arbitrary<UnknownControl> = fc
  .record({
    code: fc.constantFrom(0, 6, 7, 9, 10, 11, 12, 13, 14, 15),
    rest: bytes(0, 40),
    low: fc.integer({ min: 0, max: 15 }),
  })
  .map(({ code, rest, low }) => ({ type: 'unknown', code, raw: Uint8Array.of((code << 4) | low, ...rest) }));

export const anyPlainControl: Arbitrary<PlainControl> = fc.oneof(
  anyMapRequest,
  anyMapReply,
  anyMapRegister,
  anyMapNotify,
  anyUnknownControl,
);

/** LISP-SEC data as an ITR sends it, and with the EID-AD that a Map-Server adds (RFC 9303 §6.3). */
const ecmSecurityData: Arbitrary<Uint8Array> = fc
  .record({
    head: bytes(3),
    ids: bytes(2),
    otk: bytes(24),
    eidAd: bytes(2, 40),
    otkLength: fc.constantFrom(24, 28),
  })
  .map(({ head, ids: keyIds, otk, eidAd, otkLength }) =>
    Uint8Array.of(1, ...head, 0, otkLength, ...keyIds, ...otk, 0, 2 + eidAd.length, ...eidAd),
  );

const port = fc.integer({ min: 0, max: 0xffff }).filter((value) => value !== 4341);

export const anyEcm: Arbitrary<EncapsulatedControl> = fc
  .record({
    ddt: fc.boolean(),
    toEtr: fc.boolean(),
    toMapServer: fc.boolean(),
    securityData: fc.option(ecmSecurityData, { nil: undefined }),
    ends: fc.oneof(fc.tuple(anyIpv4, anyIpv4), fc.tuple(anyIpv6, anyIpv6)),
    ttl: u8,
    sourcePort: port,
    destinationPort: port,
    message: anyPlainControl,
  })
  .map(({ securityData, ends: [source, destination], ttl, sourcePort, destinationPort, ...fields }) => ({
    type: 'ecm',
    ...fields,
    ...(securityData === undefined ? {} : { securityData }),
    inner: { source, destination, ttl, sourcePort, destinationPort },
  }));

export const MESSAGE_KINDS: readonly (readonly [name: string, any: Arbitrary<ControlMessage>])[] = [
  ['Map-Request', anyMapRequest],
  ['Map-Reply', anyMapReply],
  ['Map-Register', anyMapRegister],
  ['Map-Notify and -Ack', anyMapNotify],
  ['ECM', anyEcm],
  ['unknown', anyUnknownControl],
];

export const anyControl: Arbitrary<ControlMessage> = fc.oneof(anyPlainControl, anyEcm);

/** What encoding makes of a message as received: locators in the order of CP-25. */
export function canonical(message: ControlMessage): ControlMessage {
  const sorted = (record: EidRecord): EidRecord => ({
    ...record,
    locators: sortLocatorRecords(record.locators),
  });
  switch (message.type) {
    case 'ecm':
      return { ...message, message: canonical(message.message) as PlainControl };
    case 'map-request':
      return message.mapping === undefined ? message : { ...message, mapping: sorted(message.mapping) };
    case 'unknown':
      return message;
    default:
      return { ...message, records: message.records.map(sorted) };
  }
}
