import type { JSX } from "preact";
import { Camera } from "../pictures/camera.tsx";
import { DrawingPad } from "../pictures/drawingPad.tsx";
import { PictureDrop } from "../pictures/pictureDrop.tsx";
import { ownPixels, ownSide } from "./source.ts";
import { change, settings } from "./state.ts";

const sides = [28, 48, 64, 96, 128];

/** The reader's own picture: dropped, chosen, pasted, drawn, or what a camera sees, live. */
export function OwnPicture(): JSX.Element {
  return (
    <div class="own stack">
      <PictureDrop label="Drop or paste a picture" onPicture={({ picture }) => take(picture)} />
      <details>
        <summary>Camera</summary>
        <Camera mode="live" onPicture={take} />
      </details>
      <details>
        <summary>Drawing</summary>
        <DrawingPad onChange={(picture) => picture && take(picture)} />
      </details>
      {settings.value.picture === "own" && (
        <label class="row">
          <span>Longer side</span>
          <select
            value={ownSide.value}
            onChange={({ currentTarget }) => {
              ownSide.value = Number(currentTarget.value);
            }}
          >
            {sides.map((side) => (
              <option key={side} value={side}>
                {side} pixels
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}

function take(picture: ImageData): void {
  ownPixels.value = picture;
  if (settings.peek().picture !== "own") change({ picture: "own" });
}
