/** A lab's folder as data: `lab.yaml` and the configurations it names, checked before anything runs. */
import { parseIp } from '../base/ip-text.ts';
import { err, ok, type Result } from '../base/result.ts';
import { millis, seconds, type Micros } from '../base/time.ts';
import { DEFAULT_MTU, type RouterOptions } from '../router/options.ts';
import { clashesOf } from './lab-clash.ts';
import { readConfiguration } from './lab-config.ts';
import { readExpectations, type LabExpectation } from './lab-expect-file.ts';
import { interfaceCalled, interfaceNames, type LabNode } from './lab-node.ts';
import { readSteps, type LabStep } from './lab-steps.ts';
import { parseDuration, parseInterfaceAddress, parseShare } from './lab-units.ts';
import type { LabWarning } from './lab-warning.ts';
import { suggest, YamlFile, type LabError, type YamlValue } from './lab-yaml.ts';
import type { LinkEnd, LinkOptions } from './link.ts';

/** The file that every lab has. */
export const LAB_FILE_NAME = 'lab.yaml';

/** A lab as its folder describes it, checked. */
export interface LabFile {
  readonly name: string;
  /** One line; empty when there is none. */
  readonly title: string;
  /** In the order of the file. */
  readonly nodes: readonly LabNode[];
  readonly links: readonly LinkOptions[];
  /** In order of time; equal times in the order of the file. */
  readonly steps: readonly LabStep[];
  /** When `run` stops. */
  readonly until: Micros;
  readonly expectations: readonly LabExpectation[];
  /** What is allowed but probably not meant, in the configurations and between them. */
  readonly warnings: readonly LabWarning[];
}

/** Time after the last step that a run goes on, when the file does not say. */
const DEFAULT_TAIL = seconds(20);
const DEFAULT_DELAY = millis(1);

/**
 * Reads a lab from the files of its folder, by name. Nothing is run. All errors are found in one pass: the lab is
 * either right or comes back as a list of places.
 */
export function loadLab(files: ReadonlyMap<string, string>): Result<LabFile, readonly LabError[]> {
  const text = files.get(LAB_FILE_NAME);
  if (text === undefined) {
    const hint = `the folder holds: ${[...files.keys()].join(', ')}`;
    return err([{ file: LAB_FILE_NAME, line: 1, column: 1, message: 'there is no lab.yaml', hint }]);
  }
  const yaml = new YamlFile(LAB_FILE_NAME, text);
  const root = yaml.root();
  const reading: Reading = { files, errors: [], warnings: [], unread: [] };
  const lab = root === undefined ? undefined : readLab(root, reading);
  const errors = [...yaml.errors.sort(byPlace), ...reading.errors];
  return lab === undefined || errors.length > 0 ? err(errors) : ok(lab);
}

function byPlace(a: LabError, b: LabError): number {
  return a.line - b.line || a.column - b.column;
}

/** What the configurations of a lab are read from, and what was found in them. */
interface Reading {
  readonly files: ReadonlyMap<string, string>;
  readonly errors: LabError[];
  readonly warnings: LabWarning[];
  /** Routers whose configuration is missing or wrong: what it has is unknown. */
  readonly unread: string[];
}

function readLab(root: YamlValue, reading: Reading): LabFile {
  const fields = root.fields('name', 'title', 'nodes', 'links', 'run', 'until', 'expect');
  const nodes = readNodes(fields.need('nodes'), reading);
  const links = readLinks(fields.get('links'), nodes);
  const steps = readSteps(fields.get('run'), { nodes, links, unread: reading.unread });
  const last = steps.reduce((latest, { at }) => Math.max(latest, at), 0);
  const until = fields.get('until');
  return {
    name: fields.need('name')?.text() ?? '',
    title: fields.get('title')?.text() ?? '',
    nodes,
    links,
    steps,
    until: (until === undefined ? undefined : duration(until)) ?? last + DEFAULT_TAIL,
    expectations: readExpectations(fields.get('expect'), nodes),
    warnings: [...reading.warnings, ...clashesOf(nodes, links)],
  };
}

function readNodes(value: YamlValue | undefined, reading: Reading): LabNode[] {
  const nodes: LabNode[] = [];
  for (const { key: name, at, value: each } of value?.entries() ?? []) {
    if (nodes.some((other) => other.name === name)) at.complain(`node ${name} is there twice`);
    else if (!/^[A-Za-z][\w.-]*$/.test(name))
      at.complain(`"${name}" is no name for a node`, 'letters, digits, - _ .');
    const node = readNode(name, each, reading);
    if (node !== undefined) nodes.push(node);
  }
  if (value !== undefined && nodes.length === 0) value.complain('a lab has at least one node');
  return nodes;
}

function readNode(name: string, value: YamlValue, reading: Reading): LabNode | undefined {
  if (!value.isMap()) return readRouter(name, value, reading);
  const fields = value.fields('config', 'host');
  const host = fields.get('host');
  if (host !== undefined) {
    fields.get('config')?.complain('a host has no configuration file');
    return readHost(name, host);
  }
  const config = fields.need('config');
  return config === undefined ? undefined : readRouter(name, config, reading);
}

function readRouter(
  name: string,
  value: YamlValue,
  { files, errors, warnings, unread }: Reading,
): LabNode | undefined {
  const configFile = value.text();
  if (configFile === undefined) return undefined;
  const config = files.get(configFile);
  // Without a configuration the interfaces are unknown: complaints about links and commands would only add noise.
  const unknown: RouterOptions = { hostname: name, interfaces: [], staticRoutes: [] };
  if (config === undefined) {
    unread.push(name);
    const others = [...files.keys()].filter((file) => file !== LAB_FILE_NAME);
    value.complain(`there is no file ${configFile}`, suggest(configFile, others));
    return { kind: 'router', name, configFile, config: '', options: unknown };
  }
  const read = readConfiguration(configFile, config);
  if (!read.ok) {
    unread.push(name);
    errors.push(...read.error);
    return { kind: 'router', name, configFile, config, options: unknown };
  }
  const { options } = read.value;
  warnings.push(...read.value.warnings);
  const { hostname } = options;
  if (hostname !== name) {
    value.complain(
      `the hostname in ${configFile} is ${hostname}, not ${name}`,
      'give node and router one name',
    );
  }
  return { kind: 'router', name, configFile, config, options };
}

function readHost(name: string, value: YamlValue): LabNode {
  const fields = value.fields('interface', 'addresses', 'gateway', 'mtu');
  const addresses = (fields.need('addresses')?.itemsOrOne() ?? []).flatMap((each) => {
    const address = each.parsed(
      'an address with its prefix length',
      parseInterfaceAddress,
      'such as 10.0.3.2/30',
    );
    return address === undefined ? [] : [address];
  });
  const gateways = (fields.get('gateway')?.itemsOrOne() ?? []).flatMap((each) => {
    const gateway = each.parsed('an address', parseIp);
    return gateway === undefined ? [] : [gateway];
  });
  return {
    kind: 'host',
    name,
    options: {
      name,
      interfaceName: fields.get('interface')?.text() ?? 'eth0',
      addresses,
      gateways,
      mtu: fields.get('mtu')?.wholeNumber(68, 65_535) ?? DEFAULT_MTU,
    },
  };
}

function readLinks(value: YamlValue | undefined, nodes: readonly LabNode[]): LinkOptions[] {
  const links: LinkOptions[] = [];
  const taken = new Set<string>();
  for (const each of value?.items() ?? []) {
    const fields = each.fields('a', 'b', 'name', 'delay', 'loss', 'mtu');
    const a = readEnd(fields.need('a'), nodes, taken);
    const b = readEnd(fields.need('b'), nodes, taken);
    const delayed = fields.get('delay');
    const delay = delayed === undefined ? DEFAULT_DELAY : (duration(delayed) ?? DEFAULT_DELAY);
    const loss = fields.get('loss')?.parsed('a share', parseShare, '0.2 or 20%') ?? 0;
    const name = fields.get('name')?.text();
    const mtu = fields.get('mtu')?.wholeNumber(68, 65_535) ?? DEFAULT_MTU;
    if (a === undefined || b === undefined) continue;
    if (a.node === b.node) each.complain(`a link joins two nodes, not ${a.node} with itself`);
    if (links.some((other) => other.name === name)) each.complain(`link ${name ?? ''} is there twice`);
    links.push({
      name: name ?? freeName(`${a.node}-${b.node}`, links),
      a,
      b,
      delay,
      loss,
      mtu,
    });
  }
  return links;
}

/** `lisp1-mapserver`, `lisp1-mapserver-2`... */
function freeName(name: string, links: readonly LinkOptions[]): string {
  const isTaken = (candidate: string): boolean => links.some((link) => link.name === candidate);
  if (!isTaken(name)) return name;
  let number = 2;
  while (isTaken(`${name}-${number}`)) number++;
  return `${name}-${number}`;
}

function readEnd(
  value: YamlValue | undefined,
  nodes: readonly LabNode[],
  taken: Set<string>,
): LinkEnd | undefined {
  const text = value?.text();
  if (value === undefined || text === undefined) return undefined;
  const [nodeName = '', ...rest] = text.split(/\s+/);
  const node = nodes.find(({ name }) => name === nodeName);
  if (node === undefined) {
    return value.complain(
      `there is no node ${nodeName}`,
      suggest(
        nodeName,
        nodes.map(({ name }) => name),
      ),
    );
  }
  const interfaces = interfaceNames(node);
  if (interfaces.length === 0) return undefined;
  const wanted = rest.join(' ');
  const interfaceName =
    wanted === '' && node.kind === 'host' ? interfaces[0]! : interfaceCalled(wanted, node);
  if (interfaceName === undefined)
    return value.complain(`${nodeName} has no interface "${wanted}"`, suggest(wanted, interfaces));
  const key = `${nodeName} ${interfaceName}`;
  if (taken.has(key)) return value.complain(`${key} is on a link already`);
  taken.add(key);
  return { node: nodeName, interfaceName };
}

function duration(value: YamlValue): Micros | undefined {
  return value.parsed('a time', parseDuration, 'such as 10s or 1ms');
}
