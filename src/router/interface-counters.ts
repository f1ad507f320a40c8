import type { Micros } from '../base/time.ts';
import type { PacketCount } from '../engine/data-plane.ts';

/** What went through one interface since the start, or since it was cleared. */
export interface InterfaceCounts {
  /** Taken from the link, whatever became of them. */
  readonly input: PacketCount;
  /** Put on the link. */
  readonly output: PacketCount;
  /** Packets that came from the link and were dropped, those that came while it was shut down among them. */
  readonly inputDrops: number;
  /** Absent as long as nobody cleared them. */
  readonly clearedAt?: Micros;
}

const NONE: InterfaceCounts = {
  input: { packets: 0, bytes: 0 },
  output: { packets: 0, bytes: 0 },
  inputDrops: 0,
};

/**
 * Packets per interface. Names are the keys: the place of an interface changes when one before it is removed. There
 * are no output drops: no queue stands before a link, so what a router has decided to send leaves.
 */
export class InterfaceCounters {
  #counts = new Map<string, InterfaceCounts>();

  read(name: string): InterfaceCounts {
    return this.#counts.get(name) ?? NONE;
  }

  countInput(name: string, bytes: number): void {
    const counts = this.read(name);
    this.#counts.set(name, { ...counts, input: more(counts.input, bytes) });
  }

  countOutput(name: string, bytes: number): void {
    const counts = this.read(name);
    this.#counts.set(name, { ...counts, output: more(counts.output, bytes) });
  }

  countInputDrop(name: string): void {
    const counts = this.read(name);
    this.#counts.set(name, { ...counts, inputDrops: counts.inputDrops + 1 });
  }

  clear(now: Micros, name: string): void {
    this.#counts.set(name, { ...NONE, clearedAt: now });
  }

  /** Plain data, structured-clone safe. */
  save(): readonly (readonly [string, InterfaceCounts])[] {
    return [...this.#counts];
  }

  restore(state: readonly (readonly [string, InterfaceCounts])[]): void {
    this.#counts = new Map(state);
  }
}

function more({ packets, bytes }: PacketCount, length: number): PacketCount {
  return { packets: packets + 1, bytes: bytes + length };
}
