// Whether the service worker that is served now is in charge of the page. Answers true or false.
const answer = arguments[arguments.length - 1];
(async () => {
  const served = (await (await fetch("/sw.js", { cache: "no-store" })).text()).match(/"(.*?)"/)[1];
  const { active, installing, waiting } = await navigator.serviceWorker.ready;
  const kept = (await caches.keys()).includes(`app-${served}`);
  const settled = !installing && !waiting && active?.state === "activated";
  return kept && settled && navigator.serviceWorker.controller === active;
})().then(answer, () => answer(false));
