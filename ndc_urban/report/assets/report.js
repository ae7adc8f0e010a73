"use strict";
/* The report's pages: everything is drawn from the data in the file with textContent, never from markup in a text. */
const DATA = JSON.parse(document.getElementById("data").textContent);
const TEXTS = JSON.parse(document.getElementById("texts").textContent);
const BOOK = DATA.codebook;
const BY_KEY = new Map(DATA.documents.map((each) => [each.key, each]));
const LANGUAGES = { en: "English", fr: "French", es: "Spanish", ar: "Arabic", ru: "Russian", zh: "Chinese" };
const PASSAGES_AT_ONCE = 150;
const HITS_AT_ONCE = 50;
const KINDS = { topic: "Topics", priority: "Priorities of the strategic plan", enabler: "Enablers of the strategic plan" };
const BLIND = Boolean(DATA.review && DATA.review.blind);

/* Drawing */

function h(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else element.setAttribute(key, value);
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return element;
}

function percent(share) {
  if (share > 0.99 && share < 1.0001) return ">99%";
  if (share > 0 && share < 0.01) return "<1%";
  return `${Math.round(share * 100)}%`;
}

function counted(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function heading(text, ...more) {
  return h("h2", { tabindex: "-1" }, text, ...more);
}

function levelMark(level) {
  return h("span", { class: `level level-${level}` }, level);
}

function table(caption, heads, rows) {
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    h("table", {}, h("caption", {}, caption),
      h("thead", {}, h("tr", {}, heads.map((each) => h("th", { scope: "col" }, each)))),
      h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell, at) =>
        at === 0 ? h("th", { scope: "row" }, cell) : h("td", {}, cell)))))));
}

function announce(text) {
  document.getElementById("announce").textContent = text;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = h("textarea", { "aria-hidden": "true", class: "off" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  announce(`Copied: ${text}`);
}

/* Texts */

const unpacked = new Map();

async function passagesOf(key) {
  if (!unpacked.has(key)) {
    if (!(key in TEXTS)) return null;
    if (typeof DecompressionStream === "undefined") throw new Error("This browser is too old to unpack the texts.");
    const bytes = Uint8Array.from(atob(TEXTS[key]), (each) => each.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    unpacked.set(key, JSON.parse(await new Response(stream).text()));
  }
  return unpacked.get(key);
}

/* The text with the phrases that weighed in it marked. */
function marked(text, phrases) {
  const wanted = [...phrases].filter(Boolean).sort((one, other) => other.length - one.length);
  if (!wanted.length) return [text];
  const escaped = wanted.map((each) => each.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+"));
  const latin = /^[\p{Script=Latin}\p{Script=Cyrillic}]/u;
  const pattern = escaped.map((each, at) => latin.test(wanted[at]) ? `(?<![\\p{L}\\p{N}])${each}` : each).join("|");
  const parts = [];
  let last = 0;
  for (const match of text.matchAll(new RegExp(pattern, "giu"))) {
    if (match.index > last) parts.push(text.slice(last, match.index));
    if (match[0]) parts.push(h("mark", {}, match[0]));
    last = match.index + match[0].length;
  }
  parts.push(text.slice(last));
  return parts;
}

function quote(passage, phrases, extra) {
  const text = passage.text || "(no text in this run)";
  return h("blockquote", { lang: passage.lang || null, dir: passage.dir || "auto", class: extra || null },
    marked(text, phrases || []));
}

function phrasesOf(passage) {
  return (passage.why || []).map(([text]) => text).filter((text) => !text.startsWith("heading “"));
}

function codeName(passage) {
  if (!passage.code) return "";
  const names = [`${passage.code} (${BOOK.codes[passage.code]})`];
  if (passage.sector) names.push(BOOK.sectors[passage.sector]);
  if (passage.strand) names.push(BOOK.strands[passage.strand]);
  if (passage.role) names.push(BOOK.roles[passage.role]);
  return names.join(" · ");
}

function place(document_, passage) {
  const page = passage.page ? `Page ${passage.page}` : "";
  const href = passage.page ? `${document_.link}#page=${passage.page}` : document_.link;
  if (!page) return document_.link ? h("a", { href }, "Open the file") : "";
  return document_.link ? h("a", { href, title: `Open ${document_.name} at page ${passage.page}` }, page) : page;
}

function passageLink(document_, passage) {
  return `#/d/${document_.key}/${passage.n}`;
}

function neighboursButton(document_, passage) {
  if (!(document_.key in TEXTS)) return null;
  const button = h("button", { type: "button", class: "quiet", "aria-expanded": "false" }, "Show the context");
  const before = h("div", { class: "around" });
  const after = h("div", { class: "around" });
  button.addEventListener("click", async () => {
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    before.replaceChildren();
    after.replaceChildren();
    if (open) return;
    const all = await passagesOf(document_.key);
    for (const [where, numbers] of [[before, [passage.n - 2, passage.n - 1]], [after, [passage.n + 1, passage.n + 2]]]) {
      for (const number of numbers) if (all[number]) where.append(quote(all[number], [], "neighbour"));
    }
    if (!before.childNodes.length && !after.childNodes.length) after.append("Nothing else is in the document.");
  });
  return { button, before, after };
}

function evidenceItem(document_, passage, options = {}) {
  const around = neighboursButton(document_, passage);
  const whys = (passage.why || []).map(([text, effect], at) =>
    [at ? "; " : "", h("bdi", { lang: passage.lang || null }, text), ` (${effect > 0 ? "+" : ""}${effect.toFixed(1)})`]);
  const themes = (passage.themes || []).map((name) => themeLink(name));
  const review = DATA.review && window.reviewForm ? window.reviewForm(document_, passage) : null;
  return h("article", { class: "evidence", id: `p-${document_.key}-${passage.n}` },
    h("h4", {}, options.title ? [options.title, " · "] : null,
      passage.rank ? `Evidence ${passage.rank}` : `Passage ${passage.n + 1}`, " · ", place(document_, passage)),
    passage.section ? h("p", { class: "section", dir: "auto", lang: passage.lang || null }, passage.section) : null,
    around ? around.before : null,
    quote(passage, phrasesOf(passage)),
    around ? around.after : null,
    passage.code ? h("p", { class: "facts" }, h("strong", {}, `Urban with ${percent(passage.p)}`), " · ", codeName(passage)) : null,
    whys.length ? h("p", { class: "facts" }, "Why it counts: ", whys) : null,
    themes.length ? h("p", { class: "facts" }, "Themes: ", themes.flatMap((each, at) => at ? [", ", each] : [each])) : null,
    h("p", { class: "tools" }, around ? around.button : null, " ",
      passage.cite ? h("button", { type: "button", class: "quiet", onclick: () => copy(passage.cite) }, "Copy citation") : null, " ",
      passage.cite && passage.text ? h("button", { type: "button", class: "quiet",
        onclick: () => copy(`“${passage.text}” (${passage.cite})`) }, "Copy quotation") : null),
    review);
}

function themeLink(name) {
  const theme = BOOK.themes.find((each) => each.name === name);
  return h("a", { href: `#/theme/${name}` }, theme ? theme.label : name);
}

/* One document */

function levelBlock(document_) {
  const result = document_.result;
  const unsure = result.set.length > 1;
  return h("section", { class: "card" }, h("h3", {}, "Level"),
    h("p", {}, levelMark(result.level), ` with ${percent(result.p[BOOK.levels.indexOf(result.level)])}. `,
      unsure ? `Not sure: it may be ${either(result.set)}.` : "No other level is named; for nine documents in ten the right one is among those named."),
    h("div", { class: "bars" }, BOOK.levels.map((level, at) =>
      h("div", { class: "bar" }, h("span", {}, level),
        h("span", { class: "track" }, h("span", { class: `fill level-${level}`, style: `width:${(100 * result.p[at]).toFixed(1)}%` })),
        h("span", {}, percent(result.p[at]))))),
    document_.codebook
      ? h("p", { class: "facts" }, "This level is on the scale of UN-Habitat's grades of NDCs 3.0. By the codebook's rules it is ",
        document_.codebook.level, ` with ${percent(document_.codebook.p[BOOK.levels.indexOf(document_.codebook.level)])}: `,
        BOOK.levelRules[document_.codebook.level])
      : h("p", { class: "facts" }, capital(result.level), ": ", BOOK.levelRules[result.level]),
    document_.inTraining ? h("p", { class: "note" }, "The model was trained on this document, so the probability may be too high.",
      document_.outOfFold ? ` A model that had not seen this Party says ${document_.outOfFold.level} `
        + `(low ${percent(document_.outOfFold.p[0])}, moderate ${percent(document_.outOfFold.p[1])}, strong ${percent(document_.outOfFold.p[2])}).` : "") : null,
    h("h3", {}, "Why this level"),
    document_.reasons.length
      ? h("ul", {}, document_.reasons.map(([text, effect]) =>
        h("li", {}, h("strong", {}, effect > 0 ? "Raised by " : "Lowered by "), text, ` (${effect > 0 ? "+" : ""}${effect.toFixed(1)})`)))
      : h("p", {}, "The run does not say (reasons.csv is missing)."),
    h("p", { class: "facts" }, "Effects are in logits, compared with a typical document."));
}

function either(levels) {
  return levels.length < 3 ? levels.join(" or ") : `${levels.slice(0, -1).join(", ")} or ${levels[levels.length - 1]}`;
}

function profileBlock(document_) {
  const sectors = new Map();
  for (const [sector, strand, count] of document_.sectors) {
    if (!sectors.has(sector)) sectors.set(sector, {});
    sectors.get(sector)[strand] = count;
  }
  const total = (each) => Object.values(each).reduce((sum, one) => sum + one, 0);
  const rows = [...sectors].sort((one, other) => total(other[1]) - total(one[1])).map(([sector, counts]) =>
    [h("a", { href: `#/sector/${sector}` }, capital(BOOK.sectors[sector])), counts.m || 0, counts.a || 0, counts.b || 0, total(counts)]);
  const themes = ["priority", "enabler", "topic"].map((kind) => {
    const rowsOf = BOOK.themes.filter((each) => each.kind === kind).map((each) => [themeLink(each.name), document_.themes[each.name] || 0]);
    return table(KINDS[kind], ["Theme", "Urban passages"], rowsOf);
  });
  const roles = Object.entries(BOOK.roles).map(([code, name]) => [capital(name), document_.roles[code] || 0]);
  return h("section", { class: "card" }, h("h3", {}, "Profile"),
    h("p", {}, `${document_.urban} of ${counted(document_.count, "passage")} ${document_.urban === 1 ? "is" : "are"} urban, ${percent(document_.share)} of the words.`),
    h("div", { class: "columns" },
      rows.length ? table("Urban measures by sector and strand", ["Sector", "Mitigation", "Adaptation", "Both or neither", "All"], rows)
        : h("p", {}, "No urban measures."),
      table("Urban passages by role", ["Role", "Urban passages"], roles), themes));
}

function grouped(document_, by) {
  const groups = new Map();
  const passages = [...document_.evidence];
  if (by === "section") passages.sort((one, other) => one.n - other.n);
  for (const passage of passages) {
    const name = by === "section" ? passage.section || "No section" : BOOK.sectors[passage.sector] ? capital(BOOK.sectors[passage.sector]) : "No sector";
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(passage);
  }
  return groups;
}

function evidenceBlock(document_) {
  const list = h("div", {});
  const draw = (by) => list.replaceChildren(...[...grouped(document_, by)].map(([name, passages]) =>
    h("section", {}, h("h3", { dir: "auto" }, `${name} (${passages.length})`), passages.map((each) => evidenceItem(document_, each)))));
  const choice = h("select", { id: "group-by", onchange: (event) => draw(event.target.value) },
    h("option", { value: "sector" }, "by sector"), h("option", { value: "section" }, "by section"));
  draw("sector");
  const none = !document_.evidence.length;
  return h("section", {}, h("h3", {}, `Evidence (${document_.evidence.length})`),
    none ? h("p", {}, "No passage is urban with enough probability to count as evidence.")
      : h("p", { class: "noprint" }, h("label", { for: "group-by" }, "Group the evidence "), choice), list, otherUrban(document_));
}

function otherUrban(document_) {
  const others = document_.urban - document_.evidence.length;
  if (!document_.evidence.length || !(others > 0)) return null;
  return h("p", { class: "facts" }, others === 1 ? "The document has one more urban passage, which is less sure or repeats a text."
    : `The document has ${others} more urban passages, which are less sure or repeat a text.`);
}

function allPassagesBlock(document_, open) {
  const list = h("div", { class: "reading" });
  const details = h("details", { class: "noprint" },
    h("summary", {}, `All passages of the document (${document_.count})`), list);
  let drawn = false;
  const draw = async () => {
    if (drawn) return;
    drawn = true;
    try {
      const all = await passagesOf(document_.key);
      if (!all) list.append(h("p", {}, "The run holds its evidence only. Score the files again without --evidence-only to read on."));
      else drawPassages(list, document_, all, 0);
    } catch (error) {
      list.append(h("p", { class: "note" }, error.message));
    }
  };
  details.addEventListener("toggle", () => { if (details.open) draw(); });
  if (open) { details.open = true; draw(); }
  return details;
}

function drawPassages(list, document_, all, from) {
  let section = from ? all[from - 1].section : null;
  const drawnOnes = DATA.review ? DATA.review.passages[document_.key] : null;
  for (const passage of all.slice(from, from + PASSAGES_AT_ONCE)) {
    if (passage.section !== section) {
      section = passage.section;
      list.append(h("h4", { dir: "auto", class: "section" }, section || "No section"));
    }
    const chosen = drawnOnes && drawnOnes.includes(passage.n);
    const form = DATA.review && window.reviewForm && (!drawnOnes || chosen) ? window.reviewForm(document_, passage) : null;
    list.append(h("div", { class: `passage ${passage.code === "E" || passage.code === "I" ? "urban" : ""} ${chosen ? "chosen" : ""}`, id: `all-${document_.key}-${passage.n}` },
      h("p", { class: "facts" }, place(document_, passage), passage.code && passage.code !== "N" ? ` · ${codeName(passage)} · ${percent(passage.p)}` : ""),
      quote(passage, []), form));
  }
  const next = from + PASSAGES_AT_ONCE;
  if (next < all.length) {
    const more = h("button", { type: "button" }, `Show the next of ${all.length - next} more passages`);
    more.addEventListener("click", () => { more.remove(); drawPassages(list, document_, all, next); });
    list.append(more);
  }
}

function documentView(key, number) {
  const document_ = BY_KEY.get(key);
  if (!document_) return [heading("Not in this report"), h("p", {}, "The report has no such document.")];
  const title = document_.party ? `${document_.party}: ${document_.name}` : document_.name;
  const facts = [LANGUAGES[document_.language] || "", document_.pages ? counted(document_.pages, "page") : "", counted(document_.count || 0, "passage")].filter(Boolean);
  const versions = DATA.documents.filter((each) => each.iso3 && each.iso3 === document_.iso3 && each.key !== key);
  const pairs = DATA.comparisons.filter((each) => each.before === key || each.after === key);
  const parts = [heading(title),
    h("p", { class: "facts" }, facts.join(" · "), document_.link ? [" · ", h("a", { href: document_.link }, "Open the file")] : null),
    document_.notes.map((each) => h("p", { class: "note" }, each)),
    document_.notRead.map((each) => h("p", { class: "note" }, h("strong", {}, "Not read in full: "), each.message, " ", each.remedy)),
    versions.length ? h("p", {}, "Other documents of this Party: ", versions.flatMap((each, at) =>
      [at ? ", " : "", h("a", { href: `#/d/${each.key}` }, each.name)])) : null,
    pairs.map((each) => h("p", {}, h("a", { href: comparisonLink(each) },
      `Compare ${BY_KEY.get(each.before).name} with ${BY_KEY.get(each.after).name}`)))];
  if (DATA.review && window.levelForm && (document_.result || BLIND)) parts.push(window.levelForm(document_));
  if (!BLIND && document_.result) {
    parts.push(levelBlock(document_), evidenceBlock(document_), profileBlock(document_));
  }
  if (document_.count) parts.push(allPassagesBlock(document_, BLIND || number === "all"));
  return parts;
}

/* Themes, sectors, comparisons, search */

function bestOf(holds) {
  const found = [];
  for (const document_ of DATA.documents) {
    for (const passage of document_.evidence || []) if (holds(passage)) found.push([document_, passage]);
  }
  return found.sort((one, other) => other[1].p - one[1].p || one[1].rank - other[1].rank);
}

function drawHits(list, found, from = 0) {
  for (const [document_, passage] of found.slice(from, from + HITS_AT_ONCE)) {
    list.append(evidenceItem(document_, passage, {
      title: h("a", { href: `#/d/${document_.key}` }, document_.party || document_.name),
    }));
  }
  const next = from + HITS_AT_ONCE;
  if (next < found.length) {
    const more = h("button", { type: "button", class: "noprint" }, `Show more (${found.length - next} are left)`);
    more.addEventListener("click", () => { more.remove(); drawHits(list, found, next); });
    list.append(more);
  }
}

function collectionView(title, about, found) {
  const documents = new Set(found.map(([document_]) => document_.key)).size;
  const list = h("div", {});
  drawHits(list, found);
  return [heading(title), about ? h("p", {}, about) : null,
    h("p", { class: "facts" }, `${counted(found.length, "passage")} in ${counted(documents, "document")}, the most certain first.`), list];
}

function themesView() {
  const counts = (holds) => bestOf(holds).length;
  const part = (title, rows) => table(title, ["Name", "About", "Evidence"], rows);
  return [heading("Themes and sectors"),
    h("p", {}, "The best passages of all documents. A passage may belong to several themes; it has one sector."),
    ["priority", "enabler", "topic"].map((kind) => part(KINDS[kind], BOOK.themes.filter((each) => each.kind === kind).map((each) =>
      [themeLink(each.name), each.about, counts((passage) => passage.themes.includes(each.name))]))),
    part("Sectors", Object.entries(BOOK.sectors).map(([code, name]) =>
      [h("a", { href: `#/sector/${code}` }, capital(name)), `code ${code}`, counts((passage) => passage.sector === code)]))];
}

function comparisonLink(each) {
  return `#/compare/${each.before}/${each.after}`;
}

function compareListView() {
  return [heading("Versions of a Party's NDC"), DATA.comparisons.length
    ? table("Each version with the one before it", ["Party", "Before", "After", "New", "Gone", "In both"], DATA.comparisons.map((each) =>
      [h("a", { href: comparisonLink(each) }, each.party), BY_KEY.get(each.before).name, BY_KEY.get(each.after).name,
        each.came.length, each.went.length, each.kept.length]))
    : h("p", {}, "No Party has two documents here. Give a second run with --compare. The Party is known where a file's name begins with its ISO3 code, as in KEN_2020.pdf.")];
}

function compareView(before, after) {
  const pair = DATA.comparisons.find((each) => each.before === before && each.after === after);
  if (!pair) return compareListView();
  const [old, now] = [BY_KEY.get(before), BY_KEY.get(after)];
  const side = (document_, numbers) => {
    const list = document_.evidence.filter((each) => numbers.includes(each.n));
    return list.length ? list.map((each) => evidenceItem(document_, each)) : h("p", { class: "facts" }, "Nothing.");
  };
  const sectors = Object.keys(BOOK.sectors).filter((code) =>
    [[old, pair.went], [now, pair.came]].some(([document_, numbers]) => document_.evidence.some((each) => each.sector === code && numbers.includes(each.n))));
  const ofSector = (document_, numbers, code) => numbers.filter((number) => document_.evidence.some((each) => each.n === number && each.sector === code));
  return [heading(`${pair.party}: what is new and what is gone`),
    pair.otherLanguages ? h("p", { class: "note" }, "The two documents are in different languages, so no passage counts as the same.") : null,
    table("The two versions", ["", "Before", "After"], [
      ["Document", h("a", { href: `#/d/${old.key}` }, old.name), h("a", { href: `#/d/${now.key}` }, now.name)],
      ["Level", old.result.level, now.result.level],
      ["Urban passages", old.urban, now.urban],
      ["Evidence", old.evidence.length, now.evidence.length],
      ["Evidence in both", pair.kept.length, pair.kept.length]]),
    sectors.map((code) => h("section", {}, h("h3", {}, capital(BOOK.sectors[code])), h("div", { class: "sides" },
      h("div", {}, h("h4", {}, "Gone"), side(old, ofSector(old, pair.went, code))),
      h("div", {}, h("h4", {}, "New"), side(now, ofSector(now, pair.came, code)))))),
    sectors.length ? null : h("p", {}, "No evidence is new or gone.")];
}

let searchIndex = null;

function terms(text) {
  const found = [];
  for (const [word] of text.normalize("NFKD").replace(/[\p{M}\u0640]/gu, "").toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)) {
    if (!/\p{Script=Han}/u.test(word)) { found.push(word); continue; }
    if (word.length === 1) found.push(word);
    for (let at = 0; at + 1 < word.length; at += 1) found.push(word.slice(at, at + 2));
  }
  return found;
}

function index() {
  if (searchIndex) return searchIndex;
  searchIndex = new MiniSearch({ fields: ["text", "section", "who"], tokenize: terms, processTerm: (term) => term,
    searchOptions: { prefix: (term) => term.length > 2, fuzzy: (term) => term.length > 5 ? 0.15 : false, combineWith: "AND", boost: { text: 2 } } });
  DATA.documents.forEach((document_, at) => searchIndex.addAll((document_.evidence || []).map((passage, number) => ({
    id: `${at}/${number}`, text: passage.text, section: passage.section, who: `${document_.party} ${document_.name}` }))));
  return searchIndex;
}

function searchView(query) {
  const results = h("div", { id: "hits" });
  const input = h("input", { type: "search", id: "query", autocomplete: "off", size: "40" });
  input.value = query || "";
  let timer = 0;
  const run = () => {
    const text = input.value.trim();
    history.replaceState(null, "", text ? `#/search/${encodeURIComponent(text)}` : "#/search");
    results.replaceChildren();
    if (!text) return;
    const found = index().search(text).map((hit) => {
      const [at, number] = hit.id.split("/").map(Number);
      return [DATA.documents[at], DATA.documents[at].evidence[number]];
    });
    const say = found.length ? `${counted(found.length, "passage")} found` : "Nothing found. Try fewer or shorter words, in the language of the documents.";
    results.append(h("p", { class: "facts" }, say));
    announce(say);
    drawHits(results, found);
  };
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(run, 150); });
  setTimeout(run, 0);
  return [heading("Search the evidence"),
    h("p", {}, h("label", { for: "query" }, "Words to find "), input),
    h("p", { class: "facts" }, "All words must be in the passage, its section or the document's name. The beginning of a word is enough."), results];
}

/* The overview: rows are in the page already; filters hide them. */

function setUpOverview() {
  const form = document.getElementById("filters");
  const body = document.querySelector("#documents tbody");
  if (!form || !body) return;
  form.hidden = false;
  const rows = [...body.rows];
  const values = () => Object.fromEntries(new FormData(form));
  const has = (list, value) => !value || list.split(" ").includes(value);
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const apply = () => {
    const wanted = values();
    const words = fold(wanted.text || "").split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const data = row.dataset;
      const text = fold(row.textContent);
      const fits = (!wanted.level || data.level === wanted.level) && (!wanted.language || data.language === wanted.language)
        && has(data.sectors || "", wanted.sector) && has(data.themes || "", wanted.theme)
        && (!wanted.sure || data.sure === wanted.sure) && words.every((word) => text.includes(word));
      row.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    document.getElementById("shown").textContent = `${shown} of ${counted(rows.length, "document")} shown`;
  };
  for (const kind of ["input", "change"]) form.addEventListener(kind, apply);
  form.addEventListener("reset", () => setTimeout(apply, 0));
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const button of document.querySelectorAll("#documents thead button")) {
    button.addEventListener("click", () => sortBy(button.closest("th"), body));
  }
  apply();
}

function sortBy(head, body) {
  const rising = head.getAttribute("aria-sort") !== "ascending";
  for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", rising ? "ascending" : "descending");
  const at = head.cellIndex;
  const value = (row) => row.cells[at].dataset.sort ?? row.cells[at].textContent.trim();
  const compare = (one, other) => {
    const [first, second] = [value(one), value(other)];
    if (first === "" || second === "") return (first === "") - (second === "");
    const numbers = Number(first) - Number(second);
    const order = Number.isNaN(numbers) ? first.localeCompare(second, "en") : numbers;
    return rising ? order : -order;
  };
  body.append(...[...body.rows].sort(compare));
  announce(`Sorted by ${head.textContent.trim()}, ${rising ? "rising" : "falling"}`);
}

/* Pages by address */

const STATIC = ["overview", "not-read", "about"];

function route() {
  const [name, ...rest] = decodeURIComponent(location.hash.replace(/^#\/?/, "")).split("/");
  const page = name || "overview";
  const view = document.getElementById("view");
  for (const each of STATIC) document.getElementById(each).hidden = each !== page;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.getAttribute("href") === `#/${page}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  view.hidden = STATIC.includes(page);
  if (view.hidden) { view.replaceChildren(); document.title = `Urban content of NDCs: ${page}`; return; }
  const parts = draw(page, rest).flat(Infinity).filter((each) => each);
  view.replaceChildren(...parts);
  const title = view.querySelector("h2");
  document.title = `Urban content of NDCs: ${title.textContent}`;
  if (page === "search") view.querySelector("input").focus();
  else title.focus({ preventScroll: true });
  window.scrollTo(0, 0);
  if (page === "d" && rest[1]) {
    const passage = document.getElementById(`p-${rest[0]}-${rest[1]}`);
    if (passage) passage.scrollIntoView();
  }
}

function draw(page, rest) {
  if (page === "d") return documentView(rest[0], rest[1]);
  if (page === "themes") return themesView();
  if (page === "theme") {
    const theme = BOOK.themes.find((each) => each.name === rest[0]);
    return theme ? collectionView(theme.label, capital(theme.about) + ".", bestOf((passage) => passage.themes.includes(theme.name))) : themesView();
  }
  if (page === "sector" && BOOK.sectors[rest[0]]) {
    return collectionView(capital(BOOK.sectors[rest[0]]), "", bestOf((passage) => passage.sector === rest[0]));
  }
  if (page === "search") return searchView(rest.join("/"));
  if (page === "compare") return compareView(rest[0], rest[1]);
  if (page === "review" && window.reviewView) return window.reviewView();
  return [heading("No such page"), h("p", {}, h("a", { href: "#/overview" }, "To the overview"))];
}

/* The address says which page is shown, so a skip link moves the focus and leaves the address as it is. */
function setUpSkipLinks() {
  for (const link of document.querySelectorAll("a.skip")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      document.getElementById(link.getAttribute("href").slice(1)).focus();
    });
  }
}

window.addEventListener("hashchange", route);
window.addEventListener("DOMContentLoaded", () => { setUpSkipLinks(); setUpOverview(); if (!DATA.review) route(); });
