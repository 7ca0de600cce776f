import { describe, expect, it } from "vitest";
import { errorOf, start } from "../runner/helpers.ts";
import type { CliResult } from "../support/cli.ts";
import { engines, lastPhase, makePlace, type Place } from "../support/place.ts";
import { chance } from "./support/chance.ts";
import { expectAgreement, expectRecovery, ownChains, untilAlone } from "./support/invariants.ts";
import { times } from "./support/level.ts";

const rounds = Number(process.env["SOCRATES_DB_SOAK_ROUNDS"] ?? times(6, 25));
const given = process.env["SOCRATES_DB_SOAK_SEED"];

/** Draws one of several things. */
type Draw = <T>(choices: readonly [T, ...T[]]) => T;

/** A random command that moves the databases. */
function command(engine: Place["engine"], draw: Draw, next: () => number): string[] {
  const last = lastPhase(engine);
  const phase = String(Math.floor(next() * (last + 1)));
  const back = draw([
    ["--phase", phase],
    ["--steps", String(1 + Math.floor(next() * 4))],
    ["--to", "0"],
  ]);
  return [
    ...draw([
      ["migrate", "--phase", String(last)],
      ["migrate", "--phase", phase],
      ["migrate", "--phase", phase, "--atomic"],
      ["rollback", ...back],
      ["rollback", ...back, "--allow-data-loss"],
    ]),
    "--format",
    "json",
  ];
}

/** How a run may end: successfully, by a kill, or because another one uses the embedded directory. */
function mayEndLike(engine: Place["engine"], result: CliResult): boolean {
  if (result.exitCode === 0 || result.exitCode === "SIGKILL") return true;
  return engine === "embedded" && errorOf(result).code === "embedded-locked";
}

describe.each(engines)("the soak on the %s engine", (engine) => {
  it(
    `${rounds} rounds of migrate, rollback, kill and concurrent starts`,
    async () => {
      const { seed, next } = chance(given === undefined ? undefined : Number(given));
      process.stderr.write(`soak on the ${engine} engine: ${rounds} rounds, seed ${seed}\n`);
      const draw: Draw = (choices) => choices[Math.floor(next() * choices.length)] ?? choices[0];
      const place = await makePlace(engine);
      const truth = ownChains(engine);
      try {
        for (let round = 1; round <= rounds; round++) {
          const said: string[] = [];
          const runs = Array.from({ length: draw([1, 1, 2, 4]) }, async () => {
            const args = command(engine, draw, next);
            const killed = next() < 0.5 ? Math.round(next() * (engine === "server" ? 700 : 1500)) : undefined;
            said.push(`${args.join(" ")}${killed === undefined ? "" : `, killed after ${killed} ms`}`);
            const { child, result } = start(place, args);
            const timer = killed === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killed);
            const ended = await result;
            clearTimeout(timer);
            return ended;
          });
          const context = `seed ${seed}, round ${round}: ${said.join("; ")}`;
          for (const result of await Promise.all(runs))
            expect(mayEndLike(engine, result), `${context}\n${result.stderr}${result.stdout}`).toBe(true);
          await untilAlone(place);
          await expectAgreement(place, truth, context);
          if (round % 10 === 0 || round === rounds)
            await expectRecovery(place, truth, ["migrate", "--phase", String(lastPhase(engine))], context);
        }
      } finally {
        await place.dispose();
      }
    },
    rounds * 60_000,
  );
});
