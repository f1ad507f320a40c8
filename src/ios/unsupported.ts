/** Lines of IOS that matter and that this router does not know: their errors say why, and what to do. */
import { placeOf, placeOfLine, type ConfigError } from './config-error.ts';
import type { Mode } from './grammar.ts';
import type { Line } from './lexer.ts';
import { compileLines, findLine, LISP_MODES, type ListedLine } from './listed-lines.ts';

interface UnsupportedLine extends ListedLine {
  readonly hint: string;
}

const UNDERLAY = 'the underlay is configured with "ip route" and "router rip"';
const NO_VRF = 'there are no VRFs: EIDs are told apart by instance-id';
const NO_FILTER = 'packets are neither filtered nor translated here: remove the line';
const NO_CRYPTO = 'packets are not encrypted here: remove the line';
const NO_MOBILITY = 'EIDs do not move between sites: enter a database-mapping for each';
const SAYS_RLOCS = 'write the RLOCs: "A.B.C.D priority N weight N"';
const OUTER_SOURCE = 'the outer source is the RLOC of the database-mapping: remove the line';
const NO_ALT = 'there is no ALT or DDT: name a Map-Resolver with "itr map-resolver"';
const CLEAR_KEY = 'the key is not decrypted here: write it in clear, "key KEY"';
const IP_ONLY = 'EIDs are IPv4 and IPv6 addresses';

type Listed = readonly (readonly [pattern: string, hint: string])[];

/** About the router as a whole: in `router lisp` and its blocks, behind `lisp` in global mode. */
const LISP_LINES: Listed = [
  ['dynamic-eid <name:word>', NO_MOBILITY],
  ['(eid-notify | map-notify-group) <rest:line>', NO_MOBILITY],
  ['encapsulation vxlan', 'packets are encapsulated as RFC 9300 says: remove the line'],
  ['locator-table vrf <name:word>', NO_VRF],
  ['sgt [<rest:line>]', 'packets carry no group tags: remove the line'],
  ['ddt [<rest:line>]', NO_ALT],
  ['(locator-scope | rtr-locator-set | rloc-prefix) <rest:line>', 'RLOCs are of one domain: remove the line'],
  ['decapsulation filter <rest:line>', 'an ETR decapsulates for its own EIDs whoever sends: remove the line'],
  ['disable-ttl-propagate', 'the inner TTL is always copied: remove the line'],
];

const BLOCK_LINES: Listed = [
  ['service ethernet', IP_ONLY],
  ['prefix-list <rest:line>', 'write the EID-Prefixes where the list is used'],
];

/** Written with the family in front in the global form, without it in the others. */
const EID_LINES: Listed = [
  ['database-mapping <eid:prefix> auto-discover-rlocs', SAYS_RLOCS],
  [
    'database-mapping <eid:prefix> <rloc:ip> priority <priority:0-255> weight <weight:0-255> down',
    'remove the line: a locator that is down is not registered',
  ],
  ['database-mapping <eid:prefix> locator-set <set:word> <rest:line>', 'nothing is expected behind the name'],
  ['locator-down <rest:line>', 'remove the database-mapping instead'],
];

/** About one family: with it in front in `router lisp`, behind `ip lisp` or `ipv6 lisp` in global mode. */
const FAMILY_LINES: Listed = [
  ['itr-etr', 'write two lines: "itr" and "etr"'],
  [
    'itr map-resolver <address:ip> prefix-list <list:word>',
    'each Map-Resolver is asked for every EID: leave the list out',
  ],
  ['itr send-data-probe', 'EIDs are asked for with Map-Requests: remove the line'],
  ['etr map-server <address:ip> key 3 <key:word> [<rest:line>]', CLEAR_KEY],
  ['(alt-vrf | ddt) [<rest:line>]', NO_ALT],
  ['(source-locator | map-request-source) <rest:line>', OUTER_SOURCE],
  ['locator-vrf <rest:line>', NO_VRF],
  ['map-cache away-eids send-map-request', 'enter "map-cache PREFIX map-request" for the EIDs'],
  ['(nat-transversal | translate) [<rest:line>]', NO_FILTER],
  ['shortest-eid-prefix-length <bits:0-128>', 'Map-Replies of any length are taken: remove the line'],
  [
    '(route-import | route-export | import | export) <rest:line>',
    'LISP takes no routes over: remove the line',
  ],
];

const SITE_LINES: Listed = [
  ['allowed-locators <rest:line>', 'write "allowed-locator A.B.C.D", one line for each RLOC'],
  [
    '(eid-prefix | eid-record) [instance-id <instance:0-16777215>] <eid:prefix> route-tag <rest:line>',
    'routes carry no tags: leave them out',
  ],
  ['eid-record [instance-id <instance:0-16777215>] any-mac', IP_ONLY],
];

const TABLE: readonly UnsupportedLine[] = [
  ...lines('global', [
    ['router <protocol:ospf|ospfv3|bgp|eigrp|isis> [<rest:line>]', UNDERLAY],
    ['ipv6 router <rest:line>', UNDERLAY],
    ['ip default-network <rest:line>', 'enter "ip route 0.0.0.0 0.0.0.0 A.B.C.D"'],
    ['ip route vrf <rest:line>', NO_VRF],
    ['ip (nat | local) <rest:line>', NO_FILTER],
    ['ipv6 (nat | local) <rest:line>', NO_FILTER],
    ['crypto (ikev2 | gdoi) <rest:line>', NO_CRYPTO],
    ...LISP_LINES.map(([pattern, hint]) => [`lisp ${pattern}`, hint] as const),
    ['lisp instance-id <instance:0-16777215>', 'write "instance-id N" in front of each EID-Prefix'],
    ...[...EID_LINES, ...FAMILY_LINES].map(
      ([pattern, hint]) => [`<family:ip|ipv6> lisp ${pattern}`, hint] as const,
    ),
  ]),
  ...lines('interface', [
    ['(vrf | ip vrf) forwarding <name:word>', NO_VRF],
    ['ip (access-group | nat | policy) <rest:line>', NO_FILTER],
    ['ipv6 traffic-filter <rest:line>', NO_FILTER],
    ['service-policy <rest:line>', NO_FILTER],
    ['ip address (dhcp | negotiated)', 'write the address and the mask'],
    ['ip unnumbered <rest:line>', 'write an address and a mask'],
    ['ipv6 address (autoconfig | dhcp)', 'write the address and its length'],
    ['ip (ospf | eigrp | router) <rest:line>', UNDERLAY],
    ['ipv6 (ospf | eigrp | router) <rest:line>', UNDERLAY],
    ['(standby | vrrp | glbp) <rest:line>', 'an address belongs to one router: remove the line'],
    [
      '(switchport | channel-group | encapsulation) [<rest:line>]',
      'ports are plain: one interface, one link',
    ],
    ['crypto map <rest:line>', NO_CRYPTO],
    ['tunnel <rest:line>', 'there are no tunnels beside those of LISP'],
    ['lisp mobility <rest:line>', NO_MOBILITY],
  ]),
  ...LISP_MODES.flatMap((mode) => {
    const ofFamily = FAMILY_LINES.map(([pattern, hint]) => [`[<of:ipv4|ipv6>] ${pattern}`, hint] as const);
    return lines(mode, [...LISP_LINES, ...BLOCK_LINES, ...EID_LINES, ...ofFamily]);
  }),
  ...lines('site', SITE_LINES),
  ...lines('lisp-site', SITE_LINES),
  ...lines('rip', [['version 1', 'RIP version 2 is the only one']]),
  ...lines('locator-set', [['auto-discover-rlocs', SAYS_RLOCS]]),
];

const COMPILED = compileLines(TABLE);

function lines(mode: Mode, list: Listed): UnsupportedLine[] {
  return list.map(([pattern, hint]) => ({ mode, pattern: `+ ${pattern}`, hint }));
}

/** The error of a line that is known in this mode and not supported; located at the word that says what it is. */
export function unsupportedIn(line: Line, mode: Mode): ConfigError | undefined {
  const found = findLine(COMPILED, line, mode);
  if (found === undefined) return undefined;
  const telling = found.matched.findLast(({ element }) => element.kind !== 'parameter');
  const place = telling === undefined ? placeOfLine(line) : placeOf(line, telling.token);
  const words = found.matched.filter(({ element }) => element.kind !== 'parameter');
  const what = words.map(({ value }) => (value.kind === 'word' ? value.word : '')).join(' ');
  return { ...place, message: `% Not supported: ${what}`, hint: found.item.hint };
}
