/** The part of WebAssembly that is used here. Its full types come with those of the browser, which must stay out. */
declare namespace WebAssembly {
  interface Module {
    readonly [Symbol.toStringTag]: string;
  }
  function compile(bytes: Uint8Array): Promise<Module>;
}
