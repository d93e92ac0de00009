// The camera: opened, chosen, and its faults named so that the page can say the fix.

const SIZE = { width: { ideal: 1280 }, height: { ideal: 720 } };

/** @type {Record<string, string>} */
const FAULTS = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};

/** A camera that did not open; `fix` is the key of the sentence that helps. */
export class CameraFault extends Error {
  /** @param {string} fix */
  constructor(fix) {
    super(fix);
    this.fix = fix;
  }
}

/** @param {MediaTrackConstraints} wanted */
async function open(wanted) {
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { ...wanted, ...SIZE } });
  } catch (fault) {
    const name = fault instanceof Error ? fault.name : "";
    throw new CameraFault(FAULTS[name] ?? "failed");
  }
}

/**
 * Show the chosen camera in `video` and return its stream.
 * Without a choice the camera that looks away from the screen is taken, where there are two.
 * @param {HTMLVideoElement} video
 * @param {string | null} deviceId
 */
export async function startCamera(video, deviceId) {
  if (!window.isSecureContext || !navigator.mediaDevices) throw new CameraFault("insecure");
  let stream;
  try {
    stream = await open(
      deviceId ? { deviceId: { exact: deviceId } } : { facingMode: "environment" },
    );
  } catch (fault) {
    const isMissing = fault instanceof CameraFault && fault.fix === "missing";
    if (!isMissing || !deviceId) throw fault;
    stream = await open({ facingMode: "environment" }); // the chosen one was unplugged
  }
  video.srcObject = stream;
  await video.play();
  return stream;
}

/** @param {HTMLVideoElement} video */
export function stopCamera(video) {
  for (const track of streamOf(video)?.getTracks() ?? []) track.stop();
  video.srcObject = null;
}

/**
 * Return the stream that a video shows, or null.
 * @param {HTMLVideoElement} video
 */
export function streamOf(video) {
  return video.srcObject instanceof MediaStream ? video.srcObject : null;
}

/** List the cameras; they have names only after one of them was allowed. */
export async function cameras() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter((device) => device.kind === "videoinput");
}

/**
 * Laptops' cameras look at the person: shown as in a mirror, hands find the way.
 * @param {MediaStream} stream
 */
export function looksAtViewer(stream) {
  return stream.getVideoTracks()[0]?.getSettings().facingMode !== "environment";
}
