import { judgeSmallPairs } from "./judge-small-pairs.ts";

/** A sample of the pairs that the slow suites judge. */
judgeSmallPairs((position) => position % 40 === 7);
