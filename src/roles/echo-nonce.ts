/**
 * Echo-nonce (RFC 9300 §10.1): is the way to a peer's RLOC and back up? For a trusted network only. Decides what the
 * LISP headers toward each RLOC say of nonces, from what the headers that came from there said.
 */
import { compareIp, type IpAddress } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import type { Random } from '../base/random.ts';
import { NEVER, seconds, type Micros } from '../base/time.ts';

export interface EchoNonceConfig {
  /** How long packets may come from a peer without the nonce asked for before the way there counts as down. */
  readonly timeout: Micros;
  /** How long a nonce is asked for at least: one that comes back before does not have to be replaced by the next. */
  readonly renew: Micros;
  /** How long a path counts as down: no packet goes there meanwhile, so that no nonce could come back. Then it is tried. */
  readonly retry: Micros;
  /** How long a peer's own request is served before asking goes on: both sides asking at once would deadlock. */
  readonly pause: Micros;
}

export const ECHO_NONCE_DEFAULTS: EchoNonceConfig = {
  timeout: seconds(5),
  renew: seconds(1),
  retry: seconds(60),
  pause: seconds(10),
};

export type EchoNonceInput =
  | { readonly kind: 'tick' }
  /** A locator to watch: its Map-Reply had E set, or had not (DP-30). */
  | { readonly kind: 'watch'; readonly rloc: IpAddress; readonly canEcho: boolean }
  | { readonly kind: 'forget'; readonly rloc: IpAddress }
  /** A LISP header came from there; nothing of one that is not watched is believed. `nonce` as the header has it; E without N is no request (DP-08). */
  | { readonly kind: 'header'; readonly rloc: IpAddress; readonly nonce?: number; readonly echo: boolean };

export type EchoNonceOutput =
  /** From now on headers to `rloc` say this; N=0 when there is no nonce. */
  | { readonly kind: 'mark'; readonly rloc: IpAddress; readonly nonce?: number; readonly echo: boolean }
  /** `isTrial`: nobody has said that it is up. */
  | { readonly kind: 'path'; readonly rloc: IpAddress; readonly isUp: boolean; readonly isTrial?: true };

interface Peer {
  readonly rloc: IpAddress;
  canEcho: boolean;
  /** Of a path that is down, and only of such: when it is tried again. */
  downUntil: Micros | undefined;
  /** The nonce asked for, and since when. Random per RLOC, no two alike (DP-17). */
  asked: number | undefined;
  askedAt: Micros;
  /** Since when packets have come without it; undefined while nothing comes at all. */
  unanswered: Micros | undefined;
  /** The nonce that the peer asked for, and until when it gets it. */
  owed: number | undefined;
  pausedUntil: Micros | undefined;
}

export type EchoNonceState = readonly Readonly<Peer>[];

/** What a header costs does not depend on how many peers there are. */
export class EchoNonce {
  readonly #config: EchoNonceConfig;
  readonly #random: Random;
  #peers = new Map<string, Peer>();
  readonly #asked = new Set<number>();
  /** Those with `unanswered`, `pausedUntil` and `downUntil`, each in that order: they only grow. */
  readonly #unanswered = new Set<Peer>();
  readonly #paused = new Set<Peer>();
  readonly #down = new Set<Peer>();

  constructor(config: EchoNonceConfig, random: Random) {
    this.#config = config;
    this.#random = random;
  }

  handle(now: Micros, input: EchoNonceInput, out: EchoNonceOutput[]): void {
    if (input.kind === 'watch') this.#watch(now, input.rloc, input.canEcho, out);
    else if (input.kind === 'forget') this.#forget(input.rloc);
    else if (input.kind === 'header') this.#hear(now, input, out);
    this.#work(now, out);
  }

  nextDeadline(): Micros {
    const [[unanswered], [paused], [down]] = [this.#unanswered, this.#paused, this.#down];
    const missing = (unanswered?.unanswered ?? NEVER) + this.#config.timeout;
    return Math.min(missing, paused?.pausedUntil ?? NEVER, down?.downUntil ?? NEVER);
  }

  save(): EchoNonceState {
    return structuredClone([...this.#peers.values()]);
  }

  restore(state: EchoNonceState): void {
    this.#peers = new Map(structuredClone(state).map((peer) => [formatIp(peer.rloc), { ...peer }]));
    const peers = [...this.#peers.values()];
    refill(
      this.#asked,
      peers.flatMap(({ asked }) => asked ?? []),
    );
    refill(
      this.#unanswered,
      inOrder(peers, ({ unanswered }) => unanswered),
    );
    refill(
      this.#paused,
      inOrder(peers, ({ pausedUntil }) => pausedUntil),
    );
    refill(
      this.#down,
      inOrder(peers, ({ downUntil }) => downUntil),
    );
  }

  #watch(now: Micros, rloc: IpAddress, canEcho: boolean, out: EchoNonceOutput[]): void {
    const key = formatIp(rloc);
    let peer = this.#peers.get(key);
    if (peer === undefined) {
      const nothing = { asked: undefined, askedAt: 0, unanswered: undefined, owed: undefined };
      peer = { rloc, canEcho, ...nothing, pausedUntil: undefined, downUntil: undefined };
      this.#peers.set(key, peer);
    }
    peer.canEcho = canEcho;
    if (!canEcho && peer.asked !== undefined) {
      this.#asked.delete(peer.asked);
      peer.asked = undefined;
      this.#setUnanswered(peer, undefined);
      // Nobody is left to say so.
      this.#setUp(peer, out);
      mark(peer, out);
    } else if (canEcho && peer.asked === undefined && peer.pausedUntil === undefined)
      this.#ask(now, peer, out);
  }

  #forget(rloc: IpAddress): void {
    const key = formatIp(rloc);
    const peer = this.#peers.get(key);
    if (peer === undefined) return;
    this.#peers.delete(key);
    this.#unanswered.delete(peer);
    this.#paused.delete(peer);
    this.#down.delete(peer);
    if (peer.asked !== undefined) this.#asked.delete(peer.asked);
  }

  #hear(
    now: Micros,
    { rloc, nonce, echo }: EchoNonceInput & { kind: 'header' },
    out: EchoNonceOutput[],
  ): void {
    const peer = this.#peers.get(formatIp(rloc));
    if (peer === undefined) return;
    if (nonce !== undefined && echo) {
      // It asks: serve that, and ask no more until it has had its answer. What was asked may still be answered.
      const isNew = peer.owed !== nonce;
      peer.owed = nonce;
      this.#setUnanswered(peer, undefined);
      this.#setPaused(peer, now + this.#config.pause);
      if (isNew) mark(peer, out);
      return;
    }
    if (peer.asked === undefined) return;
    const isPaused = peer.pausedUntil !== undefined;
    if (nonce === peer.asked) {
      this.#setUnanswered(peer, undefined);
      this.#setUp(peer, out);
      // The next round has a nonce of its own, or an old answer would do for it.
      if (!isPaused && now >= peer.askedAt + this.#config.renew) this.#ask(now, peer, out);
    } else if (!isPaused && peer.unanswered === undefined) this.#setUnanswered(peer, now);
  }

  #work(now: Micros, out: EchoNonceOutput[]): void {
    for (const peer of due(this.#paused, ({ pausedUntil }) => pausedUntil! <= now)) {
      this.#setPaused(peer, undefined);
      peer.owed = undefined;
      if (peer.canEcho) this.#ask(now, peer, out);
      else mark(peer, out);
    }
    for (const peer of due(this.#down, ({ downUntil }) => downUntil! <= now)) {
      this.#setUnanswered(peer, undefined);
      this.#setUp(peer, out, { isTrial: true });
    }
    // DP-29: only packets that come without the nonce say something. Silence says nothing: no timer runs then.
    const { timeout, retry } = this.#config;
    for (const peer of due(this.#unanswered, ({ unanswered }) => unanswered! + timeout <= now)) {
      this.#setUnanswered(peer, undefined);
      if (peer.downUntil !== undefined) continue;
      peer.downUntil = now + retry;
      this.#down.add(peer);
      out.push({ kind: 'path', rloc: peer.rloc, isUp: false });
    }
  }

  #ask(now: Micros, peer: Peer, out: EchoNonceOutput[]): void {
    let nonce: number;
    do nonce = this.#random.u32() >>> 8;
    while (this.#asked.has(nonce));
    if (peer.asked !== undefined) this.#asked.delete(peer.asked);
    this.#asked.add(nonce);
    peer.asked = nonce;
    peer.askedAt = now;
    mark(peer, out);
  }

  #setUp(peer: Peer, out: EchoNonceOutput[], how: { readonly isTrial?: true } = {}): void {
    if (peer.downUntil === undefined) return;
    peer.downUntil = undefined;
    this.#down.delete(peer);
    out.push({ kind: 'path', rloc: peer.rloc, isUp: true, ...how });
  }

  #setUnanswered(peer: Peer, since: Micros | undefined): void {
    peer.unanswered = since;
    this.#unanswered.delete(peer);
    if (since !== undefined) this.#unanswered.add(peer);
  }

  #setPaused(peer: Peer, until: Micros | undefined): void {
    peer.pausedUntil = until;
    this.#paused.delete(peer);
    if (until !== undefined) this.#paused.add(peer);
  }
}

function refill<T>(set: Set<T>, values: readonly T[]): void {
  set.clear();
  for (const value of values) set.add(value);
}

/** Those that have the time, the earliest first. */
function inOrder(peers: readonly Peer[], timeOf: (peer: Peer) => Micros | undefined): Peer[] {
  return peers.filter((peer) => timeOf(peer) !== undefined).sort((a, b) => timeOf(a)! - timeOf(b)!);
}

/** The first ones of a set that are due, in an order that does not depend on what happened at the same time before. */
function due(peers: Iterable<Peer>, isDue: (peer: Peer) => boolean): Peer[] {
  const found: Peer[] = [];
  for (const peer of peers) {
    if (!isDue(peer)) break;
    found.push(peer);
  }
  return found.sort((a, b) => compareIp(a.rloc, b.rloc));
}

/** An owed nonce goes before a request. */
function mark({ rloc, asked, owed }: Peer, out: EchoNonceOutput[]): void {
  const nonce = owed ?? asked;
  out.push({
    kind: 'mark',
    rloc,
    echo: owed === undefined && asked !== undefined,
    ...(nonce === undefined ? {} : { nonce }),
  });
}
