/** RIP messages as JSON. */
import { ipv4, type IpAddress } from '../../base/ip.ts';
import { ip } from '../../base/ip-text.ts';
import { commandName, RIP_REQUEST, RIP_RESPONSE, type RipEntry, type RipMessage } from '../../wire/rip.ts';
import { hex, ipAddress, JsonFault, list, need, object, or, union, whole, type Shape } from './shape.ts';

const U8 = 0xff;
const U16 = 0xffff;
const U32 = 0xffff_ffff;
const ENTRY_BODY_BYTES = 16;
/** As many as an IP packet holds; a receiver need not take more than 25. */
const MAX_ENTRIES = 3276;

const NAMED = [RIP_REQUEST, RIP_RESPONSE];

/** `"response"`; a number for commands without a name. */
const command: Shape<number> = {
  write: (value) => (NAMED.includes(value) ? commandName(value) : value),
  read(json, path) {
    const named = NAMED.find((value) => commandName(value) === json);
    if (named !== undefined) return named;
    if (typeof json === 'number') return whole(U8).read(json, path);
    throw new JsonFault(
      path,
      'a RIP command is expected',
      `${NAMED.map(commandName).join(', ')} or a number`,
    );
  },
};

/** RIP has room for IPv4 only. */
const address4: Shape<IpAddress> = {
  write: ipAddress.write.bind(ipAddress),
  read(json, path) {
    const address = ipAddress.read(json, path);
    if (address.family === 4) return address;
    throw new JsonFault(path, 'an IPv4 address is expected: RIP has no others');
  },
};

/** A mask as an address, since it may have holes: `"255.255.0.0"`. */
const mask: Shape<number> = {
  write: (value) => address4.write(ipv4(value)),
  read: (json, path) => address4.read(json, path).w0,
};

const addressFamily: Shape<0 | 2> = {
  write: (value) => value,
  read(json, path) {
    if (json === 0 || json === 2) return json;
    throw new JsonFault(path, 'the address family of a route is 2, or 0 in a request for all of them');
  },
};

type Entry<K extends RipEntry['kind']> = Omit<Extract<RipEntry, { readonly kind: K }>, 'kind'>;
const entry = union<RipEntry>('kind', {
  route: object<Entry<'route'>>({
    afi: or(addressFamily, 2),
    tag: or(whole(U16), 0),
    address: need(address4),
    mask: need(mask),
    nextHop: or(address4, ip('0.0.0.0')),
    metric: need(whole(U32)),
  }),
  authentication: object<Entry<'authentication'>>({
    authenticationType: need(whole(U16)),
    data: need(hex(ENTRY_BODY_BYTES)),
  }),
  unknown: object<Entry<'unknown'>>({
    afi: need(whole(U16)),
    tag: or(whole(U16), 0),
    data: need(hex(ENTRY_BODY_BYTES)),
  }),
} as unknown as Readonly<Record<string, Shape<RipEntry>>>);

export const ripMessage: Shape<RipMessage> = object<RipMessage>({
  command: need(command),
  version: or(whole(U8), 2),
  reserved: or(whole(U16), 0),
  entries: need(list(entry, 0, MAX_ENTRIES)),
});
