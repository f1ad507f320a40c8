/**
 * The registering half of a Map-Server (RFC 9301 §8.2): checks Map-Registers, turns them into store operations, and
 * acknowledges them once those have happened: acknowledged means committed.
 */
import { toHex } from '../base/bytes.ts';
import { formatIp } from '../base/ip-text.ts';
import { sameIp, type IpAddress } from '../base/ip.ts';
import { compareNonce, formatNonce, type Nonce } from '../base/random.ts';
import { minutes, seconds, type Micros } from '../base/time.ts';
import type { TraceFields } from '../base/trace.ts';
import { eidKey, formatEidPrefix, type EidPrefix } from '../mapping/eid.ts';
import { isLegalRloc } from '../mapping/locator.ts';
import { TTL_DEFAULT_MINUTES, TTL_RECEIVER_DECIDES, type Mapping } from '../mapping/mapping.ts';
import type { SiteKey } from '../mapping/site.ts';
import type { MappingStore, Registration, SiteMatch, StoreEvent } from '../mapping/store.ts';
import { authenticationOf, blankAuthentication, encodeSigned, verifyControl } from '../wire/authenticate.ts';
import { CONTROL_PORT } from '../wire/control.ts';
import type { MapNotify } from '../wire/map-notify.ts';
import type { MapRegister } from '../wire/map-register.ts';
import type { ReceivedMessage, RoleOutput, SendOutput } from './machine.ts';
import { hasControlPort } from './map-request.ts';
import { drop, trace } from './outputs.ts';
import { readRecords } from './records.ts';
import { authKey } from './site-key.ts';

/** CP-42 */
const REGISTRATION_TIMEOUT: Micros = seconds(180);
/** Longest life of a registration that brings its own timeout (T bit). */
const MAX_TIMEOUT_MINUTES = 7 * 24 * 60;
/** Map-Notifies waiting for the store; the oldest is given up, its ETR asks again. */
const MAX_WAITING_COUNT = 1024;

/** Refused Map-Registers under one configured prefix. */
export interface RegistrationErrors {
  readonly authenticationFailures: number;
  readonly locatorMismatches: number;
}

const NO_ERRORS: RegistrationErrors = { authenticationFailures: 0, locatorMismatches: 0 };

/** A Map-Notify to be sent when all operations have come back. */
interface Waiting {
  readonly opIds: readonly number[];
  readonly to: IpAddress;
  readonly from: IpAddress;
  readonly key: SiteKey;
  readonly notify: MapNotify;
}

/** What is wrong with a record. */
interface Refusal {
  readonly why: 'foreign-prefix' | 'more-specific-refused' | 'illegal-rloc' | 'locator-not-allowed';
  readonly eid: EidPrefix;
}

export interface RegistrationState {
  readonly nextOpId: number;
  readonly lastNonces: readonly (readonly [string, Nonce])[];
  readonly errors: readonly (readonly [string, RegistrationErrors])[];
  readonly waiting: readonly Waiting[];
}

export class RegistrationDesk {
  readonly #store: MappingStore;
  #nextOpId = 1;
  /** Last nonce per site, key and xTR (CP-28). Lost with the process unless the state is saved. */
  #lastNonces = new Map<string, Nonce>();
  /** By configured prefix. */
  #errors = new Map<string, RegistrationErrors>();
  #waiting: Waiting[] = [];

  constructor(store: MappingStore) {
    this.#store = store;
  }

  errorsOf(sitePrefix: EidPrefix): RegistrationErrors {
    return this.#errors.get(eidKey(sitePrefix)) ?? NO_ERRORS;
  }

  /** Checks in the order of spec/02 §8: key, MAC, nonce, prefixes. Any failure drops the message without a reply. */
  register(now: Micros, received: ReceivedMessage, register: MapRegister, out: RoleOutput[]): void {
    const from = formatIp(received.from.address);
    const refuse = (why: string, detail = '', fields: TraceFields = {}): void => {
      drop(out, why, `${from} ${detail}`.trimEnd());
      trace(out, 'map-server', 'registration-refused', { etr: from, ...fields, why });
    };
    if (!hasControlPort(received)) {
      refuse('bad-port');
      return;
    }
    const mappings = readRecords(register.records);
    if (!mappings.ok) {
      refuse(mappings.error);
      return;
    }
    const first = mappings.value[0];
    if (first === undefined) {
      refuse('no-records');
      return;
    }
    const eid = formatEidPrefix(first.eid);
    const match = this.#store.siteOf(first.eid);
    if (match === undefined) {
      refuse('unknown-site', eid, { eid });
      return;
    }
    const { site } = match;
    const verdict = site.key === undefined ? 'no-key' : verifyControl(received.bytes, authKey(site.key));
    if (site.key === undefined || verdict !== 'ok') {
      this.#count(match, 'authenticationFailures');
      const fields = { eid, site: site.name, detail: verdict };
      refuse('map-register-authentication', `${site.name} ${verdict}`, fields);
      return;
    }
    const xtr = register.ids === undefined ? from : toHex(register.ids.xtrId);
    const nonceKey = `${site.name} ${site.key.keyId} ${xtr}`;
    const last = this.#lastNonces.get(nonceKey);
    if (!site.acceptStaleNonces && last !== undefined && compareNonce(register.nonce, last) <= 0) {
      const nonce = formatNonce(register.nonce);
      refuse('stale-nonce', nonce, { eid, site: site.name, detail: nonce });
      return;
    }
    this.#lastNonces.set(nonceKey, register.nonce);
    const refusal = this.#refusal(mappings.value, match);
    if (refusal !== undefined) {
      refuse(refusal.why, site.name, { eid: formatEidPrefix(refusal.eid), site: site.name });
      return;
    }
    const opIds = mappings.value.map((mapping) =>
      this.#commit(now, received, register, { mapping, xtr, match }, out),
    );
    if (register.wantMapNotify) this.#awaitCommit(received, register, site.key, opIds);
  }

  /** Takes registrations back on behalf of the operator. Their nonces stay known: an old Map-Register stays old. */
  clear(registrations: readonly Registration[], out: RoleOutput[]): void {
    for (const { xtr, siteName, etr, mapping } of registrations) {
      out.push({ kind: 'store', op: { kind: 'delete', opId: this.#nextOpId++, eid: mapping.eid, xtr } });
      const fields = { eid: formatEidPrefix(mapping.eid), site: siteName, etr: formatIp(etr) };
      trace(out, 'map-server', 'registration-cleared', fields);
    }
  }

  /** An operation of ours has happened: what waited for it last is sent. */
  committed(event: StoreEvent, out: RoleOutput[]): void {
    if (event.kind === 'synced' || event.opId === undefined) return;
    const { opId } = event;
    const ready = this.#waiting.filter(({ opIds }) => opIds.length === 1 && opIds[0] === opId);
    this.#waiting = this.#waiting.flatMap((waiting) => {
      if (ready.includes(waiting)) return [];
      return [{ ...waiting, opIds: waiting.opIds.filter((other) => other !== opId) }];
    });
    for (const waiting of ready) {
      out.push(signNotify(waiting));
      trace(out, 'map-server', 'map-notify-sent', {
        to: formatIp(waiting.to),
        nonce: formatNonce(waiting.notify.nonce),
        records: waiting.notify.records.length,
      });
    }
  }

  save(): RegistrationState {
    return {
      nextOpId: this.#nextOpId,
      lastNonces: [...this.#lastNonces],
      errors: [...this.#errors],
      waiting: [...this.#waiting],
    };
  }

  restore(state: RegistrationState): void {
    this.#nextOpId = state.nextOpId;
    this.#lastNonces = new Map(state.lastNonces);
    this.#errors = new Map(state.errors);
    this.#waiting = [...state.waiting];
  }

  /** CP-41: every prefix belongs to the site whose key signed; CP-20: every locator is one, and one the site may have. */
  #refusal(mappings: readonly Mapping[], first: SiteMatch): Refusal | undefined {
    for (const { eid, locators } of mappings) {
      const match = this.#store.siteOf(eid);
      if (match?.site.name !== first.site.name) return { why: 'foreign-prefix', eid };
      if (eid.prefix.bits > match.eid.prefix.bits && !match.acceptMoreSpecifics)
        return { why: 'more-specific-refused', eid };
      if (!locators.every(({ address }) => isLegalRloc(address))) {
        this.#count(match, 'locatorMismatches');
        return { why: 'illegal-rloc', eid };
      }
      const { allowedLocators: allowed } = match.site;
      if (
        allowed !== undefined &&
        !locators.every(({ address }) => allowed.some((each) => sameIp(each, address)))
      ) {
        this.#count(match, 'locatorMismatches');
        return { why: 'locator-not-allowed', eid };
      }
    }
    return undefined;
  }

  #commit(
    now: Micros,
    received: ReceivedMessage,
    register: MapRegister,
    { mapping, xtr, match }: { readonly mapping: Mapping; readonly xtr: string; readonly match: SiteMatch },
    out: RoleOutput[],
  ): number {
    const opId = this.#nextOpId++;
    const { eid, ttlMinutes } = mapping;
    const fields = { eid: formatEidPrefix(eid), site: match.site.name, etr: formatIp(received.from.address) };
    if (ttlMinutes === 0) {
      out.push({ kind: 'store', op: { kind: 'delete', opId, eid, xtr } });
      trace(out, 'map-server', 'withdrawn', fields);
      return opId;
    }
    const held = this.#store.get(eid)?.registrations.find((other) => other.xtr === xtr);
    const registration: Registration = {
      xtr,
      siteName: match.site.name,
      etr: received.from.address,
      mapping,
      proxyReply: register.proxyReply,
      wantMapNotify: register.wantMapNotify,
      merge: register.merge,
      securityCapable: register.securityCapable,
      algorithmId: register.authentication.algorithmId,
      nonce: register.nonce,
      siteId: register.ids === undefined ? '' : toHex(register.ids.siteId),
      firstRegistered: held?.firstRegistered ?? now,
      lastRegistered: now,
      expires: now + (register.useTtlForTimeout ? ownTimeout(ttlMinutes) : REGISTRATION_TIMEOUT),
    };
    out.push({ kind: 'store', op: { kind: 'put', opId, registration } });
    trace(out, 'map-server', 'registered', { ...fields, refresh: held !== undefined });
    return opId;
  }

  #awaitCommit(
    received: ReceivedMessage,
    register: MapRegister,
    key: SiteKey,
    opIds: readonly number[],
  ): void {
    const notify: MapNotify = {
      type: 'map-notify',
      nonce: register.nonce,
      authentication: blankAuthentication(authKey(key)),
      records: register.records,
      trailer: new Uint8Array(0),
      reservedBits: 0,
    };
    this.#waiting.push({ opIds, to: received.from.address, from: received.to.address, key, notify });
    if (this.#waiting.length > MAX_WAITING_COUNT) this.#waiting.shift();
  }

  #count({ eid }: SiteMatch, error: keyof RegistrationErrors): void {
    const errors = this.errorsOf(eid);
    this.#errors.set(eidKey(eid), { ...errors, [error]: errors[error] + 1 });
  }
}

/** From 4342 to 4342, whatever port the Map-Register came from (spec/02 §1). */
function signNotify({ to, from, key, notify }: Waiting): SendOutput {
  const payload = encodeSigned(notify, authKey(key));
  return {
    kind: 'send',
    message: { ...notify, authentication: authenticationOf(payload) ?? notify.authentication },
    payload,
    source: from,
    sourcePort: CONTROL_PORT,
    to: { address: to, port: CONTROL_PORT },
  };
}

function ownTimeout(ttlMinutes: number): Micros {
  const ttl = ttlMinutes === TTL_RECEIVER_DECIDES ? TTL_DEFAULT_MINUTES : ttlMinutes;
  return minutes(Math.min(ttl, MAX_TIMEOUT_MINUTES));
}
