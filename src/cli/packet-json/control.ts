/** LISP control messages as JSON. The names are those of the codecs in src/wire. */
import { formatIp, parseIp } from '../../base/ip-text.ts';
import type { LispAddress } from '../../wire/address.ts';
import type { Authentication } from '../../wire/authentication.ts';
import type { ControlMessage } from '../../wire/control.ts';
import type { EidRecord } from '../../wire/eid-record.ts';
import type { InnerHeaders } from '../../wire/inner-headers.ts';
import type { LocatorRecord } from '../../wire/locator-record.ts';
import type { MapNotify } from '../../wire/map-notify.ts';
import type { MapRequestRecord } from '../../wire/map-request.ts';
import type { PlainControl } from '../../wire/plain-control.ts';
import type { XtrIds } from '../../wire/xtr-ids.ts';
import {
  asObject,
  below,
  flag,
  hex,
  ipAddress,
  JsonFault,
  list,
  maybe,
  need,
  nonce,
  object,
  or,
  union,
  whole,
  type Json,
  type Shape,
} from './shape.ts';

const U8 = 255;
const U32 = 0xffff_ffff;
const off = or(flag, false);
const zero = new Uint8Array();

/** `null` for none, `"10.0.0.1"`, or one of `{ mac }`, `{ name }`, `{ asn }`, `{ list }`, `{ iid, address }`, `{ lcaf ... }`. */
export const lispAddress: Shape<LispAddress> = {
  write(value): Json {
    switch (value.kind) {
      case 'none':
        return null;
      case 'ip':
        return formatIp(value.address);
      case 'mac':
        return { mac: hex(6).write(value.mac) };
      case 'name':
        return { name: value.name };
      case 'as-number':
        return { asn: value.asn };
      case 'lcaf':
        switch (value.lcaf.type) {
          case 'afi-list':
            return { list: value.lcaf.items.map((item) => lispAddress.write(item)) };
          case 'instance-id': {
            const { instanceId, iidMaskBits, address } = value.lcaf;
            const mask = iidMaskBits === 0 ? {} : { iidMaskBits };
            return { iid: instanceId, ...mask, address: lispAddress.write(address) };
          }
          case 'unknown': {
            const { code, reserved1, flags, reserved2, body } = value.lcaf;
            return { lcaf: code, reserved1, flags, reserved2, body: hex().write(body) };
          }
        }
    }
  },
  read(json, path) {
    if (json === null) return { kind: 'none' };
    if (typeof json === 'string') {
      const address = parseIp(json);
      if (address !== undefined) return { kind: 'ip', address };
      throw new JsonFault(
        path,
        `an IP address is expected, not "${json}"`,
        'or an object such as { "iid": 7, "address": ... }',
      );
    }
    const keys = Object.keys(asObject(json, path));
    if (keys.includes('mac'))
      return { kind: 'mac', ...object<{ mac: Uint8Array }>({ mac: need(hex(6)) }).read(json, path) };
    if (keys.includes('name')) return { kind: 'name', ...NAME.read(json, path) };
    if (keys.includes('asn'))
      return { kind: 'as-number', ...object<{ asn: number }>({ asn: need(whole(U32)) }).read(json, path) };
    if (keys.includes('list'))
      return { kind: 'lcaf', lcaf: { type: 'afi-list', items: LIST.read(json, path).list } };
    if (keys.includes('iid')) {
      const { iid, iidMaskBits, address } = INSTANCE.read(json, path);
      return { kind: 'lcaf', lcaf: { type: 'instance-id', instanceId: iid, iidMaskBits, address } };
    }
    if (!keys.includes('lcaf'))
      throw new JsonFault(path, 'this is no address', 'keys: mac, name, asn, list, iid, lcaf');
    const { lcaf, ...rest } = LCAF.read(json, path);
    return { kind: 'lcaf', lcaf: { type: 'unknown', code: lcaf, ...rest } };
  },
};

const NAME: Shape<{ readonly name: string }> = {
  write: ({ name }) => ({ name }),
  read(json, path) {
    const { name } = asObject(json, path);
    // One character per byte, and none of them the end.
    if (typeof name === 'string' && /^[\u0001-\u00ff]*$/.test(name)) return { name };
    throw new JsonFault(below(path, 'name'), 'text of characters up to U+00FF is expected');
  },
};
const LIST = object<{ list: readonly LispAddress[] }>({ list: need(list(lazy(() => lispAddress))) });
const INSTANCE = object<{ iid: number; iidMaskBits: number; address: LispAddress }>({
  iid: need(whole(U32)),
  iidMaskBits: or(whole(32), 0),
  address: need(lazy(() => lispAddress)),
});
const LCAF = object<{ lcaf: number; reserved1: number; flags: number; reserved2: number; body: Uint8Array }>({
  lcaf: need(whole(U8)),
  reserved1: or(whole(U8), 0),
  flags: or(whole(U8), 0),
  reserved2: or(whole(U8), 0),
  body: need(hex()),
});

const locatorRecord = object<LocatorRecord>({
  rloc: need(lispAddress),
  priority: or(whole(U8), 1),
  weight: or(whole(U8), 100),
  multicastPriority: or(whole(U8), 255),
  multicastWeight: or(whole(U8), 0),
  local: off,
  probed: off,
  reachable: or(flag, true),
});

const eidRecord = object<EidRecord>({
  eid: need(lispAddress),
  maskBits: need(whole(U8)),
  ttlMinutes: or(whole(U32), 1440),
  action: or(whole(7), 0),
  authoritative: off,
  mapVersion: or(whole(0xfff), 0),
  locators: or(list(locatorRecord), []),
});

const authentication = object<Authentication>({
  keyId: or(whole(U8), 0),
  algorithmId: or(whole(U8), 2),
  data: or(hex(), new Uint8Array(16)),
});

const ids = object<XtrIds>({ xtrId: need(hex(16)), siteId: or(hex(8), new Uint8Array(8)) });

const requestRecord = object<MapRequestRecord>({
  eid: need(lispAddress),
  maskBits: need(whole(U8)),
  subscribe: off,
});

type Of<T extends ControlMessage['type']> = Omit<Extract<ControlMessage, { readonly type: T }>, 'type'>;

const mapNotify = object<Omit<MapNotify, 'type'>>({
  nonce: need(nonce),
  authentication: or(authentication, { keyId: 0, algorithmId: 2, data: new Uint8Array(16) }),
  records: or(list(eidRecord), []),
  trailer: or(hex(), zero),
  reservedBits: or(whole(0xf_ffff), 0),
});

const PLAIN = {
  'map-request': object<Of<'map-request'>>({
    nonce: need(nonce),
    sourceEid: or(lispAddress, { kind: 'none' }),
    itrRlocs: need(list(lispAddress, 1, 32)),
    records: need(list(requestRecord, 1)),
    authoritative: off,
    probe: off,
    smr: off,
    pitr: off,
    smrInvoked: off,
    localXtr: off,
    dontReply: off,
    mapping: maybe(eidRecord),
    ids: maybe(ids),
  }),
  'map-reply': object<Of<'map-reply'>>({
    nonce: need(nonce),
    records: need(list(eidRecord, 1)),
    probe: off,
    echoNonceCapable: off,
    securityData: maybe(hex()),
  }),
  'map-register': object<Of<'map-register'>>({
    nonce: need(nonce),
    authentication: or(authentication, { keyId: 0, algorithmId: 2, data: new Uint8Array(16) }),
    records: need(list(eidRecord, 1)),
    proxyReply: off,
    securityCapable: off,
    eidNotify: off,
    useTtlForTimeout: off,
    merge: off,
    wantMapNotify: or(flag, true),
    ids: maybe(ids),
  }),
  'map-notify': mapNotify,
  'map-notify-ack': mapNotify,
  unknown: object<Of<'unknown'>>({ code: need(whole(15)), raw: need(hex()) }),
} as unknown as Readonly<Record<string, Shape<PlainControl>>>;

const plainControl: Shape<PlainControl> = union<PlainControl>('type', PLAIN);

const inner = object<InnerHeaders>({
  source: need(ipAddress),
  destination: need(ipAddress),
  ttl: or(whole(U8), 255),
  sourcePort: or(whole(0xffff), 4342),
  destinationPort: or(whole(0xffff), 4342),
});

export const controlMessage: Shape<ControlMessage> = union<ControlMessage>('type', {
  ...(PLAIN as unknown as Readonly<Record<string, Shape<ControlMessage>>>),
  ecm: object<Of<'ecm'>>({
    inner: need(inner),
    message: need(plainControl),
    ddt: off,
    toEtr: off,
    toMapServer: off,
    securityData: maybe(hex()),
  }) as unknown as Shape<ControlMessage>,
});

function lazy<T>(shape: () => Shape<T>): Shape<T> {
  return { write: (value) => shape().write(value), read: (json, path) => shape().read(json, path) };
}
