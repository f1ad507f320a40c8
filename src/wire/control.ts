/**
 * Every LISP control message (RFC 9301 §5). Decoding never throws, never reads out of range, ignores reserved bits
 * (CP-05) and bytes after the end; it keeps views of the bytes it was given, so a caller that reuses its buffer
 * copies first. Encoding throws only on a programmer error such as 40 ITR-RLOCs.
 */
import { assert, unreachable } from '../base/assert.ts';
import { Reader, Writer } from '../base/bytes.ts';
import {
  controlTypeName,
  TYPE_ECM,
  TYPE_MAP_NOTIFY,
  TYPE_MAP_NOTIFY_ACK,
  TYPE_MAP_REGISTER,
  TYPE_MAP_REPLY,
  TYPE_MAP_REQUEST,
} from './control-header.ts';
import { decodeEcm, describeEcm, ecmBytes, encodeEcm, type EncapsulatedControl } from './ecm.ts';
import { decoded, type Decoded } from './error.ts';
import { isUnderstood } from './lisp-address.ts';
import { decodeMapNotify, describeMapNotify, encodeMapNotify, mapNotifyBytes } from './map-notify.ts';
import {
  decodeMapRegister,
  describeMapRegister,
  encodeMapRegister,
  mapRegisterBytes,
} from './map-register.ts';
import { decodeMapReply, describeMapReply, encodeMapReply, mapReplyBytes } from './map-reply.ts';
import { decodeMapRequest, describeMapRequest, encodeMapRequest, mapRequestBytes } from './map-request.ts';
import type { PlainControl } from './plain-control.ts';

/** UDP port of the LISP control plane. */
export const CONTROL_PORT = 4342;

export type { UnknownControl } from './plain-control.ts';

/** Any message of UDP port 4342. */
export type ControlMessage = PlainControl | EncapsulatedControl;

/** Reads the payload of a UDP datagram. Offsets in errors count from its first byte, inside an ECM as well. */
export function decodeControl(bytes: Uint8Array): Decoded<ControlMessage> {
  return decoded(() => decodeMessage(new Reader(bytes)));
}

function decodeMessage(r: Reader): ControlMessage {
  return typeOf(r) === TYPE_ECM ? decodeEcm(r, decodePlain) : decodePlain(r);
}

function typeOf(r: Reader): number {
  const first = r.bytes[0] ?? r.fail('truncated', 'type');
  return first >>> 4;
}

function decodePlain(r: Reader): PlainControl {
  const code = typeOf(r);
  switch (code) {
    case TYPE_MAP_REQUEST:
      return decodeMapRequest(r);
    case TYPE_MAP_REPLY:
      return decodeMapReply(r);
    case TYPE_MAP_REGISTER:
      return decodeMapRegister(r);
    case TYPE_MAP_NOTIFY:
    case TYPE_MAP_NOTIFY_ACK:
      return decodeMapNotify(r);
    case TYPE_ECM:
      return r.fail('bad-value', 'nested ecm');
    default:
      return { type: 'unknown', code, raw: r.rest() };
  }
}

/** The payload of a UDP datagram, owned by the caller. */
export function encodeControl(message: ControlMessage): Uint8Array {
  const w = new Writer(controlBytes(message));
  encodeControlTo(w, message);
  return w.finishCopy();
}

/** Appends a message to what `w` already holds. */
export function encodeControlTo(w: Writer, message: ControlMessage): void {
  switch (message.type) {
    case 'map-request':
      encodeMapRequest(w, message);
      break;
    case 'map-reply':
      encodeMapReply(w, message);
      break;
    case 'map-register':
      encodeMapRegister(w, message);
      break;
    case 'map-notify':
    case 'map-notify-ack':
      encodeMapNotify(w, message);
      break;
    case 'ecm':
      encodeEcm(w, message, encodeControl);
      break;
    case 'unknown':
      assert(
        message.raw.length > 0 && message.raw[0]! >>> 4 === message.code,
        'raw bytes start with their type',
      );
      w.bytes(message.raw);
      break;
    default:
      unreachable(message);
  }
}

/** Bytes of the encoded form: what the size limits of CP-03 are held against, headers of the UDP packet apart. */
export function controlBytes(message: ControlMessage): number {
  switch (message.type) {
    case 'map-request':
      return mapRequestBytes(message);
    case 'map-reply':
      return mapReplyBytes(message);
    case 'map-register':
      return mapRegisterBytes(message);
    case 'map-notify':
    case 'map-notify-ack':
      return mapNotifyBytes(message);
    case 'ecm':
      return ecmBytes(message, controlBytes);
    case 'unknown':
      return message.raw.length;
    default:
      return unreachable(message);
  }
}

/** One line, whatever the message. */
export function describeControl(message: ControlMessage): string {
  switch (message.type) {
    case 'map-request':
      return describeMapRequest(message);
    case 'map-reply':
      return describeMapReply(message);
    case 'map-register':
      return describeMapRegister(message);
    case 'map-notify':
    case 'map-notify-ack':
      return describeMapNotify(message);
    case 'ecm':
      return describeEcm(message, describeControl);
    case 'unknown':
      return `${controlTypeName(message.code)}; ${message.raw.length} bytes`;
    default:
      return unreachable(message);
  }
}

/**
 * LC-04: true when a record's EID-Prefix is made only of LCAF types without a codec. Such a message decodes and
 * re-encodes, but whoever acts on messages drops and logs it.
 */
export function hasUnrecognizedEid(message: ControlMessage): boolean {
  switch (message.type) {
    case 'ecm':
      return hasUnrecognizedEid(message.message);
    case 'unknown':
      return false;
    default:
      return message.records.some((record) => !isUnderstood(record.eid));
  }
}
