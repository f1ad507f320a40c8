// What tshark prints about a control message, and what it should print about ours: two lists of lines, in wire order.
import type { LispAddress } from '../../src/wire/afi.ts';
import type { ControlMessage } from '../../src/wire/control.ts';
import type { EidRecord } from '../../src/wire/eid-record.ts';
import { toHex } from '../../src/base/bytes.ts';
import { formatIp } from '../../src/base/ip-text.ts';
import { formatLispAddress } from '../../src/wire/lisp-address.ts';

/** Lines that are compared; everything else in the text is a heading, a summary or part of an LCAF. */
const LABELS = [
  'Type: (?!Instance|AFI)[A-Z].*\\(\\d+\\)$',
  '[A-Zp] bit \\(',
  's bit \\(',
  'ITR-RLOC Count',
  'Record Count',
  'Nonce',
  'Key ID',
  'Authentication Data',
  'Source EID: ',
  'ITR-RLOC Address',
  'Prefix Length',
  'Prefix: ',
  'Record TTL',
  'Locator Count',
  'EID Mask Length',
  'Action',
  'Authoritative bit',
  'Mapping Version',
  'EID Prefix: ',
  'Priority',
  'Weight',
  'Multicast Priority',
  'Multicast Weight',
  'Local: ',
  'Probe: ',
  'Reachable: ',
  'Locator: ',
  'List Item Address',
  'Instance ID: ',
  'Address: ',
  'xTR-ID',
  'Site-ID',
];
const COMPARED = new RegExp(`^(${LABELS.join('|')})`);

/** Text of `tshark -V -O lisp`, by frame number. */
export function tsharkFrames(text: string): Map<number, string[]> {
  const frames = new Map<number, string[]>();
  let current: string[] = [];
  for (const line of text.split('\n')) {
    const frame = /^Frame (\d+):/.exec(line);
    if (frame !== null) {
      current = [];
      frames.set(Number(frame[1]), current);
    }
    // `.... 0100 00.. = Flags: 0x10`: the bit pattern is of no interest here.
    const said = line.trim().replace(/^[01. ]+ = /, '');
    if (COMPARED.test(said)) current.push(said);
  }
  return frames;
}

const TYPES: Readonly<Record<ControlMessage['type'], string>> = {
  'map-request': 'Map-Request (1)',
  'map-reply': 'Map-Reply (2)',
  'map-register': 'Map-Register (3)',
  'map-notify': 'Map-Notify (4)',
  'map-notify-ack': 'Unknown (5)',
  ecm: 'Encapsulated Control Message (8)',
  unknown: 'Unknown',
};

const ACTIONS = [
  'No-Action',
  'Natively-Forward',
  'Send-Map-Request',
  'Drop/No-Reason',
  'Drop/Policy-Denied',
  'Drop/Authentication-Failure',
];

const set = (isSet: boolean): string => (isSet ? 'Set' : 'Not set');

/** The lines that tshark 4.0 prints for this message when it agrees. */
export function expectedLines(message: ControlMessage): string[] {
  const type = `Type: ${TYPES[message.type]}`;
  switch (message.type) {
    case 'map-request':
      return [
        type,
        `A bit (Authoritative): ${set(message.authoritative)}`,
        `M bit (Map-Reply present): ${set(message.mapping !== undefined)}`,
        `P bit (Probe): ${set(message.probe)}`,
        `S bit (Solicit-Map-Request): ${set(message.smr)}`,
        `p bit (Proxy ITR): ${set(message.pitr)}`,
        `s bit (SMR-invoked): ${set(message.smrInvoked)}`,
        `ITR-RLOC Count: ${message.itrRlocs.length - 1}`,
        `Record Count: ${message.records.length}`,
        nonceLine(message.nonce),
        ...addressLines('Source EID', message.sourceEid),
        ...message.itrRlocs.flatMap((rloc) => addressLines('ITR-RLOC Address', rloc)),
        ...message.records.flatMap(({ eid, maskBits }) => [
          `Prefix Length: ${maskBits}`,
          ...addressLines('Prefix', eid),
        ]),
        ...(message.mapping === undefined ? [] : recordLines(message.mapping)),
      ];
    case 'map-reply':
      return [
        type,
        `P bit (Probe): ${set(message.probe)}`,
        `E bit (Echo-Nonce locator reachability algorithm enabled): ${set(message.echoNonceCapable)}`,
        `S bit (LISP-SEC capable): ${set(message.securityData !== undefined)}`,
        `Record Count: ${message.records.length}`,
        nonceLine(message.nonce),
        ...message.records.flatMap(recordLines),
      ];
    case 'map-register':
      return [
        type,
        `P bit (Proxy-Map-Reply): ${set(message.proxyReply)}`,
        `S bit (LISP-SEC capable): ${set(message.securityCapable)}`,
        `I bit (xTR-ID present): ${set(message.ids !== undefined)}`,
        'R bit (Built for an RTR): Not set',
        `M bit (Want-Map-Notify): ${set(message.wantMapNotify)}`,
        ...authenticatedLines(message),
        ...(message.ids === undefined ? [] : idLines(message.ids.xtrId, message.ids.siteId)),
      ];
    case 'map-notify': {
      // Bits 4 and 5, which RFC 9301 reserves, are I and R to tshark.
      const hasIds = (message.reservedBits & 0x8_0000) !== 0;
      const { trailer } = message;
      return [
        type,
        `I bit (xTR-ID present): ${set(hasIds)}`,
        `R bit (Built for an RTR): ${set((message.reservedBits & 0x4_0000) !== 0)}`,
        ...authenticatedLines(message),
        ...(hasIds && trailer.length >= 24 ? idLines(trailer.subarray(0, 16), trailer.subarray(16, 24)) : []),
      ];
    }
    case 'ecm':
      return [
        type,
        `S bit (LISP-SEC capable): ${set(message.securityData !== undefined)}`,
        `D bit (DDT-originated): ${set(message.ddt)}`,
        ...expectedLines(message.message),
      ];
    case 'map-notify-ack':
    case 'unknown':
      return [type];
  }
}

type Authenticated = Extract<ControlMessage, { readonly authentication: unknown }>;

function authenticatedLines({ nonce, authentication, records }: Authenticated): string[] {
  const { keyId, algorithmId, data } = authentication;
  return [
    `Record Count: ${records.length}`,
    nonceLine(nonce),
    // One 16-bit Key ID in the RFC 6830 layout that tshark follows.
    `Key ID: 0x${(keyId * 256 + algorithmId).toString(16).padStart(4, '0')}`,
    `Authentication Data Length: ${data.length}`,
    `Authentication Data: ${data.length === 0 ? '<MISSING>' : toHex(data)}`,
    ...records.flatMap(recordLines),
  ];
}

function recordLines(record: EidRecord): string[] {
  return [
    `Record TTL: ${record.ttlMinutes}`,
    `Locator Count: ${record.locators.length}`,
    `EID Mask Length: ${record.maskBits}`,
    `Action: ${ACTIONS[record.action] ?? 'Unknown'} (${record.action})`,
    `Authoritative bit: ${set(record.authoritative)}`,
    `Mapping Version: ${record.mapVersion}`,
    ...addressLines('EID Prefix', record.eid),
    ...record.locators.flatMap((locator) => [
      `Priority: ${locator.priority}`,
      `Weight: ${locator.weight}`,
      `Multicast Priority: ${locator.multicastPriority}`,
      `Multicast Weight: ${locator.multicastWeight}`,
      `Local: ${set(locator.local)}`,
      `Probe: ${set(locator.probed)}`,
      `Reachable: ${set(locator.reachable)}`,
      ...addressLines('Locator', locator.rloc),
    ]),
  ];
}

/** A plain address is on its own line; an EID in an LCAF has a line and the parts of the LCAF, a locator the parts. */
function addressLines(label: string, a: LispAddress): string[] {
  // An EID of AFI 0 in a record has no line of its own.
  if (a.kind === 'none') return label === 'Source EID' ? ['Source EID: not set'] : [];
  if (a.kind !== 'lcaf') return [`${label}: ${formatLispAddress(a)}`];
  const isLocator = label === 'Locator' || label === 'ITR-RLOC Address';
  const own = isLocator ? [] : [`${label}: ${summary(a)}`];
  switch (a.lcaf.type) {
    case 'instance-id':
      return [...own, `Instance ID: ${a.lcaf.instanceId}`, `Address: ${formatLispAddress(a.lcaf.address)}`];
    case 'afi-list':
      return [
        ...own,
        ...a.lcaf.items.flatMap((item) =>
          item.kind === 'ip' ? [`List Item Address: ${formatIp(item.address)}`] : [],
        ),
      ];
    case 'unknown':
      return own;
  }
}

/** tshark 4.0 prints an instance of 2^31 and more as a negative number there. */
function summary(a: LispAddress): string {
  if (a.kind !== 'lcaf' || a.lcaf.type !== 'instance-id') return formatLispAddress(a);
  return `[${a.lcaf.instanceId | 0}] ${formatLispAddress(a.lcaf.address)}`;
}

function idLines(xtrId: Uint8Array, siteId: Uint8Array): string[] {
  return [`xTR-ID: ${toHex(xtrId)}`, `Site-ID: ${toHex(siteId)}`];
}

function nonceLine({ hi, lo }: { readonly hi: number; readonly lo: number }): string {
  return `Nonce: 0x${hi.toString(16).padStart(8, '0')}${lo.toString(16).padStart(8, '0')}`;
}
