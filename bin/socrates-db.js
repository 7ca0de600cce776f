#!/usr/bin/env node
// CommonJS, by the package.json in this folder: Node starts it faster than a module.
const argv = process.argv.slice(2);

/** Reports why there is no program to start, in the usual format of errors, without any built code. */
function notBuilt(reason) {
  const message = `socrates-db is not built: ${reason}`;
  const hint = `Run \`npm run build\` in ${require("node:path").dirname(__dirname)}, or install socrates-db again.`;
  if (/(^| )--format[= ]json( |$)/.test(argv.join(" "))) {
    const error = { code: "not-built", message, hint };
    process.stdout.write(`${JSON.stringify({ schemaVersion: 1, error }, null, 2)}\n`);
  }
  process.stderr.write(`error: ${message}\nhint: ${hint}\n`);
  process.exitCode = 2;
}

/** Loads the built program. Another build may be replacing the folder at this moment, so wait briefly. */
function load() {
  for (let tries = 0; ; tries++) {
    try {
      return require("../dist/entry.cjs");
    } catch (error) {
      if (error.code !== "MODULE_NOT_FOUND") throw error;
      if (tries === 5) return undefined;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
  }
}

const program = load();
if (program === undefined) notBuilt("dist/entry.cjs does not exist");
else {
  const end = (error) =>
    program
      .fail(error, argv)
      .catch(() => notBuilt(String(error?.message ?? error).split("\n")[0]) ?? 2)
      .then((exitCode) => process.exit(exitCode));
  process.on("uncaughtException", end);
  program.run(argv).then((exitCode) => {
    process.exitCode = exitCode;
  }, end);
}
