import type { Micros } from '../base/time.ts';
import { SeededRandom, type Random } from '../base/random.ts';
import type { PingRequest } from '../router/node.ts';
import type { LinkChange } from './link.ts';

/** What comes into a lab from outside, as data: a run is its configuration, its seed and these. */
export type LabInput =
  /** A line typed at a node's console: ping, show, clear... */
  | { readonly kind: 'command'; readonly node: string; readonly line: string }
  /** Configuration lines, entered in configuration mode. */
  | { readonly kind: 'config'; readonly node: string; readonly lines: readonly string[] }
  /** A console that waited goes on. The lab enters these itself; in a journal they do nothing. */
  | { readonly kind: 'resume'; readonly node: string }
  | { readonly kind: 'ping'; readonly node: string; readonly request: PingRequest }
  | { readonly kind: 'link'; readonly link: string; readonly change: LinkChange }
  /** A packet that the far end of the interface's link never sent. */
  | {
      readonly kind: 'inject';
      readonly node: string;
      readonly interfaceName: string;
      readonly bytes: Uint8Array;
    };

/** An input, when it takes effect, and where in the run it was made. */
export interface JournalEntry<Input> {
  /** When it takes effect. */
  readonly time: Micros;
  readonly input: Input;
  /** Events handled when it was made: replay queues it again at that point. */
  readonly madeAt: number;
}

/** Plain data. */
export type Journal = readonly JournalEntry<LabInput>[];

/** Packets to put on a link, evenly spaced. */
export interface FloodOptions {
  readonly node: string;
  readonly interfaceName: string;
  readonly from: Micros;
  readonly duration: Micros;
  /** Packets per second. */
  readonly rate: number;
  readonly seed: number;
  /** The bytes of the next packet: a whole IP packet, or anything at all. */
  readonly makePacket: (random: Random, index: number) => Uint8Array;
}

/** Inputs that put `rate` packets per second on a link, evenly spaced; equal options give equal packets. */
export function flood(options: FloodOptions): { readonly time: Micros; readonly input: LabInput }[] {
  const { node, interfaceName, from, duration, rate, seed, makePacket } = options;
  const random = new SeededRandom(seed, `flood ${node} ${interfaceName}`);
  const count = Math.floor((duration * rate) / 1_000_000);
  return Array.from({ length: count }, (_, index) => ({
    time: from + Math.floor((index * 1_000_000) / rate),
    input: { kind: 'inject', node, interfaceName, bytes: makePacket(random, index) },
  }));
}
