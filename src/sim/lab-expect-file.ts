/** The `expect` list of a lab file: what must hold at the end of a run. */
import { parsePrefix } from '../base/ip-text.ts';
import { readNodeName, type LabNode } from './lab-node.ts';
import { err, ok, type Result } from '../base/result.ts';
import { YamlFile, type Fields, type LabError, type YamlValue } from './lab-yaml.ts';

/** One item of `expect` in a lab file. */
export type LabExpectation =
  /** The marks and the success rate in percent of the n-th ping of the run. */
  | {
      readonly kind: 'ping';
      readonly number: number;
      readonly line?: string;
      readonly rate?: number;
      /** Percent that must be answered. */
      readonly least?: number;
    }
  /** Numbered packets of the story, one pattern each, from number `from` on. */
  | { readonly kind: 'packets'; readonly from: number; readonly patterns: readonly string[] }
  /** How many numbered packets the story has. */
  | { readonly kind: 'count'; readonly packets: number }
  | {
      readonly kind: 'show';
      readonly node: string;
      readonly command: string;
      readonly contains: readonly string[];
      readonly lacks: readonly string[];
    }
  | {
      readonly kind: 'counter';
      readonly node: string;
      readonly name: string;
      readonly least: number;
      readonly most: number;
    }
  | { readonly kind: 'registered'; readonly node: string; readonly eids: readonly string[] }
  /** A warning about the files of the lab, `*` for any text. */
  | { readonly kind: 'warning'; readonly pattern: string };

type Key =
  | 'ping'
  | 'line'
  | 'rate'
  | 'packets'
  | 'from'
  | 'count'
  | 'show'
  | 'command'
  | 'contains'
  | 'lacks'
  | 'counter'
  | 'name'
  | 'is'
  | 'at-least'
  | 'at-most'
  | 'registered'
  | 'eids'
  | 'warning';

/** Which keys go with which kind of expectation; the first of each says what it is. */
const SHAPES: readonly (readonly Key[])[] = [
  ['ping', 'line', 'rate', 'at-least'],
  ['packets', 'from'],
  ['count'],
  ['show', 'command', 'contains', 'lacks'],
  ['counter', 'name', 'is', 'at-least', 'at-most'],
  ['registered', 'eids'],
  ['warning'],
];

const MOST = Number.MAX_SAFE_INTEGER;

/** Expectations in a file of their own: the list alone, or below `expect:` as in a lab file. */
export function loadExpectations(
  fileName: string,
  text: string,
  nodes: readonly LabNode[],
): Result<LabExpectation[], readonly LabError[]> {
  const yaml = new YamlFile(fileName, text);
  const root = yaml.root('the file');
  const list = root?.isMap() === true ? root.fields('expect').need('expect') : root;
  const read = list === undefined ? [] : readExpectations(list, nodes);
  if (read.length === 0 && yaml.errors.length === 0) list?.complain('nothing is expected');
  return yaml.errors.length > 0 ? err(yaml.errors) : ok(read);
}

export function readExpectations(value: YamlValue | undefined, nodes: readonly LabNode[]): LabExpectation[] {
  return (value?.items() ?? []).flatMap((each) => {
    const fields = each.fields(...new Set(SHAPES.flat()));
    const keys = fields.keys();
    const shape = SHAPES.find(([first]) => first !== undefined && keys.includes(first));
    if (shape === undefined) {
      if (keys.length > 0)
        each.complain('what is expected?', `one of: ${SHAPES.map(([first]) => first).join(', ')}`);
      return [];
    }
    const stray = keys.filter((key) => !shape.includes(key as Key));
    if (stray.length > 0) {
      each.complain(`"${stray.join('", "')}" does not go with "${shape[0]!}"`, `keys: ${shape.join(', ')}`);
    }
    const read = readExpectation(shape[0]!, fields, nodes);
    return read === undefined ? [] : [read];
  });
}

function readExpectation(
  kind: Key,
  fields: Fields<Key>,
  nodes: readonly LabNode[],
): LabExpectation | undefined {
  const texts = (key: Key): string[] =>
    (fields.get(key)?.itemsOrOne() ?? []).map((each) => each.text() ?? '');
  const whole = (key: Key, least = 0, most = MOST): number | undefined =>
    fields.get(key)?.wholeNumber(least, most);
  switch (kind) {
    case 'ping': {
      const [number, line, rate] = [whole('ping', 1), fields.get('line')?.text(), whole('rate', 0, 100)];
      const least = whole('at-least', 0, 100);
      if (number === undefined) return undefined;
      return {
        kind,
        number,
        ...(line === undefined ? {} : { line }),
        ...(rate === undefined ? {} : { rate }),
        ...(least === undefined ? {} : { least }),
      };
    }
    case 'packets':
      return { kind, from: whole('from', 1) ?? 1, patterns: texts('packets') };
    case 'count': {
      const packets = whole('count');
      return packets === undefined ? undefined : { kind, packets };
    }
    case 'warning': {
      const pattern = fields.get('warning')?.text();
      return pattern === undefined ? undefined : { kind, pattern };
    }
    case 'show': {
      const node = readNodeName(fields.get('show'), nodes);
      const command = fields.need('command')?.text();
      if (node === undefined || command === undefined) return undefined;
      return { kind, node, command, contains: texts('contains'), lacks: texts('lacks') };
    }
    case 'counter': {
      const node = readNodeName(fields.get('counter'), nodes);
      const name = fields.need('name')?.text();
      const exact = whole('is');
      const [least, most] = [exact ?? whole('at-least') ?? 0, exact ?? whole('at-most') ?? MOST];
      return node === undefined || name === undefined ? undefined : { kind, node, name, least, most };
    }
    default: {
      const node = readNodeName(fields.get('registered'), nodes);
      const eids = (fields.need('eids')?.itemsOrOne() ?? []).map(
        (each) =>
          each.parsed('an EID-Prefix', (text) => (parsePrefix(text) === undefined ? undefined : text)) ?? '',
      );
      return node === undefined ? undefined : { kind: 'registered', node, eids };
    }
  }
}
