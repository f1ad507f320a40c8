import { contains, isAny, isMulticast, prefix, sameIp, type Family, type IpAddress } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import type { Micros } from '../base/time.ts';
import type { TraceFields } from '../base/trace.ts';
import { Fragmenter } from '../router/fragmenter.ts';
import type { Arrival, NetworkNode, NodeOutput, PingRequest, TracerouteRequest } from '../router/node.ts';
import { DEFAULT_MTU, type InterfaceAddress } from '../router/options.ts';
import { ORIGINATED_TTL } from '../router/ping.ts';
import { Probes, type ProbeOutput, type ProbeState } from '../router/probes.ts';
import { Reassembly, type ReassemblyState } from '../router/reassembly.ts';
import {
  buildIcmpPacket,
  decodeIcmp,
  quoteForError,
  UNREACHABLE6_PORT,
  UNREACHABLE_PORT,
  type IcmpMessage,
} from '../wire/icmp.ts';
import { decodeIp, isFragment, type IpPacket } from '../wire/ip-packet.ts';
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_UDP } from '../wire/ipv4.ts';

/** A host: one interface, its addresses and gateways. */
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

/** Plain data, structured-clone safe; what is in it beside the counters is for `restore` of the same version. */
export interface HostState {
  /** @internal */
  readonly probes: ProbeState;
  /** @internal */
  readonly fragments: ReassemblyState;
  /** @internal */
  readonly identification: number;
  readonly counters: HostCounters;
}

/** Every whole packet that arrives is one of answered, taken or ignored. */
export interface HostCounters {
  /** Echo requests, and datagrams to ports where nobody listens: all of them. */
  readonly answered: number;
  /** Replies and errors that belong to a ping or traceroute of this host. */
  readonly taken: number;
  /** Everything else. */
  readonly ignored: number;
}

/** A computer that knows nothing of LISP: one interface, answers echo requests, pings, traces routes. */
export class Host implements NetworkNode {
  readonly name: string;
  readonly interfaces: readonly string[];
  readonly #options: HostOptions;
  readonly #probes = new Probes();
  readonly #fragments = new Reassembly();
  readonly #fragmenter = new Fragmenter();
  #counters: HostCounters = { answered: 0, taken: 0, ignored: 0 };

  constructor(options: HostOptions) {
    this.#options = options;
    this.name = options.name;
    this.interfaces = [options.interfaceName ?? 'eth0'];
  }

  /** What has arrived so far. */
  get counters(): HostCounters {
    return this.#counters;
  }

  start(): void {
    // A host has nothing to do before somebody talks.
  }

  advance(now: Micros, arrivals: readonly Arrival[], out: NodeOutput[]): void {
    for (const { bytes } of arrivals) this.#receive(now, bytes, out);
    for (const { from } of this.#fragments.expire(now)) this.#ignore(out, { from, incomplete: true });
    this.#probing(out, (results) => {
      this.#probes.tick(now, results);
    });
  }

  nextDeadline(): Micros {
    return Math.min(this.#probes.nextDeadline(), this.#fragments.nextDeadline());
  }

  ping(now: Micros, request: PingRequest, out: NodeOutput[]): void {
    const source = this.#sourceFor(request);
    if (source === undefined) {
      const marks = 'U'.repeat(request.count);
      out.push({ kind: 'ping-done', result: { request, marks, sent: 0, received: 0, times: [] } });
      return;
    }
    this.#probing(out, (results) => {
      this.#probes.ping(now, request, source, results);
    });
  }

  traceroute(now: Micros, request: TracerouteRequest, out: NodeOutput[]): void {
    const source = this.#sourceFor(request);
    if (source === undefined) {
      out.push({ kind: 'traceroute-done', result: { request, hops: [] } });
      return;
    }
    this.#probing(out, (results) => {
      this.#probes.traceroute(now, request, source, results);
    });
  }

  save(): HostState {
    return {
      probes: this.#probes.save(),
      fragments: this.#fragments.save(),
      identification: this.#fragmenter.save(),
      counters: this.#counters,
    };
  }

  /** Takes back a HostState. */
  restore(state: unknown): void {
    const { probes, fragments, identification, counters } = state as HostState;
    this.#probes.restore(probes);
    this.#fragments.restore(fragments);
    this.#fragmenter.restore(identification);
    this.#counters = counters;
  }

  #receive(now: Micros, bytes: Uint8Array, out: NodeOutput[]): void {
    const ip = decodeIp(bytes);
    if (!ip.ok || !this.#isMine(ip.value.destination)) {
      this.#ignore(out, ip.ok ? { to: formatIp(ip.value.destination) } : { malformed: true });
      return;
    }
    if (isFragment(ip.value)) {
      this.#assemble(now, ip.value, bytes, out);
      return;
    }
    const { source, protocol } = ip.value;
    const icmp = icmpOf(ip.value);
    const isUnicast = !isAny(source) && !isMulticast(source);
    if (icmp?.type === 'echo-request' && isUnicast) {
      this.#answer(ip.value, { ...icmp, type: 'echo-reply' }, out);
    } else if (protocol === PROTOCOL_UDP && isUnicast) {
      const code = source.family === 4 ? UNREACHABLE_PORT : UNREACHABLE6_PORT;
      this.#answer(ip.value, { type: 'unreachable', code, mtu: 0, quote: quoteForError(bytes) }, out);
    } else if (icmp !== undefined && this.#isForProbe(now, source, icmp, out)) {
      this.#counters = { ...this.#counters, taken: this.#counters.taken + 1 };
    } else {
      this.#ignore(out, { protocol, from: formatIp(source) });
    }
  }

  #assemble(now: Micros, ip: IpPacket, bytes: Uint8Array, out: NodeOutput[]): void {
    const verdict = this.#fragments.offer(now, ip, bytes);
    if (verdict.kind === 'whole') this.#receive(now, verdict.bytes, out);
    else if (verdict.kind === 'refused')
      this.#ignore(out, { from: formatIp(ip.source), reason: verdict.reason });
  }

  /** From the address that was spoken to, back to who spoke. */
  #answer(ip: IpPacket, message: IcmpMessage, out: NodeOutput[]): void {
    this.#counters = { ...this.#counters, answered: this.#counters.answered + 1 };
    const bytes = buildIcmpPacket(
      { source: ip.destination, destination: ip.source, ttl: ORIGINATED_TTL, dscp: ip.dscp },
      message,
    );
    this.#transmit(ip.source, bytes, out);
  }

  #isForProbe(now: Micros, from: IpAddress, message: IcmpMessage, out: NodeOutput[]): boolean {
    const results: ProbeOutput[] = [];
    const isTaken = this.#probes.handle(now, from, message, results);
    this.#carry(results, out);
    return isTaken;
  }

  #probing(out: NodeOutput[], work: (results: ProbeOutput[]) => void): void {
    const results: ProbeOutput[] = [];
    work(results);
    this.#carry(results, out);
  }

  #carry(results: readonly ProbeOutput[], out: NodeOutput[]): void {
    for (const result of results) {
      if (result.kind !== 'packet') {
        out.push(result);
      } else {
        const ip = decodeIp(result.bytes);
        if (ip.ok) this.#transmit(ip.value.destination, result.bytes, out);
      }
    }
  }

  #transmit(destination: IpAddress, bytes: Uint8Array, out: NodeOutput[]): void {
    const mtu = this.#options.mtu ?? DEFAULT_MTU;
    this.#fragmenter.stamp(bytes);
    const pieces = bytes.length <= mtu ? [bytes] : this.#fragmenter.split(bytes, mtu, true);
    if (!this.#reaches(destination) || pieces.length === 0) {
      trace(out, 'not-sent', { to: formatIp(destination), bytes: bytes.length });
      return;
    }
    for (const piece of pieces) out.push({ kind: 'transmit', interfaceIndex: 0, bytes: piece });
  }

  #ignore(out: NodeOutput[], fields: TraceFields): void {
    this.#counters = { ...this.#counters, ignored: this.#counters.ignored + 1 };
    trace(out, 'ignored', fields);
  }

  #isMine(address: IpAddress): boolean {
    return this.#options.addresses.some((own) => sameIp(own.address, address));
  }

  /** The address to speak from; undefined when there is none of that family. */
  #sourceFor({ source, destination }: PingRequest | TracerouteRequest): IpAddress | undefined {
    const from = source ?? this.#addressToward(destination);
    return from?.family === destination.family ? from : undefined;
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

function trace(out: NodeOutput[], event: string, fields: TraceFields): void {
  out.push({ kind: 'trace', event: { source: 'host', event, fields } });
}
