/**
 * Lines that a pasted `show running-config` holds and that change nothing here. They are accepted with a notice, so
 * that a configuration need not be cut to size first; `?` does not offer them.
 */
import type { Mode } from './grammar.ts';
import type { Line } from './lexer.ts';
import { behind, compileLines, findLine, LISP_MODES, type ListedLine } from './listed-lines.ts';

/** About the router as a whole: in `router lisp` and its blocks, behind `lisp` in global mode. */
const LISP_LINES = [
  '+ locator-table default',
  '+ encapsulation lisp',
  '- loc-reach-algorithm <rest:line>',
  '- remote-rloc-probe <rest:line>',
  '- sgt',
  'other-xtr-probe <rest:line>',
  'domain-id <domain:word>',
  'map-server rloc members distribute',
];

const NO_PROBES = 'RLOCs are not probed here: a locator is used as long as the underlay has a route to it';

/** As `LISP_LINES`, but somebody counts on what they do. */
const DOUBTFUL_LISP_LINES: readonly (readonly [pattern: string, missing: string])[] = [
  ['+ loc-reach-algorithm <rest:line>', NO_PROBES],
  ['+ remote-rloc-probe <rest:line>', NO_PROBES],
];

/** About one family: with it in front in `router lisp`, behind `ip lisp` or `ipv6 lisp` in global mode. */
const LISP_DETAILS = [
  'map-cache-persistent',
  'map-cache-limit <rest:line>',
  'locator reachability <rest:line>',
  'distance <rest:line>',
  'solicit-map-request ignore',
  'hardware-forwarding',
  '+ locator-vrf default',
  'etr (accept-map-request-mapping | glean-mapping) [verify]',
  '- map-cache away-eids send-map-request',
];

/** Patterns, see pattern.ts. They hold with `no` in front too: `+` marks those that do not, `-` those that need it. */
const LINES: Readonly<Partial<Record<Mode, readonly string[]>>> = {
  global: [
    '+ Building configuration...',
    '+ Current configuration <rest:line>',
    '+ Last configuration change <rest:line>',
    '+ NVRAM config last updated <rest:line>',
    '+ version <number:word>',
    'service (timestamps | password-encryption | tcp-keepalives-in | tcp-keepalives-out | pad | call-home | compress-config) [<rest:line>]',
    'platform <rest:line>',
    'feature <rest:line>',
    '+ boot-start-marker',
    '+ boot-end-marker',
    '+ boot system <rest:line>',
    'logging <rest:line>',
    'aaa <rest:line>',
    '(tacacs-server | radius-server) <rest:line>',
    'enable (password | secret) <rest:line>',
    'username <rest:line>',
    'clock <rest:line>',
    'memory-size <rest:line>',
    'memory free low-watermark <rest:line>',
    'mmi <rest:line>',
    'license <rest:line>',
    'spanning-tree <rest:line>',
    'vtp <rest:line>',
    'multilink <rest:line>',
    'netconf-yang',
    'tftp-server <rest:line>',
    '+ ip routing',
    '+ ipv6 unicast-routing',
    'ip (cef | subnet-zero | classless | source-route | icmp rate-limit unreachable | bgp-community new-format)',
    'ip tcp synwait-time <seconds:0-300>',
    'ipv6 cef',
    'ip (domain lookup | domain-lookup)',
    'ip (domain name | domain-name) <name:word>',
    'ip (default-gateway | name-server | host | http | ssh | scp | ftp | tftp | dhcp) <rest:line>',
    '- ip dhcp use vrf connected',
    'ip forward-protocol <rest:line>',
    'cdp <rest:line>',
    'lldp <rest:line>',
    'snmp-server <rest:line>',
    'ntp <rest:line>',
    'scheduler <rest:line>',
    'diagnostic <rest:line>',
    'subscriber <rest:line>',
    'access-list <rest:line>',
    '(ip | ipv6) prefix-list <rest:line>',
    'crypto key <rest:line>',
    'crypto isakmp (enable | key | keepalive | nat | aggressive-mode | identity | invalid-spi-recovery) [<rest:line>]',
    'crypto ipsec (security-association | df-bit | fragmentation | nat-transparency) [<rest:line>]',
  ],
  interface: [
    'duplex <mode:word>',
    'speed <speed:word>',
    'negotiation auto',
    'bandwidth <rest:line>',
    'delay <rest:line>',
    'load-interval <seconds:30-600>',
    'keepalive [<rest:line>]',
    'media-type <rest:line>',
    'mac-address <address:word>',
    'carrier-delay <rest:line>',
    'clock rate <rest:line>',
    'hold-queue <rest:line>',
    'mop <rest:line>',
    'cdp enable',
    'snmp trap link-status',
    'logging event <rest:line>',
    '- switchport',
    'ip (route-cache [<rest:line>] | redirects | unreachables | proxy-arp)',
    'ip (helper-address | nbar | flow) <rest:line>',
    'ip virtual-reassembly [<rest:line>]',
    'ip tcp adjust-mss <bytes:500-1460>',
    'ipv6 enable',
    'ipv6 (nd | mld | flow) <rest:line>',
  ],
  rip: ['- auto-summary'],
};

/** These open a block, which goes with them. What is defined there is refused where it is used. */
const BLOCKS: readonly string[] = [
  'line (con | console | aux | vty) <rest:line>',
  'control-plane [<rest:line>]',
  'redundancy',
  'archive',
  'call-home',
  'gateway',
  '+ interface <name:lisp-interface>',
  '(vrf definition | ip vrf) <name:word>',
  'ip access-list <rest:line>',
  'ipv6 access-list <name:word>',
  '(route-map | class-map | policy-map | flow) <rest:line>',
  'ip sla [<rest:line>]',
  'event manager <rest:line>',
  'crypto pki <rest:line>',
  '(tacacs | radius) server <name:word>',
  'aaa group server <rest:line>',
  'track <rest:line>',
  'vlan <rest:line>',
  'crypto isakmp (policy | profile | peer | client) <rest:line>',
  'crypto (map | dynamic-map | keyring) <rest:line>',
  'crypto ipsec (transform-set | profile) <rest:line>',
];

/** In blocks of this list, where they were typed without the indentation that makes them part of one. */
const BLOCK_LINES = [
  'login [<rest:line>]',
  'password <rest:line>',
  'exec-timeout <rest:line>',
  'privilege level <level:0-15>',
  'transport <rest:line>',
  'access-class <rest:line>',
  'stopbits <bits:1-2>',
  'rd <distinguisher:word>',
  'address-family (ipv4 | ipv6)',
  'exit-address-family',
  'exit-vrf',
  'match <rest:line>',
  'set <rest:line>',
  '(permit | deny) <rest:line>',
];

interface IgnoredLine extends ListedLine {
  readonly isInBlock?: true;
  /** What is not done for it: worth a warning. */
  readonly missing?: string;
}

const TABLE: readonly IgnoredLine[] = [
  ...Object.entries(LINES).flatMap(([mode, patterns]) =>
    patterns.map((pattern) => ({ mode: mode as Mode, pattern })),
  ),
  ...LISP_MODES.flatMap((mode) => [
    ...LISP_LINES.map((pattern) => ({ mode, pattern })),
    ...DOUBTFUL_LISP_LINES.map(([pattern, missing]) => ({ mode, pattern, missing })),
    ...LISP_DETAILS.map((line) => ({ mode, pattern: behind('[<family:ipv4|ipv6>]', line) })),
  ]),
  ...LISP_LINES.map((line) => ({ mode: 'global' as const, pattern: behind('lisp', line) })),
  ...DOUBTFUL_LISP_LINES.map(([line, missing]) => ({
    mode: 'global' as const,
    pattern: behind('lisp', line),
    missing,
  })),
  ...LISP_DETAILS.map((line) => ({
    mode: 'global' as const,
    pattern: behind('<family:ip|ipv6> lisp', line),
  })),
  ...BLOCK_LINES.map((pattern) => ({ mode: 'global' as const, pattern, isInBlock: true as const })),
  ...BLOCKS.map((pattern) => ({ mode: 'global' as const, pattern, opens: 'block' as const })),
  { mode: 'global', pattern: '+ banner <rest:line>', opens: 'text' },
];

const COMPILED = compileLines(TABLE);

/** A line that is passed over. */
export interface Ignored {
  /** Tells so. */
  readonly message: string;
  /** Whoever wrote the line counts on what it does elsewhere. */
  readonly isDoubtful: boolean;
  readonly mode: Mode;
  readonly opens: ListedLine['opens'];
}

/** Undefined when the line is none of the list of this mode. `isInBlock`: a block is being passed over. */
export function ignoredIn(line: Line, mode: Mode, isInBlock: boolean): Ignored | undefined {
  const found = findLine(COMPILED, line, mode);
  if (found === undefined || (found.item.isInBlock === true && !isInBlock)) return undefined;
  const { missing, opens } = found.item;
  const message = `"${line.text.trim()}" changes nothing here and is ignored`;
  return {
    message: missing === undefined ? message : `${message}: ${missing}`,
    isDoubtful: missing !== undefined,
    mode,
    opens: found.isRemoval ? undefined : opens,
  };
}
