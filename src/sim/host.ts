import { contains, isAny, isMulticast, prefix, sameIp, type Family, type IpAddress } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import type { Micros } from '../base/time.ts';
import type { TraceFields } from '../base/trace.ts';
import type { Arrival, NetworkNode, NodeOutput, PingRequest } from '../router/node.ts';
import { DEFAULT_MTU, type InterfaceAddress } from '../router/options.ts';
import { ORIGINATED_TTL, Pinger, type PingOutput, type PingState } from '../router/ping.ts';
import { buildIcmpPacket, decodeIcmp, type IcmpMessage } from '../wire/icmp.ts';
import { decodeIp, isFragment, type IpPacket } from '../wire/ip-packet.ts';
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from '../wire/ipv4.ts';
import { layersOf, decodePacket } from '../wire/packet.ts';

export interface HostOptions {
  readonly name: string;
  /** Default `eth0`. */
  readonly interfaceName?: string;
  /** At least one; those of one family share the interface. */
  readonly addresses: readonly InterfaceAddress[];
  /** One of each family at most. Without one a host reaches only its own subnets. */
  readonly gateways: readonly IpAddress[];
  /** Default 1500. */
  readonly mtu?: number;
}

export interface HostState {
  readonly ping: PingState;
  readonly counters: HostCounters;
}

/** Every arrival is one of answered, taken or ignored. */
export interface HostCounters {
  /** Echo requests answered. */
  readonly answered: number;
  /** Replies and errors that belong to a ping of this host. */
  readonly taken: number;
  /** Everything else. */
  readonly ignored: number;
}

/** A computer that knows nothing of LISP: one interface, answers echo requests, pings. */
export class Host implements NetworkNode {
  readonly name: string;
  readonly interfaces: readonly string[];
  readonly #options: HostOptions;
  readonly #pinger = new Pinger();
  #counters: HostCounters = { answered: 0, taken: 0, ignored: 0 };

  constructor(options: HostOptions) {
    this.#options = options;
    this.name = options.name;
    this.interfaces = [options.interfaceName ?? 'eth0'];
  }

  get counters(): HostCounters {
    return this.#counters;
  }

  start(): void {
    // A host has nothing to do before somebody talks.
  }

  advance(now: Micros, arrivals: readonly Arrival[], out: NodeOutput[]): void {
    for (const { bytes } of arrivals) this.#receive(now, bytes, out);
    this.#pings(out, (results) => this.#pinger.tick(now, results));
  }

  nextDeadline(): Micros {
    return this.#pinger.nextDeadline();
  }

  ping(now: Micros, request: PingRequest, out: NodeOutput[]): void {
    const source = request.source ?? this.#addressToward(request.destination);
    if (source === undefined || source.family !== request.destination.family) {
      const marks = 'U'.repeat(request.count);
      out.push({ kind: 'ping-done', result: { request, marks, sent: 0, received: 0, times: [] } });
      return;
    }
    this.#pings(out, (results) => this.#pinger.start(now, request, source, results));
  }

  save(): HostState {
    return { ping: this.#pinger.save(), counters: this.#counters };
  }

  restore(state: unknown): void {
    const { ping, counters } = state as HostState;
    this.#pinger.restore(ping);
    this.#counters = counters;
  }

  #receive(now: Micros, bytes: Uint8Array, out: NodeOutput[]): void {
    const ip = decodeIp(bytes);
    if (!ip.ok || !this.#isMine(ip.value.destination) || isFragment(ip.value)) {
      this.#ignore(out, ip.ok ? { to: formatIp(ip.value.destination) } : { malformed: true });
      return;
    }
    const icmp = icmpOf(ip.value);
    if (icmp?.type === 'echo-request' && !isAny(ip.value.source) && !isMulticast(ip.value.source)) {
      this.#answer(ip.value, icmp, out);
    } else if (icmp !== undefined && this.#isForPing(now, bytes, ip.value, icmp, out)) {
      this.#counters = { ...this.#counters, taken: this.#counters.taken + 1 };
    } else {
      this.#ignore(out, { protocol: ip.value.protocol, from: formatIp(ip.value.source) });
    }
  }

  #answer(ip: IpPacket, request: Extract<IcmpMessage, { data: Uint8Array }>, out: NodeOutput[]): void {
    this.#counters = { ...this.#counters, answered: this.#counters.answered + 1 };
    const bytes = buildIcmpPacket(
      { source: ip.destination, destination: ip.source, ttl: ORIGINATED_TTL, dscp: ip.dscp },
      { ...request, type: 'echo-reply' },
    );
    this.#transmit(ip.source, bytes, out);
  }

  #isForPing(now: Micros, bytes: Uint8Array, ip: IpPacket, message: IcmpMessage, out: NodeOutput[]): boolean {
    const quoted = quotedEcho(bytes);
    const input = { from: ip.source, message, ...(quoted === undefined ? {} : { quoted }) };
    const results: PingOutput[] = [];
    const taken = this.#pinger.handle(now, input, results);
    this.#carry(results, out);
    return taken;
  }

  #pings(out: NodeOutput[], work: (results: PingOutput[]) => void): void {
    const results: PingOutput[] = [];
    work(results);
    this.#carry(results, out);
  }

  #carry(results: readonly PingOutput[], out: NodeOutput[]): void {
    for (const result of results) {
      if (result.kind === 'done') {
        out.push({ kind: 'ping-done', result: result.result });
      } else {
        const ip = decodeIp(result.bytes);
        if (ip.ok) this.#transmit(ip.value.destination, result.bytes, out);
      }
    }
  }

  #transmit(destination: IpAddress, bytes: Uint8Array, out: NodeOutput[]): void {
    if (this.#reaches(destination) && bytes.length <= (this.#options.mtu ?? DEFAULT_MTU)) {
      out.push({ kind: 'transmit', interfaceIndex: 0, bytes });
    } else {
      trace(out, 'not-sent', { to: formatIp(destination), bytes: bytes.length });
    }
  }

  #ignore(out: NodeOutput[], fields: TraceFields): void {
    this.#counters = { ...this.#counters, ignored: this.#counters.ignored + 1 };
    trace(out, 'ignored', fields);
  }

  #isMine(address: IpAddress): boolean {
    return this.#options.addresses.some((own) => sameIp(own.address, address));
  }

  #addressToward(destination: IpAddress): IpAddress | undefined {
    const own = this.#options.addresses;
    const near = own.find((each) => contains(prefix(each.address, each.bits), destination));
    return (near ?? own.find(({ address }) => address.family === destination.family))?.address;
  }

  #reaches({ family, ...rest }: IpAddress): boolean {
    const { addresses, gateways } = this.#options;
    const onLink = addresses.some(({ address, bits }) =>
      contains(prefix(address, bits), { family, ...rest }),
    );
    return onLink || hasFamily(gateways, family);
  }
}

function hasFamily(addresses: readonly IpAddress[], family: Family): boolean {
  return addresses.some((address) => address.family === family);
}

function icmpOf(ip: IpPacket): IcmpMessage | undefined {
  if (ip.protocol !== (ip.family === 4 ? PROTOCOL_ICMP : PROTOCOL_ICMPV6)) return undefined;
  const icmp = decodeIcmp(ip.payload, ip);
  return icmp.ok && icmp.value.checksumOk ? icmp.value.message : undefined;
}

/** Identifier and sequence of the echo request that an ICMP error quotes. */
function quotedEcho(
  bytes: Uint8Array,
): { readonly identifier: number; readonly sequence: number } | undefined {
  const packet = decodePacket(bytes);
  if (!packet.ok) return undefined;
  const [, quoted] = [...layersOf(packet.value)].filter((layer) => layer.kind === 'icmp');
  return quoted?.message.type === 'echo-request' ? quoted.message : undefined;
}

function trace(out: NodeOutput[], event: string, fields: TraceFields): void {
  out.push({ kind: 'trace', event: { source: 'host', event, fields } });
}
