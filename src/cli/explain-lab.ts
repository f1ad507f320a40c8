/** Puts the question of `pxtr explain` to a lab: the packet, the network to walk, the mapping system's answer. */
import { contains, sameIp, type IpAddress } from '../base/ip.ts';
import { formatIp, parseIp } from '../base/ip-text.ts';
import { normaliseInterface } from '../ios/interface-name.ts';
import { nearest } from '../ios/nearest.ts';
import type { MissPolicy } from '../router/options.ts';
import { ORIGINATED_TTL } from '../router/ping.ts';
import type { Lab } from '../sim/lab.ts';
import type { LabFile } from '../sim/lab-file.ts';
import { buildIcmpPacket } from '../wire/icmp.ts';
import { CliError, EXIT } from './io.ts';
import { addressesOf } from './lab-report.ts';
import { followLookup, nodeWith, type LookupPath } from './lookup-path.ts';
import { mappingAnswer, type MappingAnswer } from './mapping-answer.ts';
import type { WalkEnding, WalkNetwork, WalkNode } from './packet-walk.ts';

/** ICMP echo of `ping` as IOS sends it: 100 bytes of IP packet. */
const ECHO_BYTES = 100;

export interface Question {
  readonly from: string;
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly packet: Uint8Array;
}

/** The echo request that the arguments describe; CliErrors say what is wrong with them. */
export function readQuestion(file: LabFile, from: string, to: string, source: string | undefined): Question {
  const node = file.nodes.find(({ name }) => name === from);
  if (node === undefined) throw unknownNode(file, from);
  const destination = parseIp(to) ?? addressToward(file, to, undefined);
  if (destination === undefined) {
    throw new CliError(`"${to}" is neither an address nor a node`, EXIT.usage, nodesHint(file));
  }
  const chosen =
    source === undefined
      ? addressToward(file, from, destination)
      : readSource(file, from, source, destination);
  if (chosen === undefined) {
    throw new CliError(`${from} has no IPv${destination.family} address to send from`, EXIT.usage);
  }
  if (chosen.family !== destination.family) {
    const [a, b] = [formatIp(chosen), formatIp(destination)];
    throw new CliError(`${a} and ${b} are of different families`, EXIT.usage);
  }
  const headerBytes = destination.family === 4 ? 28 : 48;
  const data = new Uint8Array(ECHO_BYTES - headerBytes);
  const packet = buildIcmpPacket(
    { source: chosen, destination, ttl: ORIGINATED_TTL },
    { type: 'echo-request', identifier: 1, sequence: 0, data },
  );
  return { from, source: chosen, destination, packet };
}

/** The nodes and links of a lab as they are now. */
export function walkNetworkOf(lab: Lab): WalkNetwork {
  return {
    nodes: lab.file.nodes.map((node) => walkNode(lab, node.name)),
    links: lab.timeline.network.links.map(({ name, up, mtu, options: { a, b } }) => ({
      name,
      ends: [
        { node: a.node, interface: a.interfaceName },
        { node: b.node, interface: b.interfaceName },
      ],
      up: up && ![a, b].some(({ node, interfaceName }) => isShut(lab, node, interfaceName)),
      mtu,
    })),
  };
}

function isShut(lab: Lab, node: string, interfaceName: string): boolean {
  const interfaces = lab.router(node)?.options.interfaces ?? [];
  return interfaces.some(({ name, shutdown }) => name === interfaceName && shutdown);
}

/** What waits at the end of a walk that stops for a lookup. */
export interface Lookup {
  readonly missPolicy: MissPolicy;
  /** The way of the Map-Request and of what it is answered with. */
  readonly path: LookupPath;
  /** What the Map-Server says; absent when the Map-Request reaches none. */
  readonly answer?: MappingAnswer;
}

export function lookupAt(
  lab: Lab,
  { from, source, destination }: Question,
  ending: WalkEnding,
): Lookup | undefined {
  const view = ending.kind === 'resolve' ? lab.router(ending.node) : undefined;
  if (ending.kind !== 'resolve' || view === undefined) return undefined;
  const missPolicy = view.options.lisp?.missPolicy ?? 'drop';
  const { eid, node: asker } = ending;
  const path = followLookup(lab, { from, source, destination, asker, eid });
  const name = path.to === undefined ? undefined : nodeWith(lab, path.to);
  const server = name !== undefined && path.request.includes(name) ? lab.router(name) : undefined;
  const decision = server?.answerFor({ instanceId: 0, address: eid });
  if (server === undefined || decision === undefined) return { missPolicy, path };
  return {
    missPolicy,
    path,
    answer: mappingAnswer({ name: server.name, sites: server.sites(), decision }, eid),
  };
}

function walkNode(lab: Lab, name: string): WalkNode {
  const router = lab.router(name);
  if (router !== undefined) {
    const { interfaces } = router;
    return {
      kind: 'router',
      name,
      interfaces,
      explain: (packet, options) => router.explain(packet, options),
    };
  }
  const node = lab.file.nodes.find((each) => each.name === name)!;
  const interfaces = lab.host(name)?.interfaces ?? [];
  return { kind: 'host', name, interfaces, addresses: addressesOf(node).map(({ address }) => address) };
}

/** An address of the node: one in its EID-Prefixes, else of a loopback, else any. */
function addressToward(file: LabFile, name: string, toward: IpAddress | undefined): IpAddress | undefined {
  const node = file.nodes.find((each) => each.name === name);
  if (node === undefined) return undefined;
  const own = addressesOf(node)
    .map(({ address }) => address)
    .filter(({ family }) => toward === undefined || family === toward.family);
  if (node.kind === 'host') return own[0];
  const eids = (node.options.lisp?.databaseMappings ?? []).map(({ eid }) => eid.prefix);
  const loopbacks = node.options.interfaces
    .filter((each) => each.name.startsWith('Loopback'))
    .flatMap(({ addresses }) => addresses.map(({ address }) => address));
  return (
    own.find((address) => eids.some((prefix) => contains(prefix, address))) ??
    own.find((address) => loopbacks.some((loopback) => sameIp(loopback, address))) ??
    own[0]
  );
}

function readSource(file: LabFile, from: string, text: string, toward: IpAddress): IpAddress {
  const address = parseIp(text);
  if (address !== undefined) return address;
  const node = file.nodes.find(({ name }) => name === from);
  const wanted = normaliseInterface(text) ?? text;
  const named =
    node?.kind === 'router' ? node.options.interfaces.find(({ name }) => name === wanted) : undefined;
  const found = named?.addresses.find((each) => each.address.family === toward.family)?.address;
  if (found !== undefined) return found;
  throw new CliError(
    `"${text}" is neither an address nor an interface of ${from} with an IPv${toward.family} address`,
    EXIT.usage,
  );
}

function unknownNode(file: LabFile, name: string): CliError {
  const guess = nearest(
    name,
    file.nodes.map((node) => node.name),
  );
  const suggestion = guess === undefined ? '' : ` - did you mean ${guess}?`;
  return new CliError(`no node "${name}" in ${file.name}${suggestion}`, EXIT.usage, nodesHint(file));
}

function nodesHint({ nodes }: LabFile): string {
  return `Nodes: ${nodes.map(({ name }) => name).join(', ')}`;
}
