/** Nodes of a lab by their names, as `ip host` or the DNS would tell a router. */
import type { Family, IpAddress } from '../base/ip.ts';
import { nearest } from './nearest.ts';

/** A node, and what its name stands for. */
export interface NamedHost {
  readonly name: string;
  /** The one that it is best known by first. */
  readonly addresses: readonly IpAddress[];
}

/** The host of this name, whose case does not matter where no other host has it. */
export function findHost(hosts: readonly NamedHost[], name: string): NamedHost | undefined {
  return (
    hosts.find((host) => host.name === name) ??
    hosts.find((host) => host.name.toLowerCase() === name.toLowerCase())
  );
}

/** Where to send to it: its first address of one of the families. */
export function addressOfHost({ addresses }: NamedHost, families: readonly Family[]): IpAddress | undefined {
  return addresses.find(({ family }) => families.includes(family));
}

/** Whom one could have meant. */
export function hintForHost(hosts: readonly NamedHost[], name: string): string {
  if (hosts.length === 0) return 'an address is expected';
  const names = hosts.map((host) => host.name);
  const near = nearest(name, names);
  return near === undefined ? `nodes are: ${names.join(', ')}` : `did you mean "${near}"?`;
}
