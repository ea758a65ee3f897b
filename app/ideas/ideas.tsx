import type { JSX } from "preact";
import "./ideas.css";
import "./inception.css";
import { FullConnection } from "./fullConnection.tsx";
import { InceptionBlock } from "./inceptionBlock.tsx";
import { Translation } from "./translation.tsx";

/** Why convolutional networks are built as they are, to try: three reasons that the numbers and the pictures show. */
export function Ideas(): JSX.Element {
  return (
    <div class="stack ideas">
      <FullConnection />
      <InceptionBlock />
      <Translation />
    </div>
  );
}
