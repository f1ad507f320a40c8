import { Reader } from '../base/bytes.ts';
import { sameIp, type IpAddress } from '../base/ip.ts';
import { NEVER, type Micros } from '../base/time.ts';
import { decoded } from '../wire/error.ts';
import { buildIcmpPacket, decodeIcmp, FRAGMENTATION_NEEDED, type IcmpMessage } from '../wire/icmp.ts';
import { readIp } from '../wire/ip-packet.ts';
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from '../wire/ipv4.ts';
import type { PingRequest, PingResult } from './node.ts';

/** TTL of the packets a router makes itself, as IOS sets it. */
export const ORIGINATED_TTL = 255;

/** An ICMP message that reached the node which pings. */
export interface PingInput {
  readonly from: IpAddress;
  readonly message: IcmpMessage;
  /** For errors: identifier and sequence of the quoted echo request. */
  readonly quoted?: { readonly identifier: number; readonly sequence: number };
}

export type PingOutput =
  | { readonly kind: 'packet'; readonly bytes: Uint8Array }
  | { readonly kind: 'done'; readonly result: PingResult };

interface Running {
  readonly request: PingRequest;
  readonly source: IpAddress;
  readonly identifier: number;
  marks: string;
  received: number;
  times: Micros[];
  sequence: number;
  sentAt: Micros;
}

/** Plain data, structured-clone safe. */
export interface PingState {
  readonly running: readonly Running[];
  readonly nextIdentifier: number;
}

/**
 * The pings of one node. Each sends its next echo as soon as the last one was answered or timed out, as IOS does.
 * Several may run at once; their identifiers keep them apart.
 */
export class Pinger {
  #running: Running[] = [];
  #nextIdentifier = 1;

  /** `source` is the resolved source address of the echo requests. */
  start(now: Micros, request: PingRequest, source: IpAddress, out: PingOutput[]): void {
    const identifier = this.#nextIdentifier;
    this.#nextIdentifier = (identifier % 0xffff) + 1;
    const ping: Running = {
      request,
      source,
      identifier,
      marks: '',
      received: 0,
      times: [],
      sequence: 0,
      sentAt: now,
    };
    this.#running.push(ping);
    this.#sendOrFinish(now, ping, out);
  }

  /** Takes a reply or an error; false when it belongs to no echo that is under way. */
  handle(now: Micros, input: PingInput, out: PingOutput[]): boolean {
    const { message } = input;
    const echo = message.type === 'echo-reply' ? message : input.quoted;
    if (echo === undefined) return false;
    const ping = this.#running.find(
      (each) => each.identifier === echo.identifier && each.sequence === echo.sequence,
    );
    if (ping === undefined) return false;
    if (message.type === 'echo-reply') {
      if (!sameIp(input.from, ping.request.destination)) return false;
      ping.received++;
      ping.times.push(now - ping.sentAt);
      this.#next(now, ping, '!', out);
    } else {
      this.#next(now, ping, markOf(message), out);
    }
    return true;
  }

  tick(now: Micros, out: PingOutput[]): void {
    for (const ping of [...this.#running]) {
      if (ping.sentAt + ping.request.timeout <= now) this.#next(now, ping, '.', out);
    }
  }

  nextDeadline(): Micros {
    return this.#running.reduce((least, ping) => Math.min(least, ping.sentAt + ping.request.timeout), NEVER);
  }

  save(): PingState {
    return structuredClone({ running: this.#running, nextIdentifier: this.#nextIdentifier });
  }

  restore(state: PingState): void {
    const copy = structuredClone(state);
    this.#running = [...copy.running];
    this.#nextIdentifier = copy.nextIdentifier;
  }

  #next(now: Micros, ping: Running, mark: string, out: PingOutput[]): void {
    ping.marks += mark;
    ping.sequence++;
    this.#sendOrFinish(now, ping, out);
  }

  #sendOrFinish(now: Micros, ping: Running, out: PingOutput[]): void {
    if (ping.sequence < ping.request.count) {
      ping.sentAt = now;
      out.push({ kind: 'packet', bytes: echoRequest(ping) });
      return;
    }
    this.#running = this.#running.filter((each) => each !== ping);
    const { request, marks, received, times } = ping;
    out.push({ kind: 'done', result: { request, marks, sent: request.count, received, times } });
  }
}

function echoRequest({ request, source, identifier, sequence }: Running): Uint8Array {
  const headers = source.family === 4 ? 28 : 48;
  const data = new Uint8Array(Math.max(0, request.size - headers));
  // The pattern IOS fills echo requests with.
  for (let i = 0; i < data.length; i++) data[i] = i % 2 === 0 ? 0xab : 0xcd;
  return buildIcmpPacket(
    {
      source,
      destination: request.destination,
      ttl: ORIGINATED_TTL,
      dontFragment: request.dontFragment ?? false,
    },
    { type: 'echo-request', identifier, sequence, data },
  );
}

/** The mark IOS prints for an error: U unreachable, M could not fragment, & lifetime exceeded. */
function markOf(message: IcmpMessage): string {
  if (message.type === 'packet-too-big') return 'M';
  if (message.type === 'time-exceeded') return '&';
  return message.type === 'unreachable' && message.code === FRAGMENTATION_NEEDED ? 'M' : 'U';
}

/** Identifier and sequence of an echo request quoted in an ICMP error; undefined when it quotes something else. */
export function quotedEcho(quote: Uint8Array): { identifier: number; sequence: number } | undefined {
  const ip = decoded(() => readIp(new Reader(quote), true));
  if (!ip.ok || (ip.value.protocol !== PROTOCOL_ICMP && ip.value.protocol !== PROTOCOL_ICMPV6))
    return undefined;
  const icmp = decodeIcmp(ip.value.payload, ip.value);
  if (!icmp.ok || icmp.value.message.type !== 'echo-request') return undefined;
  const { identifier, sequence } = icmp.value.message;
  return { identifier, sequence };
}
