// Finds what a person would call `name`: arguments are the role, the name and whether part of the
// name is enough. Answers the first that can be seen, or null. What the server wrote for the time
// before the app is not the app.
const [role, name, part] = arguments;
const candidates = {
  button: "button, [role=button], [role=option]",
  link: "a[href], [role=link]",
  heading: "h1, h2, h3, [role=heading]",
  field: "input, textarea, select",
  text: "body *",
  dialog: "dialog[open], [role=dialog]",
}[role];
const clean = (text) => (text || "").replace(/\s+/g, " ").trim();
const referred = (ids) =>
  clean((ids || "").split(" ").map((id) => document.getElementById(id)?.textContent).join(" "));
const nameOf = (element) =>
  clean(element.getAttribute("aria-label")) ||
  referred(element.getAttribute("aria-labelledby")) ||
  (element.labels?.length ? clean([...element.labels].map((label) => label.textContent).join(" ")) : "") ||
  clean(role === "text" && [...element.children].some((child) => clean(child.textContent).includes(name))
    ? "" : element.innerText ?? element.textContent) ||
  clean(element.placeholder);
const seen = (element) =>
  element.getClientRects().length > 0 &&
  getComputedStyle(element).visibility !== "hidden" &&
  !element.closest("#prerendered");
return (
  [...document.querySelectorAll(candidates)].find((element) => {
    const called = nameOf(element);
    return seen(element) && (part ? called.includes(name) : called === name);
  }) ?? null
);
