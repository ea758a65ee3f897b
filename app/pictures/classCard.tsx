import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Camera } from "./camera.tsx";
import {
  type KeptPicture,
  type PictureClass,
  renamed,
  withoutClass,
  withoutPicture,
  withPictures,
} from "./classes.ts";
import { DrawingPad } from "./drawingPad.tsx";
import { encode } from "./encode.ts";
import { plain } from "./names.ts";
import { ownClasses } from "./ownSet.ts";
import { PictureDrop } from "./pictureDrop.tsx";

/** How pictures are added. */
export type Way = "draw" | "camera" | "files";

const ways: readonly { readonly way: Way; readonly title: string }[] = [
  { way: "draw", title: "Draw" },
  { way: "camera", title: "Camera" },
  { way: "files", title: "Files" },
];
/** So many thumbnails show at first: each is a picture that the browser decodes. */
const shown = 20;

interface ClassCardProps {
  readonly one: PictureClass;
  readonly way: Way | undefined;
  onWay(way: Way | undefined): void;
}

/** One class: its name, its pictures, and the ways to more of them. */
export function ClassCard({ one, way, onWay }: ClassCardProps): JSX.Element {
  const all = useSignal(false);
  const { id, name, pictures } = one;
  const add = async (picture: ImageData, exact = false): Promise<void> => {
    const file = await encode(picture, exact);
    ownClasses.value = withPictures(ownClasses.value, id, [file]);
  };
  const some = all.value ? pictures : pictures.slice(-shown);
  return (
    <section class="card stack" aria-label={`Class ${name}`}>
      <div class="row head">
        <input
          aria-label="Name of the class"
          value={name}
          onChange={({ currentTarget }) => {
            const next = plain(currentTarget.value);
            currentTarget.value = next || name;
            if (next !== "") ownClasses.value = renamed(ownClasses.value, id, next);
          }}
        />
        <span class="muted count">
          {pictures.length} {pictures.length === 1 ? "picture" : "pictures"}
        </span>
        <button
          type="button"
          aria-label={`Remove the class ${name}`}
          title="Remove the class"
          onClick={() => {
            ownClasses.value = withoutClass(ownClasses.value, id);
          }}
        >
          ×
        </button>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset has a frame of its own */}
      <div class="row" role="group" aria-label={`Add pictures to ${name}`}>
        {ways.map((each) => (
          <button
            key={each.way}
            type="button"
            aria-pressed={way === each.way}
            onClick={() => onWay(way === each.way ? undefined : each.way)}
          >
            {each.title}
          </button>
        ))}
      </div>
      {way === "draw" && <Draw onDrawn={(picture) => add(picture, true)} />}
      {way === "camera" && <Camera mode="burst" onPicture={(picture) => void add(picture)} />}
      {way === "files" && <PictureDrop many onPicture={({ picture }) => add(picture)} />}
      {pictures.length > 0 && (
        <ul class="thumbs">
          {some.map((picture) => (
            <Thumb
              key={picture.id}
              picture={picture}
              label={`Remove picture ${pictures.indexOf(picture) + 1} of ${name}`}
              onRemove={() => {
                ownClasses.value = withoutPicture(ownClasses.value, id, picture.id);
              }}
            />
          ))}
        </ul>
      )}
      {pictures.length > some.length && (
        <button
          type="button"
          onClick={() => {
            all.value = true;
          }}
        >
          Show all {pictures.length}
        </button>
      )}
    </section>
  );
}

function Draw({ onDrawn }: { onDrawn(picture: ImageData): Promise<void> }): JSX.Element {
  const drawn = useSignal<ImageData | undefined>(undefined);
  const revision = useSignal(0);
  return (
    <div class="stack">
      <DrawingPad
        revision={revision.value}
        onChange={(picture) => {
          drawn.value = picture;
        }}
      />
      <div>
        <button
          type="button"
          class="primary"
          disabled={!drawn.value}
          onClick={() => {
            if (drawn.value) void onDrawn(drawn.value);
            drawn.value = undefined;
            revision.value += 1;
          }}
        >
          Add the drawing
        </button>
      </div>
    </div>
  );
}

interface ThumbProps {
  readonly picture: KeptPicture;
  readonly label: string;
  onRemove(): void;
}

function Thumb({ picture, label, onRemove }: ThumbProps): JSX.Element {
  const image = useRef<HTMLImageElement>(null);
  useEffect(() => {
    const url = URL.createObjectURL(picture.file);
    if (image.current) image.current.src = url;
    return () => URL.revokeObjectURL(url);
  }, [picture]);
  return (
    <li>
      <button type="button" aria-label={label} title="Remove" onClick={onRemove}>
        <img ref={image} alt="" width="56" height="56" decoding="async" />
      </button>
    </li>
  );
}
