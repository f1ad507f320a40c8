/** VPP: lines of its command line, `lisp ...` or `one ...` and the few around them that say where the router is. */
import { parseIp } from '../base/ip-text.ts';
import type { IpAddress } from '../base/ip.ts';
import { err, ok, type Result } from '../base/result.ts';
import { eidPrefix, MAX_INSTANCE_ID, type EidPrefix } from '../mapping/eid.ts';
import type { SiteKey } from '../mapping/site.ts';
import { ImportBuilder, readPrefix } from './builder.ts';
import type { ImportError, Imported, ImportPlace, ImportSettings } from './imported.ts';

interface Locator {
  readonly interface: string;
  readonly priority: number;
  readonly weight: number;
}

/** What the lines amount to, before interfaces have all their addresses. */
interface Found {
  readonly locatorSets: Map<string, Locator[]>;
  readonly eids: {
    readonly eid: EidPrefix;
    readonly set: string;
    readonly key?: SiteKey;
    readonly at: ImportPlace;
  }[];
  readonly mapServers: { readonly address: IpAddress; readonly at: ImportPlace }[];
  pitrSet?: { readonly name: string; readonly at: ImportPlace };
}

/** Why a line has no equivalent, by the first word that nobody understood. */
const REASONS: Readonly<Record<string, string>> = {
  adjacency: 'adjacencies form by themselves',
  show: 'a look, not a setting',
};

const ACTIONS: Readonly<Record<string, 'native-forward' | 'map-request' | 'drop'>> = {
  'natively-forward': 'native-forward',
  'send-map-request': 'map-request',
  drop: 'drop',
};

/** What stands before a line where it is handed to VPP, or where VPP prompts for it. */
const PROMPT = /^\s*(?:(?:sudo\s+)?vppctl|(?:DBG)?vpp#)\s+/;

/** Reads lines as `vppctl exec` does. The errors are in the order of the lines; with any, nothing is imported. */
export function importVpp(text: string, settings: ImportSettings): Result<Imported, readonly ImportError[]> {
  const builder = new ImportBuilder(settings);
  const found: Found = { locatorSets: new Map(), eids: [], mapServers: [] };
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    // Lines of a shell script or a session: columns stay what they are.
    const typed = line.replace(PROMPT, (prompt) => ' '.repeat(prompt.length));
    const content = typed.replace(/(^|\s)(#|\/\/|comment\b).*$/, '').trimEnd();
    const words = new Words(content, i + 1, builder);
    if (words.isEmpty) continue;
    readLine(words, builder, found);
    words.rest();
  }
  resolve(builder, found);
  return builder.errors.length > 0 ? err(builder.errors) : ok(builder.finish());
}

function readLine(words: Words, builder: ImportBuilder, found: Found): void {
  if (words.take('set', 'interface') || words.take('set', 'int')) {
    readInterface(words, builder);
    return;
  }
  if (words.take('ip', 'route', 'add')) {
    readRoute(words, builder);
    return;
  }
  if (words.take('loopback', 'create-interface') || words.take('create', 'loopback', 'interface')) {
    builder.interface('loop0', words.place);
    return;
  }
  if (words.take('lisp') || words.take('one')) {
    readLisp(words, builder, found);
    return;
  }
}

function readInterface(words: Words, builder: ImportBuilder): void {
  const at = words.place;
  if (words.take('ip', 'address')) {
    const [name, address] = [words.next('an interface'), words.next('an address')];
    if (name !== undefined && address !== undefined) builder.address(name, address, at);
  } else if (words.take('state')) {
    const [name, state] = [words.next('an interface'), words.next('up or down')];
    if (name !== undefined) builder.shutdown(name, state === 'down', at);
  } else if (words.take('mtu')) {
    words.take('packet');
    const mtu = words.number(68, 65_535);
    const name = words.next('an interface');
    if (name !== undefined && mtu !== undefined) builder.mtu(name, mtu, at);
  }
}

function readRoute(words: Words, builder: ImportBuilder): void {
  const prefix = words.prefix();
  if (words.take('via')) {
    const at = words.place;
    const word = words.next('a gateway or an interface');
    const gateway = parseIp(word ?? '');
    // An interface behind the gateway follows from it.
    const through = words.optional();
    if (prefix !== undefined && gateway !== undefined)
      builder.route({ prefix, target: { kind: 'via', gateway }, distance: 1 });
    else if (prefix !== undefined && (word === 'drop' || word === 'null-send'))
      builder.route({ prefix, target: { kind: 'discard' }, distance: 1 });
    else if (prefix !== undefined && word !== undefined)
      builder.route({
        prefix,
        target: { kind: 'interface', name: builder.interface(word, at) },
        distance: 1,
      });
    if (through !== undefined) builder.interface(through, at);
  }
}

function readLisp(words: Words, builder: ImportBuilder, found: Found): void {
  const at = words.place;
  if (words.take('enable')) return;
  if (words.take('locator-set')) {
    const isRemoval = !words.take('add') && words.take('del');
    const name = words.next('a name');
    if (name === undefined) return;
    if (isRemoval) found.locatorSets.delete(name);
    else found.locatorSets.set(name, [...(found.locatorSets.get(name) ?? []), ...readLocators(words)]);
    return;
  }
  if (words.take('locator')) {
    if (!words.take('add')) return;
    const name = words.take('locator-set') ? words.next('a name') : undefined;
    if (name === undefined) return;
    found.locatorSets.set(name, [...(found.locatorSets.get(name) ?? []), ...readLocators(words)]);
    return;
  }
  if (words.take('eid-table', 'map')) {
    const vni = words.take('vni') ? words.number(0, MAX_INSTANCE_ID) : undefined;
    const vrf = words.take('vrf') ? words.number(0, 0xffff_ffff) : undefined;
    if (vni !== 0 || vrf !== 0)
      builder.remark(
        at,
        'no-equivalent',
        `instance ${vni ?? '?'} in VRF ${vrf ?? '?'}: interfaces are in instance 0`,
      );
    return;
  }
  if (words.take('eid-table')) {
    readEidTable(words, builder, found);
    return;
  }
  if (words.take('map-resolver')) {
    const isRemoval = !words.take('add') && words.take('del');
    const address = words.address();
    if (address !== undefined && !isRemoval) builder.mapResolver(address);
    if (isRemoval) builder.remark(at, 'changed', 'map-resolver del: only what is added is read');
    return;
  }
  if (words.take('map-server')) {
    const isRemoval = !words.take('add') && words.take('del');
    const address = words.address();
    if (address !== undefined && !isRemoval) found.mapServers.push({ address, at });
    if (isRemoval) builder.remark(at, 'changed', 'map-server del: only what is added is read');
    return;
  }
  if (words.take('remote-mapping')) {
    readRemoteMapping(words, builder);
    return;
  }
  if (words.take('pitr', 'ls')) {
    const name = words.next('the name of a locator-set');
    if (name !== undefined) found.pitrSet = { name, at };
    return;
  }
  if (words.take('petr', 'enable')) {
    builder.proxyEtr(true);
    return;
  }
  if (words.take('use-petr')) {
    const address = words.address();
    if (address !== undefined)
      for (const family of [4, 6] as const) builder.usePetr(family, { address, priority: 1, weight: 100 });
    return;
  }
}

/** `iface NAME p N w N`, any number of them. */
function readLocators(words: Words): Locator[] {
  const locators: Locator[] = [];
  while (words.take('iface')) {
    const name = words.next('an interface');
    const priority = words.take('p') ? words.number(0, 255) : 1;
    const weight = words.take('w') ? words.number(0, 255) : 1;
    if (name !== undefined) locators.push({ interface: name, priority: priority ?? 1, weight: weight ?? 1 });
  }
  return locators;
}

function readEidTable(words: Words, builder: ImportBuilder, found: Found): void {
  const at = words.place;
  const isRemoval = !words.take('add') && words.take('del');
  let vni = 0;
  let prefix: EidPrefix['prefix'] | undefined;
  let set: string | undefined;
  let secret: string | undefined;
  let algorithm: 1 | 2 = 1;
  for (;;) {
    if (words.take('vni')) vni = words.number(0, MAX_INSTANCE_ID) ?? 0;
    else if (words.take('eid')) prefix = words.prefix();
    else if (words.take('locator-set')) set = words.next('the name of a locator-set');
    else if (words.take('key') || words.take('secret-key')) secret = words.next('a key');
    else if (words.take('key-id')) algorithm = /256/.test(words.next('sha1 or sha256') ?? '') ? 2 : 1;
    else break;
  }
  if (prefix === undefined) return;
  const eid = eidPrefix(prefix, vni);
  if (isRemoval) {
    const index = found.eids.findIndex((each) => JSON.stringify(each.eid) === JSON.stringify(eid));
    if (index >= 0) found.eids.splice(index, 1);
    return;
  }
  if (set === undefined) {
    builder.refuse(at, 'this EID has no locator-set', 'lisp eid-table add eid PREFIX locator-set NAME');
    return;
  }
  const key = secret === undefined ? {} : { key: { keyId: 0, algorithmId: algorithm, secret } };
  found.eids.push({ eid, set, at, ...key });
}

function readRemoteMapping(words: Words, builder: ImportBuilder): void {
  const at = words.place;
  const isRemoval = !words.take('add') && words.take('del');
  let vni = 0;
  let prefix: EidPrefix['prefix'] | undefined;
  let action: string | undefined;
  const locators: { address: IpAddress; priority: number; weight: number }[] = [];
  for (;;) {
    if (words.take('vni')) vni = words.number(0, MAX_INSTANCE_ID) ?? 0;
    else if (words.take('eid')) prefix = words.prefix();
    else if (words.take('action')) action = words.next('an action');
    else if (words.take('rloc')) {
      const address = words.address();
      if (address !== undefined) locators.push({ address, priority: 1, weight: 1 });
    } else if (words.take('p')) {
      const [priority, weight] = [words.number(0, 255), words.take('w') ? words.number(0, 255) : 1];
      const last = locators.at(-1);
      if (last !== undefined) Object.assign(last, { priority: priority ?? 1, weight: weight ?? 1 });
    } else break;
  }
  if (prefix === undefined) return;
  const eid = eidPrefix(prefix, vni);
  const known = ACTIONS[action ?? ''];
  if (isRemoval) builder.removeEntry(eid);
  else if (locators.length > 0) builder.entry({ eid, action: 'locators', locators });
  else if (known !== undefined) builder.entry({ eid, action: known, locators: [] });
  else builder.remark(at, 'no-equivalent', `a remote mapping with action ${action ?? 'none'}`);
}

function resolve(builder: ImportBuilder, { locatorSets, eids, mapServers, pitrSet }: Found): void {
  const addressesOf = (
    set: string,
    at: ImportPlace,
  ): { address: IpAddress; priority: number; weight: number }[] => {
    const locators = locatorSets.get(set);
    if (locators === undefined) builder.refuse(at, `there is no locator-set ${set}`);
    return (locators ?? []).flatMap(({ interface: name, priority, weight }) => {
      const addresses = builder.addressesOf(name);
      if (addresses.length === 0)
        builder.remark(
          at,
          'no-equivalent',
          `${name} has no address: give one with --address ${name}=ADDRESS/LENGTH`,
        );
      return addresses.map(({ address }) => ({ address, priority, weight }));
    });
  };
  for (const { eid, set, at } of eids) {
    const locators = addressesOf(set, at);
    if (locators.length === 0)
      builder.remark(at, 'no-equivalent', 'an EID without a locator that could be read is left out');
    for (const locator of locators) builder.database(eid, locator);
  }
  if (pitrSet !== undefined) {
    const rlocs = addressesOf(pitrSet.name, pitrSet.at).map(({ address }) => address);
    builder.proxyItr(
      ([4, 6] as const).flatMap((family) => rlocs.find((rloc) => rloc.family === family) ?? []),
    );
  }
  const keys = new Map(eids.flatMap(({ key }) => (key === undefined ? [] : [[JSON.stringify(key), key]])));
  const [key] = keys.values();
  for (const { address, at } of mapServers) {
    if (key === undefined)
      builder.remark(at, 'no-equivalent', 'a map-server without a key: no eid-table line has one');
    else builder.mapServer(address, key, false);
    if (keys.size > 1) builder.remark(at, 'changed', 'EIDs have different keys: here all use the first one');
  }
  builder.roles({ xtr: eids.length > 0 });
}

/** The words of a line, taken from the left. What is left over has no equivalent. */
class Words {
  readonly #words: readonly { readonly text: string; readonly column: number }[];
  readonly #line: number;
  readonly #builder: ImportBuilder;
  #at = 0;

  constructor(text: string, line: number, builder: ImportBuilder) {
    this.#words = Array.from(text.matchAll(/\S+/g), (match) => ({ text: match[0], column: match.index + 1 }));
    this.#line = line;
    this.#builder = builder;
  }

  get isEmpty(): boolean {
    return this.#words.length === 0;
  }

  get place(): ImportPlace {
    const word = this.#words[this.#at] ?? this.#words.at(-1);
    return { line: this.#line, column: word?.column ?? 1 };
  }

  /** True, and past them, when these words come next. */
  take(...texts: readonly string[]): boolean {
    if (!texts.every((text, i) => this.#words[this.#at + i]?.text === text)) return false;
    this.#at += texts.length;
    return true;
  }

  optional(): string | undefined {
    return this.#words[this.#at++]?.text;
  }

  next(what: string): string | undefined {
    const word = this.#words[this.#at];
    if (word === undefined) this.#builder.refuse(this.place, `${what} is expected at the end of the line`);
    this.#at++;
    return word?.text;
  }

  number(least: number, most: number): number | undefined {
    const { place } = this;
    const text = this.next('a number');
    const number = /^[0-9]{1,10}$/.test(text ?? '') ? Number(text) : NaN;
    if (number >= least && number <= most) return number;
    if (text !== undefined)
      this.#builder.refuse(place, `a number from ${least} to ${most} is expected, not ${text}`);
    return undefined;
  }

  address(): IpAddress | undefined {
    const { place } = this;
    const text = this.next('an address');
    const address = parseIp(text ?? '');
    if (address === undefined && text !== undefined) this.#builder.refuse(place, `${text} is no address`);
    return address;
  }

  prefix(): EidPrefix['prefix'] | undefined {
    const { place } = this;
    const text = this.next('a prefix');
    const prefix = readPrefix(text ?? '');
    if (prefix === undefined && text !== undefined) {
      if (/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(text))
        this.#builder.remark(place, 'no-equivalent', `MAC address ${text} as an EID`);
      else this.#builder.refuse(place, `${text} is no prefix`);
    }
    return prefix;
  }

  /** Remarks the words that nobody took, with the line they stand in when that is all of it. */
  rest(): void {
    const left = this.#words.slice(this.#at);
    if (left.length === 0) return;
    const texts = this.#words.map((word) => word.text);
    const whole = texts.join(' ');
    const text = left.map((word) => word.text).join(' ');
    // `lisp` alone was understood of a line: nothing of it was.
    const isWhole = left.length >= texts.length - (/^(lisp|one)$/.test(texts[0]!) ? 1 : 0);
    const reason = REASONS[left[0]!.text];
    const { place } = this;
    this.#at = this.#words.length;
    this.#builder.remark(
      place,
      'no-equivalent',
      isWhole ? `${whole}${reason === undefined ? '' : `: ${reason}`}` : `${text} (in: ${whole})`,
    );
  }
}
