import { Reader } from '../base/bytes.ts';
import { sameIp, type IpAddress } from '../base/ip.ts';
import { NEVER, type Micros } from '../base/time.ts';
import { decoded } from '../wire/error.ts';
import {
  FRAGMENTATION_NEEDED,
  UNREACHABLE6_ADDRESS,
  UNREACHABLE6_PORT,
  UNREACHABLE6_PROHIBITED,
  UNREACHABLE_PORT,
  type IcmpMessage,
} from '../wire/icmp.ts';
import { readIp } from '../wire/ip-packet.ts';
import { PROTOCOL_UDP } from '../wire/ipv4.ts';
import { buildUdpPacket } from '../wire/udp.ts';
import type { TracerouteHop, TracerouteProbe, TracerouteRequest, TracerouteResult } from './node.ts';

/** Destination port of the first probe; each one has the next port, so that an answer names its probe. */
const FIRST_PORT = 33434;
const PORT_COUNT = 0x10000 - FIRST_PORT;
/** Source ports tell traceroutes apart: below the data plane's own range, above the registered ones we use. */
const FIRST_SOURCE_PORT = 40_000;
const SOURCE_PORT_COUNT = 5000;

/** An ICMP error that reached the node which traces. */
export interface TracerouteInput {
  readonly from: IpAddress;
  readonly message: IcmpMessage;
}

export type TracerouteOutput =
  | { readonly kind: 'packet'; readonly bytes: Uint8Array }
  | { readonly kind: 'traceroute-done'; readonly result: TracerouteResult };

interface Running {
  readonly request: TracerouteRequest;
  readonly source: IpAddress;
  readonly sourcePort: number;
  /** Hops that are complete. */
  hops: TracerouteHop[];
  /** Answers at the present hop. */
  probes: TracerouteProbe[];
  /** Somebody at this hop will not pass the probes on: it is the last one. */
  isLast: boolean;
  /** Probes sent. */
  sequence: number;
  sentAt: Micros;
}

/** Plain data, structured-clone safe. */
export interface TracerouteState {
  readonly running: readonly Running[];
  readonly started: number;
}

/**
 * The traceroutes of one node: UDP probes with rising TTL, one at a time, the next as soon as the last one was
 * answered or timed out, as IOS does. Several may run at once; their source ports keep them apart.
 */
export class Tracer {
  #running: Running[] = [];
  #started = 0;

  /** `source` is the resolved source address of the probes. */
  start(now: Micros, request: TracerouteRequest, source: IpAddress, out: TracerouteOutput[]): void {
    const trace: Running = {
      request,
      source,
      sourcePort: FIRST_SOURCE_PORT + (this.#started % SOURCE_PORT_COUNT),
      hops: [],
      probes: [],
      isLast: false,
      sequence: 0,
      sentAt: now,
    };
    this.#started++;
    this.#running.push(trace);
    this.#sendOrFinish(now, trace, out);
  }

  /** Takes an ICMP error; false when it quotes no probe that is under way. */
  handle(now: Micros, { from, message }: TracerouteInput, out: TracerouteOutput[]): boolean {
    const quoted = 'quote' in message ? quotedPorts(message.quote) : undefined;
    if (quoted === undefined) return false;
    const trace = this.#running.find(
      (each) =>
        each.sourcePort === quoted.sourcePort &&
        portOf(each) === quoted.destinationPort &&
        sameIp(each.source, quoted.source) &&
        sameIp(each.request.destination, quoted.destination),
    );
    if (trace === undefined) return false;
    if (message.type === 'unreachable') trace.isLast = true;
    const refusal = message.type === 'unreachable' ? refusalOf(message.code, from) : undefined;
    const roundTrip = now - trace.sentAt;
    this.#next(
      now,
      trace,
      { kind: 'reply', from, roundTrip, ...(refusal === undefined ? {} : { refusal }) },
      out,
    );
    return true;
  }

  tick(now: Micros, out: TracerouteOutput[]): void {
    for (const trace of [...this.#running]) {
      if (trace.sentAt + trace.request.timeout <= now) this.#next(now, trace, { kind: 'timeout' }, out);
    }
  }

  nextDeadline(): Micros {
    return this.#running.reduce((least, each) => Math.min(least, each.sentAt + each.request.timeout), NEVER);
  }

  save(): TracerouteState {
    return structuredClone({ running: this.#running, started: this.#started });
  }

  restore(state: TracerouteState): void {
    const copy = structuredClone(state);
    this.#running = [...copy.running];
    this.#started = copy.started;
  }

  #next(now: Micros, trace: Running, probe: TracerouteProbe, out: TracerouteOutput[]): void {
    trace.probes.push(probe);
    trace.sequence++;
    if (trace.probes.length >= trace.request.probes) {
      trace.hops.push({ ttl: ttlOf(trace), probes: trace.probes });
      trace.probes = [];
    }
    this.#sendOrFinish(now, trace, out);
  }

  #sendOrFinish(now: Micros, trace: Running, out: TracerouteOutput[]): void {
    const isHopOver = trace.probes.length === 0;
    if (isHopOver && (trace.isLast || ttlOf(trace) > trace.request.maxTtl)) {
      this.#running = this.#running.filter((each) => each !== trace);
      out.push({ kind: 'traceroute-done', result: { request: trace.request, hops: trace.hops } });
      return;
    }
    trace.sentAt = now;
    out.push({ kind: 'packet', bytes: probePacket(trace) });
  }
}

/** TTL of the hop at work. */
function ttlOf({ request, hops }: Running): number {
  return request.minTtl + hops.length;
}

/** Destination port of the probe under way. */
function portOf({ sequence }: Running): number {
  return FIRST_PORT + (sequence % PORT_COUNT);
}

function probePacket(trace: Running): Uint8Array {
  const { source, sourcePort, request } = trace;
  return buildUdpPacket(
    {
      source,
      destination: request.destination,
      sourcePort,
      destinationPort: portOf(trace),
      ttl: ttlOf(trace),
      checksum: 'compute',
    },
    new Uint8Array(0),
  );
}

interface QuotedPorts {
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

/** Addresses and ports of a quoted UDP packet: 8 bytes behind its IP header are enough (RFC 792). */
function quotedPorts(quote: Uint8Array): QuotedPorts | undefined {
  const ip = decoded(() => readIp(new Reader(quote), true));
  if (!ip.ok || ip.value.protocol !== PROTOCOL_UDP || ip.value.fragmentOffset > 0) return undefined;
  const { source, destination, payload } = ip.value;
  if (payload.length < 4) return undefined;
  const ports = new Reader(payload);
  return {
    source,
    destination,
    sourcePort: ports.u16('udp.source-port'),
    destinationPort: ports.u16('udp.destination-port'),
  };
}

/** What IOS prints for an unreachable code; nothing for a closed port: the probe arrived. */
function refusalOf(code: number, { family }: IpAddress): 'H' | 'N' | 'P' | 'A' | undefined {
  if (family === 6) {
    if (code === UNREACHABLE6_PORT) return undefined;
    if (code === UNREACHABLE6_ADDRESS) return 'H';
    return code === UNREACHABLE6_PROHIBITED || POLICY_CODES_V6.includes(code) ? 'A' : 'N';
  }
  if (code === UNREACHABLE_PORT || code === FRAGMENTATION_NEEDED) return undefined;
  if (code === PROTOCOL_UNREACHABLE) return 'P';
  if (NET_CODES.includes(code)) return 'N';
  return PROHIBITED_CODES.includes(code) ? 'A' : 'H';
}

const PROTOCOL_UNREACHABLE = 2;
/** Network unreachable, unknown, and unreachable for the type of service (RFC 1812 §5.2.7.1). */
const NET_CODES: readonly number[] = [0, 6, 11];
/** Network, host and communication administratively prohibited. */
const PROHIBITED_CODES: readonly number[] = [9, 10, 13];
/** Ingress or egress policy, reject route (RFC 4443 §3.1). */
const POLICY_CODES_V6: readonly number[] = [5, 6];
