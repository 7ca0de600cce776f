#!/usr/bin/env node
// CommonJS, by the package.json beside it: Node starts it faster than a module.
const { run } = require("../dist/entry.cjs");

run(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
