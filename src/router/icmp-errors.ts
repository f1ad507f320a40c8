import { Reader } from '../base/bytes.ts';
import { isMulticast, type IpAddress } from '../base/ip.ts';
import { seconds, type Micros } from '../base/time.ts';
import { decoded } from '../wire/error.ts';
import {
  buildIcmpPacket,
  decodeIcmp,
  FRAGMENTATION_NEEDED,
  isIcmpError,
  quoteForError,
  UNREACHABLE6_NO_ROUTE,
  UNREACHABLE6_PORT,
  UNREACHABLE6_PROHIBITED,
  UNREACHABLE_HOST,
  UNREACHABLE_PORT,
  UNREACHABLE_PROHIBITED,
  type IcmpMessage,
} from '../wire/icmp.ts';
import { readIp, type IpPacket } from '../wire/ip-packet.ts';
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from '../wire/ipv4.ts';
import { ORIGINATED_TTL } from './ping.ts';

export type ErrorCause =
  'ttl-expired' | 'reassembly-timeout' | 'too-big' | 'no-route' | 'prohibited' | 'port-unreachable';

/** Errors a router sends in a burst and per second (RFC 1812 §4.3.2.8, RFC 4443 §2.4 f). */
const BURST = 10;
const PER_SECOND = 10;

/** Plain data, structured-clone safe. */
export interface IcmpErrorState {
  readonly tokens: number;
  readonly filled: Micros;
}

/** Makes the ICMP errors of one router, at a limited rate. */
export class IcmpErrors {
  #tokens = BURST;
  #filled: Micros = 0;

  /**
   * The error packet about `offender` (a packet, or as much of it as an error quoted) from `source`, owned by the
   * caller. Undefined when none may be sent: about an error, a later fragment or a multicast (RFC 1122 §3.2.2);
   * 'limited' when the rate is used up. `mtu` matters for 'too-big'.
   */
  build(
    now: Micros,
    cause: ErrorCause,
    offender: Uint8Array,
    source: IpAddress,
    mtu = 0,
  ): Uint8Array | 'limited' | undefined {
    const ip = decoded(() => readIp(new Reader(offender), true));
    if (!ip.ok || !mayBeAnswered(ip.value)) return undefined;
    if (source.family !== ip.value.family) return undefined;
    if (!this.#take(now)) return 'limited';
    return buildIcmpPacket(
      { source, destination: ip.value.source, ttl: ORIGINATED_TTL },
      errorMessage(cause, ip.value, quoteForError(offender), mtu),
    );
  }

  save(): IcmpErrorState {
    return { tokens: this.#tokens, filled: this.#filled };
  }

  restore({ tokens, filled }: IcmpErrorState): void {
    this.#tokens = tokens;
    this.#filled = filled;
  }

  #take(now: Micros): boolean {
    const earned = Math.floor(((now - this.#filled) * PER_SECOND) / seconds(1));
    if (earned > 0) {
      this.#tokens = Math.min(BURST, this.#tokens + earned);
      this.#filled = now;
    }
    if (this.#tokens === 0) return false;
    this.#tokens--;
    return true;
  }
}

function errorMessage(cause: ErrorCause, ip: IpPacket, quote: Uint8Array, mtu: number): IcmpMessage {
  const isV4 = ip.family === 4;
  switch (cause) {
    case 'ttl-expired':
    case 'reassembly-timeout':
      return { type: 'time-exceeded', code: cause === 'ttl-expired' ? 0 : 1, quote };
    case 'too-big':
      return isV4
        ? { type: 'unreachable', code: FRAGMENTATION_NEEDED, mtu, quote }
        : { type: 'packet-too-big', mtu, quote };
    case 'no-route':
      return { type: 'unreachable', code: isV4 ? UNREACHABLE_HOST : UNREACHABLE6_NO_ROUTE, mtu: 0, quote };
    case 'prohibited':
      return {
        type: 'unreachable',
        code: isV4 ? UNREACHABLE_PROHIBITED : UNREACHABLE6_PROHIBITED,
        mtu: 0,
        quote,
      };
    case 'port-unreachable':
      return { type: 'unreachable', code: isV4 ? UNREACHABLE_PORT : UNREACHABLE6_PORT, mtu: 0, quote };
  }
}

function mayBeAnswered(ip: IpPacket): boolean {
  if (ip.fragmentOffset > 0 || isMulticast(ip.destination) || isMulticast(ip.source)) return false;
  if (ip.protocol !== PROTOCOL_ICMP && ip.protocol !== PROTOCOL_ICMPV6) return true;
  const icmp = decodeIcmp(ip.payload, ip);
  return icmp.ok && !isIcmpError(ip.family, icmp.value.message);
}
