// Short ways to say control messages and what roles make of them.
import { cidr, ip, parsePrefix } from '../../src/base/ip-text.ts';
import type { Nonce } from '../../src/base/random.ts';
import type { EidPrefix } from '../../src/mapping/eid.ts';
import type { Locator } from '../../src/mapping/locator.ts';
import type { Mapping } from '../../src/mapping/mapping.ts';
import type { CacheEntry, ReceivedMessage, RoleOutput, SendOutput } from '../../src/roles/machine.ts';
import { writeRecord, writeRequestRecord } from '../../src/roles/records.ts';
import { decodeControl, encodeControl, type ControlMessage } from '../../src/wire/control.ts';
import type { EncapsulatedControl } from '../../src/wire/ecm.ts';
import { lispIp, NO_ADDRESS } from '../../src/wire/lisp-address.ts';
import type { MapReply } from '../../src/wire/map-reply.ts';
import type { MapRequest } from '../../src/wire/map-request.ts';

export const SOME_NONCE: Nonce = { hi: 0x1122_3344, lo: 0x5566_7788 };

/** `10.1.0.0/16` in an instance. */
export function eid(text: string, instanceId = 0): EidPrefix {
  return { instanceId, prefix: cidr(text) };
}

export function locator(address: string, fields: Partial<Locator> = {}): Locator {
  return {
    address: ip(address),
    priority: 1,
    weight: 100,
    multicastPriority: 255,
    multicastWeight: 0,
    local: true,
    reachable: true,
    ...fields,
  };
}

/** A positive mapping, or a negative one without locators. Authoritative, TTL 1440 min unless said otherwise. */
export function mapping(text: string, rlocs: readonly string[] = [], fields: Partial<Mapping> = {}): Mapping {
  return {
    eid: eid(text),
    ttlMinutes: 1440,
    action: 0,
    authoritative: true,
    mapVersion: 0,
    locators: rlocs.map((rloc) => locator(rloc)),
    ...fields,
  };
}

/** A message as a role receives it: through the codec, with endpoints as `endpoint` reads them. */
export function received(message: ControlMessage | Uint8Array, from: string, to: string): ReceivedMessage {
  const bytes = message instanceof Uint8Array ? message : encodeControl(message);
  const decoded = decodeControl(bytes);
  if (!decoded.ok) throw new Error(`the test message is malformed: ${JSON.stringify(decoded.error)}`);
  return { message: decoded.value, bytes, from: endpoint(from), to: endpoint(to) };
}

/** `10.0.0.1`, `10.0.0.1:5000`, `2001:db8::1`, `[2001:db8::1]:5000`; port 4342 unless given. */
export function endpoint(text: string): ReceivedMessage['from'] {
  const withPort = /^\[(.*)\]:(\d+)$/.exec(text) ?? /^([^:]*):(\d+)$/.exec(text);
  if (withPort !== null) return { address: ip(withPort[1]!), port: Number(withPort[2]) };
  return { address: ip(text), port: 4342 };
}

export function mapRequest(
  eids: readonly string[],
  itrRlocs: readonly string[],
  fields: Partial<MapRequest> = {},
): MapRequest {
  return {
    type: 'map-request',
    authoritative: false,
    probe: false,
    smr: false,
    pitr: false,
    smrInvoked: false,
    localXtr: false,
    dontReply: false,
    nonce: SOME_NONCE,
    sourceEid: NO_ADDRESS,
    itrRlocs: itrRlocs.map((rloc) => lispIp(ip(rloc))),
    records: eids.map((text) =>
      writeRequestRecord(parsePrefix(text) === undefined ? hostOf(text) : eid(text)),
    ),
    ...fields,
  };
}

function hostOf(text: string): EidPrefix {
  return eid(`${text}/${text.includes(':') ? 128 : 32}`);
}

/** An ECM around `message`; inner destination is the first EID asked for, inner source the first ITR-RLOC. */
export function ecm(message: MapRequest, sourcePort = 4342): EncapsulatedControl {
  const asked = message.records[0]!.eid;
  const rloc = message.itrRlocs[0]!;
  const destination = asked.kind === 'ip' ? asked.address : ip('192.0.2.255');
  const isSameFamily = rloc.kind === 'ip' && rloc.address.family === destination.family;
  return {
    type: 'ecm',
    ddt: false,
    toEtr: false,
    toMapServer: false,
    inner: {
      source: isSameFamily ? rloc.address : destination,
      destination,
      ttl: 32,
      sourcePort,
      destinationPort: 4342,
    },
    message,
  };
}

export function mapReply(
  nonce: Nonce,
  mappings: readonly Mapping[],
  fields: Partial<MapReply> = {},
): MapReply {
  const records = mappings.map((m) => writeRecord(m));
  return { type: 'map-reply', probe: false, echoNonceCapable: false, nonce, records, ...fields };
}

// --- Reading outputs -----------------------------------------------------------------------------------------------

export function sends(outputs: readonly RoleOutput[]): SendOutput[] {
  return outputs.filter((output) => output.kind === 'send');
}

/** The one message sent, of the given type. */
export function sent<T extends ControlMessage['type']>(
  outputs: readonly RoleOutput[],
  type: T,
): ControlMessage & { type: T } {
  const all = sends(outputs);
  if (all.length !== 1 || all[0]!.message.type !== type) {
    throw new Error(
      `expected one ${type}, got ${all.map(({ message }) => message.type).join(', ') || 'nothing'}`,
    );
  }
  return all[0]!.message as ControlMessage & { type: T };
}

/** The Map-Request inside the one ECM sent. */
export function requested(outputs: readonly RoleOutput[]): MapRequest {
  const { message } = sent(outputs, 'ecm');
  if (message.type !== 'map-request') throw new Error(`expected a Map-Request, got ${message.type}`);
  return message;
}

export function drops(outputs: readonly RoleOutput[]): string[] {
  return outputs.flatMap((output) => (output.kind === 'drop' ? [output.reason] : []));
}

export function installs(outputs: readonly RoleOutput[]): CacheEntry[] {
  return outputs.flatMap((output) => (output.kind === 'install' ? [output.entry] : []));
}

export function events(outputs: readonly RoleOutput[]): string[] {
  return outputs.flatMap((output) => (output.kind === 'trace' ? [output.event.event] : []));
}

export function kinds(outputs: readonly RoleOutput[]): string[] {
  return outputs.map(({ kind }) => kind);
}
