/** Small pairs in a direction for which no script is proven yet, with a part of the reason. One that is fails the test. */
export const openSmallPairs: Readonly<Record<string, string>> = {
  "types: composite field type in a composite, back": "no condition describes it",
};
