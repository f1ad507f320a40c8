import type { Micros } from '../base/time.ts';
import type { TraceEvent } from '../base/trace.ts';
import type { LigResult, PingResult, TracerouteResult } from '../router/node.ts';
import type { Direction, Fate, LinkChange } from './link.ts';

/** A packet as it was put on a link. */
export interface Frame {
  /** Counts from 1 through the whole run, over all links. */
  readonly number: number;
  readonly time: Micros;
  /** Index of the link. */
  readonly link: number;
  readonly direction: Direction;
  readonly bytes: Uint8Array;
  readonly fate: Fate;
  /** Made by the journal, not by the node at the sending end. */
  readonly injected: boolean;
}

/** What happened in the network, in causal order. */
export type NetworkRecord = RecordHead &
  (
    | { readonly kind: 'frame'; readonly node: string; readonly frame: Frame }
    /** A packet reached the far end (`node`), or was cut off when its link went down. */
    | { readonly kind: 'arrival'; readonly node: string; readonly frame: number; readonly cut: boolean }
    /** Sent out of an interface that is on no link. */
    | {
        readonly kind: 'unconnected';
        readonly node: string;
        readonly interfaceName: string;
        readonly bytes: Uint8Array;
      }
    | { readonly kind: 'trace'; readonly node: string; readonly trace: TraceEvent }
    | { readonly kind: 'console'; readonly node: string; readonly text: string }
    /** A line typed at a node's console, behind the end of its prompt: `#`, `(config)#`. */
    | { readonly kind: 'typed'; readonly node: string; readonly prompt: string; readonly text: string }
    | { readonly kind: 'ping-done'; readonly node: string; readonly result: PingResult }
    | { readonly kind: 'traceroute-done'; readonly node: string; readonly result: TracerouteResult }
    | { readonly kind: 'lig-done'; readonly node: string; readonly result: LigResult }
    | { readonly kind: 'link-change'; readonly link: string; readonly change: LinkChange }
  );

/** When a record was made, and what led to it. */
export interface RecordHead {
  /** Events handled before, including the one that made this record; 0 = start. */
  readonly event: number;
  readonly time: Micros;
  /** Number of the frame whose arrival led to this; absent for timers, commands and the start. */
  readonly cause?: number;
}

/** The name of a kind of record. */
export type RecordKind = NetworkRecord['kind'];

/** The records of one kind. */
export type RecordOf<K extends RecordKind> = Extract<NetworkRecord, { kind: K }>;

/** A filter for records of one kind. */
export function isKind<K extends RecordKind>(kind: K): (record: NetworkRecord) => record is RecordOf<K> {
  return (record): record is RecordOf<K> => record.kind === kind;
}
