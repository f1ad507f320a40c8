/** The exec commands that send packets and wait for answers. */
import { sameIp, type Family, type IpAddress } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import { seconds } from '../base/time.ts';
import { firstEid } from '../mapping/eid.ts';
import type { RouterOptions } from '../router/options.ts';
import type { Args } from './args.ts';
import type { ExecCommand } from './exec-command.ts';
import { addressOfHost, findHost, hintForHost, type NamedHost } from './named-host.ts';

const LIG_COUNT = 3;
/** Echo requests that may leave at one moment of virtual time. */
const MAX_FLOOD = 1000;
const LIG_TIMEOUT = seconds(2);

export function readPing(
  args: Args,
  options: RouterOptions,
  hosts: readonly NamedHost[],
): ExecCommand | undefined {
  const ends = readEnds(args, options, hosts);
  if (ends === undefined) return undefined;
  const dontFragment = args.hasKeyword('df-bit');
  if (dontFragment && ends.destination.family === 6) {
    args.refuse(
      undefined,
      'IPv6 has no DF bit',
      'routers on the way never fragment IPv6: leave "df-bit" out',
    );
    return undefined;
  }
  const count = args.numberOr('count', 5);
  if (count > MAX_FLOOD && args.numberOr('timeout', 2) === 0) {
    args.refuse(
      'count',
      'Too many echoes for timeout 0',
      `time stands still while they leave: 1 to ${MAX_FLOOD}`,
    );
    return undefined;
  }
  return {
    kind: 'ping',
    request: {
      ...ends,
      count,
      size: args.numberOr('size', 100),
      timeout: seconds(args.numberOr('timeout', 2)),
      ...(dontFragment && { dontFragment }),
    },
  };
}

export function readTraceroute(
  args: Args,
  options: RouterOptions,
  hosts: readonly NamedHost[],
): ExecCommand | undefined {
  const ends = readEnds(args, options, hosts);
  if (ends === undefined) return undefined;
  const minTtl = args.numberOr('least', 1);
  const maxTtl = args.numberOr('most', 30);
  if (minTtl > maxTtl) {
    args.refuse('most', 'Maximum TTL is less than minimum TTL', `${minTtl} to 255`);
    return undefined;
  }
  return {
    kind: 'traceroute',
    request: {
      ...ends,
      probes: args.numberOr('probes', 3),
      minTtl,
      maxTtl,
      timeout: seconds(args.numberOr('timeout', 3)),
    },
  };
}

export function readLig(args: Args): ExecCommand {
  const mapResolver = args.optionalIp('resolver');
  return {
    kind: 'lig',
    request: {
      eid: { instanceId: 0, address: args.ip('eid') },
      ...(mapResolver && { mapResolver }),
      count: args.numberOr('count', LIG_COUNT),
      timeout: LIG_TIMEOUT,
    },
  };
}

/** Asks for the first EID-Prefix that the router registers. */
export function readLigSelf(args: Args, { lisp }: RouterOptions): ExecCommand | undefined {
  const wanted = args.has('family') ? [args.family()] : ([4, 6] as const);
  const mappings = lisp?.databaseMappings ?? [];
  const own = wanted
    .map((family: Family) => mappings.find(({ eid }) => eid.prefix.address.family === family))
    .find((mapping) => mapping !== undefined);
  if (own === undefined) {
    args.refuse(undefined, 'No own EID-Prefix is configured', 'see "database-mapping" in router lisp');
    return undefined;
  }
  const count = args.numberOr('count', LIG_COUNT);
  return { kind: 'lig', request: { eid: firstEid(own.eid), count, timeout: LIG_TIMEOUT } };
}

interface Ends {
  readonly destination: IpAddress;
  readonly source?: IpAddress;
}

/** Undefined after a refusal. */
function readEnds(args: Args, options: RouterOptions, hosts: readonly NamedHost[]): Ends | undefined {
  const destination = args.has('host') ? hostAddress(args, options, hosts) : args.ip('destination');
  if (destination === undefined) return undefined;
  if (args.has('family') && args.family() !== destination.family) {
    args.refuse(
      'destination',
      `Family mismatch: ${formatIp(destination)}`,
      `an IPv${args.family()} address is expected`,
    );
    return undefined;
  }
  const source = sourceOf(args, options, destination);
  if (source === 'refused') return undefined;
  return { destination, ...(source && { source }) };
}

/** Of the node that is named, in a family that this node speaks too. Undefined after a refusal. */
function hostAddress(
  args: Args,
  { interfaces }: RouterOptions,
  hosts: readonly NamedHost[],
): IpAddress | undefined {
  const name = args.word('host');
  const host = findHost(hosts, name);
  if (host === undefined) {
    args.refuse('host', 'Unrecognized host or address, or protocol not running.', hintForHost(hosts, name));
    return undefined;
  }
  const source = args.optionalIp('source');
  const own = ([4, 6] as const).filter((family) =>
    interfaces.some(({ addresses }) => addresses.some(({ address }) => address.family === family)),
  );
  const families = args.has('family') ? [args.family()] : source ? [source.family] : own;
  const found = addressOfHost(host, families);
  if (found === undefined) {
    const wanted = families.map((family) => `IPv${family}`).join(' or ') || 'IP';
    args.refuse('host', `${host.name} has no ${wanted} address`);
  }
  return found;
}

function sourceOf(
  args: Args,
  options: RouterOptions,
  { family }: IpAddress,
): IpAddress | 'refused' | undefined {
  const given = args.optionalIp('source');
  if (given !== undefined) {
    const isOwn = options.interfaces.some(({ addresses }) =>
      addresses.some(({ address }) => sameIp(address, given)),
    );
    if (isOwn && given.family === family) return given;
    args.refuse('source', 'Invalid source address- IP address not on any of our up interfaces');
    return 'refused';
  }
  if (!args.hasKeyword('source')) return undefined;
  const name = args.optionalInterface('interface');
  const port = options.interfaces.find((each) => each.name === name);
  const own = port?.addresses.find(({ address }) => address.family === family);
  if (own !== undefined) return own.address;
  const names = options.interfaces.map((each) => each.name).join(', ') || 'none';
  if (port === undefined) args.refuse('interface', 'Unknown source interface', `interfaces are: ${names}`);
  else args.refuse('interface', `${port.name} has no IPv${family} address`);
  return 'refused';
}
