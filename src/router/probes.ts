import type { IpAddress } from '../base/ip.ts';
import type { Micros } from '../base/time.ts';
import type { IcmpMessage } from '../wire/icmp.ts';
import type { NodeOutput, PingRequest, TracerouteRequest } from './node.ts';
import { Pinger, quotedEcho, type PingOutput, type PingState } from './ping.ts';
import { Tracer, type TracerouteOutput, type TracerouteState } from './traceroute.ts';

/** A packet to send, or the end of a ping or traceroute. */
export type ProbeOutput =
  | { readonly kind: 'packet'; readonly bytes: Uint8Array }
  | Extract<NodeOutput, { readonly kind: 'ping-done' | 'traceroute-done' }>;

/** Plain data, structured-clone safe. */
export interface ProbeState {
  readonly pings: PingState;
  readonly traces: TracerouteState;
}

/** Everything a node asks the network by itself: its pings and its traceroutes. */
export class Probes {
  readonly #pinger = new Pinger();
  readonly #tracer = new Tracer();

  ping(now: Micros, request: PingRequest, source: IpAddress, out: ProbeOutput[]): void {
    this.#pings(out, (results) => {
      this.#pinger.start(now, request, source, results);
    });
  }

  traceroute(now: Micros, request: TracerouteRequest, source: IpAddress, out: ProbeOutput[]): void {
    const results: TracerouteOutput[] = [];
    this.#tracer.start(now, request, source, results);
    out.push(...results);
  }

  /** Takes an ICMP message from somebody; false when it answers no probe that is under way. */
  handle(now: Micros, from: IpAddress, message: IcmpMessage, out: ProbeOutput[]): boolean {
    const quoted = 'quote' in message ? quotedEcho(message.quote) : undefined;
    const input = { from, message, ...(quoted === undefined ? {} : { quoted }) };
    let isTaken = false;
    this.#pings(out, (results) => {
      isTaken = this.#pinger.handle(now, input, results);
    });
    const results: TracerouteOutput[] = [];
    isTaken ||= this.#tracer.handle(now, { from, message }, results);
    out.push(...results);
    return isTaken;
  }

  tick(now: Micros, out: ProbeOutput[]): void {
    this.#pings(out, (results) => {
      this.#pinger.tick(now, results);
    });
    const results: TracerouteOutput[] = [];
    this.#tracer.tick(now, results);
    out.push(...results);
  }

  nextDeadline(): Micros {
    return Math.min(this.#pinger.nextDeadline(), this.#tracer.nextDeadline());
  }

  save(): ProbeState {
    return { pings: this.#pinger.save(), traces: this.#tracer.save() };
  }

  restore({ pings, traces }: ProbeState): void {
    this.#pinger.restore(pings);
    this.#tracer.restore(traces);
  }

  #pings(out: ProbeOutput[], work: (results: PingOutput[]) => void): void {
    const results: PingOutput[] = [];
    work(results);
    for (const each of results) {
      out.push(each.kind === 'done' ? { kind: 'ping-done', result: each.result } : each);
    }
  }
}
