/** OpenDaylight LISP flow mapping: the JSON that its RESTCONF interface takes and gives. */
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node, type YAMLMap } from 'yaml';
import { formatPrefix, parseIp, parsePrefix } from '../base/ip-text.ts';
import { err, ok, type Result } from '../base/result.ts';
import { eidPrefix, MAX_INSTANCE_ID, type EidPrefix } from '../mapping/eid.ts';
import type { DatabaseLocator } from '../router/options.ts';
import { ImportBuilder, readPrefix } from './builder.ts';
import type { ImportError, Imported, ImportPlace, ImportSettings } from './imported.ts';
import { jsonFault } from '../base/json-fault.ts';

const ACTIONS: Readonly<Record<string, 'native-forward' | 'map-request' | 'drop'>> = {
  NativelyForward: 'native-forward',
  SendMapRequest: 'map-request',
  Drop: 'drop',
};

/**
 * Reads one document: the input of add-mapping or add-key, a mapping database, or a list of them. The errors are in
 * the order of the text; with any, nothing is imported.
 */
export function importOdl(text: string, settings: ImportSettings): Result<Imported, readonly ImportError[]> {
  const fault = jsonFault(text);
  if (fault !== undefined) {
    const before = text.slice(0, fault.at).split('\n');
    const place = { line: before.length, column: before.at(-1)!.length + 1 };
    return err([{ ...place, message: fault.message, hint: fault.hint }]);
  }
  const lines = new LineCounter();
  // JSON is YAML, and this parser knows where each value stands. It would take more than JSON.
  const document = parseDocument(text, { lineCounter: lines, strict: true });
  const builder = new ImportBuilder(settings);
  const placeOf = (node: Node | null | undefined): ImportPlace => {
    const { line, col } = lines.linePos(node?.range?.[0] ?? 0);
    return { line, column: col };
  };
  const [problem] = document.errors;
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    const message =
      problem.code === 'DUPLICATE_KEY'
        ? 'this name stands twice in its object'
        : problem.message.split('\n')[0]!;
    return err([{ line, column: col, message: message.replace(/ at line .*$/, ''), hint: '' }]);
  }
  const reader = new Reader(builder, placeOf);
  reader.read(document.contents);
  builder.roles({ mapServer: true, mapResolver: true });
  return builder.errors.length > 0 ? err(builder.errors) : ok(builder.finish());
}

class Reader {
  readonly #builder: ImportBuilder;
  readonly #placeOf: (node: Node | null | undefined) => ImportPlace;

  constructor(builder: ImportBuilder, placeOf: (node: Node | null | undefined) => ImportPlace) {
    this.#builder = builder;
    this.#placeOf = placeOf;
  }

  /** Goes down to mappings and keys, through whatever stands around them. */
  read(node: unknown): void {
    if (isSeq(node)) {
      for (const item of node.items) this.read(item);
      return;
    }
    if (!isMap(node)) {
      const at = this.#placeOf(node as Node | null);
      this.#builder.refuse(at, 'an object with a mapping or a key is expected here');
      return;
    }
    const map = new Fields(node as YAMLMap<Node, Node | null>, this.#builder, this.#placeOf);
    if (map.has('mapping-record')) this.#readMapping(map);
    else if (map.has('mapping-authkey')) this.#readKey(map);
    else {
      let isSomething = false;
      for (const name of [
        'input',
        'mapping-database',
        'virtual-network-identifier',
        'mapping',
        'authentication-key',
      ]) {
        const inside = map.node(name);
        if (inside === undefined) continue;
        isSomething = true;
        this.read(inside);
      }
      if (!isSomething) this.#builder.refuse(map.place, 'no mapping and no key in this object');
      // Both follow from what is inside.
      map.skip('vni');
    }
    map.rest();
  }

  #readMapping(map: Fields): void {
    const record = map.map('mapping-record');
    for (const name of ['eid-uri', 'origin', 'site-id']) map.skip(name);
    if (record === undefined) return;
    const eid = this.#readEid(record);
    const action = record.text('action') ?? 'NoAction';
    const ttl = record.text('recordTtl');
    record.skip('authoritative');
    record.skip('mapVersion');
    const locators = record.list('LocatorRecord').flatMap((locator) => this.#readLocator(locator));
    record.rest();
    if (eid === undefined) return;
    if (locators.length > 0) this.#builder.entry({ eid, action: 'locators', locators });
    else if (ACTIONS[action] !== undefined)
      this.#builder.entry({ eid, action: ACTIONS[action], locators: [] });
    else {
      this.#builder.remark(
        map.place,
        'no-equivalent',
        `a mapping without locators and with action ${action}`,
      );
      return;
    }
    const forever = ttl === undefined ? '' : `, for ever and not for ${ttl} minutes`;
    this.#builder.remark(
      map.place,
      'changed',
      `a mapping that the Map-Server answers for all becomes a Map-Cache entry of this router alone${forever}`,
    );
  }

  #readKey(map: Fields): void {
    const eid = this.#readEid(map);
    map.skip('eid-uri');
    const key = map.map('mapping-authkey');
    const secret = key?.text('key-string');
    const type = key?.number('key-type', 1, 0xffff) ?? 1;
    key?.rest();
    if (eid === undefined) return;
    if (secret === undefined) this.#builder.refuse(map.place, 'mapping-authkey has no key-string');
    else if (type !== 1 && type !== 2)
      this.#builder.remark(
        map.place,
        'no-equivalent',
        `key-type ${type}: 1 and 2 are HMAC-SHA-1-96 and HMAC-SHA-256-128`,
      );
    else {
      // OpenDaylight takes the key of the longest prefix that covers a registration.
      this.#builder.site({ keyId: 0, algorithmId: type, secret }, eid, true);
    }
  }

  #readEid(map: Fields): EidPrefix | undefined {
    const eid = map.map('eid');
    if (eid === undefined) {
      this.#builder.refuse(map.place, 'eid is missing here');
      return undefined;
    }
    const type = (eid.text('address-type') ?? '').replace(/^.*:/, '');
    const instance = eid.number('virtual-network-id', 0, MAX_INSTANCE_ID);
    const text = eid.text('ipv4-prefix') ?? eid.text('ipv6-prefix') ?? eid.text('ipv4') ?? eid.text('ipv6');
    if (text !== undefined) eid.rest();
    const prefix = text === undefined ? undefined : readPrefix(text);
    if (prefix !== undefined) {
      if (parsePrefix(text!)?.exact === false)
        this.#builder.remark(
          eid.place,
          'changed',
          `${text!} becomes ${formatPrefix(prefix)}: it has host bits`,
        );
      return eidPrefix(prefix, instance);
    }
    if (text !== undefined) this.#builder.refuse(eid.place, `${text} is no EID-Prefix`);
    else this.#builder.remark(eid.place, 'no-equivalent', `an EID of type ${type || 'unknown'}`);
    return undefined;
  }

  #readLocator(locator: Fields): DatabaseLocator[] {
    const rloc = locator.map('rloc');
    const text = rloc?.text('ipv4') ?? rloc?.text('ipv6');
    const type = (rloc?.text('address-type') ?? 'unknown').replace(/^.*:/, '');
    rloc?.rest();
    const priority = locator.number('priority', 1, 255);
    const weight = locator.number('weight', 1, 255);
    for (const name of [
      'locator-id',
      'multicastPriority',
      'multicastWeight',
      'localLocator',
      'rlocProbed',
      'routed',
    ])
      locator.skip(name);
    locator.rest();
    const address = parseIp(text ?? '');
    if (address === undefined) {
      this.#builder.remark(locator.place, 'no-equivalent', `an RLOC of type ${type}`);
      return [];
    }
    return [{ address, priority, weight }];
  }
}

/** The fields of an object. What nobody took has no equivalent: `rest` says so. */
class Fields {
  readonly place: ImportPlace;
  readonly #pairs: readonly { readonly name: string; readonly key: Node; readonly value: Node | null }[];
  readonly #builder: ImportBuilder;
  readonly #placeOf: (node: Node | null | undefined) => ImportPlace;
  readonly #taken = new Set<string>();

  constructor(
    map: YAMLMap<Node, Node | null>,
    builder: ImportBuilder,
    placeOf: (node: Node | null | undefined) => ImportPlace,
  ) {
    this.place = placeOf(map);
    this.#builder = builder;
    this.#placeOf = placeOf;
    // A module name may stand before the first name: `odl-mappingservice:input`.
    this.#pairs = map.items.map(({ key, value }) => ({
      name: (isScalar(key) ? String(key.value) : '').replace(/^.*:/, ''),
      key,
      value,
    }));
  }

  has(name: string): boolean {
    return this.#pairs.some((pair) => pair.name === name);
  }

  node(name: string): Node | undefined {
    this.#taken.add(name);
    return this.#pairs.find((pair) => pair.name === name)?.value ?? undefined;
  }

  skip(name: string): void {
    this.#taken.add(name);
  }

  text(name: string): string | undefined {
    const node = this.node(name);
    if (node === undefined || (isScalar(node) && node.value === null)) return undefined;
    if (isScalar(node)) return String(node.value);
    this.#builder.refuse(this.#placeOf(node), `${name} is one value`);
    return undefined;
  }

  /** A whole number from 0; `otherwise` where there is none, and where it is refused. */
  number(name: string, otherwise: number, most: number): number {
    const text = this.text(name);
    if (text === undefined) return otherwise;
    const value = /^[0-9]+$/.test(text) ? Number(text) : NaN;
    if (value <= most) return value;
    this.#builder.refuse(
      this.#placeOf(this.node(name)),
      `${name} is a number from 0 to ${most}, not ${text}`,
    );
    return otherwise;
  }

  map(name: string): Fields | undefined {
    const node = this.node(name);
    if (node === undefined) return undefined;
    if (isMap(node)) return new Fields(node as YAMLMap<Node, Node | null>, this.#builder, this.#placeOf);
    this.#builder.refuse(this.#placeOf(node), `${name} is an object`);
    return undefined;
  }

  list(name: string): Fields[] {
    const node = this.node(name);
    if (node === undefined) return [];
    const items = isSeq(node) ? node.items : [node];
    return items.flatMap((item) => {
      if (isMap(item)) return [new Fields(item as YAMLMap<Node, Node | null>, this.#builder, this.#placeOf)];
      this.#builder.refuse(this.#placeOf(node), `${name} is a list of objects`);
      return [];
    });
  }

  rest(): void {
    for (const { name, key } of this.#pairs)
      if (!this.#taken.has(name)) this.#builder.remark(this.#placeOf(key), 'no-equivalent', name);
  }
}
