/** The `run` list of a lab file: what is done to the network, and when. */
import type { Micros } from '../base/time.ts';
import { parseExec } from '../ios/exec.ts';
import type { LabInput } from './journal.ts';
import { hostsOf } from './lab-hosts.ts';
import { interfaceCalled, readNodeName, type LabNode } from './lab-node.ts';
import { parseDuration, parseShare } from './lab-units.ts';
import { suggest, type Fields, type YamlValue } from './lab-yaml.ts';
import type { LinkChange, LinkOptions } from './link.ts';

/** One line of `run`. */
export interface LabStep {
  readonly at: Micros;
  readonly action: LabInput | GarbageStep;
}

/** Random bytes to a UDP port of the node, as from a sender that means harm. */
export interface GarbageStep {
  readonly kind: 'garbage';
  readonly node: string;
  readonly interfaceName: string;
  readonly port: number;
  /** Packets per second. */
  readonly rate: number;
  readonly duration: Micros;
}

/** What steps may name. */
export interface StepContext {
  readonly nodes: readonly LabNode[];
  readonly links: readonly LinkOptions[];
  /** Routers of whose configuration nothing is known: they are not blamed for what they may have. */
  readonly unread: readonly string[];
  /** Routers that steps configure: what their commands may name is not known yet. */
  readonly reconfigured: Set<string>;
}

type Key =
  | 'at'
  | 'node'
  | 'command'
  | 'config'
  | 'link'
  | 'up'
  | 'loss'
  | 'delay'
  | 'mtu'
  | 'garbage'
  | 'port'
  | 'rate'
  | 'for';

const KEYS: readonly Key[] = [
  'at',
  'node',
  'command',
  'config',
  'link',
  'up',
  'loss',
  'delay',
  'mtu',
  'garbage',
  'port',
  'rate',
  'for',
];

export function readSteps(value: YamlValue | undefined, known: Omit<StepContext, 'reconfigured'>): LabStep[] {
  const steps: LabStep[] = [];
  const context = { ...known, reconfigured: new Set(known.unread) };
  for (const each of value?.items() ?? []) {
    const fields = each.fields(...KEYS);
    if (fields.get('config') !== undefined) context.reconfigured.add(fields.get('node')?.text() ?? '');
    const at = fields.need('at')?.parsed('a time', parseDuration, 'such as 10s');
    const action = readAction(fields, context);
    if (at !== undefined && action !== undefined) steps.push({ at, action });
  }
  return steps.sort((x, y) => x.at - y.at);
}

function readAction(fields: Fields<Key>, context: StepContext): LabStep['action'] | undefined {
  if (fields.get('link') !== undefined) return readLinkChange(fields, context);
  if (fields.get('garbage') !== undefined) return readGarbage(fields, context);
  if (!allow(fields, 'node', 'command', 'config')) return undefined;
  const node = readNodeName(fields.need('node'), context.nodes);
  const command = fields.get('command')?.text();
  const lines = fields.get('config')?.itemsOrOne();
  if ((command === undefined) === (lines === undefined)) {
    return fields.whole.complain('a step of a node has either "command" or "config"');
  }
  if (node === undefined) return undefined;
  if (command !== undefined) {
    checkCommand(fields, command, context, node);
    return { kind: 'command', node, line: command };
  }
  return { kind: 'config', node, lines: (lines ?? []).map((line) => line.text() ?? '') };
}

/** A mistyped command is found at once, unless lines of the lab may have made it right by then. */
function checkCommand(
  fields: Fields<Key>,
  command: string,
  { nodes, reconfigured }: StepContext,
  name: string,
): void {
  const node = nodes.find((each) => each.name === name);
  if (node?.kind !== 'router' || reconfigured.has(name)) return;
  const parsed = parseExec(command, node.options, { hosts: hostsOf(nodes) });
  if (parsed.ok) {
    if (parsed.value.kind === 'configure') reconfigured.add(name);
    return;
  }
  // What a node is reached at is not known of those either.
  if (command.split(/\s+/).some((word) => reconfigured.has(word))) return;
  const { message, hint } = parsed.error;
  fields.get('command')?.complain(`"${command}": ${message.replace(/^% */, '')}`, hint);
}

function readLinkChange(fields: Fields<Key>, { links, unread }: StepContext): LabInput | undefined {
  if (!allow(fields, 'link', 'up', 'loss', 'delay', 'mtu')) return undefined;
  const at = fields.get('link');
  const link = at?.text();
  if (link === undefined) return undefined;
  if (!links.some(({ name }) => name === link)) {
    // It may be a link of a router whose interfaces are unknown.
    if (unread.some((node) => link.split('-').includes(node))) return undefined;
    return at?.complain(
      `there is no link ${link}`,
      suggest(
        link,
        links.map(({ name }) => name),
      ),
    );
  }
  const up = fields.get('up')?.flag();
  const loss = fields.get('loss')?.parsed('a share', parseShare, '0.2 or 20%');
  const delay = fields.get('delay')?.parsed('a time', parseDuration, 'such as 1ms');
  const mtu = fields.get('mtu')?.wholeNumber(68, 65_535);
  const change: LinkChange = {
    ...(up === undefined ? {} : { up }),
    ...(loss === undefined ? {} : { loss }),
    ...(delay === undefined ? {} : { delay }),
    ...(mtu === undefined ? {} : { mtu }),
  };
  if (Object.keys(change).length === 0)
    return fields.whole.complain('nothing changes', 'add up, loss, delay or mtu');
  return { kind: 'link', link, change };
}

function readGarbage(fields: Fields<Key>, { nodes, unread }: StepContext): GarbageStep | undefined {
  if (!allow(fields, 'garbage', 'port', 'rate', 'for')) return undefined;
  const at = fields.get('garbage');
  const [nodeName = '', ...rest] = (at?.text() ?? '').split(/\s+/);
  const wanted = rest.join(' ');
  const node = nodes.find(({ name }) => name === nodeName);
  const named = node === undefined ? undefined : interfaceCalled(wanted, node);
  const interfaceName = unread.includes(nodeName) ? wanted : named;
  if (interfaceName === undefined) {
    return at?.complain(
      'garbage goes to a node and one of its interfaces',
      'such as mapserver FastEthernet0/0',
    );
  }
  const port = fields.need('port')?.wholeNumber(1, 65_535);
  const rate = fields.need('rate')?.wholeNumber(1, 100_000);
  const duration = fields.need('for')?.parsed('a time', parseDuration, 'such as 60s');
  if (port === undefined || rate === undefined || duration === undefined) return undefined;
  return { kind: 'garbage', node: nodeName, interfaceName, port, rate, duration };
}

/** Complains about keys that do not go with the kind of step this is. */
function allow(fields: Fields<Key>, ...keys: readonly Key[]): boolean {
  const stray = fields.keys().filter((key) => key !== 'at' && !keys.includes(key as Key));
  if (stray.length === 0) return true;
  fields.whole.complain(
    `"${stray.join('", "')}" does not go with "${keys[0] ?? ''}"`,
    `keys: ${keys.join(', ')}`,
  );
  return false;
}
