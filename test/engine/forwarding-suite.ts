/**
 * The laws of the data plane, run on both twins (and on the engine's debug build): whoever implements DataPlane passes
 * this suite. Packets are built and read with the codecs of wire/, which neither twin uses.
 */
import type { DataPlane } from '../../src/engine/data-plane.ts';
import { decapsulationSuite } from './forwarding-decapsulation.ts';
import { encapsulationSuite } from './forwarding-encapsulation.ts';
import { gpeSuite } from './forwarding-gpe.ts';
import { headerSuite } from './forwarding-headers.ts';
import { orderSuite } from './forwarding-order.ts';
import { tableSuite } from './forwarding-tables.ts';
import { trustedSuite } from './forwarding-trusted.ts';

export function forwardingSuite(name: string, makeDataPlane: () => DataPlane): void {
  const suites = [encapsulationSuite, decapsulationSuite, orderSuite, headerSuite, tableSuite];
  for (const suite of [...suites, trustedSuite, gpeSuite]) suite(name, makeDataPlane);
}
