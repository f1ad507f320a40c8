/** Open Overlay Router: oor.conf. */
import { parseIp } from '../base/ip-text.ts';
import type { Family, IpAddress } from '../base/ip.ts';
import { err, ok, type Result } from '../base/result.ts';
import { eidPrefix, MAX_INSTANCE_ID, type EidPrefix } from '../mapping/eid.ts';
import type { SiteKey } from '../mapping/site.ts';
import { noLisp, type DatabaseLocator } from '../router/options.ts';
import { familyOf, ImportBuilder, readPrefix } from './builder.ts';
import { parseConfuse, type Statement } from './confuse.ts';
import { remarkSurroundings } from './oor-surroundings.ts';
import type { ImportError, Imported, ImportPlace, ImportSettings } from './imported.ts';

/** Minutes that OOR gives its mappings unless told otherwise. */
const DEFAULT_TTL = 10;
/** The key types of oor.conf are the algorithm IDs of the protocol. */
const KEY_TYPES: readonly number[] = [1, 2];

/** Reads oor.conf. The errors are in the order of the file; with any, nothing is imported. */
export function importOor(text: string, settings: ImportSettings): Result<Imported, readonly ImportError[]> {
  const parsed = parseConfuse(text);
  if (!parsed.ok) return err([parsed.error]);
  const builder = new ImportBuilder(settings);
  const file = new Section(parsed.value, builder);
  const mode = file.value('operating-mode');
  for (const { statement, section } of file.blocks('database-mapping'))
    readDatabase(section, statement, builder);
  for (const { statement, section } of file.blocks('static-map-cache'))
    readStaticEntry(section, statement, builder);
  for (const { statement, section } of file.blocks('lisp-site')) readSite(section, statement, builder);
  for (const address of file.addresses('map-resolver')) builder.mapResolver(address);
  for (const { statement, section } of file.blocks('map-server')) {
    const address = section.address('address');
    const key = readKey(section, statement, builder);
    const proxyReply = section.flag('proxy-reply');
    if (address === undefined) builder.refuse(statement, 'this map-server has no address');
    else if (key !== undefined) builder.mapServer(address, key, proxyReply);
    section.rest();
  }
  for (const family of [4, 6] as const)
    for (const { section } of file.blocks(`proxy-etr-ipv${family}`)) {
      const address = section.address('address');
      const { priority, weight } = readPreference(section);
      if (address !== undefined) builder.usePetr(family, { address, priority, weight });
      section.rest();
    }
  if (file.value('encapsulation', 'LISP')?.text.toUpperCase() === 'VXLAN-GPE')
    builder.remark(
      file.taken('encapsulation')!,
      'no-equivalent',
      'encapsulation VXLAN-GPE: only LISP is spoken here',
    );
  if (file.flag('nat_traversal_support'))
    builder.remark(file.taken('nat_traversal_support')!, 'no-equivalent', 'NAT traversal');
  takeMode(mode, builder);
  file.rest();
  if (builder.errors.length > 0) return err(builder.errors);
  const { options, remarks } = builder.finish();
  return ok({ options, remarks: [...remarkSurroundings(options), ...remarks] });
}

function takeMode(
  mode: { readonly text: string; readonly at: ImportPlace } | undefined,
  builder: ImportBuilder,
): void {
  const at = mode?.at ?? { line: 0, column: 0 };
  switch (mode?.text.toUpperCase()) {
    case undefined:
      builder.remark(at, 'assumed', 'no operating-mode: taken as xTR');
      builder.roles({ xtr: true });
      break;
    case 'XTR':
      builder.roles({ xtr: true });
      break;
    case 'MN':
      builder.remark(
        at,
        'changed',
        'a mobile node becomes an xTR; its EID must be an address of a loopback here',
      );
      builder.roles({ xtr: true });
      break;
    case 'MS':
      // OOR's Map-Server takes encapsulated Map-Requests itself.
      builder.roles({ mapServer: true, mapResolver: true });
      break;
    case 'RTR':
    case 'DDT':
    case 'DDT-MR':
      builder.remark(at, 'no-equivalent', `operating-mode ${mode.text}: this role does not exist here`);
      break;
    default:
      builder.refuse(at, `${mode!.text} is no operating-mode`, 'xTR, MN, MS, RTR, DDT or DDT-MR');
  }
}

function readDatabase(section: Section, at: ImportPlace, builder: ImportBuilder): void {
  const eid = readEid(section, at, builder);
  const ttl = section.number('ttl', DEFAULT_TTL, 1, 0x7fff_ffff);
  const locators: DatabaseLocator[] = [];
  for (const { section: inner } of section.blocks('rloc-address')) {
    const address = inner.address('address', 'an explicit locator path, or a name');
    const preference = readPreference(inner);
    if (address !== undefined) locators.push({ address, ...preference });
    inner.rest();
  }
  for (const { statement, section: inner } of section.blocks('rloc-iface')) {
    const name = inner.value('interface');
    const family = inner.number('ip_version', 4, 4, 6) as Family;
    const preference = readPreference(inner);
    inner.rest();
    if (name === undefined) {
      builder.refuse(statement, 'this rloc-iface names no interface');
      continue;
    }
    builder.interface(name.text, name.at);
    const found = builder.addressesOf(name.text).find(({ address }) => address.family === family);
    if (found !== undefined) locators.push({ address: found.address, ...preference });
    else
      builder.remark(
        statement,
        'no-equivalent',
        `an RLOC that is the IPv${family} address of ${name.text}: say which, such as --address ${name.text}=${family === 4 ? '10.0.1.2/30' : '2001:db8::2/64'}`,
      );
  }
  section.rest();
  if (eid === undefined) return;
  if (locators.length === 0) {
    builder.remark(
      at,
      'no-equivalent',
      'a database-mapping without a locator that could be read is left out',
    );
    return;
  }
  for (const locator of locators) builder.database(eid, locator);
  if (section.taken('ttl') === undefined)
    builder.remark(
      at,
      'assumed',
      `no ttl: etr map-cache-ttl ${ttl}, the minutes that OOR takes; ${noLisp().etr.ipv4.ttlMinutes} here otherwise`,
    );
  builder.ttl(familyOf(eid), ttl, section.taken('ttl') ?? at);
}

function readStaticEntry(section: Section, at: ImportPlace, builder: ImportBuilder): void {
  const eid = readEid(section, at, builder);
  const locators: DatabaseLocator[] = [];
  for (const { section: inner } of section.blocks('rloc-address')) {
    const address = inner.address('address', 'an explicit locator path, or a name');
    const preference = readPreference(inner);
    if (address !== undefined) locators.push({ address, ...preference });
    inner.rest();
  }
  section.rest();
  if (eid !== undefined && locators.length > 0) builder.entry({ eid, action: 'locators', locators });
}

function readSite(section: Section, at: ImportPlace, builder: ImportBuilder): void {
  const eid = readEid(section, at, builder);
  const key = readKey(section, at, builder);
  const acceptMoreSpecifics = section.flag('accept-more-specifics');
  section.rest();
  if (eid !== undefined) builder.site(key, eid, acceptMoreSpecifics);
}

function readEid(section: Section, at: ImportPlace, builder: ImportBuilder): EidPrefix | undefined {
  const text = section.value('eid-prefix');
  const instanceId = section.number('iid', 0, 0, MAX_INSTANCE_ID);
  const prefix = text === undefined ? undefined : readPrefix(text.text);
  if (text === undefined) builder.refuse(at, 'eid-prefix is missing here');
  else if (prefix === undefined)
    builder.refuse(text.at, `${text.text} is no EID-Prefix`, 'write it as 192.168.1.0/24');
  return prefix === undefined ? undefined : eidPrefix(prefix, instanceId);
}

function readKey(section: Section, at: ImportPlace, builder: ImportBuilder): SiteKey | undefined {
  const said = section.value('key-type');
  const type = section.number('key-type', 1, 0, 255);
  const secret = section.value('key');
  if (secret === undefined) {
    builder.refuse(at, 'key is missing here');
    return undefined;
  }
  if (!KEY_TYPES.includes(type)) {
    builder.refuse(at, `key-type ${type} is not known`, '1 (HMAC-SHA-1-96) or 2 (HMAC-SHA-256-128)');
    return undefined;
  }
  if (type === 1)
    builder.remark(
      said?.at ?? at,
      said === undefined ? 'assumed' : 'changed',
      `${said === undefined ? 'no key-type: 1 as in OOR' : 'key-type 1'}, hash-function sha1; both sides must say so, ` +
        'pxtr says sha2 otherwise',
    );
  return { keyId: 0, algorithmId: type === 1 ? 1 : 2, secret: secret.text };
}

function readPreference(section: Section): Pick<DatabaseLocator, 'priority' | 'weight'> {
  return { priority: section.number('priority', 1, 0, 255), weight: section.number('weight', 100, 0, 255) };
}

/** The statements of a block. What nobody took has no equivalent: `rest` says so. */
class Section {
  readonly #statements: readonly Statement[];
  readonly #builder: ImportBuilder;
  readonly #taken = new Set<Statement>();

  constructor(statements: readonly Statement[], builder: ImportBuilder) {
    this.#statements = statements;
    this.#builder = builder;
  }

  value(name: string, otherwise?: string): { readonly text: string; readonly at: ImportPlace } | undefined {
    const statement = this.#statements.findLast((each) => each.name === name);
    if (statement === undefined)
      return otherwise === undefined ? undefined : { text: otherwise, at: NOWHERE };
    for (const each of this.#statements) if (each.name === name) this.#taken.add(each);
    if (statement.content.kind === 'value') return { text: statement.content.text, at: statement };
    this.#builder.refuse(statement, `${name} has one value`, `write ${name} = VALUE`);
    return undefined;
  }

  /** Where a value that was taken stands. */
  taken(name: string): ImportPlace | undefined {
    return this.#statements.findLast((each) => each.name === name);
  }

  flag(name: string): boolean {
    const value = this.value(name);
    if (value === undefined) return false;
    if (/^(true|on|yes)$/i.test(value.text)) return true;
    if (!/^(false|off|no)$/i.test(value.text))
      this.#builder.refuse(value.at, `${value.text} is neither true nor false`);
    return false;
  }

  number(name: string, otherwise: number, least: number, most: number): number {
    const value = this.value(name);
    if (value === undefined) return otherwise;
    const number = /^[0-9]{1,10}$/.test(value.text) ? Number(value.text) : NaN;
    if (number >= least && number <= most) return number;
    this.#builder.refuse(value.at, `${name} is a number from ${least} to ${most}, not ${value.text}`);
    return otherwise;
  }

  /** An address; `else_` says what else may stand there and is not understood here. */
  address(name: string, else_ = 'a name'): IpAddress | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    const address = parseIp(value.text);
    if (address === undefined)
      this.#builder.remark(
        value.at,
        'no-equivalent',
        `${name} ${value.text}: ${else_}; only addresses come over`,
      );
    return address;
  }

  addresses(name: string): IpAddress[] {
    return this.#statements.flatMap((statement) => {
      if (statement.name !== name) return [];
      this.#taken.add(statement);
      const { content } = statement;
      const texts = content.kind === 'list' ? content.texts : content.kind === 'value' ? [content.text] : [];
      return texts.flatMap((text) => {
        const address = parseIp(text);
        if (address === undefined)
          this.#builder.remark(
            statement,
            'no-equivalent',
            `${name} ${text}: a name; only addresses come over`,
          );
        return address ?? [];
      });
    });
  }

  blocks(name: string): { readonly statement: Statement; readonly section: Section }[] {
    return this.#statements.flatMap((statement) => {
      if (statement.name !== name) return [];
      this.#taken.add(statement);
      if (statement.content.kind === 'block')
        return [{ statement, section: new Section(statement.content.statements, this.#builder) }];
      this.#builder.refuse(statement, `${name} is a block`, `write ${name} { ... }`);
      return [];
    });
  }

  /** Remarks everything that was not taken. */
  rest(): void {
    for (const statement of this.#statements) {
      if (this.#taken.has(statement)) continue;
      this.#builder.remark(statement, 'no-equivalent', textOf(statement));
    }
  }
}

/** A statement in one line. */
function textOf({ name, content }: Statement): string {
  switch (content.kind) {
    case 'value':
      return `${name} = ${content.text}`;
    case 'list':
      return `${name} = { ${content.texts.join(', ')} }`;
    case 'block':
      return `${name} { ${content.statements.map(textOf).join('; ')} }`;
  }
}

const NOWHERE: ImportPlace = { line: 0, column: 0 };
