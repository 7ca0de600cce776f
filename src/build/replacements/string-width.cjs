/**
 * Columns of a text, for tables. The version that cli-table3 brings along compiles an expression of all emoji at each call;
 * this takes diagrams' own, and that only where a text holds more than Latin letters, lines and the marks of reports.
 */
const narrow = /^[ -~\u00a0-\u02ff\u2026\u2500-\u257f\u2714\u2716]*$/;

module.exports = (text) => (narrow.test(text) ? text.length : require("string-width").default(text));
