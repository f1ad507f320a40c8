/** Interface names: `fa0/0`, `FastEthernet 0/0`, `lo0` become FastEthernet0/0, FastEthernet0/0, Loopback0. */

interface InterfaceType {
  readonly name: string;
  /** As `show` commands print it. */
  readonly short: string;
  /** Numbered by a single number; the others by slot/subslot/port with an optional subinterface. */
  readonly virtual: boolean;
}

const TYPES: readonly InterfaceType[] = [
  { name: 'Ethernet', short: 'Et', virtual: false },
  { name: 'FastEthernet', short: 'Fa', virtual: false },
  { name: 'GigabitEthernet', short: 'Gi', virtual: false },
  { name: 'Loopback', short: 'Lo', virtual: true },
  { name: 'Null', short: 'Nu', virtual: true },
  { name: 'Serial', short: 'Se', virtual: false },
  { name: 'TenGigabitEthernet', short: 'Te', virtual: false },
  { name: 'Tunnel', short: 'Tu', virtual: true },
  { name: 'Vlan', short: 'Vl', virtual: true },
];

/** The interface that swallows packets: the target of discard routes. */
export const NULL_INTERFACE = 'Null0';

export const INTERFACE_TYPES: readonly string[] = TYPES.map(({ name }) => name);

/** The full name; undefined when `text` names no interface, or several types. */
export function normaliseInterface(text: string): string | undefined {
  const [, type, number] = /^([a-z]+)[ \t]*([0-9].*)$/i.exec(text) ?? [];
  const found = type === undefined ? undefined : interfaceType(type);
  if (found === undefined || number === undefined) return undefined;
  const shape = found.virtual ? /^[0-9]{1,9}$/ : /^[0-9]{1,9}(\/[0-9]{1,9}){0,3}(\.[0-9]{1,9})?$/;
  if (!shape.test(number)) return undefined;
  return found.name + number.replace(/[0-9]+/g, (digits) => String(Number(digits)));
}

/** The full name of a type from an unambiguous beginning of it. */
export function normaliseInterfaceType(text: string): string | undefined {
  return interfaceType(text)?.name;
}

/** `Fa0/0` for FastEthernet0/0; a name of no known type stays. */
export function abbreviateInterface(name: string): string {
  const [, type, number] = /^([A-Za-z]+)(.*)$/.exec(name) ?? [];
  const found = TYPES.find((candidate) => candidate.name === type);
  return found === undefined ? name : found.short + (number ?? '');
}

function interfaceType(text: string): InterfaceType | undefined {
  const start = text.toLowerCase();
  if (start === '') return undefined;
  const matches = TYPES.filter(({ name }) => name.toLowerCase().startsWith(start));
  return matches.length === 1 ? matches[0] : undefined;
}
