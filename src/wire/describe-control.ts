/** A control message in the few words that a list of packets has room for; describeControl says everything. */
import { describeAuthentication } from './authentication.ts';
import { controlTypeName } from './control-header.ts';
import type { ControlMessage } from './control.ts';
import type { EidRecord } from './eid-record.ts';
import { formatEidPrefix, formatLispAddress } from './lisp-address.ts';
import type { Nonce } from '../base/random.ts';
import type { MapRequest } from './map-request.ts';

/** `ECM Map-Request 4.4.4.4/32 from 192.168.1.1 itr-rloc 10.0.1.2 nonce 0x1122334455667788`. */
export function summarizeControl(message: ControlMessage): string {
  switch (message.type) {
    case 'map-request':
      return summarizeRequest(message);
    case 'map-reply':
      return [
        message.probe ? 'RLOC-probe Map-Reply' : 'Map-Reply',
        summarizeRecords(message.records),
        shortNonce(message.nonce),
      ].join(' ');
    case 'map-register':
      return [
        'Map-Register',
        summarizeRecords(message.records),
        ...(message.proxyReply ? ['proxy-reply'] : []),
        ...(message.wantMapNotify ? ['want-map-notify'] : []),
        describeAuthentication(message.authentication),
        shortNonce(message.nonce),
      ].join(' ');
    case 'map-notify':
    case 'map-notify-ack':
      return [
        message.type === 'map-notify' ? 'Map-Notify' : 'Map-Notify-Ack',
        summarizeRecords(message.records),
        shortNonce(message.nonce),
      ].join(' ');
    case 'ecm':
      return `ECM ${summarizeControl(message.message)}`;
    case 'unknown':
      return `${controlTypeName(message.code)} ${message.raw.length} bytes`;
  }
}

/** ACT of a negative EID-record (RFC 9301 §5.4, RFC 9301 §12.3). */
export function describeAction(action: number): string {
  const names = [
    'no-action',
    'natively-forward',
    'send-map-request',
    'drop',
    'drop-policy-denied',
    'drop-auth-failure',
  ];
  return names[action] ?? `unassigned-${action}`;
}

/** `0x` and 16 digits. */
export function shortNonce({ hi, lo }: Nonce): string {
  return `nonce 0x${hex8(hi)}${hex8(lo)}`;
}

function summarizeRequest(x: MapRequest): string {
  const kind = x.smr ? 'SMR ' : x.probe ? 'RLOC-probe ' : '';
  const eids = x.records.map((record) => formatEidPrefix(record.eid, record.maskBits));
  const parts = [`${kind}Map-Request ${eids.join(', ')}`];
  if (x.sourceEid.kind !== 'none') parts.push(`from ${formatLispAddress(x.sourceEid)}`);
  parts.push(`itr-rloc ${x.itrRlocs.map(formatLispAddress).join(', ')}`);
  if (x.pitr) parts.push('pitr');
  if (x.smrInvoked) parts.push('smr-invoked');
  if (x.records.some((record) => record.subscribe)) parts.push('subscribe');
  if (x.mapping !== undefined) parts.push(`with ${summarizeRecord(x.mapping)}`);
  parts.push(shortNonce(x.nonce));
  return parts.join(' ');
}

function summarizeRecords(records: readonly EidRecord[]): string {
  return records.length === 0 ? '(no records)' : records.map(summarizeRecord).join(', ');
}

/** `10.2.0.0/16 -> 198.51.100.1 1/60, 192.0.2.9 1/40 ttl 1440`; a negative record has its action instead. */
function summarizeRecord(x: EidRecord): string {
  const locators = x.locators.map((l) => `${formatLispAddress(l.rloc)} ${l.priority}/${l.weight}`).join(', ');
  const where = x.locators.length === 0 ? describeAction(x.action) : `-> ${locators}`;
  return `${formatEidPrefix(x.eid, x.maskBits)} ${where} ttl ${x.ttlMinutes}m`;
}

function hex8(word: number): string {
  return word.toString(16).padStart(8, '0');
}
