/** Lines about one EID family, in every dialect. */
import { cidr, formatIp, formatPrefix } from '../base/ip-text.ts';
import { sameIp, samePrefix, type IpPrefix } from '../base/ip.ts';
import { isUnicastRloc } from '../mapping/locator.ts';
import type { Args } from './args.ts';
import {
  BLOCK_DIALECTS,
  familyCommands,
  GLOBAL_DIALECT,
  ROUTER_DIALECT,
  SERVICE_DIALECTS,
  type FamilyLine,
  type How,
} from './dialect.ts';
import type { DraftFamily, DraftMapServer } from './draft.ts';
import { commandsOf } from './grammar.ts';
import { formatKey, formatKeyOptions, readKey, KEY_OPTIONS, KEY_TYPE } from './key.ts';
import { addPetr, PETR_PATTERN, removePetr, renderPetr } from './petr.ts';
import { removeWhere } from './remove.ts';

const EVERYTHING = { 4: cidr('0.0.0.0/0'), 6: cidr('::/0') } as const;
const DEFAULT_TTL_MINUTES = 1440;

const FAMILY_LINES: readonly FamilyLine[] = [
  toggle('map-server', 'Be a Map-Server', 'mapServer'),
  toggle('map-resolver', 'Be a Map-Resolver', 'mapResolver'),
  toggle('proxy-etr', 'Be a proxy ETR', 'proxyEtr'),
  {
    tail: 'proxy-etr accept-source (<prefix:prefix> | any)',
    help: 'Accept inner sources beside those of the configured sites',
    own: true,
    apply(family, args, how) {
      const prefix = acceptedSource(args, how);
      if (prefix === undefined) return;
      const others = family.acceptSources.filter((other) => !samePrefix(other.prefix, prefix));
      family.acceptSources = [...others, { prefix, at: args.place('prefix'), form: how.form }];
    },
    remove(family, args, how) {
      const prefix = acceptedSource(args, how);
      if (prefix === undefined) return;
      removeWhere(family.acceptSources, (other) => samePrefix(other.prefix, prefix), args);
    },
    render: ({ acceptSources }, isHere) =>
      acceptSources.filter(isHere).map(({ prefix }) => {
        const source = prefix.bits === 0 ? 'any' : formatPrefix(prefix);
        return `proxy-etr accept-source ${source}`;
      }),
  },
  {
    tail: 'proxy-itr <rloc:ip> [<second:ip>]',
    no: ['proxy-itr'],
    help: 'Be a proxy ITR; the addresses are the outer sources',
    apply(family, args, { form }) {
      const rlocs = [args.ip('rloc'), ...(args.has('second') ? [args.ip('second')] : [])];
      const [first, second] = rlocs;
      if (!isRloc(args, 'rloc') || (second !== undefined && !isRloc(args, 'second'))) return;
      if (first?.family === second?.family)
        args.refuse('second', 'RLOC family mismatch', 'one IPv4 and one IPv6 RLOC at most');
      else family.proxyItr = { rlocs, at: args.place('rloc'), form };
    },
    remove: (family) => (family.proxyItr = undefined),
    render: ({ proxyItr }, isHere) =>
      proxyItr === undefined || !isHere(proxyItr)
        ? []
        : [`proxy-itr ${proxyItr.rlocs.map(formatIp).join(' ')}`],
  },
  {
    tail: 'proxy-itr advertise <prefix:prefix>',
    help: 'Tell the underlay (RIP, IPv4) that EIDs of this aggregate are reached here; its holes are discarded',
    own: true,
    apply(family, args, how) {
      const prefix = args.prefix('prefix');
      if (!isOfFamily(prefix, args, how)) return;
      if (prefix.bits === 0) {
        args.refuse('prefix', 'The default route is no aggregate of EIDs');
        return;
      }
      const others = family.advertised.filter((other) => !samePrefix(other.prefix, prefix));
      family.advertised = [...others, { prefix, at: args.place('prefix'), form: how.form }];
    },
    remove(family, args) {
      const prefix = args.prefix('prefix');
      removeWhere(family.advertised, (other) => samePrefix(other.prefix, prefix), args);
    },
    render: ({ advertised }, isHere) =>
      advertised.filter(isHere).map(({ prefix }) => `proxy-itr advertise ${formatPrefix(prefix)}`),
  },
  {
    tail: 'itr map-resolver <address:ip>',
    help: 'Ask this Map-Resolver; several are asked in the order of their lines',
    apply({ mapResolvers }, args, { form }) {
      const address = args.ip('address');
      if (!isRloc(args, 'address')) return;
      const line = { address, at: args.place('address'), form };
      // Said again, it keeps its place in the order.
      const same = mapResolvers.findIndex((other) => sameIp(other.address, address));
      if (same >= 0) mapResolvers[same] = line;
      else mapResolvers.push(line);
    },
    remove({ mapResolvers }, args) {
      const address = args.ip('address');
      removeWhere(mapResolvers, (other) => sameIp(other.address, address), args);
    },
    render: ({ mapResolvers }, isHere) =>
      mapResolvers.filter(isHere).map(({ address }) => `itr map-resolver ${formatIp(address)}`),
  },
  toggle('itr', 'Be an ITR: encapsulate packets of this site', 'itr'),
  {
    tail: `etr map-server <address:ip> key [${KEY_TYPE}] <key:word> {${KEY_OPTIONS} | key-id <key-id:0-255> | proxy-reply}`,
    no: ['etr map-server <address:ip>'],
    help: 'Register with this Map-Server',
    apply(family, args, how) {
      if (!isRloc(args, 'address')) return;
      const key = readKey(args);
      if (key === undefined) return;
      const server = mapServer(family, args, how);
      server.key = key;
      if (args.hasKeyword('proxy-reply')) server.proxyReply = true;
    },
    remove(family, args) {
      const address = args.ip('address');
      removeWhere(family.mapServers, (server) => sameIp(server.address, address), args);
    },
    render: ({ mapServers }, isHere) =>
      mapServers.filter(isHere).flatMap(({ address, key, proxyReply }) => {
        const start = `etr map-server ${formatIp(address)}`;
        // While it is being entered.
        if (key === undefined) return proxyReply ? [`${start} proxy-reply`] : [];
        const keyId = key.keyId === 0 ? '' : ` key-id ${key.keyId}`;
        const options = keyId + formatKeyOptions(key) + (proxyReply ? ' proxy-reply' : '');
        return [`${start} key ${formatKey(key)}${options}`];
      }),
  },
  {
    tail: 'etr map-server <address:ip> proxy-reply',
    help: 'Ask this Map-Server to answer for the site',
    apply(family, args, how) {
      if (isRloc(args, 'address')) mapServer(family, args, how).proxyReply = true;
    },
    remove(family, args) {
      const address = args.ip('address');
      for (const server of family.mapServers) if (sameIp(server.address, address)) server.proxyReply = false;
      family.mapServers = family.mapServers.filter(({ key, proxyReply }) => key !== undefined || proxyReply);
    },
    render: () => [], // at the end of the line with the key
  },
  {
    tail: 'etr map-cache-ttl <minutes:1-525600>',
    no: ['etr map-cache-ttl'],
    help: 'Lifetime in minutes of the mappings of this site',
    apply(family, args, { form }) {
      const minutes = args.number('minutes');
      family.ttl = minutes === DEFAULT_TTL_MINUTES ? undefined : { minutes, at: args.place(), form };
    },
    remove: (family) => (family.ttl = undefined),
    render: ({ ttl }, isHere) =>
      ttl === undefined || ttl.minutes === DEFAULT_TTL_MINUTES || !isHere(ttl)
        ? []
        : [`etr map-cache-ttl ${ttl.minutes}`],
  },
  toggle('etr', 'Be an ETR: register and decapsulate for this site', 'etr'),
  {
    tail: PETR_PATTERN,
    no: ['use-petr'],
    help: 'Send natively-forwarded packets to a proxy ETR',
    apply: addPetr,
    remove: removePetr,
    render: ({ usePetr }, isHere) => usePetr.filter(isHere).map(renderPetr),
  },
];

export const LISP_COMMANDS = commandsOf('lisp', familyCommands(ROUTER_DIALECT, FAMILY_LINES));
export const GLOBAL_LISP_COMMANDS = commandsOf('global', familyCommands(GLOBAL_DIALECT, FAMILY_LINES));

/** Lines of the blocks of IOS XE. */
export const BLOCK_COMMANDS = [...BLOCK_DIALECTS, ...SERVICE_DIALECTS].flatMap((dialect) =>
  commandsOf(dialect.mode, familyCommands(dialect, FAMILY_LINES)),
);

/** A role that is on or off. */
function toggle(
  word: string,
  help: string,
  field: 'itr' | 'etr' | 'proxyEtr' | 'mapServer' | 'mapResolver',
): FamilyLine {
  return {
    tail: word,
    help,
    apply: (family, args, { form }) => (family[field] = { at: args.place(), form }),
    remove: (family) => (family[field] = undefined),
    render(family, isHere) {
      const role = family[field];
      return role !== undefined && isHere(role) ? [word] : [];
    },
  };
}

function mapServer(family: DraftFamily, args: Args, { form }: How): DraftMapServer {
  const address = args.ip('address');
  let server = family.mapServers.find((other) => sameIp(other.address, address));
  if (server === undefined)
    family.mapServers.push(
      (server = { address, key: undefined, proxyReply: false, at: args.place('address') }),
    );
  server.form = form;
  return server;
}

function isRloc(args: Args, name: string): boolean {
  const address = args.ip(name);
  if (isUnicastRloc(address)) return true;
  args.refuse(name, `${formatIp(address)} is no unicast address`);
  return false;
}

function acceptedSource(args: Args, { family }: How): IpPrefix | undefined {
  if (!args.has('prefix')) return EVERYTHING[family];
  const prefix = args.prefix('prefix');
  return isOfFamily(prefix, args, { family }) ? prefix : undefined;
}

/** Refuses a prefix of the other family. */
function isOfFamily(prefix: IpPrefix, args: Args, { family }: Pick<How, 'family'>): boolean {
  if (prefix.address.family === family) return true;
  args.refuse('prefix', `Family mismatch: ${formatPrefix(prefix)}`, `an IPv${family} prefix is expected`);
  return false;
}
