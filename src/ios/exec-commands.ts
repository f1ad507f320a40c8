/** The commands of exec mode as a table: what `parseExec`, `?` and Tab read. */
import type { RouterOptions } from '../router/options.ts';
import type { Args } from './args.ts';
import { DEBUG_TOPICS } from './debug.ts';
import type { ExecCommand } from './exec-command.ts';
import { readClearCounters, readClearMapCache, readClearSites } from './exec-clear.ts';
import { readInterface } from './exec-interface.ts';
import { readLig, readLigSelf, readPing, readTraceroute } from './exec-probes.ts';
import type { NamedHost } from './named-host.ts';
import { compilePattern, type Pattern } from './pattern.ts';
import { SHOW_COMMANDS } from './show/show.ts';

export interface ExecEntry {
  readonly pattern: Pattern;
  readonly help: string;
  /** Needs `enable`. */
  readonly privileged?: boolean;
  /** Not in IOS: our own grammar. */
  readonly own?: boolean;
  /** Leads to another mode: nothing to type behind `do`. */
  readonly changesMode?: boolean;
  /** Lines may stand behind it, each after a `;`. */
  readonly takesLines?: boolean;
  /** Undefined after a refusal. */
  read(args: Args, options: RouterOptions, hosts: readonly NamedHost[]): ExecCommand | undefined;
}

type Settings = Pick<ExecEntry, 'privileged' | 'own' | 'changesMode' | 'takesLines'>;

function entry(pattern: string, help: string, read: ExecEntry['read'], settings: Settings = {}): ExecEntry {
  return { pattern: compilePattern(pattern), help, read, ...settings };
}

function just(pattern: string, help: string, command: ExecCommand, settings: Settings = {}): ExecEntry {
  return entry(pattern, help, () => command, settings);
}

const DESTINATION = '(<destination:ip> | <host:host-name>)';
const SOURCE = 'source (<source:ip> | <interface:interface>)';
const ENABLED = { privileged: true };
const MODE = { changesMode: true };

export const EXEC_COMMANDS: readonly ExecEntry[] = [
  entry(
    `ping [<family:ip|ipv6>] ${DESTINATION} {${SOURCE} | repeat <count:1-2147483647> | size <size:36-18024> | timeout <timeout:0-3600> | df-bit}`,
    'Send echo messages',
    readPing,
  ),
  ...['traceroute', 'trace'].map((word) =>
    entry(
      `${word} [<family:ip|ipv6>] ${DESTINATION} {${SOURCE} | probe <probes:1-10> | ttl <least:1-255> <most:1-255> | timeout <timeout:1-3600>}`,
      'Trace route to destination',
      readTraceroute,
    ),
  ),
  entry(
    'lig self [<family:ipv4|ipv6>] {count <count:1-5>}',
    'Ask the mapping system for the own EID-Prefix',
    readLigSelf,
  ),
  entry('lig <eid:ip> {to <resolver:ip> | count <count:1-5>}', 'Ask the mapping system for an EID', readLig),
  ...SHOW_COMMANDS.map(({ pattern, help, own }): ExecEntry => ({
    pattern,
    help,
    own,
    read: ({ line }) => ({ kind: 'show', text: line.text }),
  })),
  ...debugCommands(),
  entry(
    'clear <family:ip|ipv6> lisp map-cache [<eid:prefix>]',
    'Forget mappings that were learned',
    readClearMapCache,
    ENABLED,
  ),
  just(
    'clear <family:ip|ipv6> lisp statistics',
    'Set the LISP counters to zero',
    { kind: 'clear-statistics' },
    ENABLED,
  ),
  entry(
    'clear lisp site (* | <eid:prefix> [instance-id <instance:0-16777215>] | <name:word>)',
    'Forget what is registered for sites',
    readClearSites,
    ENABLED,
  ),
  entry(
    'clear counters [<interface:interface>]',
    'Set the packet counters of interfaces to zero',
    readClearCounters,
    ENABLED,
  ),
  entry(
    'trace add <count:1-1000>',
    'Trace the next packets through the data plane',
    (args) => ({ kind: 'trace', count: args.number('count') }),
    { privileged: true, own: true },
  ),
  just('clear trace', 'Forget the traced packets', { kind: 'clear-trace' }, { privileged: true, own: true }),
  entry(
    'monitor capture start [interface <interface:interface>]',
    'Start capturing packets on the links of this node',
    readCapture,
    ENABLED,
  ),
  just('monitor capture stop', 'Stop capturing', { kind: 'capture-stop' }, ENABLED),
  entry(
    'monitor capture export <file:word>',
    'Write the captured packets to a pcapng file',
    (args) => ({ kind: 'capture-export', path: args.word('file') }),
    ENABLED,
  ),
  just(
    'configure [terminal]',
    'Enter configuration mode',
    { kind: 'configure', lines: [] },
    { privileged: true, changesMode: true, takesLines: true },
  ),
  just('write [memory]', 'Save the running configuration', { kind: 'save' }, ENABLED),
  just('copy running-config startup-config', 'Save the running configuration', { kind: 'save' }, ENABLED),
  just('terminal length <lines:0-512>', 'Lines on a screen', { kind: 'nothing' }),
  just('terminal width <columns:0-512>', 'Width of the terminal', { kind: 'nothing' }),
  just('terminal monitor', 'Copy debug output to this console', { kind: 'nothing' }),
  just('enable', 'Turn on privileged commands', { kind: 'privilege', privileged: true }, MODE),
  just('disable', 'Turn off privileged commands', { kind: 'privilege', privileged: false }, MODE),
  just('exit', 'Leave the console', { kind: 'leave' }, MODE),
  just('logout', 'Leave the console', { kind: 'leave' }, MODE),
];

/** Per topic, per group of topics (`debug lisp control-plane all`) and for everything. */
function debugCommands(): ExecEntry[] {
  const names = DEBUG_TOPICS.map(({ name }) => name);
  const ofLisp = DEBUG_TOPICS.flatMap(({ name, words }) => (words === undefined ? [name] : []));
  const planes = [...new Set(ofLisp.map((name) => name.split(' ')[0]!))];
  const sets = [
    ...DEBUG_TOPICS.map(({ name, help, words = `lisp ${name}` }) => ({ words, help, topics: [name] })),
    ...planes.map((plane) => ({
      words: `lisp ${plane} all`,
      help: 'All of these topics',
      topics: names.filter((name) => name.startsWith(`${plane} `)),
    })),
    { words: 'all', help: 'Everything', topics: names },
  ];
  return [
    ...['debug', 'no debug', 'undebug'].flatMap((verb) =>
      sets.map(({ words, help, topics }) =>
        just(`${verb} ${words}`, help, { kind: 'debug', topics, on: verb === 'debug' }, ENABLED),
      ),
    ),
  ];
}

function readCapture(args: Args, options: RouterOptions): ExecCommand | undefined {
  if (args.optionalInterface('interface') === undefined) return { kind: 'capture-start' };
  const interfaceName = readInterface(args, options);
  return interfaceName === undefined ? undefined : { kind: 'capture-start', interfaceName };
}
