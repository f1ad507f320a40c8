// Plain messages to start from: each test changes the one thing that it is about.
import { concatBytes } from '../../src/base/bytes.ts';
import { ip } from '../../src/base/ip-text.ts';
import { decodeControl, type ControlMessage } from '../../src/wire/control.ts';
import type { EncapsulatedControl } from '../../src/wire/ecm.ts';
import type { EidRecord } from '../../src/wire/eid-record.ts';
import type { WireError } from '../../src/wire/error.ts';
import { lispIp, NO_ADDRESS } from '../../src/wire/lisp-address.ts';
import type { LocatorRecord } from '../../src/wire/locator-record.ts';
import type { MapNotify } from '../../src/wire/map-notify.ts';
import type { MapRegister } from '../../src/wire/map-register.ts';
import type { MapReply } from '../../src/wire/map-reply.ts';
import type { MapRequest } from '../../src/wire/map-request.ts';
import { hex } from './hex.ts';

export const NONCE = { hi: 0x11223344, lo: 0x55667788 };

export function locator(address: string, fields: Partial<LocatorRecord> = {}): LocatorRecord {
  return {
    priority: 1,
    weight: 100,
    multicastPriority: 255,
    multicastWeight: 0,
    local: true,
    probed: false,
    reachable: true,
    rloc: lispIp(ip(address)),
    ...fields,
  };
}

export function eidRecord(fields: Partial<EidRecord> = {}): EidRecord {
  return {
    ttlMinutes: 1440,
    maskBits: 16,
    action: 0,
    authoritative: true,
    mapVersion: 0,
    eid: lispIp(ip('10.2.0.0')),
    locators: [locator('198.51.100.1')],
    ...fields,
  };
}

export function mapRequest(fields: Partial<MapRequest> = {}): MapRequest {
  return {
    type: 'map-request',
    authoritative: false,
    probe: false,
    smr: false,
    pitr: false,
    smrInvoked: false,
    localXtr: false,
    dontReply: false,
    nonce: NONCE,
    sourceEid: NO_ADDRESS,
    itrRlocs: [lispIp(ip('192.0.2.1'))],
    records: [{ subscribe: false, maskBits: 32, eid: lispIp(ip('10.2.0.7')) }],
    ...fields,
  };
}

export function mapReply(fields: Partial<MapReply> = {}): MapReply {
  return {
    type: 'map-reply',
    probe: false,
    echoNonceCapable: false,
    nonce: NONCE,
    records: [eidRecord()],
    ...fields,
  };
}

export function mapRegister(fields: Partial<MapRegister> = {}): MapRegister {
  return {
    type: 'map-register',
    proxyReply: false,
    securityCapable: false,
    eidNotify: false,
    useTtlForTimeout: false,
    merge: false,
    wantMapNotify: true,
    nonce: NONCE,
    authentication: { keyId: 0, algorithmId: 2, data: new Uint8Array(16) },
    records: [eidRecord()],
    ...fields,
  };
}

export function mapNotify(fields: Partial<MapNotify> = {}): MapNotify {
  return {
    type: 'map-notify',
    nonce: NONCE,
    authentication: { keyId: 0, algorithmId: 2, data: new Uint8Array(16) },
    records: [eidRecord()],
    trailer: new Uint8Array(0),
    reservedBits: 0,
    ...fields,
  };
}

export function ecm(fields: Partial<EncapsulatedControl> = {}): EncapsulatedControl {
  return {
    type: 'ecm',
    ddt: false,
    toEtr: false,
    toMapServer: false,
    inner: {
      source: ip('192.0.2.1'),
      destination: ip('10.2.0.7'),
      ttl: 32,
      sourcePort: 61441,
      destinationPort: 4342,
    },
    message: mapRequest(),
    ...fields,
  };
}

export const IDS = {
  xtrId: hex('000102030405060708090a0b0c0d0e0f'),
  siteId: hex('a0a1a2a3a4a5a6a7'),
};

export function decodeOk(bytes: Uint8Array): ControlMessage {
  const result = decodeControl(bytes);
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

/** Why bytes are refused; undefined when they decode. */
export function refusal(bytes: Uint8Array): WireError | undefined {
  const result = decodeControl(bytes);
  return result.ok ? undefined : result.error;
}

/** `bytes` with those from `at` replaced. */
export function patched(bytes: Uint8Array, at: number, ...values: readonly number[]): Uint8Array {
  const changed = bytes.slice();
  changed.set(values, at);
  return changed;
}

/** A Map-Reply with one record for 10.2.0.0/16 and raw locators: each an AFI and address in hexadecimal. */
export function replyWithRlocs(...rlocs: readonly string[]): Uint8Array {
  const record = hex(`000005a0 ${rlocs.length.toString(16).padStart(2, '0')} 10 1000 0000 0001 0a020000`);
  const locators = rlocs.map((rloc) => hex(`0164ff00 0001 ${rloc}`));
  return concatBytes(hex('20000001 11223344 55667788'), record, ...locators);
}

/** A Map-Reply with one record without locators, for a raw EID: an AFI and address in hexadecimal. */
export function replyForEid(eid: string, maskBits = 0): Uint8Array {
  return concatBytes(
    hex('20000001 11223344 55667788 0000000f 00'),
    Uint8Array.of(maskBits),
    hex(`2000 0000 ${eid}`),
  );
}
