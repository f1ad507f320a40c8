/** Making and reading Map-Requests (RFC 9301 §5.2, §5.3, §5.8). */
import type { Family, IpAddress } from '../base/ip.ts';
import type { Nonce } from '../base/random.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { EidPrefix } from '../mapping/eid.ts';
import { isLegalRloc } from '../mapping/locator.ts';
import { CONTROL_PORT, encodeControl } from '../wire/control.ts';
import type { EncapsulatedControl } from '../wire/ecm.ts';
import type { LispAddress } from '../wire/afi.ts';
import { addressIp, eidAddress, lispIp } from '../wire/lisp-address.ts';
import type { MapRequest } from '../wire/map-request.ts';
import type { ReceivedMessage, SendOutput, UdpEndpoint } from './machine.ts';
import type { ItrPolicy } from './policy.ts';
import { readEid, writeRequestRecord } from './records.ts';

/** TTL of an ECM's inner header; the RFC gives none, deployed software uses this one. */
const INNER_TTL = 32;

/** The ECM that asks `mapResolver` for `eid`, on behalf of the packet that `source` sent. */
export function requestMapping(
  policy: ItrPolicy,
  eid: EidPrefix,
  source: IpAddress,
  nonce: Nonce,
  mapResolver: IpAddress,
): SendOutput {
  const { itrRlocs, pitr } = policy;
  const innerRloc = rlocOf(itrRlocs, eid.prefix.address.family);
  const sourceEid = policy.sourceEid === 'rloc' ? (innerRloc ?? source) : source;
  return encapsulatedRequest({
    eid,
    sourceEid: eidAddress(eid.instanceId, sourceEid),
    // One header has one family: the EID's. Without an RLOC of it the EID of the asking host stands in.
    innerSource: innerRloc ?? source,
    itrRlocs,
    pitr,
    nonce,
    mapResolver,
  });
}

/** What a Map-Request in an ECM says. */
export interface RequestFields {
  readonly eid: EidPrefix;
  readonly sourceEid: LispAddress;
  /** Source of the ECM's inner header; same family as the EID. */
  readonly innerSource: IpAddress;
  readonly itrRlocs: readonly IpAddress[];
  readonly pitr: boolean;
  readonly nonce: Nonce;
  readonly mapResolver: IpAddress;
  /** UDP port that the Map-Reply is to come to; default 4342. */
  readonly replyPort?: number;
}

export function encapsulatedRequest(fields: RequestFields): SendOutput {
  const { eid, sourceEid, innerSource, itrRlocs, pitr, nonce, mapResolver } = fields;
  const { replyPort = CONTROL_PORT } = fields;
  const request: MapRequest = {
    type: 'map-request',
    authoritative: false,
    probe: false,
    smr: false,
    pitr,
    smrInvoked: false,
    localXtr: false,
    dontReply: false,
    nonce,
    sourceEid,
    itrRlocs: itrRlocs.map(lispIp),
    records: [writeRequestRecord(eid)],
  };
  const message: EncapsulatedControl = {
    type: 'ecm',
    ddt: false,
    toEtr: false,
    toMapServer: false,
    inner: {
      source: innerSource,
      destination: eid.prefix.address,
      ttl: INNER_TTL,
      sourcePort: replyPort,
      destinationPort: CONTROL_PORT,
    },
    message: request,
  };
  const outerRloc = rlocOf(itrRlocs, mapResolver.family);
  return {
    kind: 'send',
    message,
    payload: encodeControl(message),
    ...(outerRloc === undefined ? {} : { source: outerRloc }),
    sourcePort: replyPort,
    to: { address: mapResolver, port: CONTROL_PORT },
  };
}

function rlocOf(itrRlocs: readonly IpAddress[], family: Family): IpAddress | undefined {
  return itrRlocs.find((rloc) => rloc.family === family);
}

/** A Map-Request that came in, and what matters for answering it. */
export interface IncomingRequest {
  readonly request: MapRequest;
  /** Present when it came in an ECM. */
  readonly ecm?: EncapsulatedControl;
  /** What it asks for; never empty. */
  readonly eids: readonly EidPrefix[];
  /** UDP source port of the Map-Request, the inner one of an ECM: where the Map-Reply goes. */
  readonly replyPort: number;
}

/**
 * Reads a Map-Request of either form. Undefined when the message is of another kind; a refusal is the reason of a
 * drop. A probe inside an ECM is refused (CP-11).
 */
export function readRequest(received: ReceivedMessage): Result<IncomingRequest, string> | undefined {
  const { message, from } = received;
  const ecm = message.type === 'ecm' ? message : undefined;
  const request = ecm === undefined ? message : ecm.message;
  if (request.type !== 'map-request') return undefined;
  if (!hasControlPort(received)) return err('bad-port');
  if (ecm !== undefined && request.probe) return err('encapsulated-probe');
  const eids: EidPrefix[] = [];
  for (const record of request.records) {
    const eid = readEid(record.eid, record.maskBits);
    if (!eid.ok) return err(eid.error);
    eids.push(eid.value);
  }
  if (eids.length === 0) return err('no-records');
  const replyPort = ecm === undefined ? from.port : ecm.inner.sourcePort;
  return ok(ecm === undefined ? { request, eids, replyPort } : { request, ecm, eids, replyPort });
}

/** CP-02: a control message has the LISP port on either side. */
export function hasControlPort({ from, to }: ReceivedMessage): boolean {
  return from.port === CONTROL_PORT || to.port === CONTROL_PORT;
}

/** The first ITR-RLOC that a reply can be sent to; undefined when there is none (CP-07). */
export function replyTarget(
  { request, replyPort }: IncomingRequest,
  families: readonly Family[],
): UdpEndpoint | undefined {
  for (const rloc of request.itrRlocs) {
    const address = addressIp(rloc);
    if (address !== undefined && families.includes(address.family) && isLegalRloc(address)) {
      return { address, port: replyPort };
    }
  }
  return undefined;
}
