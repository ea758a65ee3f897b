import { sides } from "./crops.ts";
import type { TransformSpec } from "./definitions.ts";
import type { Size } from "./kinds.ts";

// What recipes begin with, by the size of the network's input.

/** What residual networks train on CIFAR with: 4 pixels of black around the picture, a crop of its size, half flipped. */
export function cifarTraining(size: Size = 32): readonly TransformSpec[] {
  return [{ name: "randomCrop", size, padding: 4 }, { name: "randomHorizontalFlip" }];
}

/** For digits and letters: turned and moved a little, never mirrored. */
export function digitTraining(size: Size = 28): readonly TransformSpec[] {
  return [
    { name: "randomRotation", degrees: 10 },
    { name: "randomCrop", size, padding: 2 },
  ];
}

/** What AlexNet was trained with: crops of the middle, 256 for 224, half of them flipped, in changing light. */
export function alexnetTraining(size: Size = 224): readonly TransformSpec[] {
  const [height, width] = sides(size);
  const whole = [Math.round((height * 256) / 224), Math.round((width * 256) / 224)] as const;
  return [
    { name: "resize", size: Math.max(...whole) },
    { name: "centerCrop", size: whole },
    { name: "randomCrop", size },
    { name: "randomHorizontalFlip" },
    { name: "lighting", std: 0.1 },
  ];
}

/** What torchvision's recipes train on ImageNet with. */
export function imagenetTraining(size: Size = 224): readonly TransformSpec[] {
  return [{ name: "randomResizedCrop", size }, { name: "randomHorizontalFlip" }];
}

/** What torchvision's weights are evaluated with: the shorter side at 256 for 224, and the middle of that. */
export function imagenetEvaluation(size = 224): readonly TransformSpec[] {
  return [
    { name: "resize", size: Math.round((size * 256) / 224) },
    { name: "centerCrop", size },
  ];
}
