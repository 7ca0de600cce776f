/**
 * Words and turns of phrase that read like a translation, each with what to write instead. A blank in a pattern is any
 * white space. `unless` names the places where the word is right, with the reason.
 */

/** @typedef {{ pattern: string, write: string, unless?: string }} Rule */

/** @type {readonly Rule[]} */
export const rules = [
  { pattern: "mend(s|ed|ing)?", write: "fix" },
  { pattern: "anew", write: "again, start over, rebuild" },
  { pattern: "(pass|passes|passed|passing) over", write: "skip" },
  { pattern: "look(s|ed|ing)? at", write: "check, read" },
  {
    pattern: "undid|undo|undoes|undoing|undone",
    write: "roll back, reverse",
    unless: "[=|]undone|`undo`", // a value of --confirm, and other tools' command in the changelog
  },
  {
    pattern: "(is|are|was|were|be|been) no",
    write: "is not a …, must be …",
    unless: "there (is|are|was|were|be|been) no|(is|are|was|were) no (longer|more than)", // plain English
  },
  { pattern: "nobody|everybody|somebody|anybody", write: "no one, any client, PUBLIC, another user" },
  { pattern: "whoever", write: "any client that, a user who" },
  { pattern: "of others", write: "another tool's, another user's" },
  {
    pattern:
      "of (its|their|our|his|my|your) own(?=[.,;:)]|$| (and|or|but|in|for|to|with|by|on|at|there|which|that|where|when|as|is|are|has|have))",
    write: "its own, a separate",
  },
  { pattern: ", too(?=[.,:;)!?]|$)", write: "also, before the verb" },
  { pattern: "as well(?=[.,:;)!?]|$)", write: "also, before the verb" },
  { pattern: "beside", write: "next to, besides, with" },
  { pattern: "gone", write: "missing, was dropped, was closed, no longer exists" },
  { pattern: "stands?|stood", write: "is, exists, appears", unless: "stand-in" },
  { pattern: "(hang|hangs|hung) together", write: "is consistent" },
  { pattern: "(come|comes|came) along", write: "is included" },
  { pattern: "(hold|holds|held|holding)( \\S+){0,4} against", write: "check against, compare with" },
  { pattern: "(is|are|was|were) to be", write: "should be, expected" },
  { pattern: "(stated|exists?|listed|declared|defined|there) twice", write: "duplicate, more than once" },
  { pattern: "\\w+s? too many(?= [^\\w]|[.,;:)]|$)", write: "unexpected, extra" },
  { pattern: "(say|says|said|know|knows|known|ask|asks|asked) of", write: "say about, know about, ask" },
  { pattern: "length of time|lengths of time", write: "duration" },
  { pattern: "whole numbers?", write: "integer" },
  { pattern: "made-up|made up", write: "sample, generated" },
  { pattern: "(lead|leads|led) nowhere", write: "dangles" },
  {
    pattern: "nothing is called|is called otherwise|one is called",
    write: "no object named, was renamed to",
  },
  {
    pattern: "(lie|lies|lay) (above|below|around|between|before|behind|under|in|on|at)",
    write: "is above, is below",
  },
  { pattern: "(is|are|was|were) tried again|tries again", write: "retries" },
  { pattern: "as little as", write: "nor" },
  { pattern: "(let|lets|letting) go", write: "release" },
  { pattern: "(go|goes|went|going) on(?! (a|the|to|with)\\b)", write: "continue" },
  { pattern: "of no use|no use", write: "useless, not needed" },
  { pattern: "where none (is|are|was|were)|where nothing is (given|said)", write: "if, without" },
  { pattern: "for ever", write: "forever" },
  { pattern: "log-ins?", write: "login" },
  { pattern: "look-ups?", write: "lookup" },
  { pattern: "roll-outs?", write: "rollout" },
  { pattern: "start-ups?", write: "startup" },
  { pattern: "(counted|measured|compared|checked|shown) is", write: "the active voice: who counts what" },
  { pattern: "has (its|their) say", write: "decides" },
  {
    pattern:
      "behind (it|its|them|their|each|the (name|column|command|table|last|string|statement|option|dash|directive)|a (name|column|command|table|string))",
    write: "after",
    unless: "(queues?|wait|waits) behind \\w+",
  },
];
