import type { IpAddress } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import type { Micros } from '../base/time.ts';
import type { TraceFields } from '../base/trace.ts';
import type { Eid } from '../mapping/eid.ts';
import { buildIcmpPacket, type IcmpMessage } from '../wire/icmp.ts';
import { decodeIp, type IpPacket } from '../wire/ip-packet.ts';
import { IcmpErrors, type ErrorCause, type IcmpErrorState } from './icmp-errors.ts';
import { MTU_FLOOR } from '../roles/path-mtu.ts';
import { quotedLisp, relayedCause, relaySource, type QuotedLisp } from './icmp-relay.ts';
import { ownEid } from './lisp-config.ts';
import type { NodeOutput, PingRequest, TracerouteRequest } from './node.ts';
import type { LispOptions } from './options.ts';
import { ORIGINATED_TTL } from './ping.ts';
import { Probes, type ProbeOutput, type ProbeState } from './probes.ts';
import { Reassembly, type ReassemblyState } from './reassembly.ts';
import type { Underlay } from './underlay.ts';

/** What the services ask of their node. */
export interface LocalServiceEffects {
  /** Send a packet of our own. */
  originate(bytes: Uint8Array): void;
  done(output: NodeOutput): unknown;
  count(name: string, fields: TraceFields): void;
  /** Whether packets to `eid` leave in LISP packets to `rloc`. */
  encapsulates(eid: Eid, rloc: IpAddress): boolean;
  /** A router said that LISP packets to `rloc` may have `mtu` bytes. */
  pathMtu(rloc: IpAddress, mtu: number): void;
}

/** The addresses of the node at this moment. */
export interface LocalAddresses {
  readonly underlay: Underlay;
  readonly lisp: LispOptions | undefined;
}

/** Plain data, structured-clone safe. */
export interface LocalServiceState {
  readonly probes: ProbeState;
  readonly icmpErrors: IcmpErrorState;
  readonly fragments: ReassemblyState;
}

/** A packet that could not be forwarded, and what its sender should hear. */
export interface Refusal {
  readonly cause: ErrorCause;
  readonly bytes: Uint8Array;
  /** Interface it came in by. */
  readonly interfaceIndex: number;
  /** It came in a LISP packet. */
  readonly decapsulated: boolean;
  /** For 'too-big': what fits. */
  readonly mtu: number;
}

/** ICMP of a router: answers echoes, runs pings and traceroutes, tells senders what went wrong, here or in a tunnel. */
export class LocalServices {
  readonly #effects: LocalServiceEffects;
  readonly #probes = new Probes();
  readonly #errors = new IcmpErrors();
  readonly #fragments = new Reassembly();

  constructor(effects: LocalServiceEffects) {
    this.#effects = effects;
  }

  ping(now: Micros, request: PingRequest, underlay: Underlay): void {
    const source = request.source ?? underlay.sourceFor(request.destination);
    if (source !== undefined) {
      this.#run((out) => {
        this.#probes.ping(now, request, source, out);
      });
      return;
    }
    // Without an address to send from every echo is lost, at once.
    const marks = '.'.repeat(request.count);
    const result = { request, marks, sent: request.count, received: 0, times: [] };
    this.#effects.done({ kind: 'ping-done', result });
  }

  traceroute(now: Micros, request: TracerouteRequest, underlay: Underlay): void {
    const source = request.source ?? underlay.sourceFor(request.destination);
    if (source === undefined) {
      this.#effects.done({ kind: 'traceroute-done', result: { request, hops: [] } });
      return;
    }
    this.#run((out) => {
      this.#probes.traceroute(now, request, source, out);
    });
  }

  /** A fragment to one of our addresses; returns the packet that it completes. */
  assemble(now: Micros, ip: IpPacket, bytes: Uint8Array, interfaceIndex: number): Uint8Array | undefined {
    const verdict = this.#fragments.offer(now, ip, bytes, interfaceIndex);
    if (verdict.kind === 'refused') {
      this.#effects.count(`drop:${verdict.reason}`, { from: formatIp(ip.source) });
    }
    return verdict.kind === 'whole' ? verdict.bytes : undefined;
  }

  /** A valid ICMP message to one of our addresses. */
  receive(now: Micros, ip: IpPacket, message: IcmpMessage, addresses: LocalAddresses): void {
    if (message.type === 'echo-request') {
      const { source, destination, dscp } = ip;
      const reply: IcmpMessage = { ...message, type: 'echo-reply' };
      const fields = { source: destination, destination: source, ttl: ORIGINATED_TTL, dscp };
      this.#effects.originate(buildIcmpPacket(fields, reply));
      return;
    }
    const lisp = quotedLisp(message);
    if (lisp !== undefined && addresses.underlay.isOwn(lisp.outer.source)) {
      this.#relay(now, ip.source, message, lisp, addresses);
      return;
    }
    let isTaken = false;
    this.#run((out) => {
      isTaken = this.#probes.handle(now, ip.source, message, out);
    });
    if (!isTaken) {
      this.#effects.count(`drop:unexpected-${message.type}`, { from: formatIp(ip.source) });
    }
  }

  /** Tells the sender of a packet why it was refused, when that may be told and the rate allows it. */
  refuse(now: Micros, refusal: Refusal, addresses: LocalAddresses): void {
    const { cause, bytes, mtu } = refusal;
    const ip = decodeIp(bytes);
    if (!ip.ok) return;
    const source = errorSource(refusal, ip.value, addresses);
    const { family, destination } = ip.value;
    let told = mtu;
    if (cause === 'too-big' && family === 6 && mtu < MTU_FLOOR[6]) {
      // No host sends less (RFC 8201 §4), so what is larger does not get there: for the operator to see.
      this.#effects.count('path-mtu-below-ipv6-minimum', { to: formatIp(destination), mtu });
      told = MTU_FLOOR[6];
    }
    const packet = source && this.#errors.build(now, cause, bytes, source, told);
    if (packet === 'limited') this.#effects.count('icmp-error-limited', { to: formatIp(ip.value.source) });
    else if (packet !== undefined) this.#effects.originate(packet);
  }

  tick(now: Micros, addresses: LocalAddresses): void {
    this.#run((out) => {
      this.#probes.tick(now, out);
    });
    for (const { from, first } of this.#fragments.expire(now)) {
      this.#effects.count('drop:reassembly-timeout', { from });
      if (first === undefined) continue;
      this.refuse(now, { ...first, cause: 'reassembly-timeout', decapsulated: false, mtu: 0 }, addresses);
    }
  }

  nextDeadline(): Micros {
    return Math.min(this.#probes.nextDeadline(), this.#fragments.nextDeadline());
  }

  save(): LocalServiceState {
    return {
      probes: this.#probes.save(),
      icmpErrors: this.#errors.save(),
      fragments: this.#fragments.save(),
    };
  }

  restore({ probes, icmpErrors, fragments }: LocalServiceState): void {
    this.#probes.restore(probes);
    this.#errors.restore(icmpErrors);
    this.#fragments.restore(fragments);
  }

  /** An error about a LISP packet of ours concerns who sent the packet inside. */
  #relay(
    now: Micros,
    from: IpAddress,
    message: IcmpMessage,
    { outer, inner }: QuotedLisp,
    { underlay, lisp }: LocalAddresses,
  ): void {
    const drop = (reason: string): void => {
      this.#effects.count(`drop:icmp-relay-${reason}`, {
        from: formatIp(from),
        rloc: formatIp(outer.destination),
      });
    };
    if (inner === undefined) {
      drop('short-quote');
      return;
    }
    const { source, destination, family } = inner.ip;
    // T19: only what this router would send there can be true.
    if (
      !this.#effects.encapsulates({ instanceId: inner.instanceId, address: destination }, outer.destination)
    ) {
      drop('unmatched');
      return;
    }
    const told = relayedCause(message, outer.family, family);
    if (told?.cause === 'too-big' && 'mtu' in message) {
      this.#effects.pathMtu(outer.destination, message.mtu);
    }
    const speaker = relaySource(from, family, ownEid(lisp, underlay, family) ?? underlay.sourceFor(source));
    const packet = told && speaker && this.#errors.build(now, told.cause, inner.bytes, speaker, told.mtu);
    if (packet === undefined || packet === 'limited') {
      drop(packet ?? 'refused');
      return;
    }
    this.#effects.count('icmp-relayed', { from: formatIp(from), to: formatIp(source) });
    this.#effects.originate(packet);
  }

  #run(work: (out: ProbeOutput[]) => void): void {
    const outputs: ProbeOutput[] = [];
    work(outputs);
    for (const output of outputs) {
      if (output.kind === 'packet') this.#effects.originate(output.bytes);
      else this.#effects.done(output);
    }
  }
}

/**
 * Where an error comes from: the address that the packet was for when it got there (RFC 1122 §3.2.2, RFC 4443 §2.2);
 * an EID when it came in a LISP packet, since its sender may not reach our RLOCs nor hear from them; else the
 * interface that it came in by.
 */
function errorSource(
  { cause, interfaceIndex, decapsulated }: Refusal,
  { family, source: sender, destination }: IpPacket,
  { underlay, lisp }: LocalAddresses,
): IpAddress | undefined {
  if (cause === 'port-unreachable' || cause === 'reassembly-timeout') return destination;
  return (
    (decapsulated ? ownEid(lisp, underlay, family) : undefined) ??
    underlay.interfaceAddress(interfaceIndex, family) ??
    underlay.sourceFor(sender)
  );
}
