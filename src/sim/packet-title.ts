/** Short titles of packets, as ladders and expectations have them. */
import type { IpAddress } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import { CONTROL_PORT, type ControlMessage } from '../wire/control.ts';
import { describeAction } from '../wire/describe-control.ts';
import type { EidRecord } from '../wire/eid-record.ts';
import type { IcmpMessage } from '../wire/icmp.ts';
import { isFragment } from '../wire/ip-packet.ts';
import { formatEidPrefix } from '../wire/lisp-address.ts';
import { DATA_PORT } from '../wire/lisp-data.ts';
import { RIP_REQUEST, type RipMessage } from '../wire/rip.ts';
import type { PacketFacts } from './packet-facts.ts';

/**
 * A few words: `ECM Map-Request 4.4.4.4/32`, `LISP | echo reply to 192.168.1.1`, and of an ICMP error about LISP what
 * it is about: `time exceeded to 10.0.1.2 about ECM Map-Request 4.4.4.4/32`.
 */
export function titleOf(facts: PacketFacts): string {
  const { control, inner, icmp, packet, isEcm, rip, about } = facts;
  if (control !== undefined) return `${isEcm ? 'ECM ' : ''}${controlTitle(control)}`;
  if (rip !== undefined) return ripTitle(rip);
  const subject = about === undefined ? undefined : lispTitle(about);
  const what = [
    icmp === undefined ? plainTitle(facts) : icmpTitle(icmp, facts.target),
    ...(subject === undefined ? [] : [`about ${subject}`]),
  ].join(' ');
  if (inner !== undefined) return `LISP | ${what}`;
  return packet.payload.kind === 'udp' && packet.payload.payload.kind === 'broken' ? 'malformed LISP' : what;
}

/** Of a quoted packet, when it is LISP: quotes may end before it can be told which message it is. */
function lispTitle(facts: PacketFacts): string | undefined {
  const { control, inner, packet } = facts;
  if (control !== undefined || inner !== undefined) return titleOf(facts);
  if (packet.payload.kind !== 'udp') return undefined;
  const { sourcePort, destinationPort } = packet.payload.udp;
  if (destinationPort === DATA_PORT) return 'LISP data';
  return sourcePort === CONTROL_PORT || destinationPort === CONTROL_PORT ? 'LISP control' : undefined;
}

function controlTitle(message: ControlMessage): string {
  switch (message.type) {
    case 'map-request': {
      const eids = message.records.map(({ eid, maskBits }) => formatEidPrefix(eid, maskBits)).join(', ');
      return `${message.smr ? 'SMR ' : message.probe ? 'RLOC-probe ' : ''}Map-Request ${eids}`;
    }
    case 'map-reply':
      return `Map-Reply ${recordTitles(message.records)}`;
    case 'map-register':
      return `Map-Register ${recordTitles(message.records)}`;
    case 'map-notify':
      return `Map-Notify ${recordTitles(message.records)}`;
    case 'map-notify-ack':
      return `Map-Notify-Ack ${recordTitles(message.records)}`;
    case 'ecm':
      return 'ECM';
    case 'unknown':
      return `LISP control type ${message.code}`;
  }
}

function ripTitle({ command, entries }: RipMessage): string {
  if (command === RIP_REQUEST) return 'RIP request';
  return `RIP update, ${entries.length} route${entries.length === 1 ? '' : 's'}`;
}

function recordTitles(records: readonly EidRecord[]): string {
  return records
    .map(({ eid, maskBits, locators, action }) => {
      const name = formatEidPrefix(eid, maskBits);
      return locators.length === 0 ? `${name} ${describeAction(action)}` : name;
    })
    .join(', ');
}

function icmpTitle(message: IcmpMessage, to: IpAddress): string {
  switch (message.type) {
    case 'echo-request':
    case 'echo-reply':
      return `${message.type.replace('-', ' ')} to ${formatIp(to)}`;
    case 'unreachable':
      return `unreachable to ${formatIp(to)}`;
    case 'time-exceeded':
      return `time exceeded to ${formatIp(to)}`;
    case 'packet-too-big':
      return `packet too big to ${formatIp(to)}`;
    case 'unknown':
      return `ICMP type ${message.icmpType} to ${formatIp(to)}`;
  }
}

function plainTitle({ packet, inner, target }: PacketFacts): string {
  const { ip, payload } = inner ?? packet;
  if (isFragment(ip)) return `fragment to ${formatIp(target)}`;
  if (payload.kind === 'udp') return `UDP ${payload.udp.destinationPort} to ${formatIp(target)}`;
  return `IP protocol ${ip.protocol} to ${formatIp(target)}`;
}
