// Whether the service worker that is served now is in charge of the page. Answers what is missing, or
// nothing.
const answer = arguments[arguments.length - 1];
(async () => {
  const served = (await (await fetch("/sw.js", { cache: "no-store" })).text()).match(/"(.*?)"/)[1];
  const registration = await navigator.serviceWorker.getRegistration();
  if (!registration) return "nothing is registered";
  const { active, installing, waiting } = registration;
  const kept = await caches.keys();
  if (!kept.includes(`app-${served}`)) return `app-${served} is served, and kept is ${kept}`;
  if (installing || waiting || active?.state !== "activated")
    return `installing ${installing?.state}, waiting ${waiting?.state}, active ${active?.state}`;
  return navigator.serviceWorker.controller === active ? null : "another is in charge";
})().then(answer, (error) => answer(String(error)));
