import { fraction, SeededRandom, type RandomState } from '../base/random.ts';
import type { Micros } from '../base/time.ts';

/** One end of a link: an interface of a node, by name. */
export interface LinkEnd {
  readonly node: string;
  readonly interfaceName: string;
}

/** A layer-3 point-to-point link. */
export interface LinkOptions {
  /** Unique in the network: `lisp1-mapserver`. */
  readonly name: string;
  readonly a: LinkEnd;
  readonly b: LinkEnd;
  /** Time on the wire, the same both ways. */
  readonly delay: Micros;
  /** Share of packets that vanish on the wire, 0..1, drawn for each packet and direction. */
  readonly loss: number;
  /** Largest IP packet in bytes. */
  readonly mtu: number;
}

/** What may change while the network runs. Packets under way keep their delay, and are lost when the link goes down. */
export type LinkChange = Partial<Pick<LinkOptions, 'delay' | 'loss' | 'mtu'> & { readonly up: boolean }>;

/** 0: from `a` to `b`; 1: from `b` to `a`. */
export type Direction = 0 | 1;

/** What happened to a packet when it was put on a link. */
export type Fate = 'sent' | 'lost' | 'too-big' | 'link-down';

/** Packets of one direction. sent = delivered + lost + tooBig + down + inFlight, always. */
export interface LinkCounters {
  /** Put on the link. */
  readonly sent: number;
  /** Arrived at the far end. */
  readonly delivered: number;
  /** Vanished by `loss`. */
  readonly lost: number;
  /** Longer than the link's MTU. */
  readonly tooBig: number;
  /** Put on a link that was down, or under way when it went down. */
  readonly down: number;
  readonly inFlight: number;
  readonly sentBytes: number;
  readonly deliveredBytes: number;
}

/** Plain data, structured-clone safe. */
export interface LinkState {
  readonly up: boolean;
  readonly delay: Micros;
  readonly loss: number;
  readonly mtu: number;
  readonly epoch: number;
  readonly directions: readonly { readonly counters: LinkCounters; readonly random: RandomState }[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Lane {
  readonly counters: Mutable<LinkCounters>;
  readonly random: SeededRandom;
}

/** The state of a link: whether it takes packets, what it lost, and the generators that decide. */
export class Link {
  readonly options: LinkOptions;
  #up = true;
  #delay: Micros;
  #loss: number;
  #mtu: number;
  #epoch = 0;
  readonly #lanes: readonly [Lane, Lane];

  constructor(options: LinkOptions, seed: number) {
    this.options = options;
    this.#delay = options.delay;
    this.#loss = options.loss;
    this.#mtu = options.mtu;
    this.#lanes = [lane(seed, `link ${options.name} a-b`), lane(seed, `link ${options.name} b-a`)];
  }

  /** As in its options; it does not change. */
  get name(): string {
    return this.options.name;
  }

  /** Whether it takes packets now. */
  get up(): boolean {
    return this.#up;
  }

  /** Of packets put on it now. */
  get delay(): Micros {
    return this.#delay;
  }

  /** Largest IP packet it takes now, in bytes. */
  get mtu(): number {
    return this.#mtu;
  }

  /** Counts how often the link went down: a packet of an earlier epoch never arrives. */
  get epoch(): number {
    return this.#epoch;
  }

  /** The end that sends in this direction. */
  from(direction: Direction): LinkEnd {
    return direction === 0 ? this.options.a : this.options.b;
  }

  /** The end that receives in this direction. */
  to(direction: Direction): LinkEnd {
    return direction === 0 ? this.options.b : this.options.a;
  }

  /** Packets of one direction so far; a copy. */
  counters(direction: Direction): LinkCounters {
    return { ...this.#lanes[direction].counters };
  }

  /** Changes what is given. Packets under way when the link goes down are lost. */
  change({ up = this.#up, delay = this.#delay, loss = this.#loss, mtu = this.#mtu }: LinkChange): void {
    if (this.#up && !up) this.#epoch++;
    this.#up = up;
    this.#delay = delay;
    this.#loss = loss;
    this.#mtu = mtu;
  }

  /** Counts a packet of `bytes` bytes onto the link and decides what becomes of it. */
  put(direction: Direction, bytes: number): Fate {
    const { counters, random } = this.#lanes[direction];
    counters.sent++;
    counters.sentBytes += bytes;
    // One draw for every packet, so that a change of the loss does not shift the packets it hits later.
    const draw = fraction(random);
    if (!this.#up) {
      counters.down++;
      return 'link-down';
    }
    if (bytes > this.#mtu) {
      counters.tooBig++;
      return 'too-big';
    }
    if (draw < this.#loss) {
      counters.lost++;
      return 'lost';
    }
    counters.inFlight++;
    return 'sent';
  }

  /** Counts a packet off the link; false when the link was cut while the packet was under way. */
  take(direction: Direction, bytes: number, epoch: number): boolean {
    const { counters } = this.#lanes[direction];
    counters.inFlight--;
    if (epoch !== this.#epoch) {
      counters.down++;
      return false;
    }
    counters.delivered++;
    counters.deliveredBytes += bytes;
    return true;
  }

  /** All that changes, as plain data. */
  save(): LinkState {
    return {
      up: this.#up,
      delay: this.#delay,
      loss: this.#loss,
      mtu: this.#mtu,
      epoch: this.#epoch,
      directions: this.#lanes.map(({ counters, random }) => ({
        counters: { ...counters },
        random: random.save(),
      })),
    };
  }

  /** Takes back what `save` gave. */
  restore(state: LinkState): void {
    this.#up = state.up;
    this.#delay = state.delay;
    this.#loss = state.loss;
    this.#mtu = state.mtu;
    this.#epoch = state.epoch;
    for (const [i, { counters, random }] of this.#lanes.entries()) {
      const saved = state.directions[i]!;
      Object.assign(counters, saved.counters);
      random.restore(saved.random);
    }
  }
}

function lane(seed: number, stream: string): Lane {
  return {
    counters: {
      sent: 0,
      delivered: 0,
      lost: 0,
      tooBig: 0,
      down: 0,
      inFlight: 0,
      sentBytes: 0,
      deliveredBytes: 0,
    },
    random: new SeededRandom(seed, stream),
  };
}
