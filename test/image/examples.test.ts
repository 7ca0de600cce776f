import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { parseAllDocuments } from "yaml";

const root = path.resolve(import.meta.dirname, "../..");

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
}

interface Workload {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly Container[];
        readonly initContainers?: readonly Container[];
      };
    };
  };
}

function containersOf(file: string): readonly Container[] {
  const documents = parseAllDocuments(readFileSync(path.join(root, "examples/kubernetes", file), "utf8"));
  return documents.flatMap((document): readonly Container[] => {
    expect(document.errors).toEqual([]);
    const { spec }: Workload = document.toJS();
    return [...(spec.template.spec.initContainers ?? []), ...spec.template.spec.containers];
  });
}

it.each(["job.yaml", "deployment.yaml"])("the arguments in %s are those of a command", (file) => {
  const own = containersOf(file).filter(({ image }) => image.includes("/migrations:"));
  expect(own).toHaveLength(1);
  for (const { args = [] } of own) {
    const help = execFileSync(process.execPath, [path.join(root, "bin/socrates-db.js"), ...args, "--help"], {
      encoding: "utf8",
    });
    expect(help).toContain(`socrates-db ${args[0]}`);
    for (const option of args.filter((word) => word.startsWith("--"))) expect(help).toContain(`${option} `);
  }
});
