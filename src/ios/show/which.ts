/** `[detail | A.B.C.D | A.B.C.D/nn]` behind the name of a table: which of its rows are asked for. */
import { contains, samePrefix, type Family } from '../../base/ip.ts';
import { eidPrefix, type EidPrefix } from '../../mapping/eid.ts';
import type { Args } from '../args.ts';

export const WHICH = '[detail | <address:ip> | <eid:prefix>]';

/** One row: for an address the one that a packet to it meets, for a prefix exactly that one. */
export interface Asked {
  readonly name: 'address' | 'eid';
  readonly eid: EidPrefix;
}

/** Undefined when all rows are asked for, 'refused' after a refusal. */
export function askedFor(args: Args, family: Family, instanceId: number): Asked | 'refused' | undefined {
  const asked = readAsked(args, instanceId);
  if (asked === undefined || asked.eid.prefix.address.family === family) return asked;
  args.refuse(asked.name, 'Family mismatch', `an IPv${family} EID is expected`);
  return 'refused';
}

/** Of either family; undefined when neither was given. */
export function readAsked(args: Args, instanceId: number): Asked | undefined {
  if (args.has('eid')) return { name: 'eid', eid: eidPrefix(args.prefix('eid'), instanceId) };
  const address = args.optionalIp('address');
  if (address === undefined) return undefined;
  return { name: 'address', eid: eidPrefix({ address, bits: address.family === 4 ? 32 : 128 }, instanceId) };
}

/** Among rows of one instance and family. */
export function pick<T>(
  rows: readonly T[],
  eidOf: (row: T) => EidPrefix,
  { name, eid }: Asked,
): T | undefined {
  const fits = (row: T): boolean =>
    name === 'eid'
      ? samePrefix(eidOf(row).prefix, eid.prefix)
      : contains(eidOf(row).prefix, eid.prefix.address);
  return rows
    .filter(fits)
    .reduce<T | undefined>(
      (best, row) => (best !== undefined && eidOf(best).prefix.bits >= eidOf(row).prefix.bits ? best : row),
      undefined,
    );
}
