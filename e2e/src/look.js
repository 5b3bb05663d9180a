// Runs axe-core on the screen in the theme given, once what moves has come to rest, and looks for what
// axe-core does not: text that is cut off at the side, and text that runs the wrong way.
const [theme, answer] = arguments;
const root = document.documentElement;
const before = root.dataset.theme;
// All there is of WCAG 2.2 A and AA and best practice, and what of it sees colours, in which alone the themes differ.
const everything = {
  type: "tag",
  values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
};
const colours = { type: "rule", values: ["color-contrast", "link-in-text-block"] };
const line = ({ id, help, nodes }) =>
  nodes.map(({ html, failureSummary }) => `${id}: ${help}\n  ${html}\n  ${failureSummary}`).join("\n");

// Every text that can be seen, with the element that it stands in.
const texts = () => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const [node, element] = [walk.currentNode, walk.currentNode.parentElement];
    const hidden = element.closest(".visually-hidden, .skip-link, #prerendered, #splash, svg, script, option");
    if (node.data.trim() && !hidden && element.checkVisibility({ visibilityProperty: true }))
      found.push([node, element]);
  }
  return found;
};
const quote = (text) => `“${text.trim().slice(0, 60)}”`;

// A word may be longer than the screen is wide: it breaks. What scrolls sideways may be wider.
const cutOff = (found) => {
  const clips = new Map();
  const clipOf = (element) => {
    if (!element) return [0, window.innerWidth];
    if (clips.has(element)) return clips.get(element);
    const { overflowX, position } = getComputedStyle(element);
    const { left, right } = element.getBoundingClientRect();
    // What it stands in does not clip a sheet.
    const around = clipOf(position === "fixed" ? null : element.parentElement);
    const clip =
      overflowX === "visible" ? around
      : !around || overflowX !== "hidden" && element.scrollWidth > element.clientWidth ? null
      : [Math.max(left, around[0]), Math.min(right, around[1])];
    clips.set(element, clip);
    return clip;
  };
  return found.flatMap(([node, element]) => {
    const clip = clipOf(element);
    const range = document.createRange();
    range.selectNodeContents(node);
    const wide = ({ left, right, width }) => width > 0 && (left < clip[0] - 1 || right > clip[1] + 1);
    return clip && [...range.getClientRects()].some(wide) ? [`cut off at the side: ${quote(node.data)}`] : [];
  });
};

// What people type is written in any script, whatever the language of the app.
const RIGHT_TO_LEFT = /^[^\p{L}]*[\p{Script=Hebrew}\p{Script=Arabic}]/u;
const wrongWay = (found) => [
  ...found
    .filter(([node, element]) => RIGHT_TO_LEFT.test(node.data) && !element.closest("[dir=auto], bdi"))
    .map(([node, element]) => `without dir=auto: ${quote(node.data)} in ${element.outerHTML.slice(0, 120)}`),
  ...[...document.querySelectorAll("input, textarea")]
    .filter((it) => /^(text|search|email|url|textarea)$/.test(it.type) && it.dir !== "auto" && !it.closest("#prerendered"))
    .map((it) => `a field without dir=auto: ${it.outerHTML}`),
];

const look = async () => {
  root.dataset.theme = theme;
  // In WebKit, `finished` never resolves inside a closed <details>, but `playState` changes.
  const moves = ({ playState, effect }) =>
    playState === "running" && effect?.getComputedTiming().endTime < Infinity;
  while (document.getAnimations().some(moves)) await new Promise(requestAnimationFrame);
  const { violations } = await axe.run(document, {
    runOnly: theme === "light" ? everything : colours,
    resultTypes: ["violations"],
  });
  // Screens scroll within themselves; a longer page would scroll them out of sight.
  const longer = root.scrollHeight - window.innerHeight;
  const scrolls = longer > 1 ? [`the page itself is ${longer}px longer than the window`] : [];
  const found = texts();
  return [...violations.map(line), ...scrolls, ...cutOff(found), ...wrongWay(found)].join("\n");
};
look()
  .catch((error) => `axe-core: ${error}`)
  .then((found) => {
    if (before === undefined) delete root.dataset.theme;
    else root.dataset.theme = before;
    answer(found);
  });
