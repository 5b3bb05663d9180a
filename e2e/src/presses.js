// What a person can press, and what presses do. Arguments: what to do, and the number of a control.
//   "list"   answers what each control is called.
//   "aim"    brings a control into view, notes where everything is and what is chosen, and answers
//            where to press.
//   "judge"  answers what is wrong after three presses on that point.
//   "revert" chooses again what was chosen of its like.
const [task, index, answer] = arguments;

const root = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
const isSeen = (element) =>
  element.getClientRects().length > 0 &&
  element.checkVisibility({ visibilityProperty: true }) &&
  !element.closest("#prerendered, .toasts");
const all = (selector) => [...root.querySelectorAll(selector)].filter(isSeen);
const faceOf = (control) => (control.matches("input") ? control.closest("label") : control);
const nameOf = (element) =>
  (element.getAttribute("aria-label") || faceOf(element)?.innerText || element.placeholder || element.id || "")
    .replace(/\s+/g, " ")
    .trim();

// Whatever is pressed to change something here, rather than to go elsewhere.
const controls = () =>
  [
    ...root.querySelectorAll(
      "[role=group]:has(> output) > button, [aria-pressed], [type=checkbox], [type=radio], summary",
    ),
  ].filter((control) => faceOf(control) && isSeen(faceOf(control)) && !control.disabled);

const stateOf = (control) => {
  const output = control.parentElement.querySelector(":scope > output");
  if (output) return Number(output.innerText);
  if (control.matches("input")) return control.checked;
  if (control.matches("summary")) return control.parentElement.open;
  return control.getAttribute("aria-pressed") === "true";
};

// Its corner and its center: a button that shrinks while pressed keeps its center, one whose text grows
// keeps its corner.
const placeOf = (element) => {
  const { left, top, width, height } = element.getBoundingClientRect();
  return [left, top, left + width / 2, top + height / 2];
};

const frames = (count) =>
  new Promise((resolve) => {
    const next = () => (count-- > 0 ? requestAnimationFrame(next) : resolve());
    next();
  });

// Nothing moves and nothing is loaded for some frames.
const rest = async () => {
  const until = performance.now() + 8000;
  for (let calm = 0; calm < 4 && performance.now() < until; ) {
    await frames(1);
    const moves = document
      .getAnimations()
      .some((it) => it.playState === "running" && it.effect?.getComputedTiming().endTime < 2000);
    calm = moves || root.querySelector("[aria-busy=true], .skeleton") ? 0 : calm + 1;
  }
};

const aim = async () => {
  const control = controls()[index];
  const face = faceOf(control);
  face.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
  await rest();
  const { left, top, width, height } = face.getBoundingClientRect();
  const [x, y] = [left + Math.min(width / 2, 60), top + height / 2].map(Math.round);
  const hit = document.elementFromPoint(x, y);
  window.aimed = {
    control,
    x,
    y,
    name: nameOf(control),
    before: controls().map((each) => [each, stateOf(each)]),
    places: all("a[href], button, input, select, textarea, summary, label").map((each) => [each, placeOf(each)]),
    url: location.href,
  };
  return { x, y, name: window.aimed.name, covered: !face.contains(hit) };
};

const isOneOfSeveral = (control) => control.matches("[type=radio], .chip");

// What three presses make of a control.
const isRight = (control, before, now) => {
  if (typeof before === "number") {
    const step = control.parentElement.querySelector(":scope > button") === control ? -3 : 3;
    const stopped = control.getAttribute("aria-disabled") === "true";
    return now === before + step || (stopped && Math.sign(now - before) !== -Math.sign(step));
  }
  return now === (isOneOfSeveral(control) ? true : !before);
};

// What a press is for may come and go: what is found, what is unfolded, and the words of a language.
const mayMove = (pressed, element) =>
  element.closest(".feed") ||
  (pressed.matches("summary") && pressed.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING) ||
  (pressed.matches("[name=language]") && element !== pressed && !faceOf(pressed).contains(element));

// The control itself, or what has taken its place: another language builds the screen anew.
const nowOf = (control) => {
  if (control.isConnected || control.name !== "language") return control;
  const ofItsName = (controls) => controls.filter(({ name }) => name === control.name);
  const number = ofItsName(window.aimed.before.map(([each]) => each)).indexOf(control);
  return ofItsName(controls())[number];
};

const judge = async () => {
  await rest();
  const { control, x, y, name, before, places } = window.aimed;
  const wrong = [];
  const pressed = nowOf(control);
  if (!pressed) return [`“${name}” is gone`];
  if (!pressed.isConnected) wrong.push(`“${name}” was replaced`);
  const [, stateBefore] = before.find(([each]) => each === control);
  if (!faceOf(pressed).contains(document.elementFromPoint(x, y)))
    wrong.push(`“${name}” is no longer where it was pressed`);
  for (const [each, place] of places) {
    if (!each.isConnected || !isSeen(each) || mayMove(control, each)) continue;
    const [left, top, centerX, centerY] = placeOf(each).map((now, at) => now - place[at]);
    const far = (...ways) => ways.some((way) => Math.abs(way) > 0.5);
    if (far(left, top) && far(centerX, centerY)) wrong.push(`“${nameOf(each)}” moved by ${left}, ${top}`);
  }
  if (!isRight(pressed, stateBefore, stateOf(pressed)))
    wrong.push(`“${name}” was ${stateBefore} and is ${stateOf(pressed)}`);
  const group = (element) => element.closest("fieldset, [role=group]");
  for (const [each, state] of before) {
    const sameGroup = group(each) && group(each) === group(control);
    if (each === control || sameGroup || !each.isConnected) continue;
    if (stateOf(each) !== state) wrong.push(`“${nameOf(each)}” was ${state} and is ${stateOf(each)}`);
  }
  return wrong;
};

const revert = async () => {
  const { control, before } = window.aimed;
  if (!isOneOfSeveral(control)) return null;
  const isOfItsKind = (each) =>
    control.matches("input") ? each.name === control.name : each.parentElement === control.parentElement;
  const chosen = before.find(([each, state]) => state && isOfItsKind(each));
  if (!chosen) return null;
  faceOf(nowOf(chosen[0])).click();
  await rest();
  return null;
};

const tasks = { list: async () => controls().map(nameOf), aim, judge, revert };
tasks[task]().then(answer, (error) => answer([String(error.stack ?? error)]));
