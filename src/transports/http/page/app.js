"use strict";

const WORDS = {
  zh: {
    lang: "zh-CN", other: "EN", otherName: "English", name: "问数", title: "向政府工作报告问数字", skip: "跳到正文",
    question: "问题", ask: "提问", hint: "例如：渝中去年新增就业多少。按 / 回到输入框，↑ 取回上一问。", log: "问与答",
    shelf: "已有的报告", token: "口令", use: "使用", needsToken: "需要口令才能提问。", wrongToken: "口令不对，请再试。",
    bundled: "尚未导入报告，以下为自带摘要。", others: "其他可能", also: "另一份报告的说法", near: "报告里相近的指标：",
    asked: "问", source: "出处", failed: "没有连上，请稍后再试。", slow: s => `问得太快，请 ${s} 秒后再试。`,
    achieved: y => `${y}年完成`, planned: y => `${y}年目标`, cited: n => `引文在下面第 ${n} 句，已标出。`,
    gone: "没有这份报告，或已被删除。", year: y => `${y}年`, reading: "正在读取……",
    aspects: {change: "变动", share: "占比", rank: "位次", from: "原为", to: "达到", duration: "时长"},
  },
  en: {
    lang: "en", other: "中文", otherName: "中文", name: "wenshu", title: "Ask government work reports for a figure", skip: "Skip to the text",
    question: "Question (in Chinese)", ask: "Ask", hint: "For example: 渝中去年新增就业多少. / goes to the input, ↑ brings the last question back.", log: "Questions and answers",
    shelf: "Reports", token: "Token", use: "Use", needsToken: "A token is needed to ask.", wrongToken: "This token is not known, try again.",
    bundled: "Nothing has been imported; these digests come with the program.", others: "Other readings", also: "Stated otherwise elsewhere", near: "Near it the reports state:",
    asked: "Asked", source: "Source", failed: "No connection, try again later.", slow: s => `Too many questions; wait ${s} s.`,
    achieved: y => `${y}, achieved`, planned: y => `${y}, planned`, cited: n => `The quotation is sentence ${n} below, marked.`,
    gone: "There is no such report, or it has been removed.", year: y => `${y}`, reading: "Reading…",
    aspects: {change: "change", share: "share", rank: "rank", from: "from", to: "to", duration: "duration"},
  },
};
const MAX_EXCHANGES = 100;
const AROUND_SECTION = 4;

const byId = id => document.getElementById(id);
let lang = stored(localStorage, "lang") === "en" ? "en" : "zh";
let words = WORDS[lang];
let lastQuestion = "";
let afterToken = null;

function stored(store, key, value) {
  // A browser may forbid storage; the page works without.
  try {
    if (value === undefined) return store.getItem(key);
    store.setItem(key, value);
  } catch { /* not kept */ }
  return value ?? null;
}

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter(child => child !== null && child !== ""));
  return element;
}

/** Cuts a text at byte offsets, as the answers count them. */
function cut(text, ...offsets) {
  const bytes = new TextEncoder().encode(text);
  const decoder = new TextDecoder();
  const ends = [...offsets, bytes.length];
  return ends.map((end, at) => decoder.decode(bytes.slice(at ? ends[at - 1] : 0, end)));
}

/** The sentence with its figures in `spans` marked; overlapping ones are left out. */
function marked(text, spans) {
  const sorted = [...spans].sort((a, b) => a.start - b.start);
  const kept = [];
  for (const span of sorted) {
    if (!kept.length || span.start >= kept.at(-1).end) kept.push(span);
  }
  const parts = cut(text, ...kept.flatMap(span => [span.start, span.end]));
  return parts.map((part, at) => at % 2 ? make("mark", {}, part) : part);
}

class Refused extends Error {
  constructor(response, problem) {
    super(problem?.title ?? words.failed);
    this.status = response.status;
    this.wait = response.headers.get("retry-after");
  }
}

async function call(path, options = {}) {
  const token = stored(sessionStorage, "token");
  const headers = {...options.headers, ...(token ? {authorization: `Bearer ${token}`} : {})};
  const response = await fetch(path, {...options, headers});
  if (response.ok) return response.json();
  throw new Refused(response, await response.json().catch(() => null));
}

function complaint(error) {
  if (error instanceof Refused && error.status === 429) return words.slow(error.wait ?? "60");
  return error instanceof Refused ? error.message : words.failed;
}

/** Asks for the token and goes on with `then` once one is given. */
function wantToken(then) {
  const had = stored(sessionStorage, "token");
  byId("token-form").hidden = false;
  byId("token-form").querySelector("label").textContent =
    `${had ? words.wrongToken : words.needsToken} ${words.token}`;
  byId("token").focus();
  afterToken = then;
}

function linkTo(found) {
  const {n} = found.sentence;
  const span = found.figure_span ?? found;
  return `/r/${encodeURIComponent(found.report.id)}#s${n}.${span.start}-${span.end}`;
}

function period(found) {
  const {from, to, state} = found.period;
  if (from === null || to === null) return "";
  return words[state](from === to ? `${from}` : `${from}–${to}`);
}

function label(found) {
  return [found.indicator, words.aspects[found.aspect], period(found)].filter(Boolean).join(" · ");
}

function sourceLine(found) {
  const {title, year} = found.report;
  const shown = year && !title.includes(year) ? `${title} ${words.year(year)}` : title;
  return [shown, ...found.section].join(" · ");
}

function reading(found) {
  const span = found.figure_span;
  return [
    make("p", {}, make("span", {class: "figure"}, found.figure.text), ` ${label(found)}`),
    make("blockquote", {lang: "zh-CN"}, ...marked(found.sentence.text, [span])),
    make("p", {class: "dim"}, `${words.source} `, make("a", {href: linkTo(found), lang: "zh-CN"}, sourceLine(found))),
  ];
}

function others(title, list) {
  if (!list.length) return null;
  const items = list.slice(0, 5).map(found => make("li", {},
    make("a", {href: linkTo(found)}, found.figure.text), ` ${label(found)} · ${found.report.place ?? found.report.title}`));
  return make("details", {}, make("summary", {}, title), make("ul", {}, ...items));
}

function reply(answer) {
  const card = make("div", {class: "reply"});
  if (answer.status === "answered") {
    card.append(...reading(answer));
  } else {
    card.append(make("p", {}, answer.decline.message));
    const near = answer.decline.nearest;
    if (near.length) card.append(make("p", {class: "dim"}, words.near));
    for (const {question} of near) {
      const button = make("button", {type: "button", class: "plain", lang: "zh-CN"}, question);
      button.addEventListener("click", () => ask(question));
      card.append(button);
    }
  }
  for (const part of [others(words.also, answer.also_stated), others(words.others, answer.alternatives)]) {
    if (part) card.append(part);
  }
  return card;
}

function show(question, card) {
  const log = byId("log");
  log.append(make("p", {class: "asked", lang: "zh-CN"}, question), card);
  while (log.childElementCount > 2 * MAX_EXCHANGES) log.firstElementChild.remove();
  card.scrollIntoView({block: "nearest"});
}

async function ask(question) {
  const button = byId("ask-form").querySelector("button");
  lastQuestion = question;
  button.disabled = true;
  try {
    const answer = await call("/v1/ask", {
      method: "POST",
      headers: {"content-type": "application/json"},
      body: JSON.stringify({question, lang}),
    });
    byId("question").value = "";
    show(question, reply(answer));
  } catch (error) {
    if (error.status === 401) wantToken(() => ask(question));
    else show(question, make("p", {class: "reply"}, complaint(error)));
  } finally {
    button.disabled = false;
  }
}

async function listReports() {
  const list = byId("reports");
  try {
    const shelf = await call("/v1/reports");
    const items = shelf.reports.map(report =>
      make("li", {lang: "zh-CN"}, make("a", {href: `/r/${encodeURIComponent(report.id)}`}, report.title)));
    if (shelf.bundled) items.unshift(make("li", {class: "dim"}, words.bundled));
    list.replaceChildren(...items);
  } catch (error) {
    if (error.status === 401) wantToken(listReports);
    else list.replaceChildren(make("li", {}, complaint(error)));
  }
}

function openChat() {
  byId("chat").hidden = false;
  const input = byId("question");
  byId("ask-form").addEventListener("submit", event => {
    event.preventDefault();
    const question = input.value.trim();
    if (question) ask(question);
  });
  input.addEventListener("keydown", event => {
    if (event.key === "ArrowUp" && !input.value && lastQuestion && !event.isComposing) {
      event.preventDefault();
      input.value = lastQuestion;
    }
  });
  document.addEventListener("keydown", event => {
    const isTyping = event.target instanceof HTMLInputElement;
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      input.focus();
    }
  });
  byId("shelf").addEventListener("toggle", () => byId("shelf").open && listReports());
  const asked = new URLSearchParams(location.search).get("q");
  if (asked) ask(asked.trim());
  else if (matchMedia("(hover: hover)").matches) input.focus();
}

/** #s42 names a sentence, #s42.12-20 also the bytes of its figure. */
function cited() {
  const found = /^#s(\d+)(?:\.(\d+)-(\d+))?$/.exec(location.hash);
  if (!found) return null;
  const span = found[2] === undefined ? null : {start: Number(found[2]), end: Number(found[3])};
  return {n: Number(found[1]), span};
}

function writeReport({report, sections, sentences}) {
  document.title = `${report.title} · ${words.name}`;
  byId("report-title").textContent = report.title;
  byId("report-source").textContent = [report.place, report.date ?? report.year, report.file].filter(Boolean).join(" · ");
  const text = byId("report-text");
  text.replaceChildren();
  const shown = new Set();
  const heading = at => {
    if (at === null || shown.has(at)) return;
    heading(sections[at].parent);
    shown.add(at);
    const level = Math.min(sections[at].rank + 1, AROUND_SECTION);
    text.append(make(`h${level}`, {lang: "zh-CN"}, sections[at].title));
  };
  let paragraph = null;
  let last = null;
  for (const sentence of sentences) {
    const before = text.childElementCount;
    heading(sentence.section);
    if (paragraph === null || sentence.paragraph !== last || text.childElementCount !== before) {
      paragraph = make("p", {lang: "zh-CN"});
      text.append(paragraph);
      last = sentence.paragraph;
    }
    paragraph.append(make("span", {id: `s${sentence.n}`}, sentence.text));
  }
}

async function markCited(report) {
  for (const old of document.querySelectorAll(".cited")) {
    old.replaceWith(make("span", {id: old.id}, old.textContent));
  }
  const wanted = cited();
  const sentence = wanted && report.sentences[wanted.n];
  byId("report-note").textContent = sentence ? words.cited(wanted.n + 1) : "";
  if (!sentence) return;
  let spans = wanted.span ? [wanted.span] : [];
  if (!wanted.span) {
    const id = encodeURIComponent(report.report.id);
    const passage = await call(`/v1/reports/${id}/passages/${wanted.n}`).catch(() => ({figures: []}));
    spans = passage.figures.map(fact => fact.figure_span);
  }
  const element = make("span", {id: `s${wanted.n}`, class: "cited", tabindex: "-1"}, ...marked(sentence.text, spans));
  byId(element.id).replaceWith(element);
  element.scrollIntoView({block: "center"});
  element.focus({preventScroll: true});
}

async function openReport() {
  byId("report").hidden = false;
  byId("report-note").textContent = words.reading;
  const id = location.pathname.slice("/r/".length);
  try {
    const report = await call(`/v1/reports/${id}`);
    writeReport(report);
    await markCited(report);
    window.addEventListener("hashchange", () => markCited(report));
  } catch (error) {
    byId("report-note").textContent = error.status === 404 ? words.gone : complaint(error);
    if (error.status === 401) wantToken(openReport);
  }
}

function speak() {
  words = WORDS[lang];
  document.documentElement.lang = words.lang;
  for (const element of document.querySelectorAll("[data-word]")) {
    element.textContent = words[element.dataset.word];
  }
  byId("log").setAttribute("aria-label", words.log);
  byId("lang").textContent = words.other;
  byId("lang").lang = lang === "zh" ? "en" : "zh-CN";
  byId("lang").setAttribute("aria-label", words.otherName);
  document.title = words.name;
}

byId("lang").addEventListener("click", () => {
  lang = stored(localStorage, "lang", lang === "zh" ? "en" : "zh");
  const {title} = document;
  speak();
  if (location.pathname.startsWith("/r/")) document.title = title;
});
byId("token-form").addEventListener("submit", event => {
  event.preventDefault();
  stored(sessionStorage, "token", byId("token").value.trim());
  byId("token").value = "";
  byId("token-form").hidden = true;
  const then = afterToken;
  afterToken = null;
  if (then) then();
});

speak();
if (location.pathname.startsWith("/r/")) openReport();
else openChat();
