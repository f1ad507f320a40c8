/**
 * The laws of the data plane, run on both twins (and on the engine's debug build): whoever implements DataPlane passes
 * this suite. Packets are built and read with the codecs of wire/, which neither twin uses.
 */
import type { DataPlane } from '../../src/engine/data-plane.ts';
import { decapsulationSuite } from './forwarding-decapsulation.ts';
import { encapsulationSuite } from './forwarding-encapsulation.ts';
import { headerSuite } from './forwarding-headers.ts';
import { orderSuite } from './forwarding-order.ts';
import { tableSuite } from './forwarding-tables.ts';

export function forwardingSuite(name: string, makeDataPlane: () => DataPlane): void {
  for (const suite of [encapsulationSuite, decapsulationSuite, orderSuite, headerSuite, tableSuite]) {
    suite(name, makeDataPlane);
  }
}
