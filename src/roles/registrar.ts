/**
 * The registering half of an ETR (RFC 9301 §5.6, §8.2): Map-Registers to every Map-Server, each until a Map-Notify
 * acknowledges it (CP-33), then again a minute after the last send.
 */
import { toHex } from '../base/bytes.ts';
import { formatIp } from '../base/ip-text.ts';
import type { Family, IpAddress } from '../base/ip.ts';
import { formatNonce, nextNonce, sameNonce, type Nonce } from '../base/random.ts';
import { minutes, NEVER, seconds, toSeconds, type Micros } from '../base/time.ts';
import { eidKey, formatEidPrefix } from '../mapping/eid.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { SiteKey } from '../mapping/site.ts';
import { authenticationOf, blankAuthentication, encodeSigned, verifyControl } from '../wire/authenticate.ts';
import { CONTROL_PORT, encodeControl } from '../wire/control.ts';
import { eidRecordBytes } from '../wire/eid-record.ts';
import type { MapNotify } from '../wire/map-notify.ts';
import type { MapRegister } from '../wire/map-register.ts';
import type { XtrIds } from '../wire/map-request.ts';
import type { ReceivedMessage, RoleOutput } from './machine.ts';
import { maxPayloadBytes } from './map-reply.ts';
import { hasControlPort } from './map-request.ts';
import { drop, trace } from './outputs.ts';
import { writeRecord } from './records.ts';
import { authKey } from './site-key.ts';

const INTERVAL: Micros = seconds(60);
/** CP-43: at most once in 20 s, for at most 5 min. */
const QUICK_INTERVAL: Micros = seconds(20);
const QUICK_PERIOD: Micros = minutes(5);
const MAX_BACKOFF_SEC = 60;
/** A registration that cannot be withdrawn has expired by itself by then (CP-42). */
const WITHDRAW_PERIOD: Micros = minutes(3);
/** A Map-Notify for an older send of the same batch is not awaited any more. */
const MAX_NONCES_COUNT = 16;
const MAX_RECORDS_COUNT = 255;

/** A Map-Server to register with. */
export interface EtrMapServer {
  readonly address: IpAddress;
  readonly key: SiteKey;
  /** P: it may answer for us. */
  readonly proxyReply: boolean;
  /** Families of the EIDs registered there. */
  readonly families: readonly Family[];
}

export interface RegistrarConfig {
  readonly database: readonly Mapping[];
  readonly mapServers: readonly EtrMapServer[];
  /** Sent with I=1 when present (CP-26). */
  readonly ids?: XtrIds;
  /** a: ask to be merged with other xTRs of the site. */
  readonly merge: boolean;
  /** CP-43: register every 20 s in the first 5 min. */
  readonly quickRegistration: boolean;
  /** Wall-clock seconds at time 0: nonces rise from there, across restarts as well (CP-29). 0..2^32-1. */
  readonly clockSec: number;
}

/** What one Map-Register carries. */
interface Content {
  readonly mapServer: EtrMapServer;
  /** TTL 0 in a withdrawal. */
  readonly mappings: readonly Mapping[];
  readonly isWithdrawal: boolean;
  readonly ids: string;
  readonly merge: boolean;
}

/** How an ETR stands with a Map-Server. */
export interface MapServerSession {
  readonly address: IpAddress;
  /** Families of the EIDs registered there. */
  readonly families: readonly Family[];
  /** EID-Prefixes in the registrations. */
  readonly eids: number;
  /** 'up': every registration was acknowledged since it was last sent, or before and waits no longer than usual. */
  readonly state: 'up' | 'down' | 'idle';
  /** Absent before the first Map-Register. */
  readonly lastRegister?: Micros;
  /** Absent before the first Map-Notify that was accepted. */
  readonly lastNotify?: Micros;
  /** Map-Registers in a row without an acknowledgement, the one under way included. */
  readonly unacknowledged: number;
}

interface Batch {
  readonly content: Content;
  /** Nonces sent since the last acknowledgement. */
  readonly nonces: readonly Nonce[];
  /** Sends since then. */
  readonly attempts: number;
  readonly started: Micros;
  /** NEVER: the Map-Server knows nothing of it. */
  readonly lastSent: Micros;
  /** Absent: never acknowledged. */
  readonly lastNotified?: Micros;
  readonly due: Micros;
}

export interface RegistrarState {
  readonly batches: readonly Batch[];
  readonly nonce: Nonce | undefined;
  readonly quickUntil: Micros;
}

export class Registrar {
  #config: RegistrarConfig;
  #batches: Batch[] = [];
  #nonce: Nonce | undefined;
  #quickUntil: Micros = 0;

  constructor(config: RegistrarConfig) {
    this.#config = config;
  }

  start(now: Micros): void {
    this.#plan(now);
  }

  /** Registers what is new or changed at once, withdraws what is gone, and leaves the rest to its schedule. */
  configure(now: Micros, config: RegistrarConfig): void {
    this.#config = config;
    this.#plan(now);
  }

  /** Sends what is due. */
  work(now: Micros, out: RoleOutput[]): void {
    this.#batches = this.#batches.flatMap((batch) => {
      if (batch.due > now) return [batch];
      if (batch.content.isWithdrawal && now - batch.started >= WITHDRAW_PERIOD) return [];
      return [this.#send(now, batch, out)];
    });
  }

  /** CP-32, T17: only a Map-Notify with an awaited nonce and a valid MAC stops the retries. */
  acknowledge(now: Micros, received: ReceivedMessage, notify: MapNotify, out: RoleOutput[]): void {
    const from = formatIp(received.from.address);
    if (!hasControlPort(received)) {
      drop(out, 'bad-port', from);
      return;
    }
    const batch = this.#batches.find(({ nonces }) => nonces.some((nonce) => sameNonce(nonce, notify.nonce)));
    if (batch === undefined) {
      drop(out, 'unknown-nonce', from);
      return;
    }
    const verdict = verifyControl(received.bytes, authKey(batch.content.mapServer.key));
    if (verdict !== 'ok') {
      drop(out, 'map-notify-authentication', `${from} ${verdict}`);
      return;
    }
    trace(out, 'etr', 'map-notify-received', { from, nonce: formatNonce(notify.nonce) });
    const { content, lastSent } = batch;
    const due = Math.max(now, lastSent + (now < this.#quickUntil ? QUICK_INTERVAL : INTERVAL));
    const acknowledged: Batch = { ...batch, nonces: [], attempts: 0, lastNotified: now, due };
    this.#batches = this.#batches.flatMap((other) =>
      other !== batch ? [other] : content.isWithdrawal ? [] : [acknowledged],
    );
  }

  /** In the order of the configuration; a Map-Server is 'idle' while there is nothing to register with it. */
  sessions(): MapServerSession[] {
    return this.#config.mapServers.map((mapServer) => {
      const { address, families } = mapServer;
      const id = JSON.stringify(mapServer);
      const batches = this.#batches.filter(
        ({ content }) => !content.isWithdrawal && JSON.stringify(content.mapServer) === id,
      );
      const sent = batches.flatMap(({ lastSent }) => (lastSent === NEVER ? [] : [lastSent]));
      const notified = batches.flatMap(({ lastNotified }) => lastNotified ?? []);
      const unacknowledged = Math.max(0, ...batches.map(({ attempts }) => attempts));
      // One send under way is the usual refresh; the second means that the first was not answered.
      const isUp = notified.length === batches.length && unacknowledged <= 1;
      return {
        address,
        families,
        eids: batches.reduce((sum, { content }) => sum + content.mappings.length, 0),
        state: sent.length === 0 ? 'idle' : isUp ? 'up' : 'down',
        ...(sent.length === 0 ? {} : { lastRegister: Math.max(...sent) }),
        ...(notified.length === 0 ? {} : { lastNotify: Math.max(...notified) }),
        unacknowledged,
      };
    });
  }

  nextDeadline(): Micros {
    return this.#batches.reduce((earliest, { due }) => Math.min(earliest, due), NEVER);
  }

  save(): RegistrarState {
    return { batches: [...this.#batches], nonce: this.#nonce, quickUntil: this.#quickUntil };
  }

  restore(config: RegistrarConfig, state: RegistrarState): void {
    this.#config = config;
    this.#batches = [...state.batches];
    this.#nonce = state.nonce;
    this.#quickUntil = state.quickUntil;
  }

  #plan(now: Micros): void {
    const wanted = this.#config.mapServers.flatMap((mapServer) => this.#contentsFor(mapServer));
    const held = new Map(this.#batches.map((batch) => [JSON.stringify(batch.content), batch]));
    const contents = [...this.#withdrawals(wanted), ...wanted];
    const planned = contents.map((content): Batch => {
      const fresh = { content, nonces: [], attempts: 0, started: now, lastSent: NEVER, due: now };
      return held.get(JSON.stringify(content)) ?? fresh;
    });
    if (planned.some(({ started }) => started === now)) {
      this.#quickUntil = this.#config.quickRegistration ? now + QUICK_PERIOD : 0;
    }
    this.#batches = planned;
  }

  #contentsFor(mapServer: EtrMapServer): Content[] {
    const mine = this.#config.database.filter(({ eid }) =>
      mapServer.families.includes(eid.prefix.address.family),
    );
    return this.#pack(mapServer, mine, false);
  }

  /**
   * What was registered, or is still being withdrawn, and is not wanted any more. An EID-Prefix that came back is not
   * withdrawn: a late TTL 0 would undo its registration.
   */
  #withdrawals(wanted: readonly Content[]): Content[] {
    const serverText = ({ address, key }: EtrMapServer): string => JSON.stringify([address, key]);
    const keep = new Set(
      wanted.flatMap((c) => c.mappings.map(({ eid }) => `${serverText(c.mapServer)} ${eidKey(eid)}`)),
    );
    const gone = new Map<string, { mapServer: EtrMapServer; mappings: Map<string, Mapping> }>();
    for (const { content, lastSent } of this.#batches) {
      if (lastSent === NEVER) continue;
      const server = serverText(content.mapServer);
      for (const mapping of content.mappings) {
        if (keep.has(`${server} ${eidKey(mapping.eid)}`)) continue;
        const group = gone.get(server) ?? { mapServer: content.mapServer, mappings: new Map() };
        gone.set(server, group);
        group.mappings.set(eidKey(mapping.eid), { ...mapping, ttlMinutes: 0 });
      }
    }
    return [...gone.values()].flatMap(({ mapServer, mappings }) =>
      this.#pack(mapServer, [...mappings.values()], true),
    );
  }

  /** Groups of records that fit one message each (CP-03). */
  #pack(mapServer: EtrMapServer, mappings: readonly Mapping[], isWithdrawal: boolean): Content[] {
    const { ids, merge } = this.#config;
    const base = {
      mapServer,
      isWithdrawal,
      ids: ids === undefined ? '' : toHex(ids.xtrId) + toHex(ids.siteId),
      merge,
    };
    const first = mappings[0];
    if (first === undefined) return [];
    const single = encodeControl(this.#message({ ...base, mappings: [first] }, { hi: 0, lo: 0 }));
    const room =
      maxPayloadBytes(mapServer.address.family) - (single.length - eidRecordBytes(writeRecord(first)));
    const contents: Content[] = [];
    let group: Mapping[] = [];
    let used = 0;
    for (const mapping of mappings) {
      const bytes = eidRecordBytes(writeRecord(mapping));
      if (group.length > 0 && (used + bytes > room || group.length === MAX_RECORDS_COUNT)) {
        contents.push({ ...base, mappings: group });
        group = [];
        used = 0;
      }
      group.push(mapping);
      used += bytes;
    }
    contents.push({ ...base, mappings: group });
    return contents;
  }

  #message({ mapServer, mappings, merge }: Content, nonce: Nonce): MapRegister {
    const { ids } = this.#config;
    return {
      type: 'map-register',
      proxyReply: mapServer.proxyReply,
      securityCapable: false,
      eidNotify: false,
      useTtlForTimeout: false,
      merge,
      wantMapNotify: true,
      nonce,
      authentication: blankAuthentication(authKey(mapServer.key)),
      records: mappings.map((mapping) => writeRecord(mapping)),
      ...(ids === undefined ? {} : { ids }),
    };
  }

  #send(now: Micros, batch: Batch, out: RoleOutput[]): Batch {
    const { content } = batch;
    const { address, key } = content.mapServer;
    this.#nonce = nextNonce(this.#nonce ?? { hi: (this.#config.clockSec + toSeconds(now)) >>> 0, lo: 0 });
    const nonce = this.#nonce;
    const unsigned = this.#message(content, nonce);
    const payload = encodeSigned(unsigned, authKey(key));
    out.push({
      kind: 'send',
      message: { ...unsigned, authentication: authenticationOf(payload) ?? unsigned.authentication },
      payload,
      sourcePort: CONTROL_PORT,
      to: { address, port: CONTROL_PORT },
    });
    const attempts = batch.attempts + 1;
    trace(out, 'etr', content.isWithdrawal ? 'withdraw-sent' : 'register-sent', {
      to: formatIp(address),
      eids: content.mappings.map(({ eid }) => formatEidPrefix(eid)).join(' '),
      nonce: formatNonce(nonce),
      attempt: attempts,
    });
    const backoff = seconds(Math.min(2 ** (attempts - 1), MAX_BACKOFF_SEC));
    const nonces = [...batch.nonces, nonce].slice(-MAX_NONCES_COUNT);
    return { ...batch, nonces, attempts, lastSent: now, due: now + backoff };
  }
}
