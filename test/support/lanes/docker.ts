import { existsSync } from "node:fs";
import { type Lane, password, throwAwaySettings } from "./lane.ts";

const image = `pgvector/pgvector:pg${process.env["SOCRATES_DB_TEST_POSTGRES"] ?? "17"}`;

/** Whether there may be a Docker engine; testcontainers tries it. */
export function dockerExpected(): boolean {
  return process.env["DOCKER_HOST"] !== undefined || existsSync("/var/run/docker.sock");
}

/** PostgreSQL with pgvector in a container: 17, or the major version that `SOCRATES_DB_TEST_POSTGRES` names. */
export async function dockerLane(): Promise<Lane> {
  const { PostgreSqlContainer } = await import("@testcontainers/postgresql");
  const settings = Object.entries(throwAwaySettings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const container = await new PostgreSqlContainer(image)
    .withDatabase("postgres")
    .withUsername("postgres")
    .withPassword(password)
    // An image may leave the encoding to the locale, and without a locale there is none.
    .withEnvironment({ LANG: "C.UTF-8", POSTGRES_INITDB_ARGS: "--encoding=UTF8" })
    .withCommand(["postgres", ...settings])
    .start();
  return {
    description: `Docker, ${image}`,
    url: container.getConnectionUri(),
    stop: async () => void (await container.stop()),
  };
}
