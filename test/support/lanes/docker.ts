import { existsSync } from "node:fs";
import { type Lane, password, throwAwaySettings } from "./lane.ts";

const image = "pgvector/pgvector:pg17";

/** Whether there may be a Docker engine; testcontainers tries it. */
export function dockerExpected(): boolean {
  return process.env["DOCKER_HOST"] !== undefined || existsSync("/var/run/docker.sock");
}

/** PostgreSQL 17 with pgvector in a container. */
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
