import type { TraceEvent } from '../base/trace.ts';

/** What `debug ip rip` says of an event, in the words of IOS where it has some. */
export function ripText({ event, fields }: TraceEvent): string {
  const of = (field: string): string => String(fields[field] ?? '');
  switch (event) {
    case 'request-sent':
      return `sending general request on ${of('interface')} to 224.0.0.9`;
    case 'request-answered':
      return `answering the request of ${of('to')}`;
    case 'update-sent':
      return `sending v2 ${of('why')} update to 224.0.0.9 via ${of('interface')}, routes ${of('routes')}`;
    case 'update-received':
      return `received v2 update from ${of('from')} on ${of('interface')}, routes ${of('routes')}`;
    case 'route-learned':
      return `${of('prefix')} via ${of('via')} in ${of('metric')} hops`;
    case 'route-lost':
      return `${of('prefix')} via ${of('via')} is lost: ${of('why').replaceAll('-', ' ')}`;
    case 'route-forgotten':
      return `${of('prefix')} is forgotten`;
    case 'advertised':
      return `advertising ${of('prefix')}, ${of('how')}`;
    case 'withdrawn':
      return `no longer advertising ${of('prefix')}, ${of('how')}`;
    default:
      return event;
  }
}
