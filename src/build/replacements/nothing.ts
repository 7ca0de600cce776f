/** Stands for a module of Node that a package loads for something that this program never asks of it. */
export default {};
