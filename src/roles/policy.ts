/**
 * What tells a proxy from a plain tunnel router (RFC 6832): how it asks, what it encapsulates, what it decapsulates.
 * The machines are the same.
 */
import type { IpAddress } from '../base/ip.ts';
import { eidKey, type EidPrefix } from '../mapping/eid.ts';

/** How an ITR or a PITR asks for the EIDs of one family. */
export interface ItrPolicy {
  /** Own RLOCs, put into Map-Requests in this order; one of each family is enough. 1..32 (CP-07). */
  readonly itrRlocs: readonly IpAddress[];
  /** A PITR: sets the p bit (IW-06) and asks only inside its static entries (IW-13). */
  readonly pitr: boolean;
  /** Source EID of Map-Requests: the host that caused them (RFC 9301 §5.2), or the first fitting ITR-RLOC. */
  readonly sourceEid: 'host' | 'rloc';
  /** Asked in turn. Underlay addresses (CP-39). */
  readonly mapResolvers: readonly IpAddress[];
}

/** What an ETR or a PETR takes out of LISP packets. */
export interface EtrPolicy {
  /** Inner destinations an ETR accepts: the EID-Prefixes of its database. Empty without the role. */
  readonly destinations: readonly EidPrefix[];
  /** Inner sources a PETR accepts (IW-09): served sites and what the operator added. Empty without the role. */
  readonly sources: readonly EidPrefix[];
}

/** What an ITR or a PITR puts into LISP packets. */
export interface EncapsulationPolicy {
  /** Sources an ITR encapsulates for: the EID-Prefixes of its database. Empty without the role. */
  readonly sources: readonly EidPrefix[];
  /** Destinations a PITR encapsulates to, whoever sends: its ranges and aggregates. Empty without the role. */
  readonly destinations: readonly EidPrefix[];
}

/** The four roles that an EID-Prefix plays in the data plane of one router. */
export interface PrefixPolicy {
  readonly eid: EidPrefix;
  readonly itrSource: boolean;
  readonly etrDestination: boolean;
  readonly pitrDestination: boolean;
  readonly petrSource: boolean;
}

/** One record per EID-Prefix, in order of first mention. */
export function prefixPolicies(encapsulation: EncapsulationPolicy, decapsulation: EtrPolicy): PrefixPolicy[] {
  const policies = new Map<string, PrefixPolicy>();
  const add = (prefixes: readonly EidPrefix[], roles: Partial<PrefixPolicy>): void => {
    for (const eid of prefixes) {
      const held = policies.get(eidKey(eid)) ?? {
        eid,
        itrSource: false,
        etrDestination: false,
        pitrDestination: false,
        petrSource: false,
      };
      policies.set(eidKey(eid), { ...held, ...roles });
    }
  };
  add(encapsulation.sources, { itrSource: true });
  add(decapsulation.destinations, { etrDestination: true });
  add(encapsulation.destinations, { pitrDestination: true });
  add(decapsulation.sources, { petrSource: true });
  return [...policies.values()];
}
