// Holds answers of the API back, and notes in `window.moved` what can be pressed and moves.
const late = [300, 700, 100, 500, 900, 200];
const ask = window.fetch;
let asked = 0;
window.underWay = 0;
window.lastAnswer = 0;
window.moved = [];
window.fetch = async (...request) => {
  const url = String(request[0].url ?? request[0]);
  if (!url.includes("/api/")) return ask(...request);
  const wait = late[asked++ % late.length];
  window.underWay += 1;
  try {
    const answer = await ask(...request);
    await new Promise((resolve) => setTimeout(resolve, wait));
    return answer;
  } finally {
    window.underWay -= 1;
    window.lastAnswer = performance.now();
  }
};

const CONTROLS = "a, button, input, select, textarea, summary";
const NEVER_STILL = "#prerendered, .visually-hidden, .skip-link, .toasts";
const places = new Map();
const place = (control) => {
  const { left, top, width, height } = control.getBoundingClientRect();
  const scrolled = control.closest(".pane")?.scrollTop ?? 0;
  return width && height ? [Math.round(left), Math.round(top + scrolled)] : null;
};
const watch = () => {
  for (const control of document.querySelectorAll(CONTROLS)) {
    if (control.closest(NEVER_STILL)) continue;
    if (!control.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const now = place(control);
    if (!now) continue;
    const before = places.get(control) ?? now;
    places.set(control, now);
    // Nobody reaches for what is out of sight.
    const inSight = before[1] < innerHeight;
    if (inSight && Math.hypot(now[0] - before[0], now[1] - before[1]) > 4) {
      const name = (control.ariaLabel ?? control.innerText ?? control.id).trim().slice(0, 40);
      window.moved.push(`${control.localName} “${name}” from ${before} to ${now}`);
    }
  }
  requestAnimationFrame(watch);
};
requestAnimationFrame(watch);
