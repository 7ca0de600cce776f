// Loaded before the program (NODE_OPTIONS): kills this process at one moment of one migration on an embedded
// database, by the messages to the engine's thread. SDB_KILL is the number of the migration and the moment.
import { Worker } from "node:worker_threads";

const [number, moment, delay = "0"] = (process.env.SDB_KILL ?? "").split(",");
const marker = `FROM socrates_db.migrations WHERE number = ${number})`;
const post = Worker.prototype.postMessage;
let inside;

function die() {
  const end = performance.now() + Number(delay);
  while (performance.now() < end);
  process.kill(process.pid, "SIGKILL");
}

Worker.prototype.postMessage = function (message, ...more) {
  if (message?.kind !== "data") return post.call(this, message, ...more);
  const text = Buffer.from(message.bytes).toString("latin1");
  if (text.includes(marker)) {
    inside = this;
    if (moment === "before the DDL") die();
  } else if (inside === this && text.slice(5) === "COMMIT\0") {
    if (moment === "at COMMIT") post.call(this, message, ...more);
    die();
  }
  return post.call(this, message, ...more);
};
