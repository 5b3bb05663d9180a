// Answers what is seen of the app and was not there before, or elsewhere or with other words, and
// the other way about.
const [answer] = arguments;
const app = document.querySelector(".shell");
const seen = (root) => {
  const own = (element) =>
    [...element.childNodes].map((node) => (node.nodeType === Node.TEXT_NODE ? node.data : "")).join("").trim();
  const said = [...root.querySelectorAll("*")].flatMap((element) => {
    const words = own(element) || element.placeholder || (element.matches("svg, img, .chip, .badge") && element.innerHTML.replaceAll("<!---->", ""));
    const { left, top, width, height } = element.getBoundingClientRect();
    const inSight = width > 0 && height > 0 && top < innerHeight && top + height > 0 && left < innerWidth;
    const shown = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    return words && inSight && shown ? [[words, ...[left, top, width, height].map(Math.round)].join(" ")] : [];
  });
  return new Set(said);
};
const frame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
const look = async () => {
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const before = document.adoptNode(page.getElementById("prerendered"));
  const now = seen(app);
  app.remove();
  document.body.prepend(before);
  await frame();
  const then = seen(before);
  before.replaceWith(app);
  if (now.size < 10) return [`only ${now.size} things are seen`];
  return [
    ...[...now].filter((line) => !then.has(line)).map((line) => `only the app: ${line}`),
    ...[...then].filter((line) => !now.has(line)).map((line) => `only before: ${line}`),
  ];
};
look().then(answer, (error) => answer([String(error)]));
