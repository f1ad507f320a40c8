/** `clear ...`: what a router learned or counted is forgotten. */
import { parseIp } from '../base/ip-text.ts';
import { coversEid, eidPrefix } from '../mapping/eid.ts';
import type { RouterOptions } from '../router/options.ts';
import type { Args } from './args.ts';
import type { ExecCommand } from './exec-command.ts';
import { readInterface } from './exec-interface.ts';

export function readClearMapCache(args: Args): ExecCommand | undefined {
  const family = args.family();
  if (!args.has('eid')) return { kind: 'clear-map-cache', family };
  const prefix = args.prefix('eid');
  if (prefix.address.family === family) return { kind: 'clear-map-cache', family, eid: eidPrefix(prefix) };
  args.refuse('eid', `Family mismatch`, `an IPv${family} prefix is expected`);
  return undefined;
}

export function readClearCounters(args: Args, options: RouterOptions): ExecCommand | undefined {
  if (args.optionalInterface('interface') === undefined) return { kind: 'clear-counters' };
  const interfaceName = readInterface(args, options);
  return interfaceName === undefined ? undefined : { kind: 'clear-counters', interfaceName };
}

/** `*`, a name or an EID-Prefix. */
export function readClearSites(args: Args, { lisp }: RouterOptions): ExecCommand | undefined {
  const sites = lisp?.sites ?? [];
  if (args.has('eid')) {
    const eid = eidPrefix(args.prefix('eid'), args.numberOr('instance', 0));
    const isOfSite = sites.some(({ prefixes }) => prefixes.some((own) => coversEid(own.eid, eid)));
    if (isOfSite) return { kind: 'clear-sites', eid };
    args.refuse('eid', 'No site has this EID-Prefix', '"show lisp site" lists them');
    return undefined;
  }
  const siteName = args.optionalWord('name');
  if (siteName === undefined) return { kind: 'clear-sites' };
  if (sites.some(({ name }) => name === siteName)) return { kind: 'clear-sites', siteName };
  const address = parseIp(siteName);
  if (address !== undefined) {
    const host = `${siteName}/${address.family === 4 ? 32 : 128}`;
    args.refuse('name', `${siteName} is no EID-Prefix`, `a prefix has a length, such as ${host}`);
    return undefined;
  }
  const names = sites.map(({ name }) => name).join(', ') || 'none';
  args.refuse('name', `Site ${siteName} is not configured`, `configured are: ${names}`);
  return undefined;
}
