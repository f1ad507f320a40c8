import { cidr, formatIp, formatPrefix } from '../base/ip-text.ts';
import { sameIp, samePrefix, type IpPrefix } from '../base/ip.ts';
import { isUnicastRloc } from '../mapping/locator.ts';
import type { LispOptions } from '../router/options.ts';
import type { Args } from './args.ts';
import { familyOf, type DraftFamily, type DraftLisp } from './draft.ts';
import { commandsOf } from './grammar.ts';
import { formatKeyOptions, readKey, KEY_OPTIONS } from './key.ts';
import { quoteWord } from './lexer.ts';
import { addPetr, removePetr, renderPetr } from './petr.ts';
import { removeWhere } from './remove.ts';

const FAMILIES = ['ipv4', 'ipv6'] as const;
const EVERYTHING = { 4: cidr('0.0.0.0/0'), 6: cidr('::/0') } as const;
const DEFAULT_TTL_MINUTES = 1440;

export const LISP_COMMANDS = commandsOf('lisp', [
  toggle('map-server', 'Be a Map-Server', (options, family) => options.mapServer[family], 'mapServer'),
  toggle(
    'map-resolver',
    'Be a Map-Resolver',
    (options, family) => options.mapResolver[family],
    'mapResolver',
  ),
  toggle('proxy-etr', 'Be a proxy ETR', (options, family) => options.proxyEtr[family].enabled, 'proxyEtr'),
  {
    pattern: '<family:ipv4|ipv6> proxy-etr accept-source (<prefix:prefix> | any)',
    help: 'Accept inner sources beside those of the configured sites',
    own: true,
    apply(lisp, args) {
      const prefix = acceptedSource(args);
      const family = target(lisp, args);
      if (prefix !== undefined && !family.acceptSources.some((other) => samePrefix(other.prefix, prefix)))
        family.acceptSources.push({ prefix, at: args.place('prefix') });
    },
    remove(lisp, args) {
      const prefix = acceptedSource(args);
      if (prefix === undefined) return;
      removeWhere(target(lisp, args).acceptSources, (other) => samePrefix(other.prefix, prefix), args);
    },
    render: perFamily(({ proxyEtr }, family) =>
      proxyEtr[family].acceptSources.map((prefix) => {
        const source = prefix.bits === 0 ? 'any' : formatPrefix(prefix);
        return `${family} proxy-etr accept-source ${source}`;
      }),
    ),
  },
  {
    pattern: '<family:ipv4|ipv6> proxy-itr <rloc:ip> [<second:ip>]',
    no: ['<family:ipv4|ipv6> proxy-itr'],
    help: 'Be a proxy ITR; the addresses are the outer sources',
    apply(lisp, args) {
      const rlocs = [args.ip('rloc'), ...(args.has('second') ? [args.ip('second')] : [])];
      const [first, second] = rlocs;
      if (!isRloc(args, 'rloc') || (second !== undefined && !isRloc(args, 'second'))) return;
      if (first?.family === second?.family)
        args.refuse('second', 'RLOC family mismatch', 'one IPv4 and one IPv6 RLOC at most');
      else target(lisp, args).proxyItr = { rlocs, at: args.place('rloc') };
    },
    remove: (lisp, args) => (target(lisp, args).proxyItr = undefined),
    render: perFamily(({ proxyItr }, family) => {
      const { rlocs } = proxyItr[family];
      return rlocs.length === 0 ? [] : [`${family} proxy-itr ${rlocs.map(formatIp).join(' ')}`];
    }),
  },
  {
    pattern: 'ipv4 proxy-itr advertise <prefix:prefix4>',
    help: 'Tell the underlay (RIP) that EIDs of this aggregate are reached here',
    own: true,
    apply(lisp, args) {
      advertise(lisp.ipv4.advertised, args);
    },
    remove(lisp, args) {
      const prefix = args.prefix('prefix');
      removeWhere(lisp.ipv4.advertised, (other) => samePrefix(other.prefix, prefix), args);
    },
    render: ({ proxyItr }) =>
      proxyItr.ipv4.advertise.map((prefix) => `ipv4 proxy-itr advertise ${formatPrefix(prefix)}`),
  },
  {
    pattern: 'ipv6 proxy-itr advertise <prefix:prefix6>',
    help: 'Discard what lies in a hole of this aggregate of EIDs; nothing tells it to the underlay (no RIPng)',
    own: true,
    apply(lisp, args) {
      advertise(lisp.ipv6.advertised, args);
    },
    remove(lisp, args) {
      const prefix = args.prefix('prefix');
      removeWhere(lisp.ipv6.advertised, (other) => samePrefix(other.prefix, prefix), args);
    },
    render: ({ proxyItr }) =>
      proxyItr.ipv6.advertise.map((prefix) => `ipv6 proxy-itr advertise ${formatPrefix(prefix)}`),
  },
  {
    pattern: '<family:ipv4|ipv6> itr map-resolver <address:ip>',
    help: 'Ask this Map-Resolver; several are asked in the order of their lines',
    apply(lisp, args) {
      const address = args.ip('address');
      const { mapResolvers } = target(lisp, args);
      if (isRloc(args, 'address') && !mapResolvers.some((other) => sameIp(other.address, address)))
        mapResolvers.push({ address, at: args.place('address') });
    },
    remove(lisp, args) {
      const address = args.ip('address');
      removeWhere(target(lisp, args).mapResolvers, (other) => sameIp(other.address, address), args);
    },
    render: perFamily(({ itr }, family) =>
      itr[family].mapResolvers.map((address) => `${family} itr map-resolver ${formatIp(address)}`),
    ),
  },
  toggle(
    'itr',
    'Be an ITR: encapsulate packets of this site',
    ({ itr }, family) => itr[family].enabled,
    'itr',
  ),
  {
    pattern: `<family:ipv4|ipv6> etr map-server <address:ip> key [<key-type:0|6>] <key:word> {${KEY_OPTIONS} | key-id <key-id:0-255> | proxy-reply}`,
    no: ['<family:ipv4|ipv6> etr map-server <address:ip>'],
    help: 'Register with this Map-Server',
    apply(lisp, args) {
      if (!isRloc(args, 'address')) return;
      if (args.optionalWord('key-type') === '6')
        args.warn('an encrypted (type 6) key cannot be decrypted here: its text is used as the key');
      const server = mapServer(target(lisp, args), args);
      server.key = readKey(args);
      if (args.hasKeyword('proxy-reply')) server.proxyReply = true;
    },
    remove(lisp, args) {
      const address = args.ip('address');
      removeWhere(target(lisp, args).mapServers, (server) => sameIp(server.address, address), args);
    },
    render: perFamily(({ etr }, family) =>
      etr[family].mapServers.map(({ address, key, proxyReply }) => {
        const keyId = key.keyId === 0 ? '' : ` key-id ${key.keyId}`;
        const options = keyId + formatKeyOptions(key) + (proxyReply ? ' proxy-reply' : '');
        return `${family} etr map-server ${formatIp(address)} key ${quoteWord(key.secret)}${options}`;
      }),
    ),
  },
  {
    pattern: '<family:ipv4|ipv6> etr map-server <address:ip> proxy-reply',
    help: 'Ask this Map-Server to answer for the site',
    apply(lisp, args) {
      if (isRloc(args, 'address')) mapServer(target(lisp, args), args).proxyReply = true;
    },
    remove(lisp, args) {
      const address = args.ip('address');
      for (const server of target(lisp, args).mapServers)
        if (sameIp(server.address, address)) server.proxyReply = false;
    },
    render: () => [], // at the end of the line with the key
  },
  {
    pattern: '<family:ipv4|ipv6> etr map-cache-ttl <minutes:1-525600>',
    no: ['<family:ipv4|ipv6> etr map-cache-ttl'],
    help: 'Lifetime in minutes of the mappings of this site',
    apply: (lisp, args) => (target(lisp, args).ttlMinutes = args.number('minutes')),
    remove: (lisp, args) => (target(lisp, args).ttlMinutes = DEFAULT_TTL_MINUTES),
    render: perFamily(({ etr }, family) => {
      const minutes = etr[family].ttlMinutes;
      return minutes === DEFAULT_TTL_MINUTES ? [] : [`${family} etr map-cache-ttl ${minutes}`];
    }),
  },
  toggle(
    'etr',
    'Be an ETR: register and decapsulate for this site',
    ({ etr }, family) => etr[family].enabled,
    'etr',
  ),
  {
    pattern: '<family:ipv4|ipv6> use-petr <address:ip> [priority <priority:0-255> weight <weight:0-255>]',
    no: ['<family:ipv4|ipv6> use-petr'],
    help: 'Send natively-forwarded packets to a proxy ETR',
    apply: (lisp, args) => addPetr(target(lisp, args), args),
    remove: (lisp, args) => removePetr(target(lisp, args), args),
    render: perFamily(({ itr }, family) => itr[family].usePetr.map((petr) => renderPetr(family, petr))),
  },
]);

/** `ipv4 WORD` and `ipv6 WORD`: a role that is on or off. */
function toggle(
  word: string,
  help: string,
  isOn: (options: LispOptions, family: 'ipv4' | 'ipv6') => boolean,
  field: 'itr' | 'etr' | 'proxyEtr' | 'mapServer' | 'mapResolver',
): Parameters<typeof commandsOf<'lisp'>>[1][number] {
  return {
    pattern: `<family:ipv4|ipv6> ${word}`,
    help,
    apply: (lisp, args) => (target(lisp, args)[field] = args.place()),
    remove: (lisp, args) => (target(lisp, args)[field] = false),
    render: perFamily((options, family) => (isOn(options, family) ? [`${family} ${word}`] : [])),
  };
}

function perFamily(
  render: (options: LispOptions, family: 'ipv4' | 'ipv6') => string[],
): (options: LispOptions) => string[] {
  return (options) => FAMILIES.flatMap((family) => render(options, family));
}

function target(lisp: DraftLisp, args: Args): DraftFamily {
  return familyOf(lisp, args.family());
}

function mapServer(family: DraftFamily, args: Args): DraftFamily['mapServers'][number] {
  const address = args.ip('address');
  let server = family.mapServers.find((other) => sameIp(other.address, address));
  if (server === undefined)
    family.mapServers.push(
      (server = { address, key: undefined, proxyReply: false, at: args.place('address') }),
    );
  return server;
}

function isRloc(args: Args, name: string): boolean {
  const address = args.ip(name);
  if (isUnicastRloc(address)) return true;
  args.refuse(name, `${formatIp(address)} is no unicast address`);
  return false;
}

function acceptedSource(args: Args): IpPrefix | undefined {
  const family = args.family();
  if (!args.has('prefix')) return EVERYTHING[family];
  const prefix = args.prefix('prefix');
  if (prefix.address.family === family) return prefix;
  args.refuse('prefix', `Family mismatch: ${formatPrefix(prefix)}`, `an IPv${family} prefix is expected`);
  return undefined;
}

function advertise(advertised: DraftFamily['advertised'], args: Args): void {
  const prefix = args.prefix('prefix');
  if (prefix.bits === 0) args.refuse('prefix', 'The default route is no aggregate of EIDs');
  else if (!advertised.some((other) => samePrefix(other.prefix, prefix)))
    advertised.push({ prefix, at: args.place('prefix') });
}
