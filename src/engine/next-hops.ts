import { formatIp } from '../base/ip-text.ts';
import type { NextHop } from './data-plane.ts';
import type { EngineMemory } from './memory.ts';
import { writeNextHop } from './records.ts';
import { SharedRecords } from './slots.ts';

/** The next hops of routes and rewrites: equal ones are one record. */
export class NextHops extends SharedRecords {
  readonly #memory: EngineMemory;

  constructor(memory: EngineMemory, isQuiesced: (epoch: number) => boolean) {
    super('nextHops', memory.capacity.nextHops, isQuiesced);
    this.#memory = memory;
  }

  /** The slot of a next hop. Throws EngineError on lack of room. */
  acquireHop(nextHop: NextHop, isDefault = false): number {
    const { kind, interfaceIndex, gateway, mtu } = nextHop;
    const via = gateway === undefined ? '-' : formatIp(gateway);
    return this.acquire(`${kind} ${interfaceIndex} ${via} ${mtu} ${isDefault}`, (slot) => {
      writeNextHop(this.#memory, slot, nextHop, isDefault);
    });
  }
}
