import { formatWireError } from '../wire/error.ts';
import { describePacket } from '../wire/describe.ts';
import { decodePacket } from '../wire/packet.ts';
import type { Micros } from '../base/time.ts';
import type { InjectOptions } from '../engine/data-plane.ts';
import type { Explanation } from '../engine/phases.ts';
import { namedPhases } from './named-phases.ts';
import type { PacketTrace } from './view.ts';

/** Kept at most: a packet more, and the oldest is forgotten. */
export const MAX_TRACES_COUNT = 1000;

/** Plain data, structured-clone safe. */
export interface PacketTracerState {
  readonly left: number;
  readonly traces: readonly PacketTrace[];
}

/** Remembers what became of the next packets and why, as `trace add` of VPP does. */
export class PacketTracer {
  #left = 0;
  #traces: PacketTrace[] = [];

  /** The next `count` packets are recorded. */
  start(count: number): void {
    this.#left = Math.max(0, Math.floor(count));
  }

  get isOn(): boolean {
    return this.#left > 0;
  }

  /** Records one packet that is about to be forwarded, while there is one to record. */
  record(
    time: Micros,
    bytes: Uint8Array,
    { interfaceIndex, originated }: InjectOptions,
    interfaces: readonly string[],
    explain: () => Explanation,
  ): void {
    if (!this.isOn) return;
    this.#left--;
    const interfaceName = originated === true ? undefined : interfaces[interfaceIndex];
    const explanation = explain();
    const packet = decodePacket(bytes);
    this.#traces.push({
      time,
      ...(interfaceName === undefined ? {} : { interfaceName }),
      packet: packet.ok ? describePacket(packet.value) : formatWireError(packet.error),
      explanation: { ...explanation, phases: namedPhases(explanation.phases, interfaces) },
    });
    if (this.#traces.length > MAX_TRACES_COUNT) this.#traces.shift();
  }

  traces(): readonly PacketTrace[] {
    return [...this.#traces];
  }

  /** Forgets what was recorded and records nothing more. */
  clear(): void {
    this.#left = 0;
    this.#traces = [];
  }

  save(): PacketTracerState {
    return structuredClone({ left: this.#left, traces: this.#traces });
  }

  restore(state: PacketTracerState): void {
    const { left, traces } = structuredClone(state);
    this.#left = left;
    this.#traces = [...traces];
  }
}
