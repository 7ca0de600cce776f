import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { type FromWorker, slot, type ToWorker } from "./messages.ts";

/** With more than this on its way to the client the worker waits: a long result must not fill the memory. */
const largestBacklog = 4 * 1024 * 1024;

/** The worker's end of the channel. Waiting blocks the thread: PostgreSQL asks for input from within a call. */
export class Mailbox {
  private readonly port: MessagePort;
  private readonly cells: Int32Array;
  constructor(port: MessagePort, shared: SharedArrayBuffer) {
    this.port = port;
    this.cells = new Int32Array(shared);
  }

  /** Waits for the next message. */
  receive(): ToWorker {
    for (;;) {
      // Read before checking for messages: one that arrives in between changes the cell, and the wait returns at
      // once.
      const seen = Atomics.load(this.cells, slot.inbox);
      const received = receiveMessageOnPort(this.port);
      if (received !== undefined) return received.message;
      Atomics.store(this.cells, slot.waits, 1);
      Atomics.wait(this.cells, slot.inbox, seen);
      Atomics.store(this.cells, slot.waits, 0);
    }
  }

  /** Whether PostgreSQL still has to ask what an interrupt is about. */
  get isInterrupted(): boolean {
    return Atomics.load(this.cells, slot.interrupts) !== Atomics.load(this.cells, slot.taken);
  }

  takeInterrupts(): void {
    Atomics.store(this.cells, slot.taken, Atomics.load(this.cells, slot.interrupts));
  }

  /** Asks the program's thread for an alarm, instead of an earlier one; 0 for none. */
  setAlarm(delay: number): void {
    const alarm = Atomics.add(this.cells, slot.alarm, 1) + 1;
    if (delay > 0) this.send({ kind: "alarm", alarm, delay });
  }

  /** Whether the alarm's time has come; once for each. */
  takeAlarm(): boolean {
    const alarm = Atomics.load(this.cells, slot.alarm);
    return Atomics.compareExchange(this.cells, slot.due, alarm, 0) === alarm && alarm !== 0;
  }

  /** Whether this unit should be cancelled; once. */
  takeCancel(unit: number): boolean {
    return unit !== 0 && Atomics.compareExchange(this.cells, slot.cancelled, unit, 0) === unit;
  }

  send(message: FromWorker): void {
    this.port.postMessage(message);
  }

  /** Sends bytes to the client. Returns when the client has read enough for more to follow. */
  sendData(client: number, bytes: Uint8Array<ArrayBuffer>): void {
    Atomics.add(this.cells, slot.unread, bytes.length);
    this.port.postMessage({ kind: "data", client, bytes } satisfies FromWorker, [bytes.buffer]);
    for (;;) {
      const unread = Atomics.load(this.cells, slot.unread);
      if (unread <= largestBacklog) return;
      Atomics.wait(this.cells, slot.unread, unread);
    }
  }
}
