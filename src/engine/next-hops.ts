import { ANY4, sameIp } from '../base/ip.ts';
import { hashIp } from '../base/open-table.ts';
import { readNextHop, writeNextHop, type Hop } from './records.ts';
import { SharedRecords } from './shared-records.ts';

/** The next hops of routes and rewrites: equal ones are one record. */
export class NextHops extends SharedRecords<Hop> {
  isSame(slot: number, hop: Hop): boolean {
    const known = readNextHop(this.memory, slot);
    return (
      known.kind === hop.kind &&
      known.interfaceIndex === hop.interfaceIndex &&
      known.mtu === hop.mtu &&
      !known.isDefault === !hop.isDefault &&
      // One that is not 'via' has no gateway, whatever is said.
      (known.gateway === undefined || sameIp(known.gateway, hop.gateway ?? ANY4))
    );
  }

  protected hashOf({ gateway = ANY4, interfaceIndex }: Hop): number {
    return hashIp(gateway, interfaceIndex);
  }

  protected write(slot: number, hop: Hop): void {
    writeNextHop(this.memory, slot, hop);
  }
}
