/**
 * Width of a text in columns, for tables. cli-table3's own version compiles an expression of all emoji at each call;
 * this one uses the diagrams', and only if a text has more than Latin letters, lines and report marks.
 */
const narrow = /^[ -~\u00a0-\u02ff\u2026\u2500-\u257f\u2714\u2716]*$/;

module.exports = (text) => (narrow.test(text) ? text.length : require("string-width").default(text));
