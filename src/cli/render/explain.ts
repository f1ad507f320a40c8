import { formatIp } from '../../base/ip-text.ts';
import type { Phase } from '../../engine/phases.ts';
import { describePacket } from '../../wire/describe.ts';
import { decodePacket } from '../../wire/packet.ts';
import type { Lookup } from '../explain-lab.ts';
import type { MappingAnswer } from '../mapping-answer.ts';
import type { LookupPath } from '../lookup-path.ts';
import type { Hop, Walk, WalkEnding } from '../packet-walk.ts';
import type { Paint } from './paint.ts';
import { table, tableRows, wrap, PAGE_COLUMNS } from './table.ts';

export interface ExplainText {
  readonly title: string;
  /** State of the network the question was put to. */
  readonly state: string;
  readonly walk: Walk;
  /** What the packet waits for, when it waits. */
  readonly lookup?: Lookup;
}

/** The walk hop by hop: what arrives, the phases as a table with the rule under each, what becomes of it. */
export function explainLines({ title, state, walk, lookup }: ExplainText, paint: Paint): string[] {
  const seen = new Set<string>();
  return [
    paint.title(title),
    paint.dim(state),
    ...walk.hops.flatMap((hop, i) => ['', ...hopLines(hop, i + 1, seen, paint)]),
    ...(lookup === undefined ? [] : lookupLines(walk.ending, lookup, paint)),
    '',
    endingText(walk, paint),
    ...loopLines(walk.ending, paint),
  ];
}

/** One line about a packet's bytes. */
export function packetLine(bytes: Uint8Array): string {
  const packet = decodePacket(bytes);
  return packet.ok ? describePacket(packet.value) : `${bytes.length} bytes that are no IP packet`;
}

function lookupLines(ending: WalkEnding, lookup: NonNullable<ExplainText['lookup']>, paint: Paint): string[] {
  const { missPolicy, path, answer } = lookup;
  const meanwhile =
    missPolicy === 'hold'
      ? `${ending.node} holds the packet until the answer comes (miss-policy hold)`
      : `${ending.node} loses this packet; later ones follow the answer (miss-policy drop)`;
  return [
    `   ${meanwhile}`,
    '',
    ...pathLines(path, paint),
    ...(answer === undefined ? [] : answerLines(answer, paint)),
  ];
}

/** What goes round in a loop passes the same nodes until its TTL ends: the beginning says enough. */
const WAY_NODES = 6;

function wayText(nodes: readonly string[]): string {
  const rest = nodes.length - WAY_NODES;
  const way = nodes.slice(0, WAY_NODES).join(' > ');
  return rest > 0 ? `${way} > ... (${rest} more hops)` : way;
}

/** The ways of question and answer, and where they end. */
function pathLines({ to, request, reply, failed }: LookupPath, paint: Paint): string[] {
  const asked = to === undefined ? [] : [`Map-Request to ${to}: ${wayText(request)}`];
  const told = reply === undefined ? [] : [`Map-Reply: ${wayText(reply)}`];
  return [
    ...[...asked, ...told].flatMap((line) => wrap(line, PAGE_COLUMNS).map((part) => paint.dim(part))),
    ...(failed === undefined ? [] : wrap(failed, PAGE_COLUMNS).map((line) => paint.bad(line))),
  ];
}

export function answerLines(answer: MappingAnswer, paint: Paint): string[] {
  const { mapServer, eid, ttlMinutes, how } = answer;
  const reply =
    answer.kind === 'mapping'
      ? `Map-Reply by ${answer.answeredBy}: ${eid} at ${answer.locators.join('; ')}, TTL ${ttlMinutes} min`
      : `negative Map-Reply: ${eid} ${answer.action}, TTL ${ttlMinutes} min`;
  return [
    `${paint.name(mapServer)} would answer`,
    ...wrap(reply, PAGE_COLUMNS - 2).map((line) => `  ${paint.title(line)}`),
    ...how.flatMap((line) => wrap(line, PAGE_COLUMNS - 2).map((part) => `  ${part}`)),
  ];
}

function hopLines(hop: Hop, number: number, seen: Set<string>, paint: Paint): string[] {
  const where = hop.inInterface === undefined ? 'made here' : `in ${hop.inInterface}`;
  return [
    `${number}. ${paint.name(hop.node)}  ${paint.dim(where)}`,
    ...wrap(packetLine(hop.packet), PAGE_COLUMNS - 3).map((line) => `   ${line}`),
    ...phaseLines(hop.phases, seen, paint),
    ...verdictLines(hop, paint).map((line) => `   ${line}`),
  ];
}

/** A longer key stands on a line of its own. */
const KEY_CAP = 30;

/**
 * Phase, table, key and result in columns, the rule below: in full where it comes first in a walk, afterwards its
 * sources. The closing 'verdict' phase is told by the hop itself.
 */
function phaseLines(phases: readonly Phase[], seen: Set<string>, paint: Paint): string[] {
  const told = phases.filter(({ phase }) => phase !== 'verdict');
  const rows = tableRows(
    told.map(({ phase, table, key, result }) => [phase, table, key, result]),
    { indent: '   ', styles: [paint.title, paint.dim], caps: [undefined, undefined, KEY_CAP] },
  );
  const indent = ' '.repeat(5);
  return told.flatMap(({ rule }, i) => {
    const text = seen.has(rule) ? sourcesOf(rule) : rule;
    seen.add(rule);
    return [
      ...rows[i]!,
      ...wrapRule(text, PAGE_COLUMNS - indent.length).map((line) => paint.dim(`${indent}${line}`)),
    ];
  });
}

/** Wraps between words, but not inside `RFC 9300 §4.2`. */
function wrapRule(text: string, width: number): string[] {
  const bound = text.replace(/RFC (\d+) §/g, 'RFC\u00a0$1\u00a0§');
  return wrap(bound, width).map((line) => line.replaceAll('\u00a0', ' '));
}

/** `RFC 9300 §4.2, RFC 6832 §5.2`; the whole rule when it names no RFC. */
function sourcesOf(rule: string): string {
  return rule.match(/RFC \d+(?: §\d+(?:\.\d+)*(?:, §\d+(?:\.\d+)*)*)?/g)?.join(', ') ?? rule;
}

function verdictLines({ verdict, reason = '', because, result, way }: Hop, paint: Paint): string[] {
  const out =
    way === undefined ? '' : ` out ${way.outInterface}${way.to === undefined ? '' : ` to ${way.to}`}`;
  const why = because === undefined ? reason : `${reason}, ${because}`;
  switch (verdict) {
    case 'native':
      return [`=> ${paint.good('NATIVE')}${out}`];
    case 'encapsulate':
      return [
        `=> ${paint.good('ENCAP')}${out}`,
        ...wrap(packetLine(result), PAGE_COLUMNS - 6).map((line) => `   ${line}`),
      ];
    case 'deliver':
      return [`=> ${paint.good('DELIVERED')}`];
    case 'resolve':
      return [`=> ${paint.warn('RESOLVE')}: ${why}`];
    case 'punt':
      return [`=> ${paint.warn('PUNT')}: ${why}`];
    case 'drop':
      return [`=> ${paint.bad('DROP')}: ${why}`];
  }
}

function endingText({ hops, ending }: Walk, paint: Paint): string {
  const way = [...hops.map(({ node }) => node), ...(ending.kind === 'loop' ? [ending.node] : [])].join(' > ');
  return `${way}: ${verdictOf(ending, paint)}`;
}

/** Which routes make the loop. */
function loopLines(ending: WalkEnding, paint: Paint): string[] {
  if (ending.kind !== 'loop') return [];
  const { node, circle, routes } = ending;
  const count = ['', 'One route makes', 'Two routes make'][circle.length] ?? `${circle.length} routes make`;
  const said = `The packet is back at ${node}, where it meets the same decision again. ${count} the loop:`;
  return [
    ...wrap(said, PAGE_COLUMNS),
    ...table(
      circle.map((name, i) => [name, routes[i] ?? '']),
      { indent: '  ', styles: [paint.name] },
    ),
  ];
}

function verdictOf(ending: WalkEnding, paint: Paint): string {
  switch (ending.kind) {
    case 'delivered':
      return paint.good('delivered');
    case 'resolve':
      return paint.warn(`${ending.node} must ask where ${formatIp(ending.eid)} is`);
    case 'dropped':
      return paint.bad(`dropped by ${ending.node}: ${ending.reason}`);
    case 'loop':
      return paint.bad(
        `forwarding loop between ${ending.circle.join(' and ')}: it goes round until its TTL ends`,
      );
    case 'lost':
      return paint.bad(`lost after ${ending.node}: ${ending.why}`);
  }
}
