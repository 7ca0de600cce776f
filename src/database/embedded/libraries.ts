import type { postgresMod } from "@electric-sql/pglite";
import { CApi } from "./c-api.ts";

type Engine = postgresMod.PostgresMod;

/** What Emscripten gives to PostgreSQL's module for its libraries. */
export interface LibraryImports {
  readonly env: { readonly _dlopen_js: (library: number) => number; readonly [name: string]: unknown };
  /** The addresses of all symbols; -1 for one that is not resolved. */
  readonly "GOT.mem": Readonly<Record<string, { value: number }>>;
}

/** Fields of `struct dso`, which C fills for a library that it opens (emscripten's dynlink.c). */
const field = { data: 28, dataSize: 32, name: 36 } as const;

/** Symbols of the linker, which it does not resolve. */
const internal = /^(?:__|_emscripten_)/;

/** Functions of PostgreSQL that its libraries for encodings call, and the engine leaves out (conv.c). */
const conversions = [
  "UtfToLocal",
  "LocalToUtf",
  "local2local",
  "latin2mic",
  "mic2latin",
  "latin2mic_with_table",
  "mic2latin_with_table",
] as const;

/**
 * Libraries of PostgreSQL, such as those of extensions. After a return to a state before a library was opened,
 * PostgreSQL opens it again, while Emscripten still has it and would not write its data into the memory: it is
 * therefore opened under another name.
 */
export class Libraries {
  private readonly opened = new Map<string, number>();
  private engine: Engine | undefined;

  /** Called with the engine before it starts. */
  attach(engine: Engine): void {
    this.engine = engine;
  }

  /** The imports with an opening that can be repeated. */
  imports<Imports extends LibraryImports>(imports: Imports): Imports {
    const { env, "GOT.mem": symbols } = imports;
    const own: Record<string, unknown> = env;
    // A library finds them here; one that is nowhere would end the engine.
    for (const name of conversions) own[name] ??= () => this.refuseConversion();
    const open = (library: number): number => {
      const { engine } = this;
      if (engine === undefined) return env._dlopen_js(library);
      const name: string = engine["UTF8ToString"](library + field.name);
      const times = this.opened.get(name) ?? 0;
      const load = () => env._dlopen_js(library);
      const result = times === 0 ? load() : this.reopen(engine, library, { name, times, symbols, load });
      if (result !== 0) this.opened.set(name, times + 1);
      return result;
    };
    return { ...imports, env: { ...env, _dlopen_js: open } };
  }

  private refuseConversion(): never {
    if (this.engine === undefined) throw new Error("a library is opened by an engine");
    return new CApi(this.engine).raise(
      "0A000",
      "the embedded engine does not convert between these encodings",
      "It converts between UTF8 and LATIN1 only: run this on a server.",
    );
  }

  private reopen(
    engine: Engine,
    library: number,
    again: {
      readonly name: string;
      readonly times: number;
      readonly symbols: LibraryImports["GOT.mem"];
      readonly load: () => number;
    },
  ): number {
    const { name, times, symbols, load } = again;
    const content: Uint8Array<ArrayBuffer> = engine.FS.readFile(name);
    for (const { name: symbol } of WebAssembly.Module.exports(new WebAssembly.Module(content))) {
      const entry = internal.test(symbol) || `_${symbol}` in engine ? undefined : symbols[symbol];
      if (entry !== undefined) entry.value = -1;
    }
    const data: number = engine["_malloc"](content.length);
    engine["HEAPU8"].set(content, data);
    const put = (bytes: Uint8Array, at: number) => engine["HEAPU8"].set(bytes, library + at);
    const words = (...values: number[]) => new Uint8Array(Uint32Array.from(values).buffer);
    put(words(data, content.length), field.data);
    put(Buffer.from(String(times).padStart(4, "0")), field.name);
    try {
      return load();
    } finally {
      put(words(0, 0), field.data);
      put(Buffer.from(name.slice(0, 4)), field.name);
      engine["_free"](data);
    }
  }
}
