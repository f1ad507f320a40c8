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
const NO_MOBILITY = 'EIDs do not move between sites: enter a database-mapping for each';
const SAYS_RLOCS = 'write the RLOCs: "A.B.C.D priority N weight N"';
const OUTER_SOURCE = 'the outer source is the RLOC of the database-mapping: remove the line';

const LISP_LINES: readonly (readonly [pattern: string, hint: string])[] = [
  ['dynamic-eid <name:word>', NO_MOBILITY],
  ['encapsulation vxlan', 'packets are encapsulated as RFC 9300 says: remove the line'],
  ['locator-table vrf <name:word>', NO_VRF],
  ['service ethernet', 'EIDs are IPv4 and IPv6 addresses'],
  ['sgt [<rest:line>]', 'packets carry no group tags: remove the line'],
  ['database-mapping <eid:prefix> auto-discover-rlocs', SAYS_RLOCS],
  ['database-mapping <eid:prefix> locator-set <set:word> <rest:line>', 'nothing is expected behind the name'],
  ['ddt [<rest:line>]', 'there is no DDT: name a Map-Resolver with "itr map-resolver"'],
];

const FAMILY_LINES: readonly (readonly [pattern: string, hint: string])[] = [
  [
    'etr map-server <address:ip> key 7 <key:word>',
    'the key is not decrypted here: write it in clear, "key KEY"',
  ],
  ['(alt-vrf | ddt) [<rest:line>]', 'there is no ALT or DDT: name a Map-Resolver with "itr map-resolver"'],
  ['(source-locator | map-request-source) <rest:line>', OUTER_SOURCE],
  ['locator-vrf <rest:line>', NO_VRF],
  [
    '(route-import | route-export | import | export) <rest:line>',
    'LISP takes no routes over: remove the line',
  ],
];

const TABLE: readonly UnsupportedLine[] = [
  ...lines('global', [
    ['router <protocol:ospf|ospfv3|bgp|eigrp|isis> [<rest:line>]', UNDERLAY],
    ['ipv6 router <rest:line>', UNDERLAY],
    ['(vrf definition | ip vrf) <rest:line>', NO_VRF],
    ['ip route vrf <rest:line>', NO_VRF],
    ['(access-list | route-map | class-map | policy-map) <rest:line>', NO_FILTER],
    ['ip (access-list | prefix-list | nat | local) <rest:line>', NO_FILTER],
    ['ipv6 (access-list | prefix-list | nat | local) <rest:line>', NO_FILTER],
    ['crypto <rest:line>', 'packets are not encrypted here: remove the line'],
  ]),
  ...lines('interface', [
    ['(vrf | ip vrf) forwarding <name:word>', NO_VRF],
    ['ip (access-group | nat | policy) <rest:line>', NO_FILTER],
    ['service-policy <rest:line>', NO_FILTER],
    ['ip address dhcp', 'write the address and the mask'],
    ['ip (ospf | eigrp | router) <rest:line>', UNDERLAY],
    [
      '(switchport | channel-group | encapsulation) [<rest:line>]',
      'ports are plain: one interface, one link',
    ],
    ['tunnel <rest:line>', 'there are no tunnels beside those of LISP'],
    ['lisp mobility <name:word>', NO_MOBILITY],
  ]),
  ...LISP_MODES.flatMap((mode) => {
    const ofFamily = FAMILY_LINES.map(([pattern, hint]) => [`[<of:ipv4|ipv6>] ${pattern}`, hint] as const);
    return lines(mode, [...LISP_LINES, ...ofFamily]);
  }),
  ...lines('rip', [['version 1', 'RIP version 2 is the only one']]),
  ...lines('locator-set', [['auto-discover-rlocs', SAYS_RLOCS]]),
];

const COMPILED = compileLines(TABLE);

function lines(mode: Mode, list: readonly (readonly [pattern: string, hint: string])[]): UnsupportedLine[] {
  return list.map(([pattern, hint]) => ({ mode, pattern: `+ ${pattern}`, hint }));
}

/** The error of a line that is known and not supported; located at the word that says what it is. */
export function unsupportedIn(line: Line, modes: readonly Mode[]): ConfigError | undefined {
  const found = findLine(COMPILED, line, modes);
  if (found === undefined) return undefined;
  const telling = found.matched.findLast(({ element }) => element.kind !== 'parameter');
  const place = telling === undefined ? placeOfLine(line) : placeOf(line, telling.token);
  const words = found.matched.filter(({ element }) => element.kind !== 'parameter');
  const what = words.map(({ value }) => (value.kind === 'word' ? value.word : '')).join(' ');
  return { ...place, message: `% Not supported: ${what}`, hint: found.item.hint };
}
