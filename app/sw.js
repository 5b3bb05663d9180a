// Keeps the web app on the device, so that it starts without a network. The build writes VERSION and
// FILES before this: `/index.html`, and what it needs, named by content. What the API answers is
// never kept here.
const CACHE = `app-${VERSION}`;
const PAGE = "/index.html";
const NAMED_BY_CONTENT = "/assets/";
// Whatever a server says: what is named by content is the same for all who ask.
const BY_NAME = { ignoreVary: true };
// A network that takes longer for the page is none.
const PATIENCE_MS = 3000;

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  if (mode === "navigate" && !pathname.startsWith("/api/")) event.respondWith(page(event));
  else if (pathname.startsWith(NAMED_BY_CONTENT)) event.respondWith(asset(event.request));
});

async function install() {
  // What is left of an attempt that failed.
  await caches.delete(CACHE);
  const cache = await caches.open(CACHE);
  await Promise.all(FILES.map(async (file) => cache.put(file, await load(file))));
  await skipWaiting();
}

async function load(file) {
  if (file.startsWith(NAMED_BY_CONTENT)) {
    const kept = await caches.match(file, BY_NAME);
    if (kept) return kept;
  }
  const response = await fetch(file, file === PAGE ? { cache: "no-cache" } : {});
  if (!response.ok) throw new Error(`${file}: ${response.status}`);
  return response;
}

async function activate() {
  // Pages of the version before may be open, and load their parts yet.
  const names = (await caches.keys()).filter((name) => name.startsWith("app-"));
  await Promise.all(names.slice(0, -2).map((name) => caches.delete(name)));
  await registration.navigationPreload?.enable();
  await clients.claim();
}

// The page as it is now, so that a new version is there at once; the kept one without a network.
async function page(event) {
  const kept = async () => (await caches.open(CACHE)).match(PAGE);
  const fresh = (async () => {
    const response = (await event.preloadResponse) ?? (await fetch(event.request));
    return response.status < 500 ? response : ((await kept()) ?? response);
  })();
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS)).then(kept);
  try {
    return (await Promise.race([fresh, late])) ?? (await fresh);
  } catch (error) {
    const response = await kept();
    if (response) return response;
    throw error;
  }
}

async function asset(request) {
  return (await caches.match(request, BY_NAME)) ?? fetch(request);
}
