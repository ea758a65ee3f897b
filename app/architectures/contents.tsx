import type { Drawing, DrawnBox, Rectangle } from "convnets/diagram";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Colouring } from "./costs.ts";
import type { Description } from "./description.ts";
import { heats } from "./heat.ts";
import { contains, isSelected, keyOf, overlaps, span } from "./parts.ts";
import type { Selection } from "./selection.ts";
import { BoxShape, FrameShape, LineShape } from "./shapes.tsx";

interface Props {
  readonly drawing: Drawing;
  /** Only what overlaps it is drawn: ResNet-1202 has two thousand boxes. */
  readonly part: Rectangle;
  readonly description: Description;
  readonly selection: Selection;
  readonly colouring: Colouring;
  /** Where the arrow's head is defined. */
  readonly arrow: string;
  /** The box that Tab leads to, drawn wherever it is. */
  readonly reachable: DrawnBox | undefined;
  readonly onPress: (box: DrawnBox) => void;
  readonly onKeyDown: (event: KeyboardEvent, box: DrawnBox) => void;
}

/** The frames, lines and boxes of a drawing. */
export function Contents(props: Props): JSX.Element {
  const { drawing, part, description, selection, colouring, arrow, reachable } = props;
  const { boxes, frames, lines } = drawing;
  const { selected } = selection;
  // An open module is selected by its frame, not by what is in it.
  const framed = frames.some(({ path }) => path === selected.value);
  const heatOf = useMemo(() => heats(description.summary, colouring), [description, colouring]);
  return (
    <>
      {frames.map((frame, index) =>
        overlaps(part, frame) ? (
          <FrameShape
            key={frame.path}
            frame={frame}
            odd={frames.slice(0, index).filter((outer) => contains(outer, frame)).length % 2 === 1}
            selected={selected.value === frame.path}
            onClose={() => selection.toggle(frame.path)}
            onSelect={() => {
              selected.value = frame.path;
            }}
          />
        ) : undefined,
      )}
      {lines.map((line, index) =>
        overlaps(part, span(line)) ? <LineShape key={index} line={line} arrow={arrow} /> : undefined,
      )}
      {boxes.map((box) =>
        overlaps(part, box) || box === reachable ? (
          <BoxShape
            key={keyOf(box)}
            box={box}
            heat={heatOf(box)}
            selected={!framed && isSelected(box, selected.value)}
            reachable={box === reachable}
            onPress={() => props.onPress(box)}
            onKeyDown={(event) => props.onKeyDown(event, box)}
          />
        ) : undefined,
      )}
    </>
  );
}
