import type { Reporter, TestModule } from "vitest/node";

/** What a title shows where its cases do not have what it names. */
const unfilled = /\bundefined\b|\[object /;

/** Fails a run in which the title of a test does not say what it is about. */
export class TitleReporter implements Reporter {
  onTestModuleCollected(module: TestModule): void {
    for (const { fullName } of module.children.allTests()) {
      if (!unfilled.test(fullName)) continue;
      process.stderr.write(`the title of a test is not filled in: ${module.relativeModuleId}: ${fullName}\n`);
      process.exitCode = 1;
    }
  }
}
