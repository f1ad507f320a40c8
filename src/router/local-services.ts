import type { IpAddress } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import type { Micros } from '../base/time.ts';
import type { TraceFields } from '../base/trace.ts';
import { buildIcmpPacket, type IcmpMessage } from '../wire/icmp.ts';
import { decodeIp, type IpPacket } from '../wire/ip-packet.ts';
import { IcmpErrors, type ErrorCause, type IcmpErrorState } from './icmp-errors.ts';
import type { PingRequest, PingResult } from './node.ts';
import { ORIGINATED_TTL, Pinger, quotedEcho, type PingOutput, type PingState } from './ping.ts';
import type { Underlay } from './underlay.ts';

/** What the services ask of their node. */
export interface LocalServiceEffects {
  /** Send a packet of our own. */
  originate(bytes: Uint8Array): void;
  pingDone(result: PingResult): unknown;
  count(name: string, fields: TraceFields): void;
}

/** Plain data, structured-clone safe. */
export interface LocalServiceState {
  readonly pings: PingState;
  readonly icmpErrors: IcmpErrorState;
}

/** A packet that could not be forwarded, and what its sender should hear. */
export interface Refusal {
  readonly cause: ErrorCause;
  readonly bytes: Uint8Array;
  /** Interface it came in by: the error's source address is taken from there. */
  readonly interfaceIndex: number;
  /** For 'too-big': what fits. */
  readonly mtu: number;
}

/** ICMP of a router or host: answers echoes, runs pings, tells senders what went wrong. */
export class LocalServices {
  readonly #effects: LocalServiceEffects;
  readonly #pinger = new Pinger();
  readonly #errors = new IcmpErrors();

  constructor(effects: LocalServiceEffects) {
    this.#effects = effects;
  }

  ping(now: Micros, request: PingRequest, underlay: Underlay): void {
    const source = request.source ?? underlay.sourceFor(request.destination);
    if (source !== undefined) {
      this.#run((out) => {
        this.#pinger.start(now, request, source, out);
      });
      return;
    }
    // Without an address to send from every echo is lost, at once.
    const marks = '.'.repeat(request.count);
    this.#effects.pingDone({ request, marks, sent: request.count, received: 0, times: [] });
  }

  /** A valid ICMP message to one of our addresses. */
  receive(now: Micros, ip: IpPacket, message: IcmpMessage): void {
    if (message.type === 'echo-request') {
      const { source, destination, dscp } = ip;
      const reply: IcmpMessage = { ...message, type: 'echo-reply' };
      const fields = { source: destination, destination: source, ttl: ORIGINATED_TTL, dscp };
      this.#effects.originate(buildIcmpPacket(fields, reply));
      return;
    }
    const quoted = 'quote' in message ? quotedEcho(message.quote) : undefined;
    const input = { from: ip.source, message, ...(quoted === undefined ? {} : { quoted }) };
    let isTaken = false;
    this.#run((out) => {
      isTaken = this.#pinger.handle(now, input, out);
    });
    if (!isTaken) {
      this.#effects.count(`drop:unexpected-${message.type}`, { from: formatIp(ip.source) });
    }
  }

  /** Tells the sender of a packet why it was refused, when that may be told and the rate allows it. */
  refuse(now: Micros, { cause, bytes, interfaceIndex, mtu }: Refusal, underlay: Underlay): void {
    const ip = decodeIp(bytes);
    if (!ip.ok) return;
    const { family, source: sender } = ip.value;
    const source: IpAddress | undefined =
      underlay.interfaceAddress(interfaceIndex, family) ?? underlay.sourceFor(sender);
    const packet = source && this.#errors.build(now, cause, bytes, source, mtu);
    if (packet !== undefined) this.#effects.originate(packet);
  }

  tick(now: Micros): void {
    this.#run((out) => {
      this.#pinger.tick(now, out);
    });
  }

  nextDeadline(): Micros {
    return this.#pinger.nextDeadline();
  }

  save(): LocalServiceState {
    return { pings: this.#pinger.save(), icmpErrors: this.#errors.save() };
  }

  restore({ pings, icmpErrors }: LocalServiceState): void {
    this.#pinger.restore(pings);
    this.#errors.restore(icmpErrors);
  }

  #run(work: (out: PingOutput[]) => void): void {
    const outputs: PingOutput[] = [];
    work(outputs);
    for (const output of outputs) {
      if (output.kind === 'packet') this.#effects.originate(output.bytes);
      else this.#effects.pingDone(output.result);
    }
  }
}
