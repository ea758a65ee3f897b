import { useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useAddressed } from "./address.ts";
import { Answers } from "./answers.tsx";
import { DigitStage } from "./digitStage.tsx";
import { Features } from "./features.tsx";
import { session } from "./session.ts";
import { type Placement, placementAddressing, type Shift, withinReach } from "./shift.ts";
import { ShiftMaps } from "./shiftMaps.tsx";
import { TrainAll } from "./trainAll.tsx";
import "./translation.css";

/** What happens to networks when a digit moves. */
export function Translation(): JSX.Element {
  const placement = useAddressed(placementAddressing);
  useEffect(() => void session.open(), []);
  useSignalEffect(() => void session.show(placement.value));
  const move = (part: Partial<Placement>) => {
    placement.value = { ...placement.value, ...part };
  };
  const step = ({ dx, dy }: Shift) => {
    const { value } = placement;
    move({ dx: withinReach(value.dx + dx), dy: withinReach(value.dy + dy) });
  };
  const trained = session.phase.value.kind === "trained";
  return (
    <section class="card" aria-labelledby="idea-translation">
      <h2 id="idea-translation">What moving a digit does to a network</h2>
      <p>
        A seven is a seven wherever it stands. A fully connected network has to learn that for every place
        anew. A convolution gives the same numbers at the new place, because its weights are the same
        everywhere; whether the <em>answer</em> stays the same is up to what follows: full connections, as in
        LeNet-5, care for the place again, while pooling over the whole map forgets it. All three networks see
        centred digits only in training.
      </p>
      <TrainAll />
      <div class="moving">
        <DigitStage placement={placement.value} onMove={move} onStep={step} />
        <div class="results">
          <Answers placement={placement.value} />
          {trained && <ShiftMaps placement={placement.value} onMove={move} />}
        </div>
      </div>
      {trained && (
        <>
          <h3>Why: maps move along, hidden units do not</h3>
          <Features placement={placement.value} />
        </>
      )}
    </section>
  );
}
