// Loaded before the program: reports at its end what was evaluated and called, and how many modules of Node were
// loaded.
const { Session } = require("node:inspector");

const session = new Session();
session.connect();
session.post("Profiler.enable");
session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
const before = process.moduleLoadList.length;

/** The length of called code, without nested functions that were not called. */
function called({ functions }) {
  const ranges = functions.map(({ ranges: [range] }) => range);
  const runs = new Uint8Array(Math.max(...ranges.map(({ endOffset }) => endOffset)));
  // Functions are sorted by their beginnings, so nested ones come later.
  for (const { startOffset, endOffset, count } of ranges)
    runs.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  return runs.reduce((sum, byte) => sum + byte, 0);
}

process.on("exit", () => {
  const builtins = process.moduleLoadList.length - before;
  session.post("Profiler.takePreciseCoverage", (_, { result }) => {
    const scripts = result.filter(({ url }) => /[\\/]dist[\\/]/.test(url));
    // The bundler names the function that evaluates a module by the module's path.
    const modules = scripts
      .flatMap(({ functions }) => functions)
      .filter(
        ({ functionName, ranges: [range] }) => /^(src|node_modules)\//.test(functionName) && range.count > 0,
      );
    const bytes = scripts.reduce((sum, script) => sum + called(script), 0);
    process.stderr.write(`modules ${modules.length} bytes ${bytes} builtins ${builtins}\n`);
  });
});
