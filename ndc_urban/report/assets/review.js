"use strict";
/*
 * Review: what a coder says is kept in the browser at once, entry by entry, and saved as a file for `annotations import`.
 * Entries carry the time of their last change. Tabs and loaded files are merged by it, so that nothing typed is lost;
 * what is cleared stays as an entry that says so.
 */
window.addEventListener("DOMContentLoaded", () => {
  const TASK = DATA.review;
  const KIND = TASK.blind ? "blind" : "open";
  const STORE = `ndc-urban-review:${DATA.run}:${KIND}:${TASK.sample}`;
  const MARKS = ["code", "sector", "strand", "role"];
  /* Letters of a typed passage: shorter ones have no landmarks by which they could be found (ndc_urban/labels/anchors.py). */
  const SHORTEST_TYPED = 16;
  let state = { coder: "", entries: {} };
  let kept = true;
  let unsaved = false;

  const now = () => new Date().toISOString();

  function merged(one, other) {
    const entries = { ...one.entries };
    for (const [name, entry] of Object.entries(other.entries || {})) {
      if (!entries[name] || entries[name].at < entry.at) entries[name] = entry;
    }
    return { coder: one.coder || other.coder || "", entries };
  }

  function stored() {
    try {
      const text = localStorage.getItem(STORE);
      const value = text ? JSON.parse(text) : null;
      return value && typeof value.entries === "object" ? value : { coder: "", entries: {} };
    } catch {
      return { coder: "", entries: {} };
    }
  }

  function keep() {
    state = merged(state, stored());
    try {
      localStorage.setItem(STORE, JSON.stringify(state));
      kept = localStorage.getItem(STORE) !== null;
    } catch {
      kept = false;
    }
    unsaved = true;
    showStatus();
  }

  function setEntry(name, value) {
    state.entries[name] = { ...value, at: now() };
    keep();
  }

  function entryOf(name) {
    const entry = state.entries[name];
    return entry && !entry.cleared ? entry : null;
  }

  state = stored();
  window.addEventListener("storage", (event) => {
    if (event.key !== STORE) return;
    state = merged(state, stored());
    showStatus();
    refreshForms();
  });
  window.addEventListener("beforeunload", (event) => {
    if (!kept && unsaved) event.preventDefault();
  });

  /* Forms */

  const openForms = new Map();
  let serial = 0;

  /* A passage may have two forms on a page, as evidence and where it stands; forms of pages that were left go. */
  function refreshForms() {
    for (const [box, fill] of openForms) {
      if (box.isConnected) fill();
      else openForms.delete(box);
    }
  }

  function choice(label, name, options, value, blank) {
    const id = `r${serial += 1}`;
    const select = h("select", { id, "data-field": name }, h("option", { value: "" }, blank || "–"),
      Object.entries(options).map(([code, text]) => h("option", { value: code }, text)));
    select.value = value || "";
    return { node: h("div", {}, h("label", { for: id }, label), select), input: select };
  }

  function written(label, name, element, attributes, wide = "wide") {
    const id = `r${serial += 1}`;
    const input = h(element, { id, "data-field": name, autocomplete: "off", ...attributes });
    return { node: h("div", { class: wide }, h("label", { for: id }, label), input), input };
  }

  const comment = () => written("Comment", "comment", "input", { type: "text" });
  const isWritten = (input) => ["text", "textarea", "number"].includes(input.type);

  function form(title, fields, name, complete, buttons) {
    const stateLine = h("p", { class: "state", role: "status" });
    const box = h("div", { class: "coding noprint" },
      h("fieldset", {}, h("legend", {}, title), fields.map((each) => each.node), buttons || null), stateLine);
    const fill = () => {
      const entry = entryOf(name) || {};
      for (const { input } of fields) {
        if (document.activeElement === input && document.hasFocus() && isWritten(input)) continue;
        if (input.type === "checkbox") input.checked = Boolean(entry[input.dataset.field]);
        else input.value = entry[input.dataset.field] ?? "";
      }
      const lacks = entryOf(name) ? complete(entry) : "";
      box.classList.toggle("done", Boolean(entryOf(name)) && !lacks);
      stateLine.textContent = !entryOf(name) ? "Not coded yet" : lacks ? `Not complete: ${lacks}` : `Coded ${entry.at.slice(0, 16).replace("T", " ")} UTC`;
    };
    const changed = (event) => {
      const entry = { ...(entryOf(name) || {}) };
      const input = event.target;
      entry[input.dataset.field] = input.type === "checkbox" ? input.checked : input.value;
      if (input.dataset.field === "code" && !["E", "I"].includes(input.value)) for (const mark of MARKS.slice(1)) entry[mark] = "";
      const empty = [...MARKS, "comment", "level", "confidence", "text", "page"].every((each) => !entry[each]);
      setEntry(name, empty ? { cleared: true } : entry);
      refreshForms();
    };
    for (const { input } of fields) input.addEventListener(isWritten(input) ? "input" : "change", changed);
    openForms.set(box, fill);
    fill();
    return box;
  }

  function lacksOfPassage(entry) {
    if (!entry.code) return "choose a code";
    if (!["E", "I"].includes(entry.code)) return "";
    const lacks = MARKS.slice(1).filter((each) => !entry[each]);
    return lacks.length ? `choose ${lacks.join(", ")}` : "";
  }

  function behindButton(box) {
    const button = h("button", { type: "button", class: "quiet noprint" }, "Code this passage");
    button.addEventListener("click", () => {
      button.replaceWith(box);
      box.querySelector("select").focus();
    });
    return button;
  }

  const passageName = (document_, passage) => `p/${document_.key}/${passage.n}`;
  const levelName = (document_) => `l/${document_.key}`;
  const typedPrefix = (document_) => `t/${document_.key}/`;

  function codingFields() {
    return [
      choice("Code", "code", Object.fromEntries(Object.entries(BOOK.codes).map(([code, text]) => [code, `${code} ${text}`]))),
      choice("Sector", "sector", BOOK.sectors), choice("Strand", "strand", BOOK.strands), choice("Role", "role", BOOK.roles), comment()];
  }

  window.reviewForm = (document_, passage) => {
    const drawn = TASK.passages[document_.key];
    if (drawn && !drawn.includes(passage.n)) return null;
    const name = passageName(document_, passage);
    const accept = !TASK.blind && passage.code ? h("button", { type: "button", class: "quiet" }, "Accept the suggestion") : null;
    const clear = h("button", { type: "button", class: "quiet" }, "Clear");
    if (accept) {
      accept.addEventListener("click", () => {
        const before = entryOf(name) || {};
        setEntry(name, { ...before, ...Object.fromEntries(MARKS.map((each) => [each, passage[each] || ""])) });
        refreshForms();
      });
    }
    clear.addEventListener("click", () => { setEntry(name, { cleared: true }); refreshForms(); });
    const box = form("Your coding", codingFields(), name, lacksOfPassage, [accept, clear]);
    return passage.rank || drawn || entryOf(name) ? box : behindButton(box);
  };

  window.levelForm = (document_) => {
    const id = `r${serial += 1}`;
    const dedicated = h("input", { id, type: "checkbox", "data-field": "dedicated" });
    const fields = [
      choice("Level", "level", Object.fromEntries(BOOK.levels.map((each) => [each, each]))),
      choice("How sure are you?", "confidence", { 1: "1 not sure", 2: "2", 3: "3 sure" }),
      { node: h("div", {}, h("label", { for: id }, "A section or block of a table is devoted to cities "), dedicated), input: dedicated },
      comment()];
    const name = levelName(document_);
    const suggested = document_.codebook || document_.result;
    const accept = TASK.blind || !suggested ? null : h("button", { type: "button", class: "quiet" }, `Accept ${suggested.level}`);
    const clear = h("button", { type: "button", class: "quiet" }, "Clear");
    if (accept) accept.addEventListener("click", () => { setEntry(name, { ...(entryOf(name) || {}), level: suggested.level }); refreshForms(); });
    clear.addEventListener("click", () => { setEntry(name, { cleared: true }); refreshForms(); });
    const box = form("Your level for the document", fields, name, lacksOfLevel, [accept, clear]);
    const rules = h("details", { class: "noprint" }, h("summary", {}, "What the levels and codes mean"),
      h("dl", { class: "columns-explained" },
        BOOK.levels.map((each) => [h("dt", {}, each), h("dd", {}, BOOK.levelRules[each])]),
        Object.entries(BOOK.codeRules).map(([code, rule]) => [h("dt", {}, `${code} ${BOOK.codes[code]}`), h("dd", {}, rule)])));
    return [box, rules, nextButton(document_), missingBlock(document_)];
  };

  function lacksOfLevel(entry) {
    if (!entry.level) return "choose a level";
    return entry.confidence ? "" : "say how sure you are";
  }

  function nextButton(document_) {
    const button = h("button", { type: "button", class: "quiet noprint" }, "Next document without a level");
    button.addEventListener("click", () => {
      const at = DATA.documents.indexOf(document_);
      const others = [...DATA.documents.slice(at + 1), ...DATA.documents.slice(0, at)];
      const next = others.find((each) => (each.result || BLIND) && !(entryOf(levelName(each)) || {}).level);
      location.hash = next ? `#/d/${next.key}` : "#/review";
    });
    return h("p", { class: "noprint" }, button);
  }

  /* A missing passage: every passage of the document can be coded where it stands; one that the reader did not find is typed. */
  function missingBlock(document_) {
    if (TASK.passages[document_.key]) return null;
    const prefix = typedPrefix(document_);
    const list = h("div", {});
    const drawn = new Set();
    const fill = () => {
      for (const name of Object.keys(state.entries)) {
        if (!name.startsWith(prefix) || drawn.has(name) || !entryOf(name)) continue;
        drawn.add(name);
        list.append(typedForm(document_, name));
      }
    };
    const add = h("button", { type: "button", class: "quiet" }, "Type a missing passage");
    add.addEventListener("click", () => {
      const name = `${prefix}${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
      drawn.add(name);
      list.append(typedForm(document_, name));
      list.lastChild.querySelector("textarea").focus();
    });
    const block = h("div", { class: "noprint" }, h("p", {}, "Is a passage missing? ",
      h("a", { href: `#/d/${document_.key}/all` }, "Code it among all passages of the document"), ", or, if it is not there either: ", add), list);
    openForms.set(block, fill);
    fill();
    return block;
  }

  function typedForm(document_, name) {
    const fields = [
      written("Text of the passage, as the document has it", "text", "textarea",
        { rows: "3", lang: document_.language || null, dir: "auto" }, "whole"),
      written("Page of the file", "page", "input", { type: "number", min: "1", max: document_.pages || null }, null),
      ...codingFields()];
    const remove = h("button", { type: "button", class: "quiet" }, "Remove");
    const box = form("A missing passage", fields, name, lacksOfTyped, remove);
    remove.addEventListener("click", () => { setEntry(name, { cleared: true }); box.remove(); });
    return box;
  }

  function lacksOfTyped(entry) {
    const letters = (entry.text || "").match(/[\p{L}\p{N}]/gu) || [];
    if (letters.length < SHORTEST_TYPED) return "type more of its text, or it cannot be found in the document";
    if (entry.page && !/^[1-9]\d*$/.test(entry.page)) return "the page is a whole number from 1";
    return lacksOfPassage(entry);
  }

  /* Saving and loading */

  async function rows() {
    const passages = [];
    const levels = [];
    for (const document_ of DATA.documents) {
      const common = { document: document_.document, sha256: document_.sha256, codebook: BOOK.version, coder: state.coder };
      const level = entryOf(levelName(document_));
      if (level) levels.push({ ...common, ...levelRow(document_, level) });
      const typed = Object.keys(state.entries).filter((each) => each.startsWith(typedPrefix(document_)) && entryOf(each)).sort();
      for (const name of typed) passages.push({ ...common, ...typedRow(document_, entryOf(name)) });
      const prefix = `p/${document_.key}/`;
      const names = Object.keys(state.entries).filter((each) => each.startsWith(prefix) && entryOf(each));
      if (!names.length) continue;
      const all = await passagesOf(document_.key);
      for (const name of names.sort((one, other) => Number(one.slice(prefix.length)) - Number(other.slice(prefix.length)))) {
        passages.push({ ...common, ...passageRow(all[Number(name.slice(prefix.length))], entryOf(name)) });
      }
    }
    return { passages, levels };
  }

  /* No start: the import looks for the text. */
  function typedRow(document_, entry) {
    const row = { typed: true, page: Number(entry.page) || null, text: entry.text || "", language: document_.language || "und",
      comment: entry.comment || "", coded_at: entry.at };
    for (const mark of MARKS) row[mark] = entry[mark] || "";
    return row;
  }

  function passageRow(passage, entry) {
    const row = { page: passage.page ?? null, start: passage.start ?? 0, text: passage.text, section: passage.section || "", kind: passage.kind,
      language: passage.lang || "und", comment: entry.comment || "", coded_at: entry.at };
    for (const mark of MARKS) row[mark] = entry[mark] || "";
    if (!TASK.blind) {
      row.suggested_model = TASK.model;
      row.suggested_p_urban = passage.p;
      for (const mark of MARKS) row[`suggested_${mark}`] = passage[mark] || "";
    }
    return row;
  }

  function levelRow(document_, entry) {
    const row = { level: entry.level || "", confidence: entry.confidence || "", dedicated: Boolean(entry.dedicated), comment: entry.comment || "",
      coded_at: entry.at, inclusion_probability: TASK.inclusion[document_.key] ?? null };
    const suggested = document_.codebook || document_.result;
    if (!TASK.blind && suggested) {
      row.suggested_model = TASK.model;
      row.suggested_level = suggested.level;
      BOOK.levels.forEach((level, at) => { row[`suggested_p_${level}`] = suggested.p[at]; });
    }
    return row;
  }

  async function save() {
    if (!state.coder.trim()) {
      announce("Type your name first.");
      document.getElementById("coder").focus();
      return;
    }
    const value = { format: "ndc-urban-review", version: 1, run: DATA.run, model: TASK.model, blind: TASK.blind, sample: TASK.sample,
      codebook: BOOK.version, coder: state.coder.trim(), saved_at: now(), ...(await rows()), entries: state.entries };
    const link = h("a", { download: `review-${fileName(state.coder)}-${now().slice(0, 19).replace(/[:]/g, "-")}.json`,
      href: URL.createObjectURL(new Blob([`${JSON.stringify(value)}\n`], { type: "application/json" })) });
    document.body.append(link);
    link.click();
    link.remove();
    unsaved = false;
    showStatus("Saved to your downloads.");
  }

  const fileName = (text) => text.trim().normalize("NFKD").replace(/[^\p{L}\p{N}]+/gu, "-").toLowerCase() || "coder";

  async function load(file) {
    let value = null;
    try {
      value = JSON.parse(await file.text());
    } catch { /* reported below */ }
    if (!value || value.format !== "ndc-urban-review" || typeof value.entries !== "object") {
      showStatus(`${file.name} is not a saved review. Nothing was changed.`);
    } else if (value.run !== DATA.run) {
      showStatus(`${file.name} is a review of another run. Open it in the report of that run; nothing was changed here.`);
    } else if (value.blind !== TASK.blind || value.sample !== TASK.sample) {
      showStatus(`${file.name} is from a review with other settings (blind or sample). Nothing was changed.`);
    } else if (state.coder.trim() && value.coder !== state.coder.trim()) {
      showStatus(`${file.name} is by ${value.coder}, and this review by ${state.coder.trim()}. Nothing was changed.`);
    } else {
      state = merged(state, value);
      keep();
      refreshForms();
      document.getElementById("coder").value = state.coder;
      showStatus(`${file.name} was added: the later of two codings of a passage counts.`);
    }
  }

  /* The bar below, and the list of what is to do */

  function counts() {
    const names = Object.keys(state.entries).filter((each) => entryOf(each));
    const lacks = { p: lacksOfPassage, t: lacksOfTyped, l: lacksOfLevel };
    const open = names.filter((each) => lacks[each[0]](entryOf(each)));
    const done = (kinds) => names.filter((each) => kinds.includes(each[0]) && !open.includes(each)).length;
    return { passages: done("pt"), levels: done("l"), open: open.length };
  }

  const coder = h("input", { id: "coder", autocomplete: "name", size: "16" });
  const file = h("input", { id: "load", type: "file", accept: ".json", class: "off", tabindex: "-1", "aria-label": "A saved review" });
  const status = h("span", { id: "review-status", role: "status" });
  coder.value = state.coder;
  coder.addEventListener("input", () => { state.coder = coder.value; keep(); });
  file.addEventListener("change", async () => { if (file.files[0]) await load(file.files[0]); file.value = ""; });

  function showStatus(text) {
    const { passages, levels, open } = counts();
    const parts = [`${levels} of ${counted(DATA.documents.length, "level")} and ${counted(passages, "passage")} coded`];
    if (open) parts.push(`${open} not complete`);
    if (!kept) parts.push("this browser keeps nothing: save before you close");
    status.textContent = (text ? `${text} ` : "") + parts.join("; ");
  }

  document.body.append(h("footer", { class: "statusbar noprint", "aria-label": "Review" },
    h("span", {}, h("label", { for: "coder" }, "Your name"), coder),
    h("button", { type: "button", id: "save", class: "main", onclick: save }, "Save"),
    h("button", { type: "button", onclick: () => file.click() }, "Load a saved file"), file, status));
  showStatus();

  window.reviewView = () => {
    const draw = (document_) => {
      const drawn = TASK.passages[document_.key];
      const coded = Object.keys(state.entries).filter((each) => /^[pt]$/.test(each[0]) && each.split("/")[1] === document_.key && entryOf(each)).length;
      const level = entryOf(levelName(document_));
      return [h("a", { href: `#/d/${document_.key}` }, document_.party ? `${document_.party}: ${document_.name}` : document_.name),
        level ? level.level || "begun" : "to do", drawn ? `${coded} of ${drawn.length}` : coded];
    };
    return [heading("Review"),
      h("p", {}, TASK.blind ? "Blind: no prediction is shown. Read the documents and code them by the codebook."
        : "Accept or change what the model suggests. Every passage and level that you code is kept in this browser at once."),
      h("p", {}, "Type your name below, code, and press Save. The file goes to: ndc-urban annotations import FILE --corpus RUN --into FOLDER"),
      TASK.sample ? h("p", {}, `Restricted to the sample ${TASK.sample}.`) : null,
      table("What is to do", ["Document", "Level", "Passages coded"], DATA.documents.map(draw))];
  };
  route();
});
