import { formatIp, formatPrefix } from '../../base/ip-text.ts';
import type { IpPrefix } from '../../base/ip.ts';
import type { Range } from '../what-if/address-space.ts';
import type { ChangeKind, DecisionChange, LabComparison, OneSided } from '../what-if/compare-labs.ts';
import type { Decision, Path, PathStep } from '../what-if/decision.ts';
import type { Paint } from './paint.ts';
import { PAGE_COLUMNS, plural, wrap } from './table.ts';

/** What the text says beside the comparison itself. */
export interface LabDiffText {
  /** What is compared, as the user named it. */
  readonly before: string;
  readonly after: string;
  /** State of both labs. */
  readonly state: string;
  /** The node that has an address. */
  readonly ownerOf: (prefix: IpPrefix) => string | undefined;
}

/** Configuration lines first, then every change of forwarding: who sends where, what happened, what happens. */
export function labDiffLines(comparison: LabComparison, text: LabDiffText, paint: Paint): string[] {
  const { config, nodes, links, addresses, changes, compared, differing } = comparison;
  const addressTexts = {
    before: addresses.before.map(({ node, address }) => `${node} ${formatIp(address)}`),
    after: addresses.after.map(({ node, address }) => `${node} ${formatIp(address)}`),
  };
  return [
    paint.title(`${text.before} > ${text.after}`),
    paint.dim(text.state),
    ...oneSidedLines('nodes', nodes, paint),
    ...oneSidedLines('links', links, paint),
    ...oneSidedLines('addresses', addressTexts, paint),
    '',
    paint.title('configuration'),
    ...(config.length === 0 ? ['  the same'] : []),
    ...config.flatMap(({ node, lines }) => [
      `  ${paint.name(node)}`,
      ...lines.map(({ sign, text: line }) => signed(sign, line, '    ', paint)),
    ]),
    '',
    paint.title('forwarding'),
    ...changes.flatMap((change, i) => [...(i === 0 ? [] : ['']), ...changeLines(change, text, paint)]),
    ...(changes.length === 0 ? [] : ['']),
    ...wrap(summary(compared, differing), PAGE_COLUMNS),
  ];
}

function summary(
  { sources, blocks, decisions }: LabComparison['compared'],
  { lost, gained, changed }: LabComparison['differing'],
): string {
  const from = `${sources} source address${sources === 1 ? '' : 'es'}`;
  const what = `${decisions} decisions (${from}, ${plural(blocks, 'destination range')})`;
  const all = lost + gained + changed;
  if (all === 0) return `no difference in ${what}`;
  return `${all} of ${what} differ: ${lost} lost, ${gained} gained, ${changed} changed on the way`;
}

function oneSidedLines(what: string, { before, after }: OneSided<string>, paint: Paint): string[] {
  if (before.length + after.length === 0) return [];
  return [
    '',
    paint.title(what),
    ...before.map((each) => signed('-', each, '  ', paint)),
    ...after.map((each) => signed('+', each, '  ', paint)),
  ];
}

function signed(sign: '-' | '+' | ' ', text: string, indent: string, paint: Paint): string {
  const line = `${indent}${sign} ${text}`;
  return sign === '-' ? paint.bad(line) : sign === '+' ? paint.good(line) : line;
}

function changeLines(change: DecisionChange, { ownerOf }: LabDiffText, paint: Paint): string[] {
  const { kind, node, sources, ranges, before, after } = change;
  const from = `${node}, from ${sources.map(formatIp).join(', ')}`;
  const to = ranges.map((range) => rangeText(range, ownerOf)).join(', ');
  const [old, now] = [decisionLines(before, false), decisionLines(after, false)];
  // Ways that differ in nothing but the links between the same nodes name them.
  const isSame = old.join('\n') === now.join('\n');
  const [was, is] = isSame ? [decisionLines(before, true), decisionLines(after, true)] : [old, now];
  return [
    ...indented(KIND_WORDS[kind], `${from} to`, to, kind === 'lost' ? paint.bad : paint.title),
    ...was.flatMap((line) => wrapped('-', line, paint)),
    ...is.flatMap((line) => wrapped('+', line, paint)),
  ];
}

const KIND_WORDS: Readonly<Record<ChangeKind, string>> = {
  lost: 'LOST',
  gained: 'GAINED',
  changed: 'CHANGED',
};

/** On one line where it fits, else below. */
function indented(kind: string, head: string, text: string, style: (text: string) => string): string[] {
  if (`  ${kind} ${head} ${text}`.length <= PAGE_COLUMNS) return [`  ${style(kind)} ${head} ${text}`];
  return [`  ${style(kind)} ${head}`, ...wrap(text, PAGE_COLUMNS - 6).map((line) => `      ${line}`)];
}

function wrapped(sign: '-' | '+', text: string, paint: Paint): string[] {
  return wrap(text, PAGE_COLUMNS - 8).map((line, i) =>
    i === 0 ? signed(sign, line, '    ', paint) : signed(sign, `  ${line}`, '    ', paint),
  );
}

/** `192.168.2.1/32 (lisp2)`, `0.0.0.0/0 except 10.0.0.0/8`. */
function rangeText({ prefix, except }: Range, ownerOf: LabDiffText['ownerOf']): string {
  const owner = ownerOf(prefix);
  const name = `${formatPrefix(prefix)}${owner === undefined ? '' : ` (${owner})`}`;
  return except.length === 0 ? name : `${name} except ${except.map(formatPrefix).join(' ')}`;
}

function decisionLines({ paths }: Decision, withLinks: boolean): string[] {
  return paths.map((path, i) => `${i === 0 ? '' : 'or '}${pathText(path, withLinks)}`);
}

/** `lisp1 (encap 10.0.1.2 > 10.0.2.2), mapserver (native), lisp2 (decap): delivered`. */
function pathText({ steps, end, why }: Path, withLinks: boolean): string {
  const way = steps.map((step) => stepText(step, withLinks)).join(', ');
  return `${way}: ${end}${why === '' || end === 'dropped' ? '' : `, ${why}`}`;
}

function stepText({ node, action, via }: PathStep, withLinks: boolean): string {
  const words = action.replace(/(, )?deliver$/, '');
  const link = withLinks && via !== undefined ? `on ${via}` : '';
  const all = [words, link].filter((part) => part !== '').join(' ');
  return all === '' ? node : `${node} (${all})`;
}
