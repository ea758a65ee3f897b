import { useSignal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { asPixels } from "../pictures/asImage.ts";
import { Camera } from "../pictures/camera.tsx";
import { DrawingPad } from "../pictures/drawingPad.tsx";
import { PictureDrop } from "../pictures/pictureDrop.tsx";
import { Examples } from "./examples.tsx";
import { drawPixels } from "./paint.ts";
import type { Session } from "./session.ts";

type Source = "draw" | "picture" | "camera" | "digits";

const sources: readonly { readonly source: Source; readonly title: string }[] = [
  { source: "draw", title: "Draw" },
  { source: "picture", title: "Picture" },
  { source: "camera", title: "Camera" },
  { source: "digits", title: "Test digits" },
];

/** What the network is shown: a drawing, a picture, the camera or a digit it has never seen. */
export function ShowCard({ session }: { readonly session: Session }): JSX.Element {
  const source = useSignal<Source>("draw");
  const chosen = useRef(false);
  // Networks that know no digits are shown pictures, unless the reader has something else in mind.
  useSignalEffect(() => {
    const network = session.network.value;
    if (!network || chosen.current) return;
    if (session.picture.peek() === undefined) source.value = network.digits ? "draw" : "picture";
  });
  return (
    <section class="card stack show" aria-labelledby="show-title">
      <h2 id="show-title">Show it something</h2>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset has a frame of its own */}
      <div class="row ways" role="group" aria-label="Where the picture comes from">
        {sources.map((each) => (
          <button
            key={each.source}
            type="button"
            aria-pressed={source.value === each.source}
            onClick={() => {
              chosen.current = true;
              if (source.value === each.source) return;
              source.value = each.source;
              session.show(undefined);
            }}
          >
            {each.title}
          </button>
        ))}
      </div>
      {source.value === "draw" && <DrawingPad onChange={(picture) => session.show(picture)} />}
      {source.value === "picture" && <Dropped session={session} />}
      {source.value === "camera" && (
        <Camera mode="live" onPicture={(picture) => session.show(picture)} rate={15} />
      )}
      {source.value === "digits" && <Examples session={session} />}
      <Reads session={session} />
    </section>
  );
}

function Dropped({ session }: { readonly session: Session }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const name = useSignal("");
  const picture = session.picture.value;
  useEffect(() => {
    if (canvas.current && picture) drawPixels(canvas.current, picture);
  }, [picture]);
  return (
    <>
      <PictureDrop
        label="Drop a picture here, or paste one"
        onPicture={(found) => {
          name.value = found.name;
          session.show(found.picture);
        }}
      />
      {picture && <canvas ref={canvas} class="preview" role="img" aria-label={`The picture ${name.value}`} />}
    </>
  );
}

/** What the network makes of the picture before it looks: small, and for digits white on black in the middle. */
function Reads({ session }: { readonly session: Session }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const image = session.answered.value?.image;
  const [, height = 28, width = 28] = session.opened.value?.input ?? [];
  useEffect(() => {
    if (!canvas.current) return;
    if (image) drawPixels(canvas.current, asPixels(image));
    else canvas.current.getContext("2d")?.clearRect(0, 0, canvas.current.width, canvas.current.height);
  }, [image]);
  return (
    <figure class="reads">
      <canvas
        ref={canvas}
        class={height < 100 ? "pixels" : ""}
        role="img"
        aria-label={image ? "What the network reads" : "What the network reads: nothing yet"}
      />
      <figcaption>
        What the network reads: {height} × {width} pixels
        {session.network.value?.digits && ", the ink scaled and centred as in its training"}
      </figcaption>
    </figure>
  );
}
