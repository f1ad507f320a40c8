/** Engine modules from files: the shared and debug builds, or one of the caller's own. */
import { readFile } from 'node:fs/promises';

/** Throws what node:fs throws, and WebAssembly.CompileError. */
export async function moduleFromFile(path: string | URL): Promise<WebAssembly.Module> {
  return WebAssembly.compile(new Uint8Array(await readFile(path)));
}

/** The builds that ship beside the package. */
export function builtModule(build: 'engine' | 'engine.shared'): Promise<WebAssembly.Module> {
  return moduleFromFile(new URL(`../../build/${build}.wasm`, import.meta.url));
}
