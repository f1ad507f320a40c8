// Addresses and prefixes, as every entry has them.
export {
  ANY4,
  ANY6,
  contains,
  covers,
  hostPrefix,
  ipv4,
  ipv6,
  prefix,
  sameIp,
  samePrefix,
  type Family,
  type IpAddress,
  type IpPrefix,
} from '../base/ip.ts';
export {
  cidr,
  formatIp,
  formatPrefix,
  ip,
  parseIp,
  parsePrefix,
  type ParsedPrefix,
} from '../base/ip-text.ts';
