/** Replaces a Node module that a package loads for features that this program never uses. */
export default {};
