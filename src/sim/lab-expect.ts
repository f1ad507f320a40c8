/** Holds what a lab file expects against what a run brought. */
import { formatEidPrefix } from '../mapping/eid.ts';
import type { PingResult } from '../router/node.ts';
import type { RouterView } from '../router/view.ts';
import type { LabExpectation } from './lab-expect-file.ts';
import type { StoryPacket } from './story.ts';

/** One expectation of a lab, held against a run. */
export interface ExpectationResult {
  readonly expectation: LabExpectation;
  readonly passed: boolean;
  /** What it is about: `ping 1`, `packet 6`. */
  readonly subject: string;
  readonly expected: string;
  readonly actual: string;
}

/** What a run brought. */
export interface Evidence {
  readonly pings: readonly PingResult[];
  readonly story: readonly StoryPacket[];
  /** Undefined for nodes that are no routers. */
  readonly router: (name: string) => RouterView | undefined;
  /** Warnings about the files of the lab, one line each. */
  readonly warnings: readonly string[];
  /** The output of a show command. */
  readonly show: (node: string, command: string) => string;
}

type Check = Omit<ExpectationResult, 'expectation'>;

/** One result per expectation; a list of packets gives one result per packet. */
export function checkExpectations(
  expectations: readonly LabExpectation[],
  evidence: Evidence,
): ExpectationResult[] {
  return expectations.flatMap((expectation) =>
    check(expectation, evidence).map((result) => ({ expectation, ...result })),
  );
}

/** `ok   ping 1: .!!!! 80 percent` or `FAIL ping 1: expected ..., got ...`. */
export function formatExpectation({ passed, subject, expected, actual }: ExpectationResult): string {
  return passed ? `ok   ${subject}: ${expected}` : `FAIL ${subject}: expected ${expected}, got ${actual}`;
}

function check(expectation: LabExpectation, evidence: Evidence): Check[] {
  switch (expectation.kind) {
    case 'ping':
      return [checkPing(expectation, evidence.pings[expectation.number - 1])];
    case 'packets':
      return checkPackets(expectation, evidence.story);
    case 'count': {
      const told = evidence.story.filter(({ number }) => number !== undefined).length;
      return [compare('packets in the story', expectation.packets, told)];
    }
    case 'show':
      return checkShow(expectation, evidence);
    case 'counter':
      return [checkCounter(expectation, evidence.router(expectation.node))];
    case 'registered':
      return [checkRegistered(expectation, evidence.router(expectation.node))];
    case 'warning':
      return [checkWarning(expectation, evidence.warnings)];
  }
}

type Of<K extends LabExpectation['kind']> = Extract<LabExpectation, { kind: K }>;

function checkPing({ number, line, rate, least }: Of<'ping'>, result: PingResult | undefined): Check {
  const percent = result === undefined ? 0 : ratePercent(result);
  const expected = [
    line ?? 'any marks',
    ...(rate === undefined ? [] : [`${rate} percent`]),
    ...(least === undefined ? [] : [`${least} percent or more`]),
  ].join(' ');
  const actual = result === undefined ? 'no such ping' : `${result.marks} ${percent} percent`;
  const passed =
    result !== undefined &&
    (line ?? result.marks) === result.marks &&
    (rate ?? percent) === percent &&
    percent >= (least ?? 0);
  return { subject: `ping ${number}`, passed, expected, actual };
}

/** Whole percent, rounded down as IOS does. */
export function ratePercent({ sent, received }: PingResult): number {
  return sent === 0 ? 0 : Math.floor((100 * received) / sent);
}

function checkPackets({ from, patterns }: Of<'packets'>, story: readonly StoryPacket[]): Check[] {
  const numbered = new Map(story.map((packet) => [packet.number, packet]));
  return patterns.map((expected, i) => {
    const packet = numbered.get(from + i);
    const actual = packet === undefined ? 'nothing' : packetText(packet);
    return { subject: `packet ${from + i}`, passed: matches(actual, expected), expected, actual };
  });
}

/** What patterns are held against: `lisp1 > mapserver ECM Map-Request 4.4.4.4/32`. */
export function packetText({ from, to, title }: StoryPacket): string {
  return `${from} > ${to} ${title}`;
}

/** `*` stands for any text. */
function matches(text: string, pattern: string): boolean {
  const escaped = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`, 's').test(text);
}

function checkShow({ node, command, contains, lacks }: Of<'show'>, { show }: Evidence): Check[] {
  const actual = show(node, command);
  const subject = `${node}#${command}`;
  return [
    ...contains.map((text) => ({ subject, passed: actual.includes(text), expected: `"${text}"`, actual })),
    ...lacks.map((text) => ({ subject, passed: !actual.includes(text), expected: `no "${text}"`, actual })),
  ];
}

function checkCounter({ node, name, least, most }: Of<'counter'>, router: RouterView | undefined): Check {
  const value = router === undefined ? 0 : counterOf(router, name);
  const passed = value >= least && value <= most;
  const range =
    least === most
      ? String(least)
      : most === Number.MAX_SAFE_INTEGER
        ? `${least} or more`
        : `${least} to ${most}`;
  return {
    subject: `${node} ${name}`,
    passed,
    expected: range,
    actual: passed || router === undefined ? String(value) : `${value}${namesBeside(router, name)}`,
  };
}

/** Whoever mistypes a name counts nothing: the names there are. */
function namesBeside(router: RouterView, name: string): string {
  const counters = countersOf(router);
  return counters.has(name) ? '' : `; counted are ${[...counters.keys()].join(', ')}`;
}

/** A forwarding counter (packets) by its name, or a control-plane counter; 0 when never counted. */
export function counterOf(router: RouterView, name: string): number {
  return countersOf(router).get(name) ?? 0;
}

function countersOf(router: RouterView): ReadonlyMap<string, number> {
  const { received, native, encapsulated, decapsulated, punted, dropped } = router.forwarding();
  const forwarding: Readonly<Record<string, number>> = {
    received: received.packets,
    native: native.packets,
    encapsulated: encapsulated.packets,
    decapsulated: decapsulated.packets,
    punted,
    dropped,
  };
  return new Map([...router.control(), ...Object.entries(forwarding)]);
}

function checkRegistered({ node, eids }: Of<'registered'>, router: RouterView | undefined): Check {
  const registered = router === undefined ? [] : registeredEids(router);
  return {
    subject: `registered at ${node}`,
    passed: eids.every((eid) => registered.includes(eid)),
    expected: eids.join(', '),
    actual: registered.length === 0 ? 'nothing' : registered.join(', '),
  };
}

function checkWarning({ pattern }: Of<'warning'>, warnings: readonly string[]): Check {
  const passed = warnings.some((warning) => matches(warning, pattern));
  const actual = warnings.length === 0 ? 'no warning' : warnings.join('\n');
  return { subject: 'warning', passed, expected: pattern, actual };
}

export function registeredEids(router: RouterView): string[] {
  return router
    .sites()
    .flatMap(({ prefixes }) => prefixes)
    .filter(({ registrations }) => registrations.length > 0)
    .map(({ eid }) => formatEidPrefix(eid));
}

function compare(subject: string, expected: number, actual: number): Check {
  return { subject, passed: expected === actual, expected: String(expected), actual: String(actual) };
}
