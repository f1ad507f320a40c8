/** A run as one HTML page: pictures, packets, consoles, what was expected, the event log. It needs nothing else. */
import { escapeXml } from '../../sim/draw/svg.ts';
import type { ConsoleReport, ExpectationReport, PacketReport, RunReport } from '../run-report.ts';
import { htmlDocument, tag } from './html.ts';
import { paintFor } from './paint.ts';
import { endLine } from './run.ts';
import { plural, shortTime } from './table.ts';

export interface RunPictures {
  /** SVG of the network. */
  readonly topology: string;
  /** SVG of the packets. */
  readonly ladder: string;
  /** The event log, one line per record. */
  readonly log: readonly string[];
}

export function runPage(report: RunReport, { topology, ladder, log }: RunPictures): string {
  const title = report.title === '' ? report.scenario : `${report.scenario}: ${report.title}`;
  const end = endLine(report, paintFor(false));
  const told = report.packets.some(({ number }) => number !== undefined);
  const sections: readonly (readonly [id: string, heading: string, body: string])[] = [
    ['network', 'Network', picture(topology) + list('warnings', report.warnings.map(warning))],
    ['expected', 'What was expected', list('checks', report.expectations.map(check))],
    ['ladder', 'Packets in time', told ? picture(ladder) : ''],
    ['packets', 'Packets, and why each was sent', packetTable(report.packets)],
    ['consoles', 'Consoles', consoles(report.console)],
    ['log', 'Event log', eventLog(log, report.end.logHash)],
  ];
  const shown = sections.filter(([, , body]) => body !== '');
  const links = shown.map(([id, heading]) => tag('a', { href: `#${id}` }, text(heading)));
  return htmlDocument(title, STYLE, [
    tag('h1', {}, text(title)),
    tag('p', { class: report.passed ? 'end good' : 'end bad' }, text(end)),
    tag('nav', {}, links.join(' ')),
    ...shown.map(([id, heading, body]) => tag('section', { id }, tag('h2', {}, text(heading)), '\n', body)),
  ]);
}

const text = escapeXml;

function picture(svg: string): string {
  return tag('div', { class: 'picture' }, svg);
}

function list(className: string, items: readonly string[]): string {
  return items.length === 0 ? '' : tag('ul', { class: className }, ...items);
}

function warning(said: string): string {
  return tag('li', {}, text(`warning: ${said}`));
}

function check({ passed, subject, expected, actual }: ExpectationReport): string {
  const parts = [tag('b', {}, passed ? '✓' : '✗'), text(` ${subject}: ${expected}`)];
  const got = passed ? [] : [tag('pre', {}, text(`got: ${actual}`))];
  return tag('li', { class: passed ? 'good' : 'bad' }, ...parts, ...got);
}

function packetTable(packets: readonly PacketReport[]): string {
  if (packets.length === 0) return '';
  const head = ['#', 'Time, s', 'From, to', 'Packet'].map((word) => tag('th', { scope: 'col' }, word));
  return tag(
    'table',
    {},
    tag('thead', {}, tag('tr', {}, ...head)),
    tag('tbody', {}, ...packets.map((packet) => `\n${packetRow(packet)}`)),
  );
}

function packetRow(packet: PacketReport): string {
  const { number, frame, time, from, to, link, title, line, why, outcome } = packet;
  const end = FATES[packet.fate] ?? outcome;
  const about = [
    tag('b', {}, text(title)),
    tag('div', { class: 'line' }, text(line)),
    tag('div', {}, text(`why: ${why}`)),
    ...(end === undefined ? [] : [tag('div', {}, text(`then: ${end}`))]),
  ];
  return tag(
    'tr',
    { id: `frame-${frame}`, class: number === undefined ? 'upkeep' : 'told' },
    tag('td', {}, number === undefined ? '' : String(number)),
    tag('td', { class: 'time' }, text(shortTime(time))),
    tag(
      'td',
      { title: `link ${link}, frame ${frame}, ${plural(packet.bytes, 'byte')}` },
      text(`${from} > ${to}`),
    ),
    tag('td', {}, ...about),
  );
}

const FATES: Readonly<Record<PacketReport['fate'], string | undefined>> = {
  sent: undefined,
  lost: 'lost on the link',
  'too-big': 'too big for the link',
  'link-down': 'the link is down',
};

function consoles(entries: readonly ConsoleReport[]): string {
  return entries
    .map(({ prompt, command, output }) =>
      tag('pre', { class: 'console' }, tag('b', {}, text(prompt + command)), text(`\n${output}`)),
    )
    .join('\n');
}

function eventLog(lines: readonly string[], digest: string): string {
  const summary = tag('summary', {}, text(`${plural(lines.length, 'line')}, digest ${digest}`));
  return tag('details', {}, summary, tag('pre', {}, text(lines.join('\n'))));
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1b2530; --faint: #56636f; --page: #ffffff; --box: #f3f5f7; --rule: #c9d1d9;
  --good: #00704f; --bad: #a33b00; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --faint: #9aa7b4; --page: #0d1117; --box: #161b22; --rule: #38424d; --good: #3fb98f;
    --bad: #ff9a57; }
}
body { margin: 2rem auto; padding: 0 1.25rem; max-width: 72rem; color: var(--ink); background: var(--page);
  font: 15px/1.5 "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .75rem; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
a { color: inherit; }
.end { margin: 0 0 .75rem; font-weight: 600; }
.good, .good b { color: var(--good); }
.bad, .bad b { color: var(--bad); }
.picture { overflow-x: auto; }
.picture svg { max-width: 100%; height: auto; }
ul { list-style: none; padding: 0; margin: 0; }
.checks li { color: var(--ink); }
.warnings { color: var(--bad); margin-top: .75rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--rule); }
td:first-child, th:first-child { text-align: right; }
th, .time, td:nth-child(3) { white-space: nowrap; }
.time, .line, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
  font-size: 13px; }
.line, .upkeep { color: var(--faint); overflow-wrap: anywhere; }
pre { margin: .75rem 0 0; padding: .75rem 1rem; background: var(--box); border-radius: 8px; overflow-x: auto; }
@media print { details > pre { white-space: pre-wrap; } }
`;
