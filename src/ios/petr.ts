/** `use-petr`. */
import { sameIp } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import { isUnicastRloc } from '../mapping/locator.ts';
import type { PetrOptions } from '../router/options.ts';
import type { Args } from './args.ts';
import type { How } from './dialect.ts';
import type { DraftFamily } from './draft.ts';
import { removeWhere } from './remove.ts';

/** Without priority and weight all PETRs share the load. */
const DEFAULT_PRIORITY = 1;
const DEFAULT_WEIGHT = 100;

export const PETR_PATTERN = 'use-petr <address:ip> [priority <priority:0-255> weight <weight:0-255>]';

export function addPetr(family: DraftFamily, args: Args, { form }: How): void {
  const address = args.ip('address');
  if (!isUnicastRloc(address)) {
    args.refuse('address', `${formatIp(address)} is no unicast address`);
    return;
  }
  const petr = {
    address,
    priority: args.numberOr('priority', DEFAULT_PRIORITY),
    weight: args.numberOr('weight', DEFAULT_WEIGHT),
    at: args.place('address'),
    form,
  };
  const same = family.usePetr.findIndex((other) => sameIp(other.address, address));
  if (same >= 0) family.usePetr[same] = petr;
  else family.usePetr.push(petr);
}

export function removePetr(family: DraftFamily, args: Args): void {
  const address = args.optionalIp('address');
  removeWhere(family.usePetr, (petr) => address === undefined || sameIp(petr.address, address), args);
}

export function renderPetr({ address, priority, weight }: PetrOptions): string {
  const line = `use-petr ${formatIp(address)}`;
  const isDefault = priority === DEFAULT_PRIORITY && weight === DEFAULT_WEIGHT;
  return isDefault ? line : `${line} priority ${priority} weight ${weight}`;
}
