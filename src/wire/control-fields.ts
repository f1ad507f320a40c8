/** The fields of a control message; those of an ECM's inner packet belong to layers of their own. */
import type { Nonce } from '../base/random.ts';
import type { Authentication } from './authentication.ts';
import type { ControlMessage } from './control.ts';
import {
  TYPE_ECM,
  TYPE_MAP_NOTIFY,
  TYPE_MAP_NOTIFY_ACK,
  TYPE_MAP_REGISTER,
  TYPE_MAP_REPLY,
  TYPE_MAP_REQUEST,
} from './control-header.ts';
import type { EidRecord } from './eid-record.ts';
import { ACTION_WORDS, LISP_TYPE_WORDS } from './field-table.ts';
import { bytesValue, number, PRESENT, type FieldWriter } from './field-writer.ts';
import type { LocatorRecord } from './locator-record.ts';
import type { MapRegister } from './map-register.ts';
import type { MapRequest } from './map-request.ts';
import type { XtrIds } from './xtr-ids.ts';

/** Appends the fields of `message`, which starts where `w` stands and ends at `end`. */
export function controlMessageFields(w: FieldWriter, message: ControlMessage, end: number): void {
  const start = w.at;
  w.put('lisp', PRESENT, start, end);
  const code = typeCode(message);
  w.put('lisp.type', number(code, LISP_TYPE_WORDS[code]), start, start + 1);
  switch (message.type) {
    case 'map-request':
      requestFields(w, message);
      break;
    case 'map-reply':
      w.flag('lisp.probe', message.probe, start, start + 1);
      w.flag('lisp.echo_nonce', message.echoNonceCapable, start, start + 1);
      head(w, message.records.length, message.nonce);
      for (const record of message.records) recordFields(w, record);
      if (message.securityData !== undefined) securityFields(w, message.securityData);
      break;
    case 'map-register':
      registerFields(w, message);
      break;
    case 'map-notify':
    case 'map-notify-ack':
      w.put('lisp.reserved', number(message.reservedBits), start, start + 3);
      head(w, message.records.length, message.nonce);
      authenticationFields(w, message.authentication);
      for (const record of message.records) recordFields(w, record);
      if (message.trailer.length > 0)
        w.take('lisp.trailer', bytesValue(message.trailer), message.trailer.length);
      break;
    case 'ecm':
      w.put('ecm', PRESENT, start, end);
      w.flag('ecm.ddt', message.ddt, start, start + 1);
      w.flag('ecm.to_etr', message.toEtr, start, start + 1);
      w.flag('ecm.to_ms', message.toMapServer, start, start + 1);
      w.skip(4);
      if (message.securityData !== undefined) securityFields(w, message.securityData);
      break;
    case 'unknown':
      w.take('lisp.unknown', bytesValue(message.raw), message.raw.length);
      break;
  }
}

/** The type number of a message. */
export function typeCode(message: ControlMessage): number {
  switch (message.type) {
    case 'map-request':
      return TYPE_MAP_REQUEST;
    case 'map-reply':
      return TYPE_MAP_REPLY;
    case 'map-register':
      return TYPE_MAP_REGISTER;
    case 'map-notify':
      return TYPE_MAP_NOTIFY;
    case 'map-notify-ack':
      return TYPE_MAP_NOTIFY_ACK;
    case 'ecm':
      return TYPE_ECM;
    case 'unknown':
      return message.code;
  }
}

/** Record count and nonce: the rest of words 0 to 2. */
function head(w: FieldWriter, recordCount: number, nonce: Nonce): void {
  w.skip(3).take('lisp.records', number(recordCount), 1);
  w.take('lisp.nonce', { kind: 'nonce', nonce }, 8);
}

function requestFields(w: FieldWriter, x: MapRequest): void {
  const [a, b] = [w.at, w.at + 1];
  w.flag('lisp.request.authoritative', x.authoritative, a, a + 1);
  w.flag('lisp.has_mapping', x.mapping !== undefined, a, a + 1);
  w.flag('lisp.probe', x.probe, a, a + 1);
  w.flag('lisp.smr', x.smr, a, a + 1);
  w.flag('lisp.pitr', x.pitr, b, b + 1);
  w.flag('lisp.smr_invoked', x.smrInvoked, b, b + 1);
  w.flag('lisp.local_xtr', x.localXtr, b + 1, b + 2);
  w.flag('lisp.dont_reply', x.dontReply, b + 1, b + 2);
  head(w, x.records.length, x.nonce);
  w.address('lisp.source_eid', x.sourceEid);
  for (const rloc of x.itrRlocs) w.address('lisp.itr_rloc', rloc);
  for (const record of x.records) {
    w.flag('lisp.subscribe', record.subscribe, w.at, w.at + 1);
    const maskAt = w.at + 1;
    w.skip(2).prefix('lisp.eid', record.eid, record.maskBits, maskAt);
  }
  if (x.mapping !== undefined) recordFields(w, x.mapping);
  if (x.ids !== undefined) idFields(w, x.ids);
}

function registerFields(w: FieldWriter, x: MapRegister): void {
  const [a, c] = [w.at, w.at + 2];
  w.flag('lisp.proxy_reply', x.proxyReply, a, a + 1);
  w.flag('lisp.security_capable', x.securityCapable, a, a + 1);
  w.flag('lisp.eid_notify', x.eidNotify, c, c + 1);
  w.flag('lisp.use_ttl', x.useTtlForTimeout, c, c + 1);
  w.flag('lisp.merge', x.merge, c, c + 1);
  w.flag('lisp.want_notify', x.wantMapNotify, c, c + 1);
  head(w, x.records.length, x.nonce);
  authenticationFields(w, x.authentication);
  for (const record of x.records) recordFields(w, record);
  if (x.ids !== undefined) idFields(w, x.ids);
}

function authenticationFields(w: FieldWriter, x: Authentication): void {
  w.take('lisp.key_id', number(x.keyId), 1).take('lisp.algorithm', number(x.algorithmId), 1).skip(2);
  w.take('lisp.auth_data', bytesValue(x.data), x.data.length);
}

function recordFields(w: FieldWriter, x: EidRecord): void {
  w.take('lisp.ttl', number(x.ttlMinutes), 4).take('lisp.locators', number(x.locators.length), 1);
  const maskAt = w.at;
  w.skip(1);
  w.flag('lisp.authoritative', x.authoritative, w.at, w.at + 1);
  w.take('lisp.action', number(x.action, ACTION_WORDS[x.action]), 1).skip(1);
  w.take('lisp.map_version', number(x.mapVersion), 2);
  w.prefix('lisp.eid', x.eid, x.maskBits, maskAt);
  for (const locator of x.locators) locatorFields(w, locator);
}

function locatorFields(w: FieldWriter, x: LocatorRecord): void {
  w.take('lisp.priority', number(x.priority), 1).take('lisp.weight', number(x.weight), 1);
  w.take('lisp.m_priority', number(x.multicastPriority), 1).take(
    'lisp.m_weight',
    number(x.multicastWeight),
    1,
  );
  const flagsAt = w.at + 1;
  w.flag('lisp.rloc.local', x.local, flagsAt, flagsAt + 1);
  w.flag('lisp.rloc.probed', x.probed, flagsAt, flagsAt + 1);
  w.flag('lisp.rloc.reachable', x.reachable, flagsAt, flagsAt + 1);
  w.skip(2).address('lisp.rloc', x.rloc);
}

function idFields(w: FieldWriter, x: XtrIds): void {
  w.take('lisp.xtr_id', bytesValue(x.xtrId), x.xtrId.length).take(
    'lisp.site_id',
    bytesValue(x.siteId),
    x.siteId.length,
  );
}

function securityFields(w: FieldWriter, data: Uint8Array): void {
  w.take('lisp.security_data', bytesValue(data), data.length);
}
