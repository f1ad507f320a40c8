/**
 * Lines that a pasted `show running-config` holds and that change nothing here. They are accepted with a notice, so
 * that a configuration need not be cut to size first; `?` does not offer them.
 */
import type { Mode } from './grammar.ts';
import type { Line } from './lexer.ts';
import { compileLines, findLine, LISP_MODES, type ListedLine } from './listed-lines.ts';

/** In `router lisp` and its blocks, some with a family in front. */
const LISP_LINES = [
  '+ locator-table default',
  '+ encapsulation lisp',
  'loc-reach-algorithm <rest:line>',
  'remote-rloc-probe <rest:line>',
];
const LISP_DETAILS = [
  'map-cache-persistent',
  'map-cache-limit <rest:line>',
  'locator reachability <rest:line>',
  'distance <rest:line>',
  'solicit-map-request ignore',
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
    '+ boot-start-marker',
    '+ boot-end-marker',
    'logging <rest:line>',
    'aaa new-model',
    'enable (password | secret) <rest:line>',
    'username <rest:line>',
    'clock <rest:line>',
    'memory-size <rest:line>',
    'mmi <rest:line>',
    'license <rest:line>',
    'spanning-tree <rest:line>',
    'multilink <rest:line>',
    '+ ip routing',
    '+ ipv6 unicast-routing',
    'ip (cef | subnet-zero | classless | source-route | icmp rate-limit unreachable | bgp-community new-format)',
    'ip tcp synwait-time <seconds:0-300>',
    'ipv6 cef',
    'ip (domain lookup | domain-lookup)',
    'ip (domain name | domain-name) <name:word>',
    'ip (http | ssh | ftp | tftp) <rest:line>',
    'ip forward-protocol <rest:line>',
    'cdp <rest:line>',
    'lldp <rest:line>',
    'snmp-server <rest:line>',
    'ntp <rest:line>',
    'scheduler <rest:line>',
    'diagnostic <rest:line>',
    'subscriber <rest:line>',
    // In `line vty 0 4` and the like, typed without the indentation that makes them part of it.
    'login [<rest:line>]',
    'password <rest:line>',
    'exec-timeout <rest:line>',
    'privilege level <level:0-15>',
    'transport <rest:line>',
    'stopbits <bits:1-2>',
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
    'carrier-delay <rest:line>',
    'clock rate <rest:line>',
    'mop <rest:line>',
    'cdp enable',
    '- switchport',
    'ip (route-cache [<rest:line>] | redirects | unreachables | proxy-arp)',
    'ipv6 enable',
    'ipv6 (nd | mld) <rest:line>',
  ],
  rip: ['- auto-summary'],
};

/** These open a block, which goes with them. */
const BLOCKS: readonly string[] = [
  'line (con | console | aux | vty) <rest:line>',
  'control-plane [<rest:line>]',
  'banner <rest:line>',
  'redundancy',
  'archive',
  'call-home',
  'gateway',
];

const TABLE: readonly ListedLine[] = [
  ...Object.entries(LINES).flatMap(([mode, patterns]) =>
    patterns.map((pattern) => ({ mode: mode as Mode, pattern })),
  ),
  ...LISP_MODES.flatMap((mode) =>
    [...LISP_LINES, ...LISP_DETAILS.map((line) => `[<family:ipv4|ipv6>] ${line}`)].map((pattern) => ({
      mode,
      pattern,
    })),
  ),
  ...BLOCKS.map((pattern) => ({ mode: 'global' as const, pattern, isBlock: true })),
];

const COMPILED = compileLines(TABLE);

/** The line is one of the list, in one of the modes; `message` tells that it was passed over. */
export function ignoredIn(
  line: Line,
  modes: readonly Mode[],
): { readonly message: string; readonly mode: Mode; readonly isBlock: boolean } | undefined {
  const found = findLine(COMPILED, line, modes);
  if (found === undefined) return undefined;
  const { mode, isBlock = false } = found.item;
  const what = line.text.trim();
  return { message: `"${what}" changes nothing here and is ignored`, mode, isBlock };
}
