// Runs axe-core on the screen in the theme given, once what moves has come to rest.
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
const look = async () => {
  root.dataset.theme = theme;
  const finite = document
    .getAnimations()
    .filter((animation) => animation.effect?.getComputedTiming().endTime < Infinity);
  await Promise.allSettled(finite.map((animation) => animation.finished));
  const { violations } = await axe.run(document, {
    runOnly: theme === "light" ? everything : colours,
    resultTypes: ["violations"],
  });
  // Screens scroll within themselves; a longer page would scroll them out of sight.
  const longer = root.scrollHeight - window.innerHeight;
  const scrolls = longer > 1 ? [`the page itself is ${longer}px longer than the window`] : [];
  return [...violations.map(line), ...scrolls].join("\n");
};
look()
  .catch((error) => `axe-core: ${error}`)
  .then((found) => {
    if (before === undefined) delete root.dataset.theme;
    else root.dataset.theme = before;
    answer(found);
  });
