/** Names of counters as people read them: `no-usable-rloc` is "No usable RLOC". */

/** Those that their own words would not explain. */
const PHRASES: ReadonlyMap<string, string> = new Map([
  ['local', 'To this router'],
  ['drop', 'Map-Cache entry says drop'],
  ['no-action', 'Map-Cache entry without an action'],
  ['hold', 'Held until there is a mapping'],
  ['miss-policy', 'Dropped by miss-policy'],
  ['map-request-sent', 'Map-Requests sent'],
  ['map-reply-received', 'Map-Replies received'],
  ['map-reply-sent', 'Map-Replies sent'],
  ['register-sent', 'Map-Registers sent'],
  ['withdraw-sent', 'Map-Registers sent to withdraw'],
  ['map-notify-received', 'Map-Notifies received'],
  ['map-request-passed', 'Map-Requests for own Map-Server'],
  ['map-request-forwarded', 'Map-Requests forwarded to ETRs'],
  ['proxy-reply', 'Proxy Map-Replies sent'],
  ['negative-reply', 'Negative Map-Replies sent'],
  ['registered', 'Map-Register records accepted'],
  ['withdrawn', 'Map-Register records withdrawn'],
  ['map-notify-sent', 'Map-Notifies sent'],
  ['icmp-error-limited', 'ICMP errors not sent (limit)'],
]);

const MESSAGE = /\bmap (request|reply|register|notify|cache|server|resolver)/g;
const ACRONYM = /\b(ecm|ecn|eid|etr|gpe|icmp|ip|itr|lisp|mac|mtu|petr|pitr|rip|rloc|ttl|udp)\b/g;

/** The name without what stands before its colon, in words. */
export function counterWords(name: string): string {
  const bare = name.slice(name.indexOf(':') + 1);
  const phrase = PHRASES.get(bare);
  if (phrase !== undefined) return phrase;
  return capital(
    bare
      .replaceAll('-', ' ')
      .replace(MESSAGE, (_, word: string) => `Map-${capital(word)}`)
      .replace(ACRONYM, (word) => word.toUpperCase()),
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
