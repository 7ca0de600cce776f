import { judgeSmallPairs } from "./judge-small-pairs.ts";

judgeSmallPairs((position) => position % 4 === 2);
