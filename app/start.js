// Starts the app. The build knows what `app-wasm` and `APP_WASM` stand for.
import start from "app-wasm";

start({ module_or_path: APP_WASM }).catch((error) => {
  document.getElementById("start-failed")?.removeAttribute("hidden");
  throw error;
});
