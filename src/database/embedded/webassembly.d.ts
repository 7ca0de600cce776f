/**
 * The part of WebAssembly's types that is used here. The full types come with those of the browser, which are
 * excluded.
 */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
    readonly [Symbol.toStringTag]: string;
    static exports(module: Module): { readonly name: string }[];
  }
  class Memory {
    constructor(limits: { initial: number; maximum: number; shared: boolean });
    readonly buffer: ArrayBuffer | SharedArrayBuffer;
  }
  function compile(bytes: Uint8Array): Promise<Module>;
}
