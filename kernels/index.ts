// The kernels, a family a file. Whatever these files export can be called as a step of a program.

export * from "./activation";
export * from "./arithmetic";
export { barrier } from "./control";
export * from "./copy";
export { multiplyAdd } from "./peak";
