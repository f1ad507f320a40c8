import * as v from 'valibot';
import { maskIp, sameIp, type IpAddress, type IpPrefix } from '../base/ip.ts';
import { err, ok, type Result } from '../base/result.ts';
import { MAX_INSTANCE_ID } from '../mapping/eid.ts';
import type { LispOptions, RipOptions, RouterOptions } from './options.ts';

/** What is wrong with a plain object that should configure a router, and where: `lisp.sites.0.name`. */
export interface OptionIssue {
  readonly path: string;
  readonly message: string;
}

/**
 * Checks that a plain object is a RouterOptions in shape and range: for options that were not made by the
 * configuration parser. What contradicts itself across fields (a route out of an unknown interface, say) simply has
 * no effect. Never throws.
 */
export function checkRouterOptions(value: unknown): Result<RouterOptions, OptionIssue[]> {
  const result = v.safeParse(routerOptions, value);
  if (result.success) return ok(result.output as RouterOptions);
  return err(result.issues.map((issue) => ({ path: v.getDotPath(issue) ?? '', message: issue.message })));
}

function integer(min: number, max: number): v.GenericSchema<number> {
  return v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
}

const text = v.string();
const u32 = integer(0, 0xffff_ffff);
const u8 = integer(0, 255);
const ripSeconds = integer(1, 0xffff_ffff);

const address = v.pipe(
  v.strictObject({ family: v.picklist([4, 6]), w0: u32, w1: u32, w2: u32, w3: u32 }),
  v.check(({ family, w1, w2, w3 }) => family === 6 || (w1 | w2 | w3) === 0, 'an IPv4 address has one word'),
);

const prefix = v.pipe(
  v.strictObject({ address, bits: integer(0, 128) }),
  v.check((it) => it.bits <= widthOf(it.address), 'longer than the address'),
  v.check((it) => isMasked(it), 'bits are set beyond the prefix length'),
);

const eid = v.strictObject({ instanceId: integer(0, MAX_INSTANCE_ID), prefix });
const locator = v.strictObject({ address, priority: u8, weight: u8 });
const key = v.strictObject({ keyId: u8, algorithmId: v.picklist([1, 2, 3]), secret: text });

function perFamily<S extends v.GenericSchema>(schema: S): v.GenericSchema {
  return v.strictObject({ ipv4: schema, ipv6: schema });
}

const lisp = v.strictObject({
  databaseMappings: v.array(v.strictObject({ eid, locators: v.array(locator) })),
  itr: perFamily(
    v.strictObject({
      enabled: v.boolean(),
      mapResolvers: v.array(address),
      usePetr: v.array(locator),
    }),
  ),
  etr: perFamily(
    v.strictObject({
      enabled: v.boolean(),
      mapServers: v.array(v.strictObject({ address, key, proxyReply: v.boolean() })),
      ttlMinutes: u32,
    }),
  ),
  proxyItr: perFamily(v.strictObject({ rlocs: v.array(address), advertise: v.array(prefix) })),
  proxyEtr: perFamily(v.strictObject({ enabled: v.boolean(), acceptSources: v.array(prefix) })),
  mapServer: perFamily(v.boolean()),
  mapResolver: perFamily(v.boolean()),
  sites: v.array(
    v.strictObject({
      name: text,
      key: v.optional(key),
      prefixes: v.array(v.strictObject({ eid, acceptMoreSpecifics: v.boolean() })),
      allowedLocators: v.optional(v.pipe(v.array(address), v.minLength(1, 'at least one, or none for any'))),
      acceptStaleNonces: v.boolean(),
    }),
  ),
  staticEntries: v.array(
    v.strictObject({
      eid,
      action: v.picklist(['map-request', 'native-forward', 'drop', 'locators']),
      locators: v.array(locator),
    }),
  ),
  missPolicy: v.picklist(['drop', 'hold']),
  xtrId: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/i, '16 bytes in hexadecimal'))),
  siteId: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/i, '8 bytes in hexadecimal'))),
  pitrSourceEid: v.picklist(['host', 'rloc']),
  profile: v.picklist(['public', 'trusted']),
} satisfies Record<keyof LispOptions, v.GenericSchema>);

const rip = v.strictObject({
  networks: v.array(prefix),
  passiveInterfaces: v.array(text),
  redistributeStatic: v.boolean(),
  originateDefault: v.boolean(),
  timers: v.strictObject({ update: ripSeconds, invalid: ripSeconds, flush: ripSeconds }),
} satisfies Record<keyof RipOptions, v.GenericSchema>);

const routerOptions = v.strictObject({
  hostname: text,
  interfaces: v.array(
    v.strictObject({
      name: text,
      shutdown: v.boolean(),
      mtu: integer(68, 65_535),
      addresses: v.array(v.strictObject({ address, bits: integer(0, 128) })),
    }),
  ),
  staticRoutes: v.array(
    v.strictObject({
      prefix,
      target: v.variant('kind', [
        v.strictObject({ kind: v.literal('via'), gateway: address }),
        v.strictObject({ kind: v.literal('interface'), name: text }),
        v.strictObject({ kind: v.literal('discard') }),
      ]),
      distance: integer(1, 255),
    }),
  ),
  rip: v.optional(rip),
  lisp: v.optional(lisp),
} satisfies Record<keyof RouterOptions, v.GenericSchema>);

function widthOf({ family }: Pick<IpAddress, 'family'>): number {
  return family === 4 ? 32 : 128;
}

function isMasked({ address: it, bits }: IpPrefix): boolean {
  return bits > widthOf(it) || sameIp(it, maskIp(it, bits));
}
