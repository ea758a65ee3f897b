import type { JSX } from "preact";
import type { Session } from "./session.ts";
import { percent } from "./text.ts";

interface TrainFirstProps {
  readonly session: Session;
  onTrained(id: string): void;
}

/** The way to a first network: some seconds of training, here. */
export function TrainFirst({ session, onTrained }: TrainFirstProps): JSX.Element {
  const training = session.training.value;
  const train = async (): Promise<void> => {
    const id = await session.train();
    if (id !== undefined) onTrained(id);
  };
  return (
    <div class="stack train-first">
      {training === undefined ? (
        <div class="row">
          <button type="button" class="primary" onClick={() => void train()}>
            Train LeNet-5 on 9,000 digits now
          </button>
          <span class="muted">It takes some seconds, and the network is kept in this browser.</span>
        </div>
      ) : (
        <div class="stack">
          <progress
            aria-label="Training"
            max={training === "starting" ? undefined : training.steps}
            value={training === "starting" ? undefined : training.step}
          />
          <p class="muted">
            {training === "starting"
              ? "Fetching the digits …"
              : `Step ${training.step} of ${training.steps}, loss ${training.loss.toFixed(2)}${training.accuracy === undefined ? "" : `, ${percent(training.accuracy)} of the test digits right`}`}
          </p>
        </div>
      )}
    </div>
  );
}
