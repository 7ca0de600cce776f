import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Reporter, TestCase, TestModule, Vitest } from "vitest/node";
import { full } from "./level.ts";
import { faultsOf, matrix } from "./matrix.ts";
import { type FaultTest, faultsPage, notRun, resultOf } from "./page.ts";

/** Reports the results of each fault's tests, with reasons for skipped ones, and writes the page if requested. */
export class FaultReporter implements Reporter {
  private root = "";

  onInit(vitest: Vitest): void {
    this.root = vitest.config.root;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules
      .flatMap((module) => [...module.children.allTests()].map((test) => this.read(module, test)))
      .filter(({ faults }) => faults.length > 0);
    for (const { number, fault } of matrix) {
      const own = tests.filter(({ faults }) => faults.includes(number));
      if (own.length > 0) process.stderr.write(`fault ${number}: ${resultOf(own)} (${fault})\n`);
    }
    if (!full || process.env["SOCRATES_DB_FAULTS_PAGE"] !== "1") return;
    const page = path.join(this.root, "docs/faults.md");
    const earlier = existsSync(page) ? readFileSync(page, "utf8") : "";
    writeFileSync(page, faultsPage(tests, notRun(earlier, new Set(tests.map(({ file }) => file)))));
  }

  private read(module: TestModule, test: TestCase): FaultTest {
    const result = test.result();
    return {
      file: path.relative(this.root, module.moduleId).split(path.sep).join("/"),
      title: test.fullName,
      faults: faultsOf(test.fullName),
      state: result.state,
      note: result.state === "skipped" ? result.note : undefined,
    };
  }
}
