// Answers once nothing is loading, arriving or moving, or with what still is after some seconds.
// The argument says whether loading may go on.
const [unfinished, answer] = arguments;
const until = performance.now() + 8000;
const restless = () => {
  if (document.getElementById("prerendered")) return "the app has not started";
  if (document.fonts.status !== "loaded") return "fonts";
  const pictures = [...document.images].filter((image) => image.loading !== "lazy");
  if (pictures.some((image) => !image.complete)) return "pictures";
  if (!unfinished && document.querySelector(".skeleton, [aria-busy=true]")) return "something is loading";
  const moves = (animation) =>
    animation.playState === "running" && animation.effect?.getComputedTiming().endTime < Infinity;
  return document.getAnimations().some(moves) ? "something moves" : null;
};
const look = () => {
  const problem = restless();
  if (problem && performance.now() < until) return requestAnimationFrame(look);
  requestAnimationFrame(() => requestAnimationFrame(() => answer(problem)));
};
look();
