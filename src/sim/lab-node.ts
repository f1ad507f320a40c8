import { normaliseInterface } from '../ios/interface-name.ts';
import type { RouterOptions } from '../router/options.ts';
import type { HostOptions } from './host.ts';
import { suggest, type YamlValue } from './lab-yaml.ts';

/** A node of a lab as its folder describes it. */
export type LabNode =
  | {
      readonly kind: 'router';
      readonly name: string;
      readonly configFile: string;
      /** The configuration as written. */
      readonly config: string;
      readonly options: RouterOptions;
    }
  | { readonly kind: 'host'; readonly name: string; readonly options: HostOptions };

/** In order of their interface index. */
export function interfaceNames(node: LabNode): string[] {
  if (node.kind === 'host') return [node.options.interfaceName ?? 'eth0'];
  return node.options.interfaces.map(({ name }) => name);
}

/** The interface that a text means, abbreviated as on IOS or not: `Fa0/0`. Undefined when the node has none such. */
export function interfaceCalled(text: string, node: LabNode): string | undefined {
  const names = interfaceNames(node);
  return names.includes(text) ? text : names.find((name) => name === normaliseInterface(text));
}

/** The name of a node that is there, or a complaint. */
export function readNodeName(value: YamlValue | undefined, nodes: readonly LabNode[]): string | undefined {
  const name = value?.text();
  if (value === undefined || name === undefined || nodes.some((node) => node.name === name)) return name;
  return value.complain(
    `there is no node ${name}`,
    suggest(
      name,
      nodes.map((node) => node.name),
    ),
  );
}
