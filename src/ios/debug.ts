/** `debug lisp ...`, `debug ip rip`: what a router notices while it works, as lines of its console. */
import type { Micros } from '../base/time.ts';
import type { TraceEvent, TraceFields } from '../base/trace.ts';
import { dayOfMarch, timeOfDay } from './clock.ts';
import { ripText } from './debug-rip.ts';

export interface DebugTopic {
  /** The words behind `debug lisp`; of another protocol its `words`. */
  readonly name: string;
  /** The words behind `debug`, and what the topic is called, when it is not LISP's. */
  readonly words?: string;
  readonly title?: string;
  readonly help: string;
  /** `source:event` of the trace events, or the beginning of it with a `*`. */
  readonly events: readonly string[];
}

export const DEBUG_TOPICS: readonly DebugTopic[] = [
  {
    name: 'control-plane messages',
    help: 'LISP control messages',
    events: [
      'itr:map-request-sent',
      'itr:map-request-given-up',
      'itr:map-reply-received',
      'lig:*',
      'etr:map-reply-sent',
      'map-resolver:*',
      'map-server:map-request-forwarded',
      'map-server:proxy-reply',
      'map-server:negative-reply',
    ],
  },
  {
    name: 'control-plane remote-eid-cache',
    help: 'Map-Cache entries that come and go',
    events: ['itr:map-cache-*'],
  },
  {
    name: 'control-plane etr-map-server',
    help: 'Registrations of this ETR with its Map-Servers',
    events: ['etr:register-sent', 'etr:withdraw-sent', 'etr:map-notify-received'],
  },
  {
    name: 'control-plane map-server-registration',
    help: 'Registrations with this Map-Server',
    events: ['map-server:registered', 'map-server:withdrawn', 'map-server:map-notify-sent'],
  },
  {
    name: 'control-plane map-server-registration-errors',
    help: 'Registrations that this Map-Server refuses, and why',
    events: ['map-server:registration-refused'],
  },
  {
    name: 'forwarding packets',
    help: 'Packets that wait for a mapping, or are dropped',
    events: ['router:*'],
  },
  { name: 'rip', words: 'ip rip', title: 'RIP protocol', help: 'Routes told and learned', events: ['rip:*'] },
];

/** The line of a trace event; undefined when no topic that is on has it. */
export function debugLine(now: Micros, event: TraceEvent, topics: readonly string[]): string | undefined {
  const name = `${event.source}:${event.event}`;
  const isOn = DEBUG_TOPICS.some(
    (topic) => topics.includes(topic.name) && topic.events.some((each) => covers(each, name)),
  );
  if (!isOn) return undefined;
  return `*Mar ${String(dayOfMarch(now)).padStart(2)} ${timeOfDay(now)}: ${debugText(event)}`;
}

/** What `debug` says of an event, whichever topic it belongs to. */
export function debugText(event: TraceEvent): string {
  const { source, fields } = event;
  return source === 'rip' ? `RIP: ${ripText(event)}` : `LISP: ${textOf(`${source}:${event.event}`, fields)}`;
}

/** `show debugging`. */
export function describeDebugging(topics: readonly string[]): string[] {
  return DEBUG_TOPICS.filter(({ name }) => topics.includes(name)).map(stateOf(true));
}

/** What the console says when a topic is switched. */
export function stateOf(on: boolean): (topic: DebugTopic) => string {
  return ({ name, title = `LISP ${name}` }) => `${title} debugging is ${on ? 'on' : 'off'}`;
}

function covers(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function textOf(name: string, fields: TraceFields): string {
  const of = (field: string): string => String(fields[field] ?? '');
  switch (name) {
    case 'itr:map-request-sent':
    case 'lig:map-request-sent':
      return `Send map-request for EID prefix ${of('eid')} to ${of('to')}, nonce ${of('nonce')}, attempt ${of('attempt')}`;
    case 'itr:map-request-given-up':
      return `No map-reply for EID prefix ${of('eid')}, giving up`;
    case 'itr:map-reply-received':
    case 'lig:map-reply-received':
      return `Processing received Map-Reply from ${of('from')} for EID prefix ${of('eid')}, nonce ${of('nonce')}`;
    case 'etr:map-reply-sent':
      return `Send map-reply for EID prefix ${of('eids')} to ${of('to')}, nonce ${of('nonce')}`;
    case 'map-resolver:map-request-passed':
      return `MR: Map-Request for ${of('eid')} from ${of('from')} goes to the local Map-Server`;
    case 'map-server:map-request-forwarded':
      return `MS: Forward map-request for ${of('eid')} to ETR ${of('etr')}, nonce ${of('nonce')}`;
    case 'map-server:proxy-reply':
      return `MS: Send proxy map-reply for ${of('eid')} to ${of('to')}`;
    case 'map-resolver:negative-reply':
    case 'map-server:negative-reply':
      return `Send negative map-reply for ${of('eid')} to ${of('to')}: ${of('hole')}, ttl ${of('ttl')} minutes`;
    case 'itr:map-cache-installed':
      return `Remote EID prefix ${of('eid')}: installed, ${of('action')}${fields['rlocs'] ? `, RLOCs ${of('rlocs')}` : ''}`;
    case 'etr:register-sent':
      return `Send map-register to ${of('to')} for ${of('eids')}, nonce ${of('nonce')}, attempt ${of('attempt')}`;
    case 'etr:map-notify-received':
      return `Processing received Map-Notify from ${of('from')}, nonce ${of('nonce')}`;
    case 'map-server:map-notify-sent':
      return `MS: Send map-notify to ${of('to')}, nonce ${of('nonce')}`;
    case 'map-server:registered':
      return `MS: Registration of ${of('eid')} from ETR ${of('etr')}, site ${of('site')}`;
    case 'map-server:registration-refused':
      return `MS: Refuse map-register from ETR ${of('etr')}${refusedText(fields)}`;
    case 'router:packet:hold':
      return `Packet from ${of('from')} to ${of('to')} is held until there is a mapping`;
    case 'router:icmp-error-limited':
      return `No ICMP error to ${of('to')}, the limit in a second is reached`;
    case 'router:packet:miss-policy':
      return `Packet from ${of('from')} to ${of('to')} is dropped, there is no mapping yet`;
    default:
      return plainText(name, fields);
  }
}

/** ` for 192.168.1.1/32, site site1: map-register-authentication, mac`, as far as it is known. */
function refusedText({ eid, site, why, detail }: TraceFields): string {
  const what = eid === undefined ? '' : ` for ${eid}`;
  const whose = site === undefined ? '' : `, site ${site}`;
  return `${what}${whose}: ${why}${detail === undefined ? '' : `, ${detail}`}`;
}

/** `Packet hold from 192.168.1.1 to 4.4.4.4`: events without a text of their own. */
function plainText(name: string, fields: TraceFields): string {
  const what = name.slice(name.indexOf(':') + 1).replace(/[:-]/g, ' ');
  const rest = Object.entries(fields).map(([field, value]) => `${field} ${value}`);
  return [what.charAt(0).toUpperCase() + what.slice(1), ...rest].join(' ');
}
