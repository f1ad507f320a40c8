/** Words of `explain`: what a network engineer reads about a packet, a route, an entry, a verdict. */
import type { IpAddress } from '../base/ip.ts';
import { formatIp, formatPrefix } from '../base/ip-text.ts';
import {
  ACTION_NATIVELY_FORWARD,
  ACTION_SEND_MAP_REQUEST,
  actionName,
  type Action,
} from '../mapping/action.ts';
import { describeProtocol } from '../wire/ipv4.ts';
import { describeLispFlags } from '../wire/lisp-data.ts';
import {
  ACTION_FORWARD,
  VERDICT_DROP,
  VERDICT_ENCAP,
  VERDICT_NATIVE,
  VERDICT_PUNT,
} from '../../assembly/layout.ts';
import { reasonName, reasonText } from './counters.ts';
import type { EncapTarget, NextHop } from './data-plane.ts';
import type { Packet } from './model-packet.ts';
import type { Match, ModelEntry } from './model-tables.ts';

export const address = formatIp;
export const lispFlags = describeLispFlags;

/** Code points of the ECN field (RFC 3168 §5), in the order of their codes. */
const ECN_NAMES = ['Not-ECT', 'ECT(1)', 'ECT(0)', 'CE'] as const;

/** `ecn: the outer header says CE and the inner sender does not know ECN`. */
export function reason(code: number): string {
  return `${reasonName(code)}: ${reasonText(code)}`;
}

/** `map-cache` or `map-cache, instance 101`. */
export function table(name: string, instanceId: number): string {
  return instanceId === 0 ? name : `${name}, instance ${instanceId}`;
}

/** `192.168.1.1 > 4.4.4.4`. */
export function addresses({ source, destination }: Pick<Packet, 'source' | 'destination'>): string {
  return `${formatIp(source)} > ${formatIp(destination)}`;
}

/** `IPv4 192.168.1.1 > 4.4.4.4, ICMP, TTL 255, DSCP 0, Not-ECT, 100 bytes`. */
export function packet(p: Packet): string {
  const fragment = p.isFragment ? ', fragment' : '';
  return `IPv${p.family} ${addresses(p)}, ${describeProtocol(p.protocol)}${fragment}, ${headerFields(p)}, ${p.bytes.length} bytes`;
}

/** `TTL 255, DSCP 46, ECT(0)`. */
export function headerFields({ ttl, tos }: Pick<Packet, 'ttl' | 'tos'>): string {
  return `TTL ${ttl}, DSCP ${tos >>> 2}, ${ECN_NAMES[tos & 3]!}`;
}

/** `10.0.2.0/30, via 10.0.1.1 on interface 0`, `no route`. */
export function route(match: Match<NextHop> | undefined): string {
  return match === undefined ? 'no route' : `${formatPrefix(match.prefix)}, ${nextHop(match.value)}`;
}

function nextHop({ kind, gateway, interfaceIndex }: NextHop): string {
  switch (kind) {
    case 'local':
      return 'own address';
    case 'discard':
      return 'discard';
    case 'connected':
      return `connected on interface ${interfaceIndex}`;
    case 'via':
      return `via ${gateway === undefined ? '?' : formatIp(gateway)} on interface ${interfaceIndex}`;
  }
}

export function eligibility(isItr: boolean, isPitr: boolean, isRtr: boolean): string {
  if (isItr) return 'the source is a local EID (ITR)';
  if (isPitr) return 'the destination is in a proxy range (PITR)';
  if (isRtr) return 'a LISP header was taken off, and a new one is due (RTR)';
  return 'neither source nor destination is ours to encapsulate for';
}

export function acceptance(
  { isEtr, isRtr, isPetr }: { readonly isEtr: boolean; readonly isRtr: boolean; readonly isPetr: boolean },
  refusal: number,
): string {
  if (isEtr) return 'the destination is a local EID (ETR)';
  if (isRtr) return 'the destination is one to encapsulate to again (RTR)';
  if (isPetr) return 'the source is of a served site (PETR)';
  return reason(refusal);
}

/** `0.0.0.0/1, natively-forward`, `192.168.1.1/32, forward to 1 locator`. */
export function entry(match: Match<ModelEntry> | undefined): string {
  if (match === undefined) return 'no match';
  const { action: code, set } = match.value;
  const locators = code === ACTION_FORWARD ? ` to ${set.up} locator${set.up === 1 ? '' : 's'}` : '';
  return `${formatPrefix(match.prefix)}, ${action(code)}${locators}`;
}

export function action(code: Action): string {
  return code === ACTION_FORWARD ? 'forward' : actionName(code);
}

export function actionMeaning(code: Action): string {
  switch (code) {
    case ACTION_FORWARD:
      return 'encapsulate';
    case ACTION_NATIVELY_FORWARD:
      return 'no LISP site there: without a LISP header';
    case ACTION_SEND_MAP_REQUEST:
      return 'ask the mapping system';
    default:
      return 'drop';
  }
}

/** `10.0.255.1 > 10.0.1.2, priority 1 weight 100`. */
export function target(t: EncapTarget): string {
  return `${addresses(t)}, priority ${t.priority} weight ${t.weight}`;
}

/** `fits 1464`, `larger than 1464`. */
export function fits(length: number, room: number): string {
  return `${length <= room ? 'fits' : 'larger than'} ${room}`;
}

export function hash(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}

/** `native, out of interface 1 to 10.0.1.1`, `drop, no-route: the underlay has no route`. */
export function verdict(what: {
  readonly verdict: number;
  readonly reason: number;
  readonly outInterface: number;
  readonly gateway?: IpAddress;
  readonly mtu: number;
}): string {
  const out = `out of interface ${what.outInterface}${what.gateway === undefined ? '' : ` to ${formatIp(what.gateway)}`}`;
  const room = what.mtu === 0 ? '' : `, at most ${what.mtu} bytes`;
  switch (what.verdict) {
    case VERDICT_NATIVE:
      return `native, ${out}`;
    case VERDICT_ENCAP:
      return `encapsulated, ${out}`;
    case VERDICT_PUNT:
      return `to the control plane, ${reason(what.reason)}${room}`;
    case VERDICT_DROP:
      return `drop, ${reason(what.reason)}`;
    default:
      return 'none';
  }
}
