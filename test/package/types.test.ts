// The packed package's declarations, as compilers of its users read them.
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeProject, packageSkipReason, type Project } from './project.ts';
import { unexportedTypes } from './reachable.ts';

/** Uses each entry with types; the lines marked are errors that a compiler must find. */
const CONSUMER = `
import { createEngine, createEngineSync, createLpmSync, cidr, ip, Model, type DataPlane, type Verdict } from 'pxtr';
import { createEngine as fromUrl, engineModule } from 'pxtr/url';
import { compileEngine, Engine, Lpm } from 'pxtr/engine';
import { BoundedMapCache, seconds as inSeconds, type LearnedEntryView } from 'pxtr/map-cache';
import { buildUdpPacket, decodeControl, decodePacket, encodeControl, type ControlMessage } from 'pxtr/wire';
import { describePacket, PcapngWriter, readCapture } from 'pxtr/pcap';
import { importConfig, type Imported } from 'pxtr/import';
import { EngineWorker, openThread, WorkerPool, type ThreadEnd } from 'pxtr/workers';
import { parseConfig, renderConfig, type RouterOptions } from 'pxtr/ios';
import {
  createLab, Host, Lab, loadLab, Network, NEVER, Router, seconds, SeededRandom, Timeline,
  type Arrival, type Micros, type NetworkNode, type NodeOutput, type PingRequest,
} from 'pxtr/sim';

class Silent implements NetworkNode {
  readonly name = 'silent';
  readonly interfaces = ['eth0'];
  start(_now: Micros, _out: NodeOutput[]): void {}
  advance(_now: Micros, _arrivals: readonly Arrival[], _out: NodeOutput[]): void {}
  nextDeadline(): Micros { return NEVER; }
  ping(_now: Micros, _request: PingRequest, _out: NodeOutput[]): void {}
  traceroute(): void {}
  save(): unknown { return 0; }
  restore(_state: unknown): void {}
}

export async function planes(bytes: Uint8Array): Promise<DataPlane[]> {
  const module = await engineModule({ shared: false });
  return [
    await createEngine({ wasm: bytes }), createEngineSync({ wasm: module, entries: 10 }), new Model(),
    await fromUrl({ lpm: 'patricia' }), Engine.open(await compileEngine(bytes)),
  ];
}

export function learned(plane: DataPlane): LearnedEntryView[] {
  const cache = new BoundedMapCache(plane, { entries: 10, idle: inSeconds(60) });
  cache.sweep(inSeconds(1), 100);
  return cache.entries(inSeconds(1), undefined, 10);
}

export function values(verdict: Verdict): number[] {
  const lpm: Lpm = createLpmSync({ tableBytes: 65_536 });
  lpm.insert(cidr('10.0.0.0/8'), verdict.reason);
  return [lpm.lookup(ip('10.0.0.1')), ...lpm.lookupBatch(4, Uint32Array.of(1))];
}

export function messages(bytes: Uint8Array): string {
  const control = decodeControl(bytes);
  if (!control.ok) return \`\${control.error.code} at \${control.error.offset}\`;
  const message: ControlMessage = control.value;
  if (message.type === 'map-reply') return message.records.map((record) => record.ttlMinutes).join();
  const packet = decodePacket(encodeControl(message));
  return packet.ok ? describePacket(packet.value) : '';
}

export function network(text: string): Lab | undefined {
  const config = parseConfig(text);
  const options: RouterOptions | undefined = config.ok ? config.value.options : undefined;
  if (options === undefined) return undefined;
  const router = new Router(options, { dataPlane: new Model(), random: new SeededRandom(1) });
  const nodes: NetworkNode[] = [router, new Host({ name: 'h', addresses: [], gateways: [] }), new Silent()];
  new Network(nodes, [], { seed: 1, record: (record) => record.kind, handleInput: () => undefined }).runUntil(seconds(1));
  new Timeline<string>({ nodes, links: [], seed: 1, handleInput: (input) => input.length });
  const file = loadLab(new Map([['lab.yaml', renderConfig(options)]]));
  return file.ok ? createLab(file.value, { makeDataPlane: () => new Model(), nodes: [new Silent()] }) : undefined;
}

export async function threads(script: { readonly href: string }): Promise<WorkerPool> {
  const engine = createEngineSync({ shared: true, workers: 2 });
  const plane: EngineWorker = EngineWorker.open(engine.seat(1));
  plane.inject(new Uint8Array(20), { interfaceIndex: 0 });
  openThread().plane.collect((verdict: Verdict) => verdict.reason);
  return WorkerPool.start(engine, { script, onEnd: (end: ThreadEnd) => (end.exitCode === 0 ? 'leave' : 'restart') });
}

export function foreign(text: string): Imported | undefined {
  const imported = importConfig('oor', text, { addresses: new Map([['eth0', ['10.0.1.2/30']]]) });
  return imported.ok ? imported.value : undefined;
}

export function captured(bytes: Uint8Array): number {
  const capture = readCapture(bytes);
  new PcapngWriter().finishCopy();
  return capture.ok ? capture.value.packets.length : 0;
}

// @ts-expect-error a prefix is no text
createLpmSync().insert('10.0.0.0/8', 1);
// @ts-expect-error a source is needed
buildUdpPacket({ destination: ip('10.0.0.1') }, new Uint8Array(0));
// @ts-expect-error there is no such option
createEngineSync({ entriez: 1 });
// @ts-expect-error text is no module
createEngineSync({ wasm: 'engine.wasm' });
// @ts-expect-error a path is no module
createEngineSync({ wasm: { path: 'engine.wasm' } });
`;

const SETTINGS: readonly (readonly [string, ts.CompilerOptions])[] = [
  [
    'nodenext, without DOM',
    {
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      lib: ['lib.es2022.d.ts'],
    },
  ],
  [
    'node16, with DOM',
    {
      module: ts.ModuleKind.Node16,
      moduleResolution: ts.ModuleResolutionKind.Node16,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
    },
  ],
  [
    'bundler, with DOM',
    {
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
    },
  ],
];

describe.skipIf(packageSkipReason() !== undefined)('the declarations', () => {
  let project: Project;

  beforeAll(() => {
    project = makeProject();
    project.write('consumer.ts', CONSUMER);
  });

  afterAll(() => {
    project?.remove();
  });

  /** What has been read and parsed, by how files are to be understood and name: most programs share most of them. */
  const parsed = new Map<string, ts.SourceFile | undefined>();

  const compile = (file: string, more: ts.CompilerOptions): ts.Program => {
    const options = {
      target: ts.ScriptTarget.ES2022,
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      types: [],
      ...more,
    };
    const host = ts.createCompilerHost(options);
    const read = host.getSourceFile.bind(host);
    host.getSourceFile = (name, language, ...rest) => {
      const key = `${JSON.stringify(language)} ${name}`;
      if (!parsed.has(key)) parsed.set(key, read(name, language, ...rest));
      return parsed.get(key);
    };
    return ts.createProgram([file], options, host);
  };

  it.each(SETTINGS)('a program in TypeScript compiles: %s', (_, options) => {
    // skipLibCheck is off: our own declarations are checked as well. Those of dependencies are theirs.
    const program = compile(join(project.folder, 'consumer.ts'), { skipLibCheck: false, ...options });
    const problems = ts
      .getPreEmitDiagnostics(program)
      .filter(({ file }) => file === undefined || file.fileName.startsWith(project.folder))
      .map(
        ({ file, messageText }) =>
          `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
      );
    expect(problems).toEqual([]);
    expect(program.getSourceFile(join(project.home, 'dist/src/entries/sim.d.ts'))).toBeDefined();
  });

  const typesIn = (target: unknown): string[] =>
    typeof target !== 'object' || target === null
      ? []
      : Object.entries(target).flatMap(([key, value]) =>
          key === 'types' ? [String(value)] : typesIn(value),
        );

  it('each entry exports every type that it mentions', () => {
    const files = typesIn(project.manifest.exports);
    expect(files).toHaveLength(13);
    for (const file of files) {
      const path = join(project.home, file);
      const program = compile(path, { ...SETTINGS[0]![1], skipLibCheck: true });
      expect(unexportedTypes(program, path, project.home + '/'), file).toEqual([]);
    }
  });

  it('a type that is mentioned and not exported is found', () => {
    project.write('parts.d.ts', 'export interface Inner { x: 1 }\nexport interface Outer { inner: Inner }');
    const path = project.write('entry.d.ts', "export { Outer } from './parts.js';");
    const program = compile(path, SETTINGS[0]![1]);
    expect(unexportedTypes(program, path, project.folder + '/')).toEqual([
      'Inner (parts.d.ts), mentioned by Outer',
    ]);
  });

  it.each(['url', 'research'])('%s has one face on both platforms', (entry) => {
    const face = (file: string): string[] => {
      const path = join(project.home, file);
      const program = compile(path, SETTINGS[0]![1]);
      const checker = program.getTypeChecker();
      const module = checker.getSymbolAtLocation(program.getSourceFile(path)!)!;
      return checker
        .getExportsOfModule(module)
        .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
        .map((symbol) =>
          symbol.flags & ts.SymbolFlags.Value
            ? `${symbol.name}: ${checker.typeToString(checker.getTypeOfSymbol(symbol))}`
            : symbol.name,
        )
        .sort();
    };
    expect(face(`dist/src/entries/${entry}-node.d.ts`)).toEqual(face(`dist/src/entries/${entry}.d.ts`));
  });
});
