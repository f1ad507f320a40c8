import { hostPrefix, type Family, type IpAddress, type IpPrefix } from '../base/ip.ts';
import {
  POLICY_ETR_DESTINATION,
  POLICY_ITR_SOURCE,
  POLICY_PETR_SOURCE,
  POLICY_PITR_DESTINATION,
} from '../engine/codes.ts';
import { eidPrefix, type EidPrefix } from '../mapping/eid.ts';
import { prefixPolicies } from '../roles/policy.ts';
import { encapTargets } from './encap-targets.ts';
import type { PetrRow, PolicyRow, StaticProgram } from './forwarding-program.ts';
import { tunnelSources } from './lisp-config.ts';
import { perFamily, type LispOptions, type PerFamily } from './options.ts';
import type { Underlay, UnderlayRoute } from './underlay.ts';

const FAMILIES: readonly Family[] = [4, 6];

/**
 * What the data plane must know beside the Map-Cache: routes, who may use LISP, PETRs. `groups` are multicast
 * addresses that the router listens to, on whichever interface.
 */
export function staticProgram(
  lisp: LispOptions | undefined,
  underlay: Underlay,
  groups: readonly IpAddress[] = [],
): StaticProgram {
  const routes = [...underlay.routes(), ...groups.map(listening)];
  if (lisp === undefined) return { routes, policies: [], petrs: [], proxyEtr: false, report: false };
  return {
    routes,
    policies: policies(lisp),
    petrs: FAMILIES.flatMap((family) => petr(lisp, family, underlay)),
    proxyEtr: lisp.proxyEtr.ipv4.enabled || lisp.proxyEtr.ipv6.enabled,
    report: lisp.profile === 'trusted',
  };
}

function listening(group: IpAddress): UnderlayRoute {
  return {
    prefix: hostPrefix(group),
    source: 'local',
    distance: 0,
    nextHop: { kind: 'local', interfaceIndex: 0, mtu: 0 },
  };
}

/** Which EID-Prefixes an ITR, ETR, PITR and PETR of this configuration serve (RFC 9300 §4.2, RFC 6832 §5, §6). */
function policies(lisp: LispOptions): PolicyRow[] {
  const where = <T>(settings: PerFamily<T>, is: (setting: T) => boolean): ((eid: EidPrefix) => boolean) => {
    return ({ prefix }) => is(perFamily(settings, prefix.address.family));
  };
  const database = lisp.databaseMappings.map(({ eid }) => eid);
  const entries = lisp.staticEntries.map(({ eid }) => eid);
  return prefixPolicies(
    {
      sources: database.filter(where(lisp.itr, ({ enabled }) => enabled)),
      destinations: entries.filter(where(lisp.proxyItr, ({ rlocs }) => rlocs.length > 0)),
    },
    {
      destinations: database.filter(where(lisp.etr, ({ enabled }) => enabled)),
      sources: servedSources(lisp),
    },
  ).map(({ eid, itrSource, etrDestination, pitrDestination, petrSource }) => ({
    eid,
    flags:
      (itrSource ? POLICY_ITR_SOURCE : 0) |
      (etrDestination ? POLICY_ETR_DESTINATION : 0) |
      (pitrDestination ? POLICY_PITR_DESTINATION : 0) |
      (petrSource ? POLICY_PETR_SOURCE : 0),
  }));
}

/** IW-09: inner sources a PETR accepts: the configured sites, and what `accept-source` lists. */
function servedSources(lisp: LispOptions): EidPrefix[] {
  return FAMILIES.flatMap((family) => {
    const { enabled, acceptSources } = perFamily(lisp.proxyEtr, family);
    if (!enabled) return [];
    const ofFamily = (prefix: IpPrefix): boolean => prefix.address.family === family;
    const sites = lisp.sites.flatMap((site) => site.prefixes.map(({ eid }) => eid));
    return [
      ...sites.filter(({ prefix }) => ofFamily(prefix)),
      ...acceptSources.filter(ofFamily).map((prefix) => eidPrefix(prefix)),
    ];
  });
}

function petr(lisp: LispOptions, family: Family, underlay: Underlay): PetrRow[] {
  const { usePetr } = perFamily(lisp.itr, family);
  if (usePetr.length === 0) return [];
  const targets = encapTargets(usePetr, tunnelSources(lisp, underlay), underlay);
  // Without a PETR to send to, packets are forwarded natively.
  if (targets.every(({ down }) => down)) return [];
  return [{ instanceId: 0, innerFamily: family, targets }];
}
