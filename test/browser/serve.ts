// A page built by Vite, served from memory on a free port of this machine.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
};

export interface PageServer {
  readonly url: string;
  close(): Promise<void>;
}

const PAGE = fileURLToPath(new URL('page', import.meta.url));

/** Scripts of the page and WASM, nothing else. */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; img-src data:";

/** Bundles a folder with an index.html as a production build. Returns path -> content. */
export async function buildPage(root = PAGE): Promise<Map<string, string | Uint8Array>> {
  const output = await build({
    root,
    configFile: false,
    envDir: false,
    logLevel: 'warn',
    build: { write: false, target: 'esnext', ssr: false, modulePreload: false },
  });
  const bundles = Array.isArray(output) ? output : [output];
  const files = new Map<string, string | Uint8Array>();
  for (const bundle of bundles) {
    if (!('output' in bundle)) throw new Error('the page is built once, not watched');
    for (const part of bundle.output) {
      files.set(`/${part.fileName}`, part.type === 'chunk' ? part.code : part.source);
    }
  }
  return files;
}

/** Serves those files on 127.0.0.1 under a Content Security Policy. */
export async function serve(
  files: ReadonlyMap<string, string | Uint8Array>,
  policy = POLICY,
): Promise<PageServer> {
  const server = createServer((request, response) => {
    const path = request.url === '/' ? '/index.html' : (request.url ?? '/');
    const content = files.get(path);
    const type = TYPES[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
    response.writeHead(content === undefined ? 404 : 200, {
      'content-type': content === undefined ? 'text/plain' : type,
      'content-security-policy': policy,
    });
    response.end(content ?? 'not found');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve, reject) => {
        server.closeAllConnections();
        server.close((error) => (error === undefined ? resolve() : reject(error)));
      }),
  };
}
