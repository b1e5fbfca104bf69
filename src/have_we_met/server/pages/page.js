"use strict";

const form = document.getElementById("question");
const result = document.getElementById("result");
const status = document.getElementById("status");
const create = document.getElementById("create");
const labels = new Map([...form.querySelectorAll("label")].map((label) => [label.control.name, label.textContent]));

const LOOKUP = "api/contacts/lookup?explain=true";
const SIGN_UP = "api/contacts";
const DECIDE = "api/contacts/decide";
const HEADERS = { "Content-Type": "application/json" };
if (form.dataset.key) HEADERS.Authorization = `Bearer ${form.dataset.key}`;
const PAUSE = 200; // milliseconds without a key pressed before we ask
let timer;
let asked = 0; // only the answer to the last question is shown
let underWay = new AbortController(); // a lookup; what writes is never called off

// --- asking ------------------------------------------------------------------------------------

function question() {
  const values = [...new FormData(form)].map(([name, value]) => [name, value.trim()]);
  return Object.fromEntries(values.filter(([, value]) => value));
}

async function ask(path, body = question()) {
  clearTimeout(timer);
  const turn = ++asked;
  underWay.abort();
  underWay = new AbortController();
  const signal = path === LOOKUP ? underWay.signal : undefined;
  if (!Object.keys(body).length) return showNothing();
  const started = performance.now();
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: HEADERS,
      body: JSON.stringify(body),
      signal,
    });
    const answer = await response.json();
    if (turn !== asked) return;
    const times = { lookup: response.headers.get("X-Lookup-Duration"), trip: performance.now() - started };
    show({ path, body, status: response.status, answer, times });
  } catch (error) {
    if (turn === asked && error.name !== "AbortError") showUnreachable();
  }
}

const lookUp = () => ask(LOOKUP);

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(lookUp, PAUSE);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  lookUp();
});
form.addEventListener("reset", () => setTimeout(lookUp));
create.addEventListener("click", async () => {
  create.disabled = true;
  await ask(SIGN_UP);
  create.disabled = false;
});

// --- showing -----------------------------------------------------------------------------------

/** Make an element; everything that came from a server or a person is set as text, never as HTML. */
function make(tag, options = {}, ...children) {
  const { text, data, ...attributes } = options;
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  Object.assign(element.dataset, data);
  element.append(...(text === undefined ? children : [text]));
  return element;
}

function showNothing() {
  mark([]);
  result.className = "card empty";
  result.replaceChildren(make("p", { text: "Nothing asked yet." }));
  status.textContent = "";
}

function showUnreachable() {
  put("error", "The server cannot be reached", "Is it still running?", []);
}

function show(seen) {
  const { answer } = seen;
  const problem = seen.status >= 400;
  mark(answer.errors ?? []);
  const [kind, headline, sentence] = problem ? ["error", answer.title, answer.detail ?? ""] : verdict(answer);
  const parts = problem ? [] : [facts(seen), ...lacks(answer), ...matches(seen)];
  put(kind, headline, sentence, [...parts, exchange(seen)]);
}

function put(kind, headline, sentence, parts) {
  const top = make("div", { class: `verdict ${kind}` }, make("strong", { text: headline }));
  if (sentence) top.append(make("p", { text: sentence }));
  result.className = "card";
  result.replaceChildren(top, ...parts);
  status.textContent = [headline, sentence].filter(Boolean).join(": ");
}

const SAYS_NOTHING = "This page's key is answered the same whoever is asked about.";

/** Who is shown: records, or masked hints. */
function shownBy({ suggestions, hints, contact }) {
  return suggestions ?? hints ?? (contact ? [contact] : []);
}

function verdict(answer) {
  if (answer.created === true) return ["found", "Created", "We had not met; now we have."];
  if (answer.accepted || answer.exists === "unknown") return ["new", "The server does not say", SAYS_NOTHING];
  if (answer.exists === "maybe" || answer.requiresReview) {
    const many = shownBy(answer).length > 1 ? "these is the one" : "this is the one";
    return ["review", "Perhaps: somebody has to tell", answer.message ?? (shownBy(answer).length ? `Ask whether ${many}.` : "")];
  }
  if (answer.exists === true || answer.created === false) return ["found", "Yes, we have met", answer.message ?? ""];
  if (answer.warning) return ["error", "No answer", answer.warning];
  if (answer.complete === false) return ["review", "Not found, but not everything was looked at", ""];
  return ["new", "No, we have not met", ""];
}

function facts({ answer, times }) {
  const list = make("dl", { class: "facts" });
  const add = (name, ...value) => list.append(make("div", {}, make("dt", { text: name }), make("dd", {}, ...value)));
  if (answer.confidence !== undefined) {
    const percent = `${Math.round(answer.confidence * 100)} %`;
    add("Confidence", meter(answer.confidence, "Confidence"), percent);
  }
  if (times.lookup) add("Lookup", `${Number(times.lookup).toFixed(2)} ms`);
  add("Round trip", `${times.trip.toFixed(1)} ms`);
  if (answer.complete !== undefined) add("Looked everywhere", answer.complete ? "yes" : "no");
  return list;
}

function meter(value, name) {
  return make("meter", { min: 0, max: 1, low: 0.2, high: 0.6, optimum: 1, value, "aria-label": name });
}

function lacks(answer) {
  if (!answer.degraded?.length) return [];
  const items = answer.degraded.map(({ kind, name, reason }) => make("li", { text: `${kind} ${name}: ${reason}` }));
  return [make("ul", { class: "lacks review", "aria-label": "What could not be looked at" }, ...items)];
}

function matches({ body, answer }) {
  const contacts = shownBy(answer);
  if (!answer.decisionToken) return contacts.map((contact, place) => match(contact, answer.reasons?.[place]));
  const decide = (name, decision) => decider(name, { decisionToken: answer.decisionToken, contact: body.contact ?? body, decision });
  const shown = contacts.map((contact) => {
    const part = match(contact);
    part.append(decide("It is me", { confirm: contact.id }));
    return part;
  });
  return [...shown, make("div", { class: "match" }, decide("None of these", { none: true }))];
}

/** A button that says who it is; once it is pressed, none of them can be pressed again. */
function decider(name, request) {
  const button = make("button", { type: "button", text: name });
  button.addEventListener("click", () => {
    for (const other of result.querySelectorAll("button")) other.disabled = true;
    ask(DECIDE, request);
  });
  return button;
}

function match(contact, reasons) {
  const part = make("article", { class: "match" });
  const { id, ...rest } = contact;
  const shown = [...labels.keys()].filter((name) => rest[name]);
  const first = shown.filter((name) => /name/i.test(name)).map((name) => rest[name]).join(" ");
  const others = shown.filter((name) => !/name/i.test(name)).map((name) => rest[name]);
  part.append(make("h3", { text: first || others.shift() || `Record ${id}` }));
  const told = id === undefined ? [] : [`id ${[id].flat().join("/")}`];
  const pieces = [...others, ...told].map((text) => make("span", { class: "piece", text }));
  part.append(make("p", {}, ...pieces.flatMap((piece, place) => (place ? [" · ", piece] : [piece]))));
  if (reasons) part.append(evidence(reasons), make("p", { class: "sentence", text: reasons.reason }));
  return part;
}

const COLUMNS = ["Field", "They said", "We have", "Alike", "Counts", "Why"];

function evidence(reasons) {
  const number = (text) => make("th", { scope: "col", class: "number", text });
  const head = COLUMNS.map((text) => (text === "Counts" ? number(text) : make("th", { scope: "col", text })));
  const outOf = reasons.outOf === null ? "" : ` of ${plain(reasons.outOf)}`;
  const sum = make(
    "tr",
    {},
    make("th", { scope: "row", colspan: 4, text: "Score" }),
    make("td", { class: "number", text: `${plain(reasons.score)}${outOf}` }),
    make("td"),
  );
  return make(
    "table",
    {},
    make("caption", { class: "sr", text: "The terms of the score" }),
    make("thead", {}, make("tr", {}, ...head)),
    make("tbody", {}, ...reasons.evidence.map(term)),
    make("tfoot", {}, sum),
  );
}

function term(item) {
  const silent = item.similarity === null;
  const cell = (label, kind, ...children) => make("td", { class: kind, data: { label } }, ...children);
  const alike = silent ? [] : [make("span", {}, meter(item.similarity, "Alike"), ` ${item.similarity.toFixed(2)}`)];
  const counts = silent ? [] : [`${plain(item.credit)} of ${plain(item.weight)}`];
  return make(
    "tr",
    { class: silent ? "silent" : "" },
    make("th", { scope: "row", text: labels.get(item.field) ?? item.field }),
    cell("They said", "value", ...breakable(item.asked)),
    cell("We have", "value", ...breakable(item.stored)),
    cell("Alike", "alike", ...alike),
    cell("Counts", "number", ...counts),
    cell("Why", "why", item.reason),
  );
}

/** A value that may break after its @ before it breaks elsewhere. */
function breakable(value) {
  if (value === null || value === undefined) return [];
  const parts = value.split(/(?<=@)/);
  return parts.flatMap((part, place) => (place ? [make("wbr"), part] : [part]));
}

function plain(number) {
  return String(Math.round(number * 10) / 10);
}

function exchange({ path, body, status: code, answer }) {
  const request = `POST /${path}\n${JSON.stringify(body, null, 2)}`;
  const response = `${code}\n${JSON.stringify(answer, null, 2)}`;
  return make(
    "details",
    {},
    make("summary", { text: "Request and answer" }),
    make("pre", { tabindex: 0, text: request }),
    make("pre", { tabindex: 0, text: response }),
  );
}

/** Say beside each field what is wrong with it. */
function mark(errors) {
  for (const input of form.querySelectorAll("input")) {
    const wrong = errors.filter(({ field }) => field === input.name).map(({ detail }) => detail);
    const place = document.getElementById(`e-${input.name}`);
    place.textContent = wrong.join("; ");
    place.hidden = !wrong.length;
    if (wrong.length) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }
}
