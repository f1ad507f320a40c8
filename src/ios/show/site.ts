import { formatIp } from '../../base/ip-text.ts';
import { formatNonce } from '../../base/random.ts';
import { formatAge, minutes, type Micros } from '../../base/time.ts';
import { formatEidPrefix } from '../../mapping/eid.ts';
import type { Registration } from '../../mapping/store.ts';
import type { RouterView, SitePrefixView, SiteView } from '../../router/view.ts';
import { hashName } from '../key.ts';
import type { ShowContext } from './command.ts';
import { locatorTable } from './locator-table.ts';
import { pick, type Asked } from './which.ts';
import { formatId } from './xtr-ids.ts';

/** `show lisp site`: one line for each prefix. */
export function showSites(view: RouterView, now: Micros): string[] {
  const heading = [
    'LISP Site Registration Information',
    '',
    'Site Name      Last      Up   Who Last             Inst     EID Prefix',
    '               Register       Registered           ID',
  ];
  return [...heading, ...view.sites().flatMap((site) => siteLines(site, now))];
}

function siteLines({ site, prefixes }: SiteView, now: Micros): string[] {
  return prefixes.map(({ eid, registrations }, i) => {
    const last = latest(registrations);
    const cells = [
      (i === 0 ? site.name : '').padEnd(14),
      (last === undefined ? 'never' : formatAge(now - last.lastRegistered)).padEnd(9),
      (last === undefined ? 'no' : 'yes').padEnd(4),
      (last === undefined ? '--' : formatIp(last.etr)).padEnd(20),
      (eid.instanceId === 0 ? '' : String(eid.instanceId)).padEnd(8),
      formatEidPrefix({ ...eid, instanceId: 0 }),
    ];
    return cells.join(' ');
  });
}

/** `show lisp site X`; undefined when there is no such site. Its description is known at a console only. */
export function showSite({ view, now, facts }: ShowContext, name: string): string[] | undefined {
  const description = facts?.draft.lisp?.sites.find((site) => site.name === name)?.description;
  const found = view.sites().find(({ site }) => site.name === name);
  if (found === undefined) return undefined;
  return [
    `Site name: ${name}`,
    ...(description === undefined ? [] : [`Description: ${description}`]),
    `Allowed configured locators: ${found.site.allowedLocators?.map(formatIp).join(', ') ?? 'any'}`,
    'Allowed EID-prefixes:',
    ...found.prefixes.flatMap((prefix) => prefixLines(prefix, now)),
  ];
}

/**
 * `show lisp site PREFIX`: one EID-Prefix of whatever site has it; for an EID the longest one that it lies in.
 * Undefined when none has it.
 */
export function showSiteOf(view: RouterView, now: Micros, asked: Asked): string[] | undefined {
  const rows = view
    .sites()
    .flatMap(({ site, prefixes }) => prefixes.map((prefix) => ({ site, prefix })))
    .filter(({ prefix }) => prefix.eid.instanceId === asked.eid.instanceId);
  const found = pick(rows, ({ prefix }) => prefix.eid, asked);
  return found && [`Site name: ${found.site.name}`, ...prefixLines(found.prefix, now)];
}

/** `show lisp site summary`: how much of what is configured has registered. */
export function showSiteSummary(view: RouterView): string[] {
  const columns = '               -------- IPv4 -------  -------- IPv6 -------';
  const titles = 'Site name      Configured Registered  Configured Registered';
  const rows = view.sites().map(({ site, prefixes }) => {
    const cells = ([4, 6] as const).map((family) => {
      const all = prefixes.filter(({ eid }) => eid.prefix.address.family === family);
      const configured = all.filter(({ moreSpecificOf }) => moreSpecificOf === undefined).length;
      const registered = all.filter(({ registrations }) => registrations.length > 0).length;
      return `${String(configured).padStart(10)} ${String(registered).padStart(10)}`;
    });
    return `${site.name.padEnd(15)}${cells.join('  ')}`;
  });
  return [columns, titles, ...rows, '', `Number of configured sites: ${rows.length}`];
}

function prefixLines(view: SitePrefixView, now: Micros): string[] {
  const { eid, registrations } = view;
  const first = registrations.reduce(
    (least, { firstRegistered }) => Math.min(least, firstRegistered),
    Infinity,
  );
  return [
    `  EID-prefix: ${formatEidPrefix(eid)}`,
    property('First registered', registrations.length === 0 ? 'never' : formatAge(now - first)),
    property('Routing table tag', '0'),
    property('Origin', origin(view)),
    ...summary(registrations),
    '    Registration errors:',
    `      Authentication failures:   ${view.authenticationFailures}`,
    `      Allowed locators mismatch: ${view.locatorMismatches}`,
    ...(registrations.length === 0 ? [property('State', absence(view))] : []),
    ...registrations.flatMap((registration) => registrationLines(registration, now)),
  ];
}

function property(label: string, value: string): string {
  return `    ${`${label}:`.padEnd(22)}${value}`;
}

function origin({ moreSpecificOf, acceptMoreSpecifics }: SitePrefixView): string {
  if (moreSpecificOf !== undefined) return `Dynamic, more specific of ${formatEidPrefix(moreSpecificOf)}`;
  return acceptMoreSpecifics ? 'Configuration, accepting more specifics' : 'Configuration';
}

function absence({ acceptMoreSpecifics }: SitePrefixView): string {
  return acceptMoreSpecifics ? 'no ETR registered for the prefix itself' : 'no ETR registered';
}

/** What all registrations of the prefix make together. */
function summary(registrations: readonly Registration[]): string[] {
  const last = latest(registrations);
  if (last === undefined) return [];
  return [
    property('Merge active', yes(registrations.length > 1 && registrations.every(({ merge }) => merge))),
    property('Proxy reply', yes(registrations.some(({ proxyReply }) => proxyReply))),
    property('TTL', ttl(last)),
    property('State', 'complete'),
  ];
}

function registrationLines(registration: Registration, now: Micros): string[] {
  const { etr, lastRegistered, proxyReply, wantMapNotify, merge, securityCapable, mapping } = registration;
  const hash = hashName(registration.algorithmId);
  const indent = ' '.repeat(18);
  return [
    `    ETR ${formatIp(etr)}, last registered ${formatAge(now - lastRegistered)}, ` +
      `${no(proxyReply)}proxy-reply, ${no(wantMapNotify)}map-notify`,
    `${indent}TTL ${ttl(registration)}, ${no(merge)}merge, hash-function ${hash}, nonce ${formatNonce(registration.nonce)}`,
    `${indent}state complete, ${no(securityCapable)}security-capability`,
    `${indent}xTR-ID ${formatId(registration.xtr)}`,
    `${indent}site-ID ${formatId(registration.siteId)}`,
    ...locatorTable(
      '      ',
      ['Local', 'State'],
      mapping.locators.map(({ address, local, reachable, priority, weight }) => ({
        address,
        columns: [local ? 'yes' : 'no', reachable ? 'up' : 'down'],
        priority,
        weight,
      })),
    ),
  ];
}

function latest(registrations: readonly Registration[]): Registration | undefined {
  return registrations.reduce<Registration | undefined>(
    (last, each) => (last === undefined || each.lastRegistered > last.lastRegistered ? each : last),
    undefined,
  );
}

function ttl({ mapping }: Registration): string {
  return formatAge(minutes(mapping.ttlMinutes));
}

function yes(claim: boolean): string {
  return claim ? 'Yes' : 'No';
}

function no(claim: boolean): string {
  return claim ? '' : 'no ';
}
