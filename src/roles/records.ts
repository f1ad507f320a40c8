/** Between mappings, which mean something, and EID-Records, which travel. */
import { prefix, sameIp, type IpAddress } from '../base/ip.ts';
import { err, ok, type Result } from '../base/result.ts';
import { ACTION_NO_ACTION } from '../mapping/action.ts';
import { MAX_INSTANCE_ID, type EidPrefix } from '../mapping/eid.ts';
import { PRIORITY_NEVER, sortLocators, type Locator } from '../mapping/locator.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { LispAddress } from '../wire/afi.ts';
import type { EidRecord } from '../wire/eid-record.ts';
import { eidAddress, lispIp, rlocIp, splitEid } from '../wire/lisp-address.ts';
import type { LocatorRecord } from '../wire/locator-record.ts';
import type { MapRequestRecord } from '../wire/map-request.ts';

/** Why an EID-Prefix is refused: no IP address (LC-04), or an instance that the data header cannot carry. */
export type EidRefusal = 'unsupported-eid' | 'instance-out-of-range';

/** The EID-Prefix of an address and a mask length within it; host bits are cleared. */
export function readEid(eid: LispAddress, maskBits: number): Result<EidPrefix, EidRefusal> {
  const parts = splitEid(eid);
  if (parts === undefined) return err('unsupported-eid');
  if (parts.instanceId > MAX_INSTANCE_ID) return err('instance-out-of-range');
  return ok({ instanceId: parts.instanceId, prefix: prefix(parts.address, maskBits) });
}

/**
 * What a received record says. Locators that give no address are ignored (LC-02), and when none is left the record
 * counts as one with Locator Count 0 (LC-03), so that its ACT applies.
 */
export function readRecord(record: EidRecord): Result<Mapping, EidRefusal> {
  const eid = readEid(record.eid, record.maskBits);
  if (!eid.ok) return eid;
  const locators = record.locators.flatMap((locator) => {
    const address = rlocIp(locator.rloc);
    return address === undefined ? [] : [readLocator(locator, address)];
  });
  return ok({
    eid: eid.value,
    ttlMinutes: record.ttlMinutes,
    action: locators.length === 0 ? record.action : ACTION_NO_ACTION,
    authoritative: record.authoritative,
    mapVersion: record.mapVersion,
    locators: sortLocators(locators),
  });
}

/** All records, or the first refusal: a message is used as a whole or not at all. */
export function readRecords(records: readonly EidRecord[]): Result<Mapping[], EidRefusal> {
  const mappings: Mapping[] = [];
  for (const record of records) {
    const mapping = readRecord(record);
    if (!mapping.ok) return mapping;
    mappings.push(mapping.value);
  }
  return ok(mappings);
}

function readLocator(locator: LocatorRecord, address: IpAddress): Locator {
  const { priority, weight, multicastPriority, multicastWeight, local, reachable } = locator;
  return { address, priority, weight, multicastPriority, multicastWeight, local, reachable };
}

export function writeRecord(mapping: Mapping, probed?: IpAddress): EidRecord {
  const { eid, ttlMinutes, action, authoritative, mapVersion, locators } = mapping;
  return {
    ttlMinutes,
    maskBits: eid.prefix.bits,
    action: locators.length === 0 ? action : ACTION_NO_ACTION,
    authoritative,
    mapVersion,
    eid: eidAddress(eid.instanceId, eid.prefix.address),
    // CP-18: exactly one p bit, so only the first of equal addresses.
    locators: sortLocators(locators).map(({ address, ...rest }, i, all) => ({
      ...rest,
      probed:
        probed !== undefined &&
        sameIp(address, probed) &&
        all.findIndex((other) => sameIp(other.address, probed)) === i,
      rloc: lispIp(address),
    })),
  };
}

export function writeRequestRecord({ instanceId, prefix: { address, bits } }: EidPrefix): MapRequestRecord {
  return { subscribe: false, maskBits: bits, eid: eidAddress(instanceId, address) };
}

/** A unicast locator; it takes no part in multicast (CP-17). */
export function unicastLocator(
  address: IpAddress,
  priority: number,
  weight: number,
  flags: { readonly local: boolean; readonly reachable: boolean },
): Locator {
  return { address, priority, weight, multicastPriority: PRIORITY_NEVER, multicastWeight: 0, ...flags };
}
