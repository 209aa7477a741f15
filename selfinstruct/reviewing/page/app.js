"use strict";
// One person's way through a rubric. The server says what is asked; this shows it, and sends answers.
// Texts are only ever set as text. While an answer is on its way nothing else is taken.

const FOLD_LINES = 40, FOLD_CHARACTERS = 4000;
const BOUNCE = 80; // milliseconds in which nobody has read a new item: the key was meant for the last one
const ARROWS = { ArrowLeft: "←", ArrowRight: "→" };
const $ = (id) => document.getElementById(id);

let about, state;
let busy = true;
let finished = false;
let settling = 0; // the timer that runs while a new item appears
let since = 0; // when the question appeared, by a clock that no change of the time of day moves
let typed = ""; // what was typed of an answer that is more than one key
let cardShown = ""; // the card whose texts stand there

function element(name, { text, ...more } = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(more)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
}

const keyCap = (key) => element("kbd", { text: ARROWS[key] ?? key });
const button = (className, more, ...children) => element("button", { type: "button", className, ...more }, ...children);

async function ask(path, body) {
  const headers = { "X-Selfinstruct": "review", "Content-Type": "application/json" };
  const options = body ? { method: "POST", headers, body: JSON.stringify(body) } : {};
  const response = await fetch(path, { ...options, credentials: "same-origin" });
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
  const said = isJson ? await response.json() : { error: await response.text() };
  if (!response.ok && response.status !== 409) throw new Error(said.error);
  return said;
}

async function send(path, body) {
  if (busy) return;
  busy = true;
  $("panel").setAttribute("aria-busy", "true");
  try {
    state = await ask(path, { turn: state.turn, ...body });
    finished = body.move === "finish";
    trouble("");
    render();
  } catch (error) {
    const isGone = error instanceof TypeError; // fetch's word for a server that is not there
    trouble(isGone ? "The review has ended in the terminal. What was answered is kept; start it again to go on."
      : error.message);
  } finally {
    busy = false;
    $("panel").removeAttribute("aria-busy");
  }
}

function settle() {
  clearTimeout(settling);
  settling = setTimeout(() => {
    settling = 0;
    document.body.dataset.ready = state.turn;
  }, BOUNCE);
}

function vote(answer) {
  if (settling) return;
  const seconds = (performance.now() - since) / 1000;
  send("/votes", { question: state.card.question, answer, note: $("note").value.trim(), seconds });
}

const move = (name) => send("/moves", { move: name });

function trouble(text) {
  $("trouble").textContent = text;
  $("trouble").hidden = !text;
  if (text) $("trouble").scrollIntoView({ block: "center" });
}

const question = () => about.questions.find((one) => one.key === state.card?.question);

// What is shown.

function render() {
  typed = "";
  const card = state.card;
  const which = card ? String(card.place) : "";
  document.body.classList.toggle("wide", about.is_pair);
  $("progress").max = state.of;
  $("progress").value = state.done;
  $("count").textContent = `${state.done} of ${state.of}`;
  $("pace").textContent = pace();
  $("undo").disabled = !state.can_undo;
  for (const id of ["panel", "card", "about"]) $(id).hidden = !card;
  $("end").hidden = Boolean(card);
  showNote(false);
  if (which !== cardShown) settle();
  if (card && which !== cardShown) {
    $("card").replaceChildren(...card.parts.map(part));
    window.scrollTo(0, 0);
  }
  cardShown = which;
  if (!card) renderEnd();
  else renderPanel(card);
  since = performance.now();
  document.body.dataset.turn = state.turn;
  if (!settling) document.body.dataset.ready = state.turn;
}

function pace() {
  const off = state.skipped ? `${state.skipped} put off` : "";
  if (!state.seconds || state.done >= state.of) return off;
  const minutes = Math.round((state.of - state.done) * state.seconds * about.questions.length / 60);
  const left = minutes < 1 ? "under a minute left" : `about ${minutes} min left`;
  return [`${Math.max(1, Math.round(state.seconds))} s an answer, ${left}`, off].filter(Boolean).join(", ");
}

function part({ part: kind, name, text }) {
  const lang = about.language;
  const body = element("div", { className: "text", dir: "auto", lang });
  const made = element("section", { className: "part", "data-part": kind, "aria-label": name },
    element("h2", { text: name, lang }), body);
  const lines = text.split("\n");
  let short = lines.length > FOLD_LINES ? lines.slice(0, FOLD_LINES).join("\n") : text;
  if (short.length > FOLD_CHARACTERS) short = Array.from(short).slice(0, FOLD_CHARACTERS).join("");
  body.textContent = short;
  if (short === text) return made;
  const said = lines.length > FOLD_LINES ? `all ${lines.length} lines` : "all of it";
  const more = button("plain more", { "aria-expanded": "false" }, `Show ${said} `, keyCap("f"));
  more.addEventListener("click", () => {
    body.textContent = text;
    made.classList.remove("open-end");
    more.remove();
  });
  made.classList.add("open-end");
  made.append(more);
  return made;
}

function wordsOf(one, value) {
  const found = one.choices.find((choice) => String(choice.value) === String(value));
  const label = found?.label ?? [].concat(value).join(", ");
  return one.scale === "letters" && value !== "na" && label !== value ? `${value} · ${label}` : label;
}

function renderPanel(card) {
  const answered = about.questions.filter((one) => one.key in card.answers);
  $("given").replaceChildren(...answered.map((one) => element("li", { lang: about.language },
    `${one.name}: `, element("b", { text: wordsOf(one, card.answers[one.key]) }))));
  $("skip").hidden = $("note-button").hidden = Boolean(state.word);
  $("word").hidden = !state.word;
  $("meanings").hidden = true;
  if (state.word) renderWord(card);
  else renderQuestion(card);
}

function renderQuestion(card) {
  const one = question();
  $("ask").textContent = one.ask;
  $("ask").lang = about.language;
  $("choices").className = `choices${one.scale === "numbers" ? " short" : ""}${one.choices.length > 2 ? " many" : ""}`;
  $("choices").replaceChildren(...one.choices.map((choice) => choiceButton(one, choice)));
  const number = card.asked.indexOf(one.key) + 1;
  const of = card.asked.length > 1 ? `, question ${number} of ${card.asked.length}` : "";
  $("live").textContent = `Item ${card.place} of ${state.of}${of}. ${one.ask}`;
  $("ask").focus({ preventScroll: true });
  if (one.scale === "tags") $("choices").append(tagsField());
  if (one.scale === "numbers") renderMeanings(one);
}

function renderMeanings(one) {
  const told = one.choices.filter((choice) => choice.meaning).map(({ label, meaning }) => `${label}: ${meaning}`);
  const hint = one.is_typed ? [element("span", { lang: "en" }, " Type a number, then ", keyCap("Enter"), ".")] : [];
  $("meanings").lang = about.language;
  $("meanings").replaceChildren(told.join(" "), ...hint);
  $("meanings").hidden = !told.length && !hint.length;
}

function choiceButton(one, choice) {
  const isNumber = one.scale === "numbers";
  const isLetter = one.scale === "letters" && choice.keys[0] !== String(choice.value).toLowerCase();
  const label = element("span", { text: isLetter ? wordsOf(one, choice.value) : choice.label });
  if (!isNumber && choice.meaning) label.append(element("small", { text: choice.meaning }));
  const caps = choice.keys.slice(0, 1).filter((key) => key !== choice.label).map(keyCap);
  const lang = ["na", "both_bad"].includes(choice.value) ? "en" : about.language;
  const made = button("choice", { lang, title: choice.meaning, "data-value": String(choice.value),
    "aria-keyshortcuts": choice.keys.join(" ") }, ...caps, label);
  made.addEventListener("click", () => vote(choice.value));
  return made;
}

function tagsField() {
  const field = element("input", { type: "text", className: "typed", dir: "auto", autocomplete: "off",
    placeholder: "one, two, three", lang: about.language, "aria-labelledby": "ask" });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing && field.value.trim()) vote(field.value);
  });
  queueMicrotask(() => field.focus());
  return field;
}

function renderWord(card) {
  const told = about.questions.filter((one) => one.key in state.word.answers);
  let anyDiffers = false;
  const lines = told.map((one) => {
    const value = state.word.answers[one.key];
    const differs = one.key in card.answers && String(value) !== String(card.answers[one.key]);
    anyDiffers ||= differs;
    const words = element("b", { text: wordsOf(one, value) });
    return element("p", { lang: about.language }, `${one.name}: `, words, differs ? " (yours differs)" : "");
  });
  if (state.word.reason) lines.push(element("p", { text: state.word.reason, dir: "auto", lang: about.language }));
  $("word").replaceChildren(...lines);
  $("ask").textContent = "The judge’s answer";
  $("ask").lang = "en";
  const next = button("primary", { "aria-keyshortcuts": "Enter" }, `${anyDiffers ? "Keep mine, go on" : "Go on"} `,
    keyCap("Enter"));
  next.addEventListener("click", () => move("next"));
  $("choices").className = "choices";
  $("choices").replaceChildren(next);
  $("live").textContent = `The judge: ${lines.map((line) => line.textContent).join("; ")}`;
  $("ask").focus({ preventScroll: true });
}

function renderEnd() {
  const left = state.of - state.done;
  const heading = finished ? "Finished" : left ? `${left} put off` : "All answered";
  const said = finished ? "The summary stands in the terminal. This page can be closed."
    : left ? "They can be looked at now, or another day." : "Thank you.";
  const title = element("h2", { tabIndex: -1, text: heading });
  const tools = element("div", { className: "tools" });
  const add = (name, className, words, key) => {
    const made = button(className, {}, `${words} `, ...(key ? [keyCap(key)] : []));
    made.addEventListener("click", () => move(name));
    tools.append(made);
  };
  if (!finished) {
    if (left) add("next", "primary", "Look at them", "Enter");
    add("finish", left ? "plain" : "primary", "Finish", left ? "" : "Enter");
    if (state.can_undo) add("undo", "plain", "Undo", "u");
  }
  $("end").replaceChildren(title, element("p", { className: "quiet", text: said }), tools);
  $("live").textContent = `${heading}. ${said}`;
  title.focus();
}

function showNote(isShown) {
  if (!isShown) $("note").value = "";
  $("note-line").hidden = !isShown;
  $("note-button").setAttribute("aria-expanded", String(isShown));
  if (isShown) $("note").focus();
}

function showHelp() {
  const keys = [];
  for (const one of about.questions) {
    for (const { keys: own, value } of one.choices) if (own.length) keys.push([own.join(" "), wordsOf(one, value)]);
    if (one.is_typed && one.scale === "numbers") keys.push(["4 . 5 Enter", "a number, then Enter"]);
  }
  const rest = { s: "skip: put off to the end", u: "undo the last answer", "/": "note", f: "unfold long texts",
    Enter: "go on", "?": "this help" };
  const rows = new Map([...keys, ...Object.entries(rest)]);
  $("help-keys").replaceChildren(...[...rows].flatMap(([names, said]) => [
    element("dt", {}, ...names.split(" ").flatMap((name) => [keyCap(name), " "])), element("dd", { text: said })]));
  $("help").showModal();
}

// Keys. Where a writing system has other letters on them, the place of the key counts.

function keyOf(event) {
  const isOther = event.key.length !== 1 || event.key.charCodeAt(0) > 127;
  const place = isOther && /^(?:Key([A-Z])|(?:Digit|Numpad)([0-9]))$/.exec(event.code);
  if (place) return (place[1] ?? place[2]).toLowerCase();
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("help").open || !state) return;
  if (event.target.closest?.("textarea, input")) {
    if (event.key === "Escape") $("ask").focus({ preventScroll: true });
    return;
  }
  const key = keyOf(event);
  const isOnButton = key === "Enter" && event.target.closest?.("button"); // which is pressed by it
  if (event.repeat || busy) {
    if (key.length === 1 || key === "Enter") event.preventDefault();
  } else if (!isOnButton && take(key)) {
    event.preventDefault();
  }
});

function take(key) {
  const isAsked = state.card && !state.word;
  if (key === "?") showHelp();
  else if (key === "u") move("undo");
  else if (key === "Enter" && !isAsked) document.querySelector(state.word ? "#choices .primary" : "#end .primary")?.click();
  else if (!isAsked) return false;
  else if (choose(key)) return true;
  else if (key === "s") move("skip");
  else if (key === "/") showNote(true);
  else if (key === "f") document.querySelectorAll(".more").forEach((more) => more.click());
  else return false;
  return true;
}

function choose(key) {
  const one = question();
  const choice = one.choices.find((found) => found.keys.includes(key));
  if (choice) vote(choice.value);
  return Boolean(choice) || (one.is_typed && one.scale === "numbers" && type(key));
}

function type(key) {
  const chosen = $("choices").querySelector(".chosen");
  if (key === "Enter" && chosen) vote(chosen.dataset.value);
  else if (key === "Backspace") typed = typed.slice(0, -1);
  else if (/^[0-9.,-]$/.test(key)) typed += key.replace(",", ".");
  else return false;
  for (const one of $("choices").children) {
    one.classList.toggle("chosen", typed !== "" && Number(one.dataset.value) === Number(typed));
  }
  return true;
}

$("undo").addEventListener("click", () => move("undo"));
$("skip").addEventListener("click", () => move("skip"));
$("note-button").addEventListener("click", () => showNote($("note-line").hidden));
$("help-button").addEventListener("click", showHelp);
$("help-close").addEventListener("click", () => $("help").close());

async function start() {
  history.replaceState(null, "", "/"); // the token has done its work
  try {
    [about, state] = await Promise.all([ask("/about"), ask("/state")]);
    $("about").textContent = about.about;
    $("about").lang = $("note").lang = about.language;
    $("note").maxLength = about.longest_note;
    busy = false;
    render();
  } catch (error) {
    trouble(error.message);
  }
}

start();
