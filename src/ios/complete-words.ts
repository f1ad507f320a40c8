/** What `?` says about words that do not decide which command it is, and about parameters. */

/** By keyword. */
const WORDS: Readonly<Record<string, string>> = {
  '*': 'Everything',
  add: 'Add packets to trace',
  address: 'Set the IP address of an interface',
  all: 'Everything',
  capture: 'Capture packets',
  clear: 'Reset functions',
  configure: 'Enter configuration mode',
  'control-plane': 'LISP control plane',
  copy: 'Copy from one file to another',
  count: 'Number of Map-Requests to send',
  counters: 'Packet counters of interfaces',
  database: 'EID-Prefixes of this site',
  'database-mapping': 'Configure an EID-Prefix of this site',
  debug: 'Debugging functions (see also "undebug")',
  'eid-table': 'EID table',
  etr: 'LISP Egress Tunnel Router (ETR)',
  export: 'Write to a file',
  forwarding: 'LISP data plane',
  'instance-id': 'Instance of the EIDs',
  interface: 'Choose an interface',
  ip: 'IP version 4',
  ipv4: 'IP version 4',
  ipv6: 'IP version 6',
  itr: 'LISP Ingress Tunnel Router (ITR)',
  key: 'Authentication key',
  length: 'Number of lines on a screen',
  lig: 'LISP Internet Groper: ask the mapping system',
  lisp: 'Locator/ID Separation Protocol',
  'locator-set': 'Locators with a name',
  'map-cache': 'Mappings of remote EID-Prefixes',
  'map-resolver': 'LISP Map-Resolver (MR)',
  'map-server': 'LISP Map-Server (MS)',
  memory: 'Write to memory',
  monitor: 'Monitor system events',
  name: 'By name',
  no: 'Negate a command or set its defaults',
  priority: 'Lower values are used first',
  probe: 'Probes per hop',
  'proxy-etr': 'LISP Proxy Egress Tunnel Router (PETR)',
  'proxy-itr': 'LISP Proxy Ingress Tunnel Router (PITR)',
  redistribute: 'Tell routes of another source',
  repeat: 'Number of echo requests',
  route: 'IP routes',
  router: 'Enable a routing process',
  'running-config': 'Current operating configuration',
  self: 'The EID-Prefix of this router',
  service: 'LISP service of an address family',
  show: 'Show running system information',
  site: 'LISP sites',
  size: 'Bytes of the IP packet',
  source: 'Source address or interface',
  start: 'Start capturing',
  'startup-config': 'Startup configuration',
  statistics: 'LISP counters',
  terminal: 'Set terminal parameters',
  timeout: 'Seconds to wait for an answer',
  to: 'Ask this Map-Resolver',
  trace: 'Packets traced through the data plane',
  ttl: 'First and last time-to-live',
  undebug: 'Disable debugging functions (see also "debug")',
  weight: 'Share of the traffic among equal priorities',
  width: 'Width of the terminal',
  write: 'Write the running configuration',
};

/** By name of the parameter. */
const PARAMETERS: Readonly<Record<string, string>> = {
  count: 'Number',
  destination: 'Destination address',
  distance: 'Distance of the route',
  eid: 'EID or EID-Prefix',
  file: 'File name',
  gateway: 'Next hop',
  instance: 'Instance ID',
  key: 'Key, as both sides have it',
  least: 'First time-to-live',
  mask: 'Subnet mask',
  most: 'Last time-to-live',
  name: 'Name',
  prefix: 'Prefix',
  priority: 'Priority, 255 is never',
  resolver: 'Address of a Map-Resolver',
  size: 'Bytes',
  source: 'Own address',
  timeout: 'Seconds',
  weight: 'Weight',
};

const PLACEHOLDERS: Readonly<Record<string, string>> = {
  'A.B.C.D': 'IPv4 address',
  'X:X::X': 'IPv6 address',
  'A.B.C.D|X:X::X': 'IP address',
  'A.B.C.D/nn': 'IPv4 prefix',
  'X:X::X/nnn': 'IPv6 prefix',
  'A.B.C.D/nn|X:X::X/nnn': 'IP prefix',
  INTERFACE: 'Interface, such as FastEthernet0/0',
  LINE: 'The rest of the line',
  WORD: 'A word, or text in double quotes',
};

/** Undefined for words nobody wrote about. */
export function helpForWord(word: string): string | undefined {
  return Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
}

export function helpForParameter(name: string, placeholder: string): string {
  const named = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
  return named ?? PLACEHOLDERS[placeholder] ?? 'Number';
}
