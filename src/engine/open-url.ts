/** The engine module over the network, compiled while it arrives. */

/** Throws what fetch throws, and WebAssembly.CompileError. The server must say `application/wasm`. */
export function moduleFromUrl(url: string | URL): Promise<WebAssembly.Module> {
  return WebAssembly.compileStreaming(fetch(url));
}
