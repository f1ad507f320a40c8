/** Which frame of a capture answers which: nonces of control messages, identifiers and sequence numbers of echoes. */
import { formatIp } from '../base/ip-text.ts';
import type { IpAddress } from '../base/ip.ts';
import { formatHexNonce } from './field.ts';
import { layersOf, type Layer } from './packet.ts';

/** A frame as far as its place in a conversation goes. */
export interface ExchangeFrame {
  /** Undefined for a frame without a packet. */
  readonly packet: Layer | undefined;
  /** Microseconds since any beginning. */
  readonly timeMicros: number;
  /** Frames of one link are rather request and answer than frames of two. */
  readonly link: string;
}

/** What is known of one frame. Indices count from 0. */
export interface Exchange {
  readonly responseIn?: number;
  readonly responseTo?: number;
  /** Microseconds between request and answer, at the answer. */
  readonly responseMicros?: number;
  /** A request whose answer is due and not in the capture. */
  readonly isUnanswered: boolean;
  /** An answer to nothing in the capture. */
  readonly isUnasked: boolean;
}

interface Part {
  readonly key: string;
  /** `optional`: not every request of the kind is answered, or an answer may come unasked. */
  readonly optional: boolean;
}

interface Role {
  readonly request?: Part;
  readonly answer?: Part;
}

/** One entry a frame. Requests forwarded over several links are each answered by the same answer. */
export function matchExchanges(frames: readonly ExchangeFrame[]): Exchange[] {
  const roles = frames.map(({ packet }) => (packet === undefined ? {} : roleOf(packet)));
  const requests = framesByKey(roles, ({ request }) => request?.key);
  const answers = framesByKey(roles, ({ answer }) => answer?.key);
  return roles.map(({ request, answer }, i) => {
    const link = frames[i]!.link;
    const later = request === undefined ? [] : (answers.get(request.key) ?? []).filter((at) => at > i);
    const earlier = answer === undefined ? [] : (requests.get(answer.key) ?? []).filter((at) => at < i);
    const responseIn = later.find((at) => frames[at]!.link === link) ?? later[0];
    const responseTo = earlier.findLast((at) => frames[at]!.link === link) ?? earlier.at(-1);
    return {
      ...(responseIn === undefined ? {} : { responseIn }),
      ...(responseTo === undefined
        ? {}
        : { responseTo, responseMicros: frames[i]!.timeMicros - frames[responseTo]!.timeMicros }),
      isUnanswered: request?.optional === false && responseIn === undefined,
      isUnasked: answer?.optional === false && responseTo === undefined,
    };
  });
}

function framesByKey(
  roles: readonly Role[],
  keyOf: (role: Role) => string | undefined,
): Map<string, number[]> {
  const frames = new Map<string, number[]>();
  for (const [i, role] of roles.entries()) {
    const key = keyOf(role);
    if (key === undefined) continue;
    const known = frames.get(key);
    if (known === undefined) frames.set(key, [i]);
    else known.push(i);
  }
  return frames;
}

/** Of the innermost layer that takes part; what an ICMP error quotes does not. */
function roleOf(packet: Layer): Role {
  let role: Role = {};
  let ends: { readonly source: IpAddress; readonly destination: IpAddress } | undefined;
  for (const layer of layersOf(packet)) {
    if (layer.kind === 'ip') ends = layer.ip;
    else if (layer.kind === 'control') role = controlRole(layer.message) ?? role;
    else if (layer.kind === 'icmp') {
      const { message } = layer;
      if (ends === undefined || (message.type !== 'echo-request' && message.type !== 'echo-reply'))
        return role;
      const isRequest = message.type === 'echo-request';
      const [asker, asked] = isRequest ? [ends.source, ends.destination] : [ends.destination, ends.source];
      const key = `echo ${formatIp(asker)} ${formatIp(asked)} ${message.identifier} ${message.sequence}`;
      return isRequest ? { request: { key, optional: false } } : { answer: { key, optional: false } };
    }
  }
  return role;
}

type Message = Extract<Layer, { readonly kind: 'control' }>['message'];

function controlRole(message: Message): Role | undefined {
  switch (message.type) {
    case 'map-request':
      // An SMR asks for a Map-Request of another nonce, not for a Map-Reply.
      return {
        request: {
          key: `map ${formatHexNonce(message.nonce)}`,
          optional: message.dontReply || (message.smr && !message.probe),
        },
      };
    case 'map-reply':
      return { answer: { key: `map ${formatHexNonce(message.nonce)}`, optional: false } };
    case 'map-register':
      return {
        request: { key: `register ${formatHexNonce(message.nonce)}`, optional: !message.wantMapNotify },
      };
    case 'map-notify': {
      const nonce = formatHexNonce(message.nonce);
      // Unsolicited ones are acknowledged, those that answer a Map-Register are not (RFC 9301 §5.7).
      return {
        answer: { key: `register ${nonce}`, optional: true },
        request: { key: `notify ${nonce}`, optional: true },
      };
    }
    case 'map-notify-ack':
      return { answer: { key: `notify ${formatHexNonce(message.nonce)}`, optional: false } };
    default:
      return undefined;
  }
}
