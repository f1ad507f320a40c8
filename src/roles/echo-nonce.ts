/**
 * Echo-nonce (RFC 9300 §10.1): is the way to a peer's RLOC and back up? For a trusted network only. Decides what the
 * LISP headers toward each RLOC say of nonces, from what the headers that came from there said.
 */
import type { IpAddress } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import type { Random } from '../base/random.ts';
import { NEVER, seconds, type Micros } from '../base/time.ts';

export interface EchoNonceConfig {
  /** How long packets may come from a peer without the nonce asked for before the way there counts as down. */
  readonly timeout: Micros;
  /** How long a peer's own request is served before asking goes on: both sides asking at once would deadlock. */
  readonly pause: Micros;
}

export const ECHO_NONCE_DEFAULTS: EchoNonceConfig = { timeout: seconds(5), pause: seconds(10) };

export type EchoNonceInput =
  | { readonly kind: 'tick' }
  /** A locator to watch: its Map-Reply had E set, or had not (DP-30). */
  | { readonly kind: 'watch'; readonly rloc: IpAddress; readonly canEcho: boolean }
  | { readonly kind: 'forget'; readonly rloc: IpAddress }
  /** A LISP header came from there. `nonce` as the header has it; E without N is no request (DP-08). */
  | { readonly kind: 'header'; readonly rloc: IpAddress; readonly nonce?: number; readonly echo: boolean };

export type EchoNonceOutput =
  /** From now on headers to `rloc` say this; N=0 when there is no nonce. */
  | { readonly kind: 'mark'; readonly rloc: IpAddress; readonly nonce?: number; readonly echo: boolean }
  | { readonly kind: 'path'; readonly rloc: IpAddress; readonly isUp: boolean };

interface Peer {
  readonly rloc: IpAddress;
  canEcho: boolean;
  isWatched: boolean;
  isUp: boolean;
  /** The nonce asked for. Random per RLOC, no two alike (DP-17). */
  asked: number | undefined;
  /** Since when packets have come without it; undefined while nothing comes at all. */
  unanswered: Micros | undefined;
  /** The nonce that the peer asked for. */
  owed: number | undefined;
  pausedUntil: Micros | undefined;
}

export type EchoNonceState = readonly Readonly<Peer>[];

export class EchoNonce {
  readonly #config: EchoNonceConfig;
  readonly #random: Random;
  #peers = new Map<string, Peer>();

  constructor(config: EchoNonceConfig, random: Random) {
    this.#config = config;
    this.#random = random;
  }

  handle(now: Micros, input: EchoNonceInput, out: EchoNonceOutput[]): void {
    if (input.kind === 'watch') this.#watch(input.rloc, input.canEcho, out);
    else if (input.kind === 'forget') this.#peers.delete(formatIp(input.rloc));
    else if (input.kind === 'header') this.#hear(now, input, out);
    this.#work(now, out);
  }

  nextDeadline(): Micros {
    let least = NEVER;
    for (const { unanswered, pausedUntil } of this.#peers.values()) {
      least = Math.min(least, pausedUntil ?? NEVER, (unanswered ?? NEVER) + this.#config.timeout);
    }
    return least;
  }

  save(): EchoNonceState {
    return structuredClone([...this.#peers.values()]);
  }

  restore(state: EchoNonceState): void {
    this.#peers = new Map(structuredClone(state).map((peer) => [formatIp(peer.rloc), { ...peer }]));
  }

  #watch(rloc: IpAddress, canEcho: boolean, out: EchoNonceOutput[]): void {
    const peer = this.#peer(rloc);
    peer.canEcho = canEcho;
    peer.isWatched = true;
    if (!canEcho && peer.asked !== undefined) {
      peer.asked = undefined;
      peer.unanswered = undefined;
      mark(peer, out);
    } else if (canEcho && peer.asked === undefined && peer.pausedUntil === undefined) this.#ask(peer, out);
  }

  #hear(
    now: Micros,
    { rloc, nonce, echo }: EchoNonceInput & { kind: 'header' },
    out: EchoNonceOutput[],
  ): void {
    const known = this.#peers.get(formatIp(rloc));
    if (nonce !== undefined && echo) {
      const peer = known ?? this.#peer(rloc);
      // It asks: serve that, and ask no more until it has had its answer. What was asked may still be answered.
      const isNew = peer.owed !== nonce;
      peer.owed = nonce;
      peer.unanswered = undefined;
      peer.pausedUntil = now + this.#config.pause;
      if (isNew) mark(peer, out);
      return;
    }
    if (known?.asked === undefined) return;
    const isPaused = known.pausedUntil !== undefined;
    if (nonce === known.asked) {
      known.unanswered = undefined;
      this.#setPath(known, true, out);
      // The next round has a nonce of its own, or an old answer would do for it.
      if (!isPaused) this.#ask(known, out);
    } else if (!isPaused) known.unanswered ??= now;
  }

  #work(now: Micros, out: EchoNonceOutput[]): void {
    for (const peer of this.#peers.values()) {
      if (peer.pausedUntil !== undefined && peer.pausedUntil <= now) {
        peer.pausedUntil = undefined;
        peer.owed = undefined;
        if (peer.isWatched && peer.canEcho) this.#ask(peer, out);
        else {
          mark(peer, out);
          if (!peer.isWatched) this.#peers.delete(formatIp(peer.rloc));
        }
      }
      // DP-29: only packets that come without the nonce say something. Silence says nothing: no timer runs then.
      if (peer.unanswered !== undefined && peer.unanswered + this.#config.timeout <= now) {
        peer.unanswered = undefined;
        this.#setPath(peer, false, out);
      }
    }
  }

  #ask(peer: Peer, out: EchoNonceOutput[]): void {
    const taken = new Set([...this.#peers.values()].map(({ asked }) => asked));
    do peer.asked = this.#random.u32() >>> 8;
    while (taken.has(peer.asked));
    mark(peer, out);
  }

  #setPath(peer: Peer, isUp: boolean, out: EchoNonceOutput[]): void {
    if (peer.isUp === isUp) return;
    peer.isUp = isUp;
    out.push({ kind: 'path', rloc: peer.rloc, isUp });
  }

  #peer(rloc: IpAddress): Peer {
    const key = formatIp(rloc);
    let peer = this.#peers.get(key);
    if (peer === undefined) {
      const nothing = { asked: undefined, unanswered: undefined, owed: undefined, pausedUntil: undefined };
      peer = { rloc, canEcho: false, isWatched: false, isUp: true, ...nothing };
      this.#peers.set(key, peer);
    }
    return peer;
  }
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
