/** Puts together router options out of what a reader finds, whatever the format. */
import { sameIp, type Family, type IpAddress, type IpPrefix } from '../base/ip.ts';
import { formatIp, parseIp, parsePrefix } from '../base/ip-text.ts';
import { compareEidPrefix, formatEidPrefix, type EidPrefix } from '../mapping/eid.ts';
import type { Site, SiteKey } from '../mapping/site.ts';
import { normaliseInterface } from '../ios/interface-name.ts';
import {
  DEFAULT_MTU,
  noLisp,
  type DatabaseLocator,
  type InterfaceAddress,
  type InterfaceOptions,
  type LispOptions,
  type PerFamily,
  type PetrOptions,
  type RouterOptions,
  type StaticMapCacheEntry,
  type StaticRoute,
} from '../router/options.ts';
import type { ImportError, Imported, ImportPlace, ImportRemark, ImportSettings } from './imported.ts';

type Change<T> = { -readonly [K in keyof T]: T[K] };
type FamilyName = keyof PerFamily<unknown>;

export class ImportBuilder {
  readonly errors: ImportError[] = [];
  readonly #remarks: ImportRemark[] = [];
  readonly #settings: ImportSettings;
  readonly #interfaces = new Map<string, Change<InterfaceOptions>>();
  readonly #mappings = new Map<string, { eid: EidPrefix; locators: DatabaseLocator[] }>();
  readonly #entries = new Map<string, StaticMapCacheEntry>();
  readonly #routes: StaticRoute[] = [];
  readonly #sites: Site[] = [];
  readonly #ttls = new Map<Family, number>();
  #lisp: LispOptions = { ...noLisp() };

  constructor(settings: ImportSettings) {
    this.#settings = settings;
    for (const [name, texts] of settings.addresses ?? [])
      for (const text of texts) this.address(name, text, { line: 0, column: 0 });
  }

  remark(at: ImportPlace, kind: ImportRemark['kind'], text: string): void {
    this.#remarks.push({ line: at.line, column: at.column, kind, text });
  }

  refuse(at: ImportPlace, message: string, hint = ''): void {
    this.errors.push({ line: at.line, column: at.column, message, hint });
  }

  /** The IOS name of a foreign interface; made, and remarked, when it is first heard of. */
  interface(foreign: string, at: ImportPlace): string {
    const known = this.#interfaces.get(foreign);
    if (known !== undefined) return known.name;
    const name = this.#settings.interfaces?.get(foreign) ?? this.#nameFor(foreign);
    this.#interfaces.set(foreign, { name, shutdown: false, mtu: DEFAULT_MTU, addresses: [] });
    if (name !== foreign) this.remark(at, 'changed', `interface ${foreign} is called ${name} here`);
    return name;
  }

  address(foreign: string, text: string, at: ImportPlace): void {
    const [host, bits] = text.split('/');
    const address = parseIp(host ?? '');
    if (address === undefined || parsePrefix(text) === undefined) {
      this.refuse(at, `${text} is no interface address`, 'write it as 10.0.1.2/30');
      return;
    }
    this.interface(foreign, at);
    const each = this.#interfaces.get(foreign)!;
    each.addresses = [...each.addresses, { address, bits: Number(bits) }];
  }

  shutdown(foreign: string, isDown: boolean, at: ImportPlace): void {
    this.interface(foreign, at);
    this.#interfaces.get(foreign)!.shutdown = isDown;
  }

  mtu(foreign: string, mtu: number, at: ImportPlace): void {
    this.interface(foreign, at);
    this.#interfaces.get(foreign)!.mtu = mtu;
  }

  /** Addresses that an interface is known to have. */
  addressesOf(foreign: string): readonly InterfaceAddress[] {
    return this.#interfaces.get(foreign)?.addresses ?? [];
  }

  route(route: StaticRoute): void {
    this.#routes.push(route);
  }

  /** Adds a locator to the mapping of this EID-Prefix, or the mapping alone. */
  database(eid: EidPrefix, locator?: DatabaseLocator): void {
    const key = formatEidPrefix(eid);
    const mapping = this.#mappings.get(key) ?? { eid, locators: [] };
    this.#mappings.set(key, mapping);
    if (locator !== undefined) mapping.locators.push(locator);
  }

  removeDatabase(eid: EidPrefix): boolean {
    return this.#mappings.delete(formatEidPrefix(eid));
  }

  entry(entry: StaticMapCacheEntry): void {
    this.#entries.set(formatEidPrefix(entry.eid), entry);
  }

  removeEntry(eid: EidPrefix): boolean {
    return this.#entries.delete(formatEidPrefix(eid));
  }

  site(key: SiteKey | undefined, eid: EidPrefix, acceptMoreSpecifics: boolean): void {
    const name = `site${this.#sites.length + 1}`;
    const prefixes = [{ eid, acceptMoreSpecifics }];
    this.#sites.push({ name, ...(key === undefined ? {} : { key }), prefixes, acceptStaleNonces: false });
  }

  mapResolver(address: IpAddress): void {
    this.#change('itr', ({ mapResolvers, ...rest }) => ({
      ...rest,
      mapResolvers: [...mapResolvers, address],
    }));
  }

  mapServer(address: IpAddress, key: SiteKey, proxyReply: boolean): void {
    this.#change('etr', ({ mapServers, ...rest }) => ({
      ...rest,
      mapServers: [...mapServers, { address, key, proxyReply }],
    }));
  }

  usePetr(family: Family, petr: PetrOptions): void {
    const name = familyName(family);
    const { itr } = this.#lisp;
    this.#lisp = {
      ...this.#lisp,
      itr: { ...itr, [name]: { ...itr[name], usePetr: [...itr[name].usePetr, petr] } },
    };
  }

  /** A family has one for all of its EID-Prefixes: the last. */
  ttl(family: Family, ttlMinutes: number, at: ImportPlace): void {
    const name = familyName(family);
    const { etr } = this.#lisp;
    const before = this.#ttls.get(family);
    if (before !== undefined && before !== ttlMinutes)
      this.remark(
        at,
        'changed',
        `EIDs have different TTLs, ${before} and ${ttlMinutes} minutes: here all of IPv${family} have ${ttlMinutes}`,
      );
    this.#ttls.set(family, ttlMinutes);
    this.#lisp = { ...this.#lisp, etr: { ...etr, [name]: { ...etr[name], ttlMinutes } } };
  }

  proxyItr(rlocs: readonly IpAddress[]): void {
    this.#change('proxyItr', (setting) => ({ ...setting, rlocs }));
  }

  proxyEtr(enabled: boolean): void {
    this.#change('proxyEtr', (setting) => ({ ...setting, enabled }));
  }

  /** Switches roles on for the families that have something to do, or for IPv4. */
  roles(roles: {
    readonly xtr?: boolean;
    readonly mapServer?: boolean;
    readonly mapResolver?: boolean;
  }): void {
    const families = this.#familiesInUse();
    const on = <T extends { readonly enabled: boolean }>(settings: PerFamily<T>): PerFamily<T> => ({
      ipv4: { ...settings.ipv4, enabled: settings.ipv4.enabled || families.includes(4) },
      ipv6: { ...settings.ipv6, enabled: settings.ipv6.enabled || families.includes(6) },
    });
    const flags = { ipv4: families.includes(4), ipv6: families.includes(6) };
    const { itr, etr, mapServer, mapResolver } = this.#lisp;
    this.#lisp = {
      ...this.#lisp,
      itr: roles.xtr === true ? on(itr) : itr,
      etr: roles.xtr === true ? on(etr) : etr,
      mapServer: roles.mapServer === true ? flags : mapServer,
      mapResolver: roles.mapResolver === true ? flags : mapResolver,
    };
  }

  finish(): Imported {
    const families = this.#familiesInUse();
    const { itr, etr, proxyItr } = this.#lisp;
    // What both families could use is written down for those that there is something of.
    const pick = <T>(settings: PerFamily<T>, empty: PerFamily<T>): PerFamily<T> => ({
      ipv4: families.includes(4) ? settings.ipv4 : empty.ipv4,
      ipv6: families.includes(6) ? settings.ipv6 : empty.ipv6,
    });
    const none = noLisp();
    const lisp: LispOptions = {
      ...this.#lisp,
      itr: pick(itr, none.itr),
      etr: pick(etr, none.etr),
      proxyItr: pick(proxyItr, none.proxyItr),
      databaseMappings: [...this.#mappings.values()].sort((a, b) => compareEidPrefix(a.eid, b.eid)),
      staticEntries: [...this.#entries.values()],
      sites: this.#sites,
    };
    this.#remarkForeignRlocs(lisp);
    const options: RouterOptions = {
      hostname: this.#settings.hostname ?? 'Router',
      interfaces: [...this.#interfaces.values()],
      staticRoutes: this.#routes,
      lisp,
    };
    const remarks = [...this.#remarks].sort((a, b) => a.line - b.line || a.column - b.column);
    return { options, remarks };
  }

  #familiesInUse(): Family[] {
    const eids = [
      ...[...this.#mappings.values()].map(({ eid }) => eid),
      ...[...this.#entries.values()].map(({ eid }) => eid),
      ...this.#sites.flatMap(({ prefixes }) => prefixes.map(({ eid }) => eid)),
    ];
    const families = ([4, 6] as const).filter((family) =>
      eids.some(({ prefix }) => prefix.address.family === family),
    );
    return families.length === 0 ? [4] : families;
  }

  #remarkForeignRlocs({ databaseMappings }: LispOptions): void {
    const own = [...this.#interfaces.values()].flatMap(({ addresses }) => addresses);
    const missing = databaseMappings
      .flatMap(({ locators }) => locators)
      .filter(({ address }) => !own.some((each) => sameIp(each.address, address)));
    for (const text of new Set(missing.map(({ address }) => formatIp(address))))
      this.remark(
        { line: 0, column: 0 },
        'assumed',
        `no interface has the RLOC ${text}: give it to one with --address, such as --address eth0=${text}/${text.includes(':') ? 64 : 30}`,
      );
  }

  /** Sets one setting of both families. */
  #change<K extends 'itr' | 'etr' | 'proxyItr' | 'proxyEtr'>(
    name: K,
    change: (setting: LispOptions[K][FamilyName]) => LispOptions[K][FamilyName],
  ): void {
    const { ipv4, ipv6 } = this.#lisp[name];
    this.#lisp = { ...this.#lisp, [name]: { ipv4: change(ipv4), ipv6: change(ipv6) } };
  }

  /** A name that IOS would take: the same, a loopback, or an Ethernet of the same number. */
  #nameFor(foreign: string): string {
    const taken = new Set([...this.#interfaces.values()].map(({ name }) => name));
    const [, number] = /([0-9]+)$/.exec(foreign) ?? [];
    const isLoopback = /^lo(op)?[0-9]*$/i.test(foreign);
    const wanted =
      normaliseInterface(foreign) ?? `${isLoopback ? 'Loopback' : 'Ethernet'}${Number(number ?? 0)}`;
    if (!taken.has(wanted)) return wanted;
    for (let next = 0; ; next++) if (!taken.has(`Ethernet${next}`)) return `Ethernet${next}`;
  }
}

export function familyOf({ prefix }: EidPrefix): Family {
  return prefix.address.family;
}

function familyName(family: Family): FamilyName {
  return family === 4 ? 'ipv4' : 'ipv6';
}

/** A prefix with its length, or an address as its host prefix. */
export function readPrefix(text: string): IpPrefix | undefined {
  const address = parseIp(text);
  if (address !== undefined) return { address, bits: address.family === 4 ? 32 : 128 };
  return parsePrefix(text)?.prefix;
}
