// Starts the app, and in a browser what starts it without a network. The build knows what `app-wasm` and `APP_WASM` stand for.
import start from "app-wasm";

// On iOS the keyboard covers the page; elsewhere the page ends above it, and this stays 0.
const seen = window.visualViewport;
seen?.addEventListener("resize", () => {
  const covered = seen.scale > 1 ? 0 : Math.max(0, innerHeight - seen.height);
  document.documentElement.style.setProperty("--keyboard", `${Math.round(covered)}px`);
});

// What the page came with is seen before the app takes of the network and the processor. In a tab
// that is not looked at it never is.
const PATIENCE_MS = 500;
const isSeen = new Promise((resolve) => {
  if (!document.getElementById("prerendered") || document.hidden) resolve();
  new PerformanceObserver(resolve).observe({ type: "paint", buffered: true });
  setTimeout(resolve, PATIENCE_MS);
});

// Keeping the app for a start without a network can wait until it has started with one. Where the
// network breaks off meanwhile, and in a browser that forbids it, it is tried again, ever more rarely.
const KEEP_AFTER_MS = 3000;
const keep = async (after) => {
  await new Promise((resolve) => setTimeout(resolve, after));
  const again = () => keep(2 * after);
  try {
    const { installing } = await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
    installing?.addEventListener("statechange", () => installing.state === "redundant" && again());
  } catch {
    again();
  }
};

isSeen
  .then(() => start({ module_or_path: APP_WASM }))
  .then(() => {
    if (!window.__TAURI__ && navigator.serviceWorker) keep(KEEP_AFTER_MS);
  })
  .catch((error) => {
    document.getElementById("start-failed")?.removeAttribute("hidden");
    throw error;
  });
