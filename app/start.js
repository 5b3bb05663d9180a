// Starts the app, and in a browser what starts it without a network. The build knows what `app-wasm` and `APP_WASM` stand for.
import start from "app-wasm";

// On iOS the keyboard covers the page; elsewhere the page ends above it, and this stays 0.
const seen = window.visualViewport;
seen?.addEventListener("resize", () => {
  const covered = seen.scale > 1 ? 0 : Math.max(0, innerHeight - seen.height);
  document.documentElement.style.setProperty("--keyboard", `${Math.round(covered)}px`);
});

start({ module_or_path: APP_WASM }).catch((error) => {
  document.getElementById("start-failed")?.removeAttribute("hidden");
  throw error;
});

if (!window.__TAURI__ && navigator.serviceWorker) {
  addEventListener("load", () => {
    navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }).catch(() => {
      // A browser that forbids it has the app as long as it has a network.
    });
  });
}
