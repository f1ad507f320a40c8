/** What the mapping system of a lab would answer for an EID: the Map-Server's decision and, in words, how it came. */
import { covers, overlaps, prefix, type IpAddress } from '../base/ip.ts';
import { formatIp, formatPrefix } from '../base/ip-text.ts';
import { actionName } from '../mapping/action.ts';
import { containsEid, coversEid, formatEidPrefix, type EidPrefix } from '../mapping/eid.ts';
import type { Locator } from '../mapping/locator.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { Registration } from '../mapping/store.ts';
import type { MapServerAnswer } from '../roles/map-server.ts';
import type { SiteView } from '../router/view.ts';

export type MappingAnswer =
  | {
      readonly kind: 'mapping';
      readonly mapServer: string;
      readonly eid: string;
      readonly locators: readonly string[];
      readonly ttlMinutes: number;
      /** Who answers: the ETR that the request is forwarded to, or the Map-Server in its place. */
      readonly answeredBy: string;
      readonly how: readonly string[];
    }
  | {
      readonly kind: 'negative';
      readonly mapServer: string;
      readonly eid: string;
      readonly action: string;
      readonly ttlMinutes: number;
      readonly how: readonly string[];
    };

/** A Map-Server, as far as it is asked here. */
export interface AskedServer {
  readonly name: string;
  readonly sites: readonly SiteView[];
  readonly decision: MapServerAnswer;
}

/** Words for what a Map-Server decided about `address` (RFC 9301 §8.3, §8.4). */
export function mappingAnswer({ name, sites, decision }: AskedServer, address: IpAddress): MappingAnswer {
  const text = formatIp(address);
  const registrations = sites.flatMap(registrationsOf);
  switch (decision.kind) {
    case 'negative': {
      const { mapping, why } = decision.negative;
      const how =
        why === 'unregistered'
          ? unregisteredText(text, address, mapping.eid, sites)
          : [
              `${text} is in no configured or registered EID-Prefix`,
              holeText(mapping.eid, knownPrefixes(sites), 'known EID-Prefix'),
            ];
      const { ttlMinutes } = mapping;
      const [eid, action] = [formatEidPrefix(mapping.eid), actionName(mapping.action)];
      return { kind: 'negative', mapServer: name, eid, action, ttlMinutes, how };
    }
    case 'forward': {
      const etr = formatIp(decision.etr);
      const registered = longestCovering(registrations, address);
      return {
        ...positive(name, registered?.mapping, registered),
        answeredBy: `ETR ${etr}`,
        how: [
          registeredText(text, registered),
          `the Map-Server forwards the Map-Request to the ETR ${etr}, which answers`,
        ],
      };
    }
    case 'proxy': {
      const registered = longestCovering(registrations, address);
      return {
        ...positive(name, decision.mappings[0], registered),
        answeredBy: name,
        how: [
          registeredText(text, registered),
          'the ETR asked for proxy replies: the Map-Server answers with what was registered',
        ],
      };
    }
  }
}

function positive(
  mapServer: string,
  mapping: Mapping | undefined,
  registered: Registration | undefined,
): { kind: 'mapping'; mapServer: string; eid: string; locators: string[]; ttlMinutes: number } {
  const eid = mapping?.eid ?? registered?.mapping.eid;
  return {
    kind: 'mapping',
    mapServer,
    eid: eid === undefined ? '?' : formatEidPrefix(eid),
    locators: (mapping?.locators ?? []).map(locatorText),
    ttlMinutes: mapping?.ttlMinutes ?? 0,
  };
}

function locatorText({ address, priority, weight }: Locator): string {
  return `${formatIp(address)} priority ${priority} weight ${weight}`;
}

function registeredText(address: string, registered: Registration | undefined): string {
  if (registered === undefined) return `${address} is registered`;
  const { etr, siteName, mapping } = registered;
  return `${address} is in ${formatEidPrefix(mapping.eid)}, registered by ${formatIp(etr)} for site ${siteName}`;
}

function unregisteredText(
  text: string,
  address: IpAddress,
  hole: EidPrefix,
  sites: readonly SiteView[],
): readonly string[] {
  const configured = sites.flatMap(({ site }) => site.prefixes.map(({ eid }) => ({ eid, name: site.name })));
  const around = configured
    .filter(({ eid }) => containsEid(eid, { instanceId: hole.instanceId, address }))
    .sort((a, b) => b.eid.prefix.bits - a.eid.prefix.bits)[0];
  if (around === undefined) return [`${text} is in a configured EID-Prefix, and nobody registered it`];
  const inside = sites
    .flatMap(registrationsOf)
    .map(({ mapping }) => mapping.eid)
    .filter((eid) => coversEid(around.eid, eid));
  return [
    `${text} is in ${formatEidPrefix(around.eid)} of site ${around.name}, and nobody registered it`,
    inside.length === 0
      ? `none is registered, so the hole is all of ${formatEidPrefix(hole)}`
      : holeText(hole, inside, 'registered prefix of the site'),
  ];
}

/** Why the hole is as wide as it is: which prefix is in the way of one bit less. */
function holeText(hole: EidPrefix, known: readonly EidPrefix[], what: string): string {
  const { address, bits } = hole.prefix;
  if (bits === 0) return 'there are no EID-Prefixes of this family: the hole is everything';
  const wider = prefix(address, bits - 1);
  const inTheWay = known.map((each) => each.prefix).filter((each) => overlaps(wider, each));
  const widest = inTheWay.filter(
    (each) => !inTheWay.some((other) => other.bits < each.bits && covers(other, each)),
  );
  const names = [...new Set(widest.map(formatPrefix))];
  const rest = names.length > 2 ? ` and ${names.length - 2} more` : '';
  return (
    `${formatEidPrefix(hole)} is the widest prefix around it that overlaps no ${what}: ` +
    `${formatPrefix(wider)} would overlap ${names.slice(0, 2).join(', ')}${rest}`
  );
}

function knownPrefixes(sites: readonly SiteView[]): EidPrefix[] {
  return sites.flatMap((view) => [
    ...view.site.prefixes.map(({ eid }) => eid),
    ...registrationsOf(view).map(({ mapping }) => mapping.eid),
  ]);
}

function registrationsOf({ prefixes }: SiteView): Registration[] {
  return prefixes.flatMap(({ registrations }) => registrations);
}

function longestCovering(
  registrations: readonly Registration[],
  address: IpAddress,
): Registration | undefined {
  return registrations
    .filter(({ mapping: { eid } }) => containsEid(eid, { instanceId: eid.instanceId, address }))
    .sort((a, b) => b.mapping.eid.prefix.bits - a.mapping.eid.prefix.bits)[0];
}
