/** Has the browser keep the page for times without its server, once it has loaded. Not while it is developed. */
export function keepOffline(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  addEventListener("load", () => {
    // Where it may not, as in some private windows, the page works as it is.
    navigator.serviceWorker.register("./serviceWorker.js", { updateViaCache: "none" }).catch(() => {});
  });
}
