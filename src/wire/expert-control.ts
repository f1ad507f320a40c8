/** Expert rules about control messages. */
import { isMulticast, maskIp, sameIp } from '../base/ip.ts';
import type { LispAddress } from './address.ts';
import { ALGORITHM_HMAC_SHA1, ALGORITHM_NONE } from './authentication.ts';
import { encodeControl, hasUnrecognizedEid, type ControlMessage } from './control.ts';
import { sortLocatorRecords, type EidRecord } from './eid-record.ts';
import {
  expertRule,
  when,
  type ByteRange,
  type ExpertRule,
  type Finding,
  type RuleContext,
  type Severity,
} from './expert-rule.ts';
import { addressIp, formatEidPrefix, formatLispAddress, isUnderstood, rlocIp } from './lisp-address.ts';
import type { ControlLayer } from './packet.ts';

/** A day in minutes is usual; a day in seconds is what a sender writes that takes the field for seconds. */
const DAY_IN_SECONDS = 86_400;
const RECEIVER_DECIDES = 0xffff_ffff;
/** MAC bytes that each algorithm may have on the wire. */
const MAC_BYTES: Readonly<Record<number, readonly number[]>> = { 0: [0], 1: [12, 20], 2: [16, 32], 3: [16] };
/** Reserved bits of a Map-Notify that deployed software sets when xTR-ID and Site-ID follow. */
const NOTIFY_IDS_BIT = 0x8_0000;
const BROADCAST = 0xffff_ffff;

type MessageOf<T extends ControlMessage['type']> = Extract<ControlMessage, { readonly type: T }>;

/** A rule about messages of some types. */
function message<T extends ControlMessage['type']>(
  types: readonly T[],
  severity: Severity,
  id: string,
  about: string,
  find: (message: MessageOf<T>, context: RuleContext, layer: ControlLayer) => Finding[],
): ExpertRule {
  return expertRule('control', severity, id, about, (layer, context) =>
    (types as readonly string[]).includes(layer.message.type)
      ? find(layer.message as MessageOf<T>, context, layer)
      : [],
  );
}

const REQUEST_RULES: readonly ExpertRule[] = [
  message(['map-request'], 'chat', 'pitr-request', 'IW-06 RFC 9301 §5.2', (x, { range }) =>
    when(x.pitr, 'Map-Request with p bit: sent by a PITR', range('lisp.pitr')),
  ),
  message(['map-request'], 'chat', 'rloc-probe', 'CP-10 RFC 9301 §5.2', (x, context) =>
    when(
      x.probe && !inEcm(context),
      'RLOC-probe: asks whether the locator is reachable',
      context.range('lisp.probe'),
    ),
  ),
  message(['map-request'], 'warn', 'probe-in-ecm', 'CP-11 RFC 9301 §5.8', (x, context) =>
    when(
      x.probe && inEcm(context),
      'RLOC-probe in an ECM: the mapping system drops it',
      context.range('lisp.probe'),
    ),
  ),
  message(['map-request'], 'chat', 'smr', 'CP-36 RFC 9301 §6.1', (x, { range }) =>
    when(x.smr, 'SMR: the receiver is to ask again through the mapping system', range('lisp.smr')),
  ),
  message(['map-request'], 'warn', 'smr-invoked-direct', 'CP-36 RFC 9301 §6.1', (x, context) =>
    when(
      x.smrInvoked && !inEcm(context),
      'Map-Request invoked by an SMR, but not in an ECM to the mapping system',
      context.range('lisp.smr_invoked'),
    ),
  ),
  message(['map-request'], 'note', 'piggybacked-mapping', 'CP-13 RFC 9301 §5.3', (x, { range }) =>
    when(
      x.mapping !== undefined,
      'unasked Map-Reply record in the request (M=1, old IOS): to be verified before use',
      range('lisp.has_mapping'),
    ),
  ),
  message(['map-request'], 'note', 'several-records', 'CP-06 RFC 9301 §5.2', (x, { range }) =>
    when(
      x.records.length > 1,
      `${x.records.length} records: a Map-Request is sent with one`,
      range('lisp.records'),
    ),
  ),
  message(['map-request'], 'warn', 'no-usable-itr-rloc', 'CP-07 RFC 9301 §5.3', (x, { range }) => {
    const isUnsubscribe = x.ids !== undefined && x.records.some(({ subscribe }) => subscribe);
    const none = x.itrRlocs.every((rloc) => rlocIp(rloc) === undefined);
    return when(
      none && !isUnsubscribe,
      'no usable ITR-RLOC: nobody can be answered, the request is dropped',
      range('lisp.itr_rloc'),
    );
  }),
  message(['map-request'], 'chat', 'subscription', 'EX-10 RFC 9437 §4', (x, { range }) =>
    when(
      x.records.some(({ subscribe }) => subscribe),
      'subscribes to changes of the mapping (PubSub)',
      range('lisp.subscribe'),
    ),
  ),
];

const REPLY_RULES: readonly ExpertRule[] = [
  message(['map-reply'], 'warn', 'probe-reply-not-authoritative', 'CP-14 RFC 9301 §5.4', (x, { range }) =>
    x.records.flatMap((record, i) =>
      when(
        x.probe && !record.authoritative,
        'probe reply with A=0: dropped silently',
        range('lisp.authoritative', i),
      ),
    ),
  ),
  message(['map-reply'], 'warn', 'authoritative-negative', 'CP-16 RFC 9301 §5.4', (x, { range }) =>
    x.records.flatMap((record, i) =>
      when(
        record.locators.length === 0 && record.authoritative,
        'negative reply with A=1: a Map-Server or Map-Resolver answers with A=0',
        range('lisp.authoritative', i),
      ),
    ),
  ),
  message(['map-reply'], 'chat', 'negative-reply', 'RFC 9301 §5.4', (x, { range }) =>
    x.records.flatMap((record, i) =>
      when(
        record.locators.length === 0,
        `negative: ${formatEidPrefix(record.eid, record.maskBits)} is no EID here`,
        range('lisp.action', i),
      ),
    ),
  ),
];

const AUTHENTICATED: readonly ('map-register' | 'map-notify' | 'map-notify-ack')[] = [
  'map-register',
  'map-notify',
  'map-notify-ack',
];

const AUTHENTICATION_RULES: readonly ExpertRule[] = [
  message(
    AUTHENTICATED,
    'warn',
    'not-authenticated',
    'CP-30 RFC 9301 §5.6',
    ({ authentication: a }, { range }) =>
      when(a.algorithmId === ALGORITHM_NONE, 'no authentication (algorithm 0)', range('lisp.algorithm')),
  ),
  message(
    AUTHENTICATED,
    'note',
    'weak-algorithm',
    'CP-30 RFC 9301 §5.6',
    ({ authentication: a }, { range }) =>
      when(
        a.algorithmId === ALGORITHM_HMAC_SHA1,
        'HMAC-SHA-1-96: HMAC-SHA-256-128 is the one to use',
        range('lisp.algorithm'),
      ),
  ),
  message(
    AUTHENTICATED,
    'warn',
    'mac-length',
    'CP-30 RFC 9301 §5.6',
    ({ authentication: { algorithmId, data } }, { range }) => {
      const lengths = MAC_BYTES[algorithmId];
      return when(
        lengths !== undefined && !lengths.includes(data.length),
        `algorithm ${algorithmId} has a MAC of ${lengths?.join(' or ')} bytes, not ${data.length}`,
        range('lisp.auth_data'),
      );
    },
  ),
  message(['map-register'], 'chat', 'proxy-reply-wanted', 'CP-44 RFC 9301 §8.2', (x, { range }) =>
    when(x.proxyReply, 'the Map-Server is to answer for this ETR', range('lisp.proxy_reply')),
  ),
  message(['map-notify', 'map-notify-ack'], 'note', 'ids-in-notify', 'RFC 9301 §5.7', (x, { range }) =>
    when(
      (x.reservedBits & NOTIFY_IDS_BIT) !== 0,
      'reserved bit 4 set: deployed software says that xTR-ID and Site-ID follow',
      range('lisp.reserved'),
    ),
  ),
  message(['map-notify', 'map-notify-ack'], 'warn', 'reserved-bits', 'CP-05 RFC 9301 §5.7', (x, { range }) =>
    when((x.reservedBits & ~NOTIFY_IDS_BIT) !== 0, 'reserved bits set', range('lisp.reserved')),
  ),
];

const RECORD_RULES: readonly ExpertRule[] = [
  records('note', 'ttl-in-seconds', 'RFC 9301 §5.4', (record, { range }, i) =>
    when(
      record.ttlMinutes === DAY_IN_SECONDS,
      `TTL of ${DAY_IN_SECONDS} minutes is 60 days: the sender may mean seconds`,
      range('lisp.ttl', i),
    ),
  ),
  records('chat', 'ttl-zero-removes', 'CP-15 RFC 9301 §5.4', (record, { range }, i) =>
    when(record.ttlMinutes === 0, 'TTL 0: removes the entry at once', range('lisp.ttl', i)),
  ),
  records('chat', 'ttl-of-receiver', 'RFC 9301 §5.4', (record, { range }, i) =>
    when(record.ttlMinutes === RECEIVER_DECIDES, 'TTL left to the receiver', range('lisp.ttl', i)),
  ),
  records('warn', 'locators-not-sorted', 'CP-25 RFC 9301 §5.5', (record, { range }, i, firstLocator) => {
    const isSorted = sortLocatorRecords(record.locators).every(
      (locator, at) => locator === record.locators[at],
    );
    return when(
      !isSorted,
      `locators of ${formatEidPrefix(record.eid, record.maskBits)} are not sorted: status bits mean different ones`,
      range('lisp.rloc', firstLocator),
    );
  }),
  records('warn', 'locator-twice', 'RFC 9301 §5.4', (record, { range }, _i, firstLocator) =>
    record.locators.flatMap((locator, at) => {
      const text = formatLispAddress(locator.rloc);
      const isSecond = record.locators.slice(0, at).some((other) => formatLispAddress(other.rloc) === text);
      return when(isSecond, `locator ${text} is there twice`, range('lisp.rloc', firstLocator + at));
    }),
  ),
  records('warn', 'rloc-not-unicast', 'CP-20 RFC 9301 §5.4', (record, { range }, _i, firstLocator) =>
    record.locators.flatMap((locator, at) =>
      when(
        isBadRloc(locator.rloc),
        `${formatLispAddress(locator.rloc)} cannot be a locator`,
        range('lisp.rloc', firstLocator + at),
      ),
    ),
  ),
  records('chat', 'locator-unreachable', 'DP-22 RFC 9300 §9', (record, { range }, _i, firstLocator) =>
    record.locators.flatMap((locator, at) =>
      when(
        !locator.reachable,
        `locator ${formatLispAddress(locator.rloc)} with R=0: not used`,
        range('lisp.rloc.reachable', firstLocator + at),
      ),
    ),
  ),
  records('chat', 'locator-never-used', 'CP-17 RFC 9301 §5.4', (record, { range }, _i, firstLocator) =>
    record.locators.flatMap((locator, at) =>
      when(
        locator.priority === 255,
        `locator ${formatLispAddress(locator.rloc)} of priority 255: not used`,
        range('lisp.priority', firstLocator + at),
      ),
    ),
  ),
  records('note', 'locator-not-understood', 'LC-02 RFC 9306 §3', (record, { range }, _i, firstLocator) =>
    record.locators.flatMap((locator, at) =>
      when(
        !isUnderstood(locator.rloc),
        `locator of unknown type ${formatLispAddress(locator.rloc)}: ignored`,
        range('lisp.rloc', firstLocator + at),
      ),
    ),
  ),
  records('warn', 'probed-bits', 'CP-18 RFC 9301 §5.4', (record, { range }, _i, firstLocator) => {
    const probed = record.locators.filter(({ probed: isProbed }) => isProbed).length;
    return when(
      probed > 1,
      `${probed} locators have the p bit: only the first counts`,
      range('lisp.rloc.probed', firstLocator),
    );
  }),
];

const COMMON_RULES: readonly ExpertRule[] = [
  expertRule('control', 'warn', 'nonce-zero', 'CP-09 RFC 9301 §5.2', ({ message: x }, { range }) =>
    when(
      'nonce' in x && x.nonce.hi === 0 && x.nonce.lo === 0,
      'nonce 0: nonces are random',
      range('lisp.nonce'),
    ),
  ),
  expertRule('control', 'warn', 'eid-not-understood', 'LC-04 RFC 9306 §3', ({ message: x }, { range }) =>
    when(
      x.type !== 'ecm' && hasUnrecognizedEid(x),
      'EID of an unknown LCAF type: the message is dropped',
      range('lisp.eid'),
    ),
  ),
  expertRule('control', 'note', 'host-bits', 'RFC 9301 §5.4', ({ message: x }, { range }) =>
    eidPrefixes(x).flatMap(({ eid, maskBits }, i) => {
      const ip = addressIp(eid);
      const isExact = ip === undefined || sameIp(maskIp(ip, maskBits), ip);
      return when(
        !isExact,
        `${formatEidPrefix(eid, maskBits)} has bits set beyond its mask`,
        range('lisp.eid', i),
      );
    }),
  ),
  expertRule('control', 'warn', 'reserved-bits', 'CP-05 RFC 9301 §5', (layer, { frame }) =>
    reservedBits(layer, frame),
  ),
  expertRule('control', 'note', 'trailing-bytes', 'RFC 9301 §5', (layer, { frame }) => {
    const { message: x, start, end } = layer;
    if (x.type === 'ecm' || x.type === 'map-notify' || x.type === 'map-notify-ack') return [];
    const used = start + encodeControl(x).length;
    return when(
      used < Math.min(end, frame.length),
      `${end - used} bytes after the end of the message: ignored`,
      { start: used, end },
    );
  }),
  message(['unknown'], 'note', 'unknown-type', 'RFC 9301 §5.1', (x, { range }) =>
    when(true, `message type ${x.code} is not decoded`, range('lisp.type')),
  ),
];

export const EXPERT_CONTROL_RULES: readonly ExpertRule[] = [
  ...COMMON_RULES,
  ...REQUEST_RULES,
  ...REPLY_RULES,
  ...AUTHENTICATION_RULES,
  ...RECORD_RULES,
];

/** A rule about each EID-record; `firstLocator` counts the locators of the records before it. */
function records(
  severity: Severity,
  id: string,
  about: string,
  find: (record: EidRecord, context: RuleContext, index: number, firstLocator: number) => Finding[],
): ExpertRule {
  return expertRule('control', severity, id, about, ({ message: x }, context) => {
    let firstLocator = 0;
    return eidRecords(x).flatMap((record, i) => {
      const found = find(record, context, i, firstLocator);
      firstLocator += record.locators.length;
      return found;
    });
  });
}

function eidRecords(x: ControlMessage): readonly EidRecord[] {
  switch (x.type) {
    case 'ecm':
    case 'unknown':
      return [];
    case 'map-request':
      return x.mapping === undefined ? [] : [x.mapping];
    default:
      return x.records;
  }
}

/** In the order of the fields `lisp.eid`. */
function eidPrefixes(x: ControlMessage): readonly { readonly eid: LispAddress; readonly maskBits: number }[] {
  return x.type === 'map-request' ? [...x.records, ...eidRecords(x)] : eidRecords(x);
}

/**
 * Decoding ignores reserved bits and encoding sends them as 0: where the message encodes to other bytes than it came
 * as, they were set. Locators in another order than that of CP-25 hide them.
 */
function reservedBits({ message: x, start, headerEnd }: ControlLayer, frame: Uint8Array): Finding[] {
  if (x.type === 'ecm') {
    const isSet = [1, 2, 3].some((i) => frame[start + i] !== 0);
    return when(isSet, 'reserved bits set', { start: start + 1, end: start + 4 });
  }
  const isSorted = eidRecords(x).every((record) =>
    sortLocatorRecords(record.locators).every((locator, i) => locator === record.locators[i]),
  );
  if (!isSorted) return [];
  const clean = encodeControl(x);
  const differing: number[] = [];
  for (let i = 0; i < clean.length && start + i < headerEnd; i++)
    if (clean[i] !== frame[start + i]) differing.push(i);
  if (differing.length === 0) return [];
  const range: ByteRange = { start: start + differing[0]!, end: start + differing.at(-1)! + 1 };
  return when(true, `reserved bits set in byte ${differing.map((i) => start + i).join(', ')}`, range);
}

function isBadRloc(rloc: LispAddress): boolean {
  const ip = rlocIp(rloc);
  if (ip === undefined) return false;
  const isLinkLocal =
    ip.family === 4 ? ip.w0 >>> 8 === 0xe0_00_00 : (ip.w0 & 0xff0f_0000) >>> 0 === 0xff02_0000;
  return (isMulticast(ip) && isLinkLocal) || (ip.family === 4 && ip.w0 === BROADCAST);
}

function inEcm({ layers, index }: RuleContext): boolean {
  return layers.slice(0, index).some((layer) => layer.kind === 'control');
}
