/** Fields of a control message with their byte ranges, down to records and locators. */
import { toHex } from '../base/bytes.ts';
import { formatNonce, type Nonce } from '../base/random.ts';
import { lispAddressBytes, type LispAddress } from './afi.ts';
import type { Authentication } from './authentication.ts';
import { controlTypeName, describeFlags } from './control-header.ts';
import type { ControlMessage } from './control.ts';
import { describeAction } from './describe-control.ts';
import { describeEidRecord, type EidRecord } from './eid-record.ts';
import { formatEidPrefix, formatLispAddress } from './lisp-address.ts';
import { describeLocatorRecord, type LocatorRecord } from './locator-record.ts';
import type { MapRegister } from './map-register.ts';
import type { MapRequest } from './map-request.ts';
import type { ControlLayer } from './packet.ts';
import { FieldList, type TreeNode } from './tree.ts';
import type { XtrIds } from './xtr-ids.ts';

/** The fields of the layer's own header; an ECM's inner packet has layers of its own. */
export function controlFields(layer: ControlLayer): TreeNode[] {
  const fields = new FieldList(layer.start);
  appendMessage(fields, layer.message);
  return fields.nodes;
}

function appendMessage(fields: FieldList, x: ControlMessage): void {
  switch (x.type) {
    case 'map-request':
      appendRequest(fields, x);
      break;
    case 'map-reply': {
      const flags = { P: x.probe, E: x.echoNonceCapable, S: x.securityData !== undefined };
      appendStart(fields, 'Map-Reply', flags, x.records.length, x.nonce);
      appendRecords(fields, x.records);
      if (x.securityData !== undefined) appendBytes(fields, 'Security data', x.securityData);
      break;
    }
    case 'map-register':
      appendRegister(fields, x);
      break;
    case 'map-notify':
    case 'map-notify-ack':
      appendStart(
        fields,
        x.type === 'map-notify' ? 'Map-Notify' : 'Map-Notify-Ack',
        {},
        x.records.length,
        x.nonce,
      );
      appendAuthentication(fields, x.authentication);
      appendRecords(fields, x.records);
      if (x.trailer.length > 0) appendBytes(fields, 'Trailer', x.trailer);
      break;
    case 'ecm':
      fields.field('Type', 'ECM', 1);
      fields.field(
        'Flags',
        describeFlags({ S: x.securityData !== undefined, D: x.ddt, E: x.toEtr, M: x.toMapServer }),
        3,
      );
      if (x.securityData !== undefined) appendBytes(fields, 'Security data', x.securityData);
      break;
    case 'unknown':
      appendBytes(fields, controlTypeName(x.code), x.raw);
      break;
  }
}

function appendRequest(fields: FieldList, x: MapRequest): void {
  const flags = {
    A: x.authoritative,
    M: x.mapping !== undefined,
    P: x.probe,
    S: x.smr,
    p: x.pitr,
    s: x.smrInvoked,
    I: x.ids !== undefined,
    L: x.localXtr,
    D: x.dontReply,
  };
  appendStart(fields, 'Map-Request', flags, x.records.length, x.nonce);
  appendAddress(fields, 'Source EID', x.sourceEid);
  for (const rloc of x.itrRlocs) appendAddress(fields, 'ITR-RLOC', rloc);
  for (const record of x.records) {
    fields.group('Record', formatEidPrefix(record.eid, record.maskBits), (inner) => {
      inner
        .field('Flags', describeFlags({ N: record.subscribe }), 1)
        .field('EID mask-len', record.maskBits, 1);
      appendAddress(inner, 'EID', record.eid);
    });
  }
  if (x.mapping !== undefined) appendRecord(fields, 'Appended mapping', x.mapping);
  if (x.ids !== undefined) appendIds(fields, x.ids);
}

function appendRegister(fields: FieldList, x: MapRegister): void {
  const flags = {
    P: x.proxyReply,
    S: x.securityCapable,
    I: x.ids !== undefined,
    E: x.eidNotify,
    T: x.useTtlForTimeout,
    a: x.merge,
    M: x.wantMapNotify,
  };
  appendStart(fields, 'Map-Register', flags, x.records.length, x.nonce);
  appendAuthentication(fields, x.authentication);
  appendRecords(fields, x.records);
  if (x.ids !== undefined) appendIds(fields, x.ids);
}

/** Words 0 to 2. Flags share bytes with type and counts, so the range is that of the bytes which hold them. */
function appendStart(
  fields: FieldList,
  name: string,
  flags: Readonly<Record<string, boolean>>,
  recordCount: number,
  nonce: Nonce,
): void {
  fields
    .field('Type, flags', `${name}, ${describeFlags(flags)}`, 3)
    .field('Record count', recordCount, 1)
    .field('Nonce', formatNonce(nonce), 8);
}

function appendAuthentication(fields: FieldList, x: Authentication): void {
  fields
    .field('Key ID', x.keyId, 1)
    .field('Algorithm ID', x.algorithmId, 1)
    .field('Authentication data length', x.data.length, 2);
  appendBytes(fields, 'Authentication data', x.data);
}

function appendRecords(fields: FieldList, records: readonly EidRecord[]): void {
  for (const record of records) appendRecord(fields, 'Record', record);
}

function appendRecord(fields: FieldList, label: string, x: EidRecord): void {
  fields.group(label, describeEidRecord(x), (inner) => {
    inner
      .field('TTL', `${x.ttlMinutes} minutes`, 4)
      .field('Locator count', x.locators.length, 1)
      .field('EID mask-len', x.maskBits, 1)
      .field('ACT, A', `${describeAction(x.action)}, ${x.authoritative ? 'A' : '-'}`, 2)
      .field('Map-Version', x.mapVersion, 2);
    appendAddress(inner, 'EID', x.eid);
    for (const locator of x.locators) appendLocator(inner, locator);
  });
}

function appendLocator(fields: FieldList, x: LocatorRecord): void {
  fields.group('Locator', describeLocatorRecord(x), (inner) => {
    inner
      .field('Priority', x.priority, 1)
      .field('Weight', x.weight, 1)
      .field('Multicast priority', x.multicastPriority, 1)
      .field('Multicast weight', x.multicastWeight, 1)
      .field('Flags', describeFlags({ L: x.local, p: x.probed, R: x.reachable }), 2);
    appendAddress(inner, 'RLOC', x.rloc);
  });
}

function appendAddress(fields: FieldList, label: string, address: LispAddress): void {
  fields.field(label, formatLispAddress(address), lispAddressBytes(address));
}

function appendIds(fields: FieldList, ids: XtrIds): void {
  appendBytes(fields, 'xTR-ID', ids.xtrId);
  appendBytes(fields, 'Site-ID', ids.siteId);
}

function appendBytes(fields: FieldList, label: string, bytes: Uint8Array): void {
  fields.field(label, toHex(bytes), bytes.length);
}
