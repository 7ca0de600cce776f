// Loaded before a program: says at its end how many modules it has loaded from files, and how large they were.
import { createRequire, register } from "node:module";
import { MessageChannel } from "node:worker_threads";

const { port1, port2 } = new MessageChannel();
let count = 0;
let bytes = 0;
port1.on("message", (size) => {
  count++;
  bytes += size;
});
port1.unref();
const hooks = `let port;
export async function initialize(data) { port = data.port; }
export async function load(url, context, next) {
  const loaded = await next(url, context);
  if (url.startsWith("file:") && !url.endsWith("count-modules.mjs")) port.postMessage(loaded.source?.length ?? 0);
  return loaded;
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`, {
  data: { port: port2 },
  transferList: [port2],
});
const { receiveMessageOnPort } = createRequire(import.meta.url)("node:worker_threads");
process.on("exit", () => {
  for (
    let message = receiveMessageOnPort(port1);
    message !== undefined;
    message = receiveMessageOnPort(port1)
  ) {
    count++;
    bytes += message.message;
  }
  process.stderr.write(`modules ${count} bytes ${bytes}\n`);
});
