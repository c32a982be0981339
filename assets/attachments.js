// Files beside a message that is being written: each is sent by itself while the person goes on writing, can be
// cancelled, tried again and taken away, and its id goes with the form. The server decides what is taken.
(() => {
  const MAX_FILES = 5;
  const MAX_BYTES = 10_000_000;
  const TYPES = ["application/pdf", "image/jpeg", "image/png"];
  const uploads = new WeakMap(); // row -> { file, request, id }

  const box = (inside) => inside.closest("[data-attachments]");
  const rows = (where) => [...where.querySelectorAll(".files > li")];
  const text = (where, key) => where.dataset[`text${key}`] ?? where.dataset.textNetwork;
  // attachment.error.too_large is data-text-too-large: textTooLarge.
  const named = (key) => key.split(".").pop().replace(/(?:^|_)([a-z])/g, (_, letter) => letter.toUpperCase());

  function address(id, place) {
    const url = new URL(id ? `/attachments/${id}` : "/attachments", location.origin);
    if (place) url.searchParams.set("sted", place);
    const acting = new URLSearchParams(location.search).get("for");
    if (acting) url.searchParams.set("for", acting);
    return url;
  }

  const placeOf = (where) => where.closest("form")?.dataset.draft?.split("|")[0];

  function size(bytes) {
    const [value, unit] = bytes >= 1e6 ? [bytes / 1e6, "MB"] : [Math.max(bytes / 1e3, 1), "kB"];
    const digits = value < 10 && unit === "MB" ? 1 : 0;
    return `${value.toLocaleString(document.documentElement.lang || "nb", { maximumFractionDigits: digits })}\u00a0${unit}`;
  }

  function complain(where, sentence) {
    where.querySelector("[data-problem]").textContent = sentence;
    const input = where.querySelector("input[type=file]");
    if (sentence) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  // A file that has come answers what was said of waiting for it, and not that there were too many.
  function stopWaiting(where) {
    const { textContent: sentence } = where.querySelector("[data-problem]");
    if ([where.dataset.textWait, where.dataset.textUnsettled].includes(sentence)) complain(where, "");
  }

  const say = (where, sentence) => { where.querySelector("[data-told]").textContent = sentence; };

  function remember(where) {
    const ids = rows(where).map((row) => uploads.get(row).id).filter(Boolean);
    where.querySelector("input[name=attachments]").value = ids.join(",");
  }

  function element(tag, className, content = "") {
    const made = document.createElement(tag);
    if (className) made.className = className;
    made.textContent = content;
    return made;
  }

  function action(row, key, what) {
    const where = box(row);
    const button = element("button", "ds-button", where.dataset[`action${key}`]);
    button.type = "button";
    button.dataset.variant = "tertiary";
    button.dataset.size = "sm";
    button.setAttribute("aria-label", `${where.dataset[`action${key}`]}: ${uploads.get(row).file.name}`);
    button.addEventListener("click", () => what(row));
    return button;
  }

  // Whoever had the focus in the row keeps it there: the button that was pressed is gone.
  function draw(row, state, ...parts) {
    const focused = row.contains(document.activeElement);
    row.dataset.state = state;
    row.querySelector("[data-actions]").replaceChildren(...parts);
    if (focused) [...row.querySelectorAll("button")].pop()?.focus();
  }

  function addRow(where, file) {
    const row = element("li", "file");
    const words = element("p", "name", file.name);
    words.append(element("span", "size", size(file.size)));
    const actions = element("div", "actions");
    actions.dataset.actions = "";
    row.append(element("span", "pic"), words, actions);
    uploads.set(row, { file, request: null, id: "" });
    where.querySelector(".files").append(row);
    return row;
  }

  function send(row) {
    const where = box(row);
    const upload = uploads.get(row);
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", `${where.dataset.textSending}: ${upload.file.name}`);
    row.querySelector(".ds-validation-message")?.remove();
    draw(row, "sending", bar, action(row, "Cancel", remove));
    const request = new XMLHttpRequest();
    upload.request = request;
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = Math.round((event.loaded / event.total) * 100);
    });
    request.addEventListener("load", () => received(row, request));
    request.addEventListener("error", () => failed(row, "Network"));
    request.addEventListener("timeout", () => failed(row, "Slow"));
    request.open("POST", address("", placeOf(where))); // so that it is offered again with the draft
    request.timeout = 600_000;
    request.setRequestHeader("X-File-Name", encodeURIComponent(upload.file.name.slice(0, 200)));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.send(upload.file);
  }

  function received(row, request) {
    if (!row.isConnected) return;
    let answer = {};
    try { answer = JSON.parse(request.responseText); } catch { /* a refusal without words */ }
    if (request.status !== 201) {
      const silent = { 401: "SignedOut", 413: "TooLarge" }[request.status] ?? "Network";
      failed(row, answer.error ? named(answer.error) : silent);
      return;
    }
    const where = box(row);
    settle(row, answer);
    stopWaiting(where);
    say(where, `${where.dataset.textDone}: ${answer.name}`);
  }

  // The server has it: what it is called there, and that it goes with the form.
  function settle(row, { id, name, size: bytes, type }) {
    uploads.get(row).id = id;
    row.querySelector(".name").replaceChildren(name, element("span", "size", size(bytes)));
    if (type !== "application/pdf") showPicture(row, id);
    draw(row, "done", action(row, "Remove", remove));
    remember(box(row));
  }

  // What was added before the page was left, and not sent.
  function offerAgain(form) {
    const where = form.querySelector("[data-attachments]");
    if (!where || !form.draftFiles) return;
    const here = rows(where).map((row) => uploads.get(row).id);
    const kept = form.draftFiles.filter((file) => !here.includes(file.id)).slice(0, MAX_FILES - here.length);
    form.draftFiles = null;
    for (const file of kept) settle(addRow(where, file), file);
    if (kept.length) say(where, `${where.dataset.textKept}: ${kept.map((file) => file.name).join(", ")}`);
  }

  function showPicture(row, id) {
    const picture = document.createElement("img");
    const url = address(id);
    url.searchParams.set("vis", "1");
    picture.alt = "";
    picture.src = url;
    picture.addEventListener("error", () => picture.remove()); // one who may write but not read sees none
    row.querySelector(".pic").replaceChildren(picture);
  }

  function failed(row, key) {
    if (!row.isConnected) return;
    const where = box(row);
    const { file } = uploads.get(row);
    const sentence = element("p", "ds-validation-message", text(where, key));
    row.querySelector(".name").append(sentence);
    const again = ["Network", "Slow", "SignedOut", "TooManyWaiting"].includes(key);
    draw(row, "failed", ...(again ? [action(row, "Again", send)] : []), action(row, "Remove", remove));
    say(where, `${file.name}: ${text(where, key)}`);
  }

  function remove(row) {
    const where = box(row);
    const { request, id, file } = uploads.get(row);
    request?.abort();
    if (id) fetch(address(id), { method: "DELETE" }).catch(() => {});
    row.remove();
    remember(where);
    complain(where, "");
    say(where, `${where.dataset.textRemoved}: ${file.name}`);
    where.querySelector("input[type=file]").focus();
  }

  function choose(where, files) {
    complain(where, "");
    for (const file of files) {
      if (rows(where).length >= MAX_FILES) { complain(where, where.dataset.textFive); break; }
      const row = addRow(where, file);
      if (file.size > MAX_BYTES) failed(row, "TooLarge");
      else if (!file.size) failed(row, "Empty");
      else if (file.type && !TYPES.includes(file.type)) failed(row, "Type");
      else send(row);
    }
  }

  const FIELD = "[data-attachments] input[type=file]";
  function take(input) {
    choose(box(input), input.files);
    input.value = ""; // the same file may be chosen again
  }
  document.addEventListener("change", (event) => event.target.matches?.(FIELD) && take(event.target));
  // This script comes late; whoever was quicker has chosen already.
  document.querySelectorAll(FIELD).forEach((input) => input.files.length && take(input));

  document.addEventListener("draft-files", (event) => offerAgain(event.target));
  document.querySelectorAll("form[data-draft]").forEach(offerAgain);

  // What is still on its way would be left behind by the send: the person decides first.
  document.addEventListener("submit", (event) => {
    const where = event.target.querySelector?.("[data-attachments]");
    if (!where) return;
    const waiting = rows(where).find((row) => row.dataset.state !== "done");
    if (!waiting) return;
    event.preventDefault();
    event.stopPropagation();
    complain(where, waiting.dataset.state === "sending" ? where.dataset.textWait : where.dataset.textUnsettled);
    waiting.querySelector("button").focus();
  }, true);
})();
