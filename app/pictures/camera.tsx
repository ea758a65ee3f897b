import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import "./pictures.css";

export interface CameraProps {
  onPicture(picture: ImageData): void;
  /**
   * `single`: a button takes a picture. `live`: another one switches on that pictures come all the time. `burst`:
   * pictures come while the button is held. Default "single".
   */
  readonly mode?: "single" | "live" | "burst";
  /** Pictures a second, live or in a burst. Default 10. */
  readonly rate?: number;
}

/** The height of the pictures. */
const height = 288;

/** The device's camera, once the reader has allowed it. It is off as soon as this is gone from the page. */
export function Camera({ onPicture, mode = "single", rate = 10 }: CameraProps): JSX.Element {
  const video = useRef<HTMLVideoElement>(null);
  const stream = useSignal<MediaStream | undefined>(undefined);
  const cameras = useSignal<readonly MediaDeviceInfo[]>([]);
  const asking = useSignal(false);
  const running = useSignal(false);
  const failure = useSignal("");
  const gone = useRef(false);
  const tell = useRef(onPicture);
  tell.current = onPicture;

  const stop = (): void => {
    for (const track of stream.value?.getTracks() ?? []) track.stop();
    stream.value = undefined;
    running.value = false;
  };
  const start = async (device?: string): Promise<void> => {
    stop();
    asking.value = true;
    failure.value = "";
    try {
      const wanted = device === undefined ? { facingMode: "environment" } : { deviceId: { exact: device } };
      const media = navigator.mediaDevices;
      if (media === undefined)
        throw new Error("The browser gives cameras only to pages of https or localhost.");
      const opened = await media.getUserMedia({ video: { ...wanted, height: { ideal: 480 } } });
      if (gone.current) {
        for (const track of opened.getTracks()) track.stop();
        return;
      }
      stream.value = opened;
      cameras.value = (await media.enumerateDevices()).filter(({ kind }) => kind === "videoinput");
    } catch (error) {
      failure.value = refusal(error);
    } finally {
      asking.value = false;
    }
  };
  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
      stop();
    };
  }, []);

  const shown = stream.value;
  useEffect(() => {
    const element = video.current;
    if (!element || !shown) return;
    element.srcObject = shown;
    // It may be gone before it plays.
    element.play().catch(() => undefined);
  }, [shown]);

  const take = (): void => {
    const picture = video.current && frameOf(video.current);
    if (picture) tell.current(picture);
  };
  const flowing = running.value;
  useEffect(() => {
    if (!flowing) return;
    let last = Number.NEGATIVE_INFINITY;
    let frame = requestAnimationFrame(function next(now) {
      frame = requestAnimationFrame(next);
      if (now - last < 1000 / rate - 4) return;
      last = now;
      take();
    });
    return () => cancelAnimationFrame(frame);
  }, [flowing, rate]);

  if (!shown)
    return (
      <div class="camera">
        <button type="button" disabled={asking.value} onClick={() => void start()}>
          {asking.value ? "Waiting for your permission …" : "Use the camera"}
        </button>
        <p class="muted">Its pictures stay in this page.</p>
        {failure.value !== "" && (
          <p class="notice" role="alert">
            {failure.value}
          </p>
        )}
      </div>
    );
  const current = shown.getVideoTracks()[0]?.getSettings().deviceId;
  const hold = (held: boolean) => () => {
    running.value = held;
  };
  return (
    <section class="camera" aria-label="Camera">
      <video ref={video} muted playsInline aria-label="What the camera sees" />
      <div class="row">
        {mode === "burst" ? (
          <button
            type="button"
            class="primary"
            aria-pressed={flowing}
            onPointerDown={hold(true)}
            onPointerUp={hold(false)}
            onPointerLeave={hold(false)}
            onPointerCancel={hold(false)}
            onKeyDown={({ key }) => {
              if (key === " " || key === "Enter") running.value = true;
            }}
            onKeyUp={hold(false)}
            onBlur={hold(false)}
          >
            Hold to record
          </button>
        ) : (
          <button type="button" onClick={take}>
            Take a picture
          </button>
        )}
        {mode === "live" && (
          <button type="button" aria-pressed={flowing} onClick={hold(!flowing)}>
            Live
          </button>
        )}
        <button type="button" onClick={stop}>
          Turn off
        </button>
      </div>
      {cameras.value.length > 1 && (
        <select
          aria-label="Which camera"
          value={current}
          onChange={({ currentTarget }) => void start(currentTarget.value)}
        >
          {cameras.value.map(({ deviceId, label }, index) => (
            <option key={deviceId} value={deviceId}>
              {label || `Camera ${index + 1}`}
            </option>
          ))}
        </select>
      )}
    </section>
  );
}

function frameOf(video: HTMLVideoElement): ImageData | undefined {
  if (video.videoWidth === 0) return undefined;
  const width = Math.round((height * video.videoWidth) / video.videoHeight);
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context?.drawImage(video, 0, 0, width, height);
  return context?.getImageData(0, 0, width, height);
}

function refusal(error: unknown): string {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError")
    return "The camera was not allowed. The sign beside the address of this page lets you allow it; then try again.";
  if (name === "NotFoundError" || name === "OverconstrainedError")
    return "There is no camera on this device.";
  if (name === "NotReadableError") return "The camera is in use by another program. Close it, and try again.";
  return error instanceof Error ? error.message : String(error);
}
