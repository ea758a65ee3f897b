// The kernels, a family a file. Whatever these files export can be called as a step of a program.

export * from "./activation";
export * from "./arithmetic";
export * from "./batchNorm";
export * from "./batchNormGrad";
export * from "./channels";
export * from "./clip";
export { barrier } from "./control";
export * from "./conv";
export * from "./convGradient";
export * from "./convWeights";
export * from "./copy";
export * from "./distance";
export * from "./dropout";
export * from "./localResponseNorm";
export * from "./loss";
export * from "./matmul";
export * from "./maxPool";
export { multiplyAdd } from "./peak";
export * from "./shape";
export * from "./update";
export * from "./windows";
export * from "./winograd";
