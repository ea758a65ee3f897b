import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useAddress, usePicture } from "./address.ts";
import { Arithmetic } from "./arithmetic.tsx";
import "./convolution.css";
import { Formula } from "./formula.tsx";
import { GeometryCard } from "./geometryCard.tsx";
import { KernelCard } from "./kernelCard.tsx";
import { LessonBar } from "./lessonBar.tsx";
import { PictureCard } from "./pictureCard.tsx";
import { pause } from "./playback.ts";
import { Player } from "./player.tsx";
import { StackCard } from "./stackCard.tsx";
import { Stage } from "./stage.tsx";

/** A picture, a window that moves over it, and what it computes there. */
export function Convolution(): JSX.Element {
  useAddress();
  const failure = usePicture();
  useEffect(() => pause, []);
  return (
    <div class="convolution">
      <LessonBar />
      <div class="controls stack">
        <PictureCard failure={failure} />
        <KernelCard />
        <GeometryCard />
      </div>
      <div class="main stack">
        <div class="card">
          <Stage />
          <Player />
        </div>
        <Arithmetic />
        <Formula />
      </div>
      <StackCard />
    </div>
  );
}
