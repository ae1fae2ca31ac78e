/* The page: asks the service about files, links and the microphone, and shows what it answers. Nothing is stored. */

const SECONDS_HEARD = 10; // s of the microphone that are asked about, at most
const FIRST_ASKED = 1; // s; below, the microphone is not asked about
const NEWEST = 0.4; // weight of the newest answer in the steadied one
const REASONS_EVERY = 4; // microphone: one answer in so many comes with its columns
const KEPT = 12; // answers in the list
const LEGIBLE = 0.05; // of the timeline; a genre is written under stretches from there on
const RETRY = 2000; // ms between two looks whether the service is back
const PATIENCE = { file: 150_000, microphone: 10_000 }; // ms
const LOSSES = 3; // times that a file is asked about again when the connection broke
const FLOOR = -60; // dBFS, lower end of the meter
const MEL = { bands: 72, columns: 250, low: 60, high: 10_000, every: 40, floor: -95, top: -25 }; // Hz, ms, dB

const $ = (id) => document.getElementById(id);
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const state = {
  model: null, colours: new Map(), shown: null, history: [], away: false, pending: null,
  asking: null, listening: null, sound: null, copies: 0,
};

/* ---- words and elements ------------------------------------------------------------------------------------- */

/** An element: properties, `css` custom properties, `data`, aria and role attributes, children. */
function make(tag, settings = {}, ...children) {
  const { css = {}, attributes = {}, ...properties } = settings;
  const element = Object.assign(document.createElement(tag), properties);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  for (const [name, value] of Object.entries(css)) element.style.setProperty(name, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}
const paragraph = (...children) => make("p", {}, ...children);
const list = (items) => make("ul", {}, ...items.map((item) => make("li", {}, ...[item].flat())));
const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1);
const percent = (share) => {
  if (share < 0.01) return "< 1%"; // never none: a probability is rounded to 6 decimals
  return share < 1 && share > 0.99 ? "> 99%" : `${Math.round(100 * share)}%`;
};
const mostOf = (share) => (share > 0.995 ? "nearly all" : `${Math.round(100 * share)}% of the`);
const decimal = (value, digits = 3) => value.toFixed(digits).replace("-", "−");
const signed = (value, digits = 3) => (value < 0 ? "−" : "+") + Math.abs(value).toFixed(digits);
const seconds = (value) => `${Number(value.toFixed(1))} s`;
const plain = (value) => String(Number(value.toPrecision(4))).replace("-", "−");
const measured = ({ value, low, high, n }) =>
  `${decimal(value)}${low === null || high === null ? "" : ` (interval ${decimal(low)} to ${decimal(high)})`}, on ${n} clips`;
const colourOf = (genre) => state.colours.get(genre) ?? "g0";
/** Text in which `such` is code. */
const withCode = (text) => text.split("`").map((part, place) => (place % 2 ? make("code", { textContent: part }) : part));
const joined = (words) => (words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`);

function say(text) { $("said").textContent = text; }
function complain(text) {
  $("problem").textContent = text;
  $("problem").hidden = !text;
  if (text) $("problem").scrollIntoView({ block: "nearest" });
}

/* ---- the service -------------------------------------------------------------------------------------------- */

class Away extends Error {}
class Refused extends Error {
  constructor(status, { error, code } = {}) {
    super(error || `The service refused it (status ${status}).`);
    this.code = code ?? "";
  }
}
class Busy extends Error {
  constructor(after) { super("busy"); this.after = after; }
}
const GATEWAYS = [502, 504]; // from a proxy in front of a service that is not there

/** JSON of an address. Raises Away, Busy or Refused; AbortError when it was given up here. */
async function call(address, options = {}) {
  let response, body;
  try {
    response = await fetch(address, { cache: "no-store", credentials: "omit", ...options });
    body = await response.json().catch(() => ({}));
  } catch (error) {
    if (options.signal?.aborted && options.signal.reason?.name !== "TimeoutError") throw error;
    throw new Away(String(error));
  }
  if (response.ok) return body;
  if (GATEWAYS.includes(response.status)) throw new Away(`status ${response.status}`);
  if (response.status === 503) throw new Busy(Number(response.headers.get("retry-after")) || 1);
  throw new Refused(response.status, body);
}
const classify = (sound, detail, signal) =>
  call(`/v1/classify?detail=${detail}`, {
    method: "POST", body: sound, signal, headers: { "content-type": "application/octet-stream" },
  });
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Says that the service is away, looks until it is back, then takes up what was left. */
async function waitForService() {
  if (state.away) return;
  state.away = true;
  const words = state.listening ? "The microphone goes on." : state.pending ? "What you asked is kept." : "";
  $("away").textContent = `The service does not answer. ${words} This page looks for it every ${RETRY / 1000} s.`;
  $("away").hidden = false;
  while (state.away) {
    await pause(RETRY);
    const found = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(RETRY) }).catch(() => null);
    state.away = !found?.ok;
  }
  $("away").hidden = true;
  say("The service is back.");
  await startUp(); // it may be another model by now
  if (state.pending) ask(state.pending);
}

/* ---- the model ---------------------------------------------------------------------------------------------- */

async function startUp() {
  try {
    const [model, { examples }] = await Promise.all([call("/v1/model"), call("/v1/examples")]);
    know(model);
    offer(examples);
  } catch (error) {
    if (error instanceof Away || error instanceof Busy) waitForService();
    else complain(`The service does not say who answers: ${error.message}`);
  }
}

function know(model) {
  const changed = state.model && state.model.sha256 !== model.sha256;
  state.model = model;
  state.colours = new Map(model.genres.map((genre, place) => [genre, `g${place % 10}`]));
  $("speaks").textContent = model.title;
  if (changed && state.listening) state.listening.steady = null;
  if (!$("bars").childElementCount || changed) layBars(model.genres);
  const about = [paragraph(make("strong", { textContent: model.title }), `. It knows ${model.genres.length} genres: ${model.genres.join(", ")}. Whatever is played is one of these to it.`)];
  if (model.synthetic) about.push(paragraph(make("span", { className: "mark", textContent: "It has heard no real music. " }), "All it learned was synthesised by this project to try the machinery on. About recordings it says nothing worth hearing."));
  if (model.warnings.length) about.push(make("h3", { textContent: "Beware" }), list(model.warnings));
  about.push(make("p", { className: "hint" }, model.licence, " Bundle ", make("code", { textContent: model.sha256.slice(0, 12) }), "."));
  const score = ({ name, accuracy, sentence }) => `${name}: accuracy ${measured(accuracy)}. ${sentence}`;
  $("model-words").replaceChildren(make("div", {}, ...about), make("div", {},
    make("h3", { textContent: "Measured on clips that it had not learned from" }), list(model.scores.map(score)),
    make("h3", { textContent: "By the length of the clip" }),
    list(model.lengths.map((at) => `${seconds(at.length)}: accuracy ${measured(at.accuracy)}`)),
    make("h3", { textContent: "On music from elsewhere" }),
    model.elsewhere.length ? list(model.elsewhere.map(score)) : paragraph("Not measured: how it does on another collection is unknown.")));
}

const EXAMPLES = {
  synthetic: "Synthesised by this project, by bands that no model has heard. Some answers are wrong: that is a finding.",
  recorded: "To see how an answer looks. They are synthesised by this project, by recipes that bear the names of genres; the model that speaks learned from recordings, and is mostly unsure of them, or wrong. Play it real music.",
};
function offer(examples) {
  $("examples-words").textContent = state.model.synthetic ? EXAMPLES.synthetic : EXAMPLES.recorded;
  $("examples").hidden = !examples.length;
  $("examples").querySelector("ul").replaceChildren(...examples.map((example) => {
    const link = make("a", {
      href: `#example=${encodeURIComponent(example.name)}`, className: colourOf(example.genre), textContent: example.genre,
      title: `${example.title}, ${seconds(example.seconds)}`,
    });
    link.addEventListener("click", () => { if (location.hash === link.hash) followHash(); });
    return make("li", {}, link);
  }));
  state.examples = new Map(examples.map((example) => [example.name, example]));
}

/* ---- asking about files and links --------------------------------------------------------------------------- */

/** A request: `name`, `sound` (a Blob), `made`: the genre that an example was made as, or none. */
async function ask(request) {
  if (state.listening) stopListening();
  state.asking?.abort();
  const asking = new AbortController();
  state.asking = asking;
  state.pending = request;
  complain("");
  const most = state.model?.limits?.bytes;
  if (most && request.sound.size > most) {
    return refuse(request, `${request.name} has ${plain(request.sound.size / 2 ** 20)} MiB; at most ${plain(most / 2 ** 20)} MiB are taken. Cut it, or save it as MP3 or Ogg.`);
  }
  document.body.classList.add("busy");
  $("asked").textContent = `${request.name}: listening …`;
  say(`Asking about ${request.name}`);
  try {
    const signal = AbortSignal.any([asking.signal, AbortSignal.timeout(PATIENCE.file)]);
    const answer = await patiently(() => classify(request.sound, "top", signal));
    if (!state.model) await startUp();
    if (asking.signal.aborted) return null;
    state.pending = null;
    show({ source: request.name, made: request.made, sound: request.sound, answer, asked: new Date(), id: ++state.copies });
    remember(state.shown);
    reveal();
  } catch (error) {
    if (asking.signal.aborted) return null;
    if (error instanceof Away && (request.lost = (request.lost ?? 0) + 1) > LOSSES) refuse(request, `${request.name}: the service ends every connection over it.`);
    else if (error instanceof Away) waitForService();
    else if (error instanceof Busy) refuse(request, "The service is busy with others. Ask again in a moment.");
    else if (error instanceof Refused) refuse(request, `${request.name}: ${error.message}`);
    else throw error;
  } finally {
    if (state.asking === asking) document.body.classList.remove("busy");
  }
  return null;
}

/** Asks again, a few times, when the service is busy. */
async function patiently(attempt) {
  for (let left = 5; ; left--) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Busy) || !left) throw error;
      $("asked").textContent = "The service is busy; asking again …";
      await pause(1000 * Math.min(error.after, 10));
    }
  }
}

function refuse(request, sentence) {
  state.pending = null;
  clear("No answer", request.name, "See what is wrong above, and try another clip.");
  complain(sentence);
}

async function askFiles(files) {
  for (const file of files) await ask({ name: file.name, sound: file });
}

/** Follows a link to a clip of this service; others are not followed: they would be told who listens to what. */
async function askLink(text) {
  const name = text.trim();
  if (!name) return complain("Paste the link of a clip first.");
  let address;
  try {
    address = new URL(state.examples?.has(name) ? `/v1/examples/${encodeURIComponent(name)}` : name, location.href);
  } catch { return complain(`${name} is no link.`); }
  if (address.origin !== location.origin) {
    return complain(`Links to ${address.host || "other places"} are not followed. Save the file, then choose it or drop it here.`);
  }
  const example = decodeURIComponent(new URLSearchParams(address.hash.slice(1)).get("example") ?? address.pathname.split("/").at(-1));
  if (address.hash) address = new URL(`/v1/examples/${encodeURIComponent(example)}`, location.href);
  try {
    const response = await fetch(address, { cache: "no-store" });
    if (!response.ok) return complain(`There is no clip at ${address.pathname}.`);
    const known = state.examples?.get(example);
    return ask({ name: known ? known.title : example, sound: await response.blob(), made: known?.genre });
  } catch {
    return waitForService();
  }
}
function followHash() {
  if (new URLSearchParams(location.hash.slice(1)).has("example")) askLink(location.href);
}

/* ---- the answer --------------------------------------------------------------------------------------------- */

function layBars(genres) {
  $("bars").style.setProperty("--rows", genres.length);
  $("bars").replaceChildren(...genres.map((genre, rank) => make("li", { className: colourOf(genre), css: { "--rank": rank, "--p": 0 } },
    make("span", { className: "name", textContent: genre }),
    make("span", { className: "track", attributes: { "aria-hidden": "true" } }, make("span", { className: "bar" })),
    make("span", { className: "number", textContent: "–" }))));
}
function moveBars(probabilities) {
  const names = state.model.genres;
  const order = [...names].sort((a, b) => probabilities[b] - probabilities[a]);
  names.forEach((genre, place) => {
    const row = $("bars").children[place];
    row.style.setProperty("--rank", order.indexOf(genre));
    row.style.setProperty("--p", probabilities[genre]);
    row.classList.toggle("first", order[0] === genre);
    row.lastChild.textContent = percent(probabilities[genre]);
  });
}
/** An answer part that says nothing of any clip. */
function clear(heading, asked, sentence) {
  hush();
  state.shown = null;
  for (const part of ["timeline-part", "why-part", "clip-part", "worth-part"]) $(part).hidden = true;
  $("answer").classList.remove("unsure");
  $("genre").textContent = heading;
  $("genre").className = "genre";
  $("asked").textContent = asked;
  $("verdict").replaceChildren(paragraph(sentence));
  $("shares-title").textContent = "How likely is each genre?";
  if (state.model) layBars(state.model.genres);
  document.title = "What is playing? · Classically Punk";
  markHistory();
}
const ranked = (probabilities) =>
  Object.entries(probabilities).map(([genre, probability]) => ({ genre, probability })).sort((a, b) => b.probability - a.probability);

/** The large words: the genre, or "not sure" with the candidates. */
function pronounce({ sure, best, probabilities }, basis, sentences) {
  const candidates = ranked(probabilities);
  $("answer").classList.toggle("unsure", !sure);
  $("genre").textContent = sure ? best : "Not sure";
  $("genre").className = `genre ${sure ? colourOf(best) : ""}`;
  const words = [];
  if (sure) words.push(paragraph(make("strong", { textContent: `${percent(probabilities[best])} likely` }), `, then ${candidates.find((each) => each.genre !== best).genre}.`));
  else {
    words.push(make("ul", { className: "candidates", attributes: { "aria-label": "Candidates" } }, ...candidates.slice(0, 3).map((each) =>
      make("li", { className: colourOf(each.genre) }, make("span", { className: "swatch" }), make("span", { className: "name", textContent: each.genre }), make("span", { className: "number", textContent: percent(each.probability) })))));
    words.push(paragraph("An answer would be wrong too often: asking a person costs less."));
  }
  if (state.model.synthetic) words.push(paragraph(make("span", { className: "mark", textContent: "Demonstration model: " }), "it knows synthesised music only. ", make("a", { href: "#model", textContent: "What it is worth" })));
  words.push(...sentences);
  $("verdict").replaceChildren(...words);
  $("shares-title").textContent = "How likely is each genre?";
  moveBars(probabilities);
  document.title = `${sure ? capital(best) : "Not sure"} · What is playing?`;
}

const spoken = ({ sure, best, probabilities }) => sure
  ? `${best}, ${percent(probabilities[best])} likely`
  : `Not sure: ${joined(ranked(probabilities).slice(0, 3).map((each) => `${each.genre} ${percent(each.probability)}`))}`;

function show(entry) {
  const { answer } = entry;
  state.shown = entry;
  const sentences = [];
  if (entry.made) sentences.push(paragraph(`It was made as ${entry.made}${state.model.synthetic ? "" : ", by a recipe: no recording, as this model learned from"}.`));
  if (answer.novelty.unlike) sentences.push(paragraph(make("span", { className: "mark", textContent: "Unlike what it learned from: " }), `farther from the training music than ${percent(answer.novelty.farther_than)} of that music is from the rest. The answer is a guess.`));
  pronounce(answer, answer.basis, sentences);
  $("asked").textContent = [entry.source, seconds(answer.clip.duration)].join(" · ");
  say(`${entry.source}: ${spoken(answer)}`);
  drawTimeline(entry);
  explain(answer.explanation);
  describeClip(answer);
  valueAnswer(answer.basis);
  markHistory();
}
function reveal() {
  const top = $("answer").getBoundingClientRect().top;
  if (top > innerHeight * 0.6 || top < 0) $("answer").scrollIntoView({ behavior: calm.matches ? "auto" : "smooth" });
}

/** Radios, so that the arrow keys go from stretch to stretch and the bars show the one that is chosen. */
function drawTimeline({ answer, sound }) {
  const { windows } = answer.timeline;
  const total = answer.clip.duration;
  hush();
  $("timeline-part").hidden = windows.length < 2;
  if (windows.length < 2) return;
  $("timeline-title").textContent = "Which stretch says what";
  $("timeline").className = "timeline";
  const block = (verdict, kind, { run = 1, text = "" } = {}) => {
    const spelt = `${seconds(verdict.start)} to ${seconds(verdict.start + verdict.duration)}: ${spoken(verdict)}`;
    const radio = make("input", { type: "radio", name: "stretch", checked: kind === "all" });
    radio.addEventListener("change", () => chooseStretch(verdict, kind, spelt));
    radio.addEventListener("click", () => seek(verdict.start));
    return make("label", { className: `${colourOf(verdict.best)} ${verdict.sure ? "" : "doubt"}`, title: spelt, css: { "--from": verdict.start / total, "--wide": verdict.duration / total, "--p": verdict.probabilities[verdict.best], "--run": run } },
      radio, make("span", { className: "value" }),
      make("span", { className: "text", textContent: text, attributes: { "aria-hidden": "true" } }),
      make("span", { className: "unseen", textContent: spelt }));
  };
  const lane = (kind, ...blocks) => make("div", { className: `lane ${kind}` }, ...blocks);
  const whole = { ...answer, start: 0, duration: total };
  const lanes = [lane("all", block(whole, "all", { text: "Whole clip" }))];
  if (answer.parts.length) lanes.push(lane("parts", ...answer.parts.map((part) => block(part, "part", { text: part.sure ? part.best : "not sure" }))));
  const runs = windows.map((verdict, place) => (place && windows[place - 1].best === verdict.best ? 0 : windows.slice(place).findIndex((other) => other.best !== verdict.best)));
  lanes.push(lane("windows", ...windows.map((verdict, place) => {
    const run = runs[place] < 0 ? windows.length - place : runs[place] || 1;
    const legible = (run * verdict.duration) / total >= LEGIBLE;
    return block(verdict, "window", { run, text: runs[place] && legible ? verdict.best : "" });
  })));
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((at) => make("span", { className: `tick ${at === 0 ? "start" : at === 1 ? "end" : ""}`, textContent: seconds(at * total), css: { "--from": at }, attributes: { "aria-hidden": "true" } }));
  $("timeline").replaceChildren(...lanes, ...ticks, make("div", { className: "head", id: "head", hidden: true }));
  $("timeline-words").textContent = `Each column is a window of ${seconds(answer.timeline.length)}: its height is how likely its first genre is, hatched where it is not sure. Choose one to see its bars.`;
  $("play").hidden = !sound;
}
function chooseStretch(verdict, kind, spelt) {
  moveBars(verdict.probabilities);
  $("shares-title").textContent = kind === "all" ? "How likely is each genre?" : `How likely is each genre, from ${seconds(verdict.start)} to ${seconds(verdict.start + verdict.duration)}?`;
  if (kind !== "all") say(spelt);
}

/** Plays what was asked about; the line on the timeline is where it is. */
function play() {
  if (state.sound && !state.sound.paused) return state.sound.pause();
  if (!state.sound) {
    const sound = new Audio(URL.createObjectURL(state.shown.sound));
    state.sound = sound;
    sound.addEventListener("play", () => { labelPlay(true); followSound(sound); });
    for (const end of ["pause", "ended"]) sound.addEventListener(end, () => labelPlay(false));
    sound.addEventListener("error", () => { $("play").hidden = true; });
  }
  return state.sound.play().catch(() => labelPlay(false)); // a kind of file that the service reads and this browser does not
}
function labelPlay(playing) {
  $("play").textContent = playing ? "Pause" : "Play";
  $("play").setAttribute("aria-pressed", String(playing));
}
function followSound(sound) {
  if (sound !== state.sound || !$("head")) return;
  $("head").hidden = false;
  $("head").style.setProperty("--at", Math.min(1, sound.currentTime / state.shown.answer.clip.duration));
  if (!sound.paused) requestAnimationFrame(() => followSound(sound));
}
function seek(start) {
  if (state.sound) { state.sound.currentTime = start; followSound(state.sound); }
}
function hush() {
  if (!state.sound) return;
  state.sound.pause();
  URL.revokeObjectURL(state.sound.src);
  state.sound = null;
  labelPlay(false);
}

function explain(found) {
  $("why-part").hidden = false;
  $("why-title").textContent = `Why ${found.winner}, and not ${found.runner_up}?`;
  $("why-words").replaceChildren(`Each column of the clip, times what the regression learned, speaks for one of the two. Together they put ${found.winner} `, make("strong", { className: "number", textContent: decimal(found.margin) }), " ahead. Nothing is approximated: the terms are the answer.");
  const most = Math.max(...[found.intercept, ...found.families.map((each) => each.contribution)].map(Math.abs), 1e-9);
  const lean = (value, largest) => make("td", { className: "lean" }, make("span", { className: `scale ${colourOf(value < 0 ? found.runner_up : found.winner)}`, attributes: { "aria-hidden": "true" } }, make("i", { className: value < 0 ? "against" : "", css: { "--size": Math.abs(value) / largest } })));
  const row = (name, value, largest, small = null, kind = "") => make("tr", { className: kind },
    make("th", { scope: "row" }, ...[name].flat(), small === null ? null : make("small", { textContent: small })),
    kind === "sum" ? make("td") : lean(value, largest), make("td", { className: "amount", textContent: signed(value) }));
  $("families").replaceChildren(
    ...found.families.map((each) => row(capital(each.family), each.contribution, most)),
    row("Where the two start", found.intercept, most), row(`Lead of ${found.winner}`, found.margin, most, null, "sum"));
  $("columns-part").hidden = !found.columns.length;
  if (!found.columns.length) return;
  const columns = found.columns.slice(0, 8);
  const rest = found.margin - found.intercept - columns.reduce((sum, each) => sum + each.contribution, 0);
  const largest = Math.max(...[rest, found.intercept, ...columns.map((each) => each.contribution)].map(Math.abs), 1e-9);
  const where = ({ value, unit, farther_than: share }) =>
    `${plain(value)}${unit === "1" ? "" : ` ${unit}`}, ${share >= 0.5 ? "higher" : "lower"} than in ${mostOf(Math.max(share, 1 - share))} training clips`;
  $("columns").replaceChildren(
    ...columns.map((each) => row(each.title, each.contribution, largest, `${each.family}: ${where(each)}`)),
    row("All other columns", rest, largest), row("Where the two start", found.intercept, largest), row(`Lead of ${found.winner}`, found.margin, largest, null, "sum"));
}

function describeClip({ clip, novelty }) {
  const facts = [seconds(clip.duration)];
  if (clip.container) facts.push([clip.container, clip.codec].filter(Boolean).join(", "));
  if (clip.source_rate) facts.push(`${plain(clip.source_rate)} Hz`);
  if (clip.source_channels) facts.push(clip.source_channels === 1 ? "one channel" : `${clip.source_channels} channels`);
  const levels = [["peak", clip.peak_dbfs], ["RMS", clip.rms_dbfs]].filter(([, value]) => value !== null).map(([name, value]) => `${name} ${decimal(value, 1)} dBFS`);
  const found = clip.faults.map(({ sentence }) => withCode(sentence));
  $("clip-part").hidden = false;
  $("clip").replaceChildren(
    paragraph([...facts, ...levels].join(" · ")),
    found.length ? list(found) : paragraph("Nothing is wrong with it."),
    paragraph(`Farther from the training music than ${percent(novelty.farther_than)} of that music is from the rest.`));
}

function valueAnswer(basis) {
  $("worth-part").hidden = false;
  const words = [paragraph(`Measured on held-out clips of ${seconds(basis.length)}, by the protocol `, make("code", { textContent: basis.protocol }), `: accuracy ${measured(basis.accuracy)}, when every clip is answered.`)];
  if (basis.answered) words.push(paragraph(`It answers ${percent(basis.coverage)} of them, and is right on ${measured(basis.answered)}.`));
  words.push(make("p", { className: "hint" }, `Rule: ${basis.title}, chosen by ${basis.policy}. `, make("a", { href: "#model", textContent: "More of the model" })));
  $("worth").replaceChildren(...words);
}

/* ---- the last answers --------------------------------------------------------------------------------------- */

function remember(entry) {
  state.history.unshift(entry);
  state.history.length = Math.min(state.history.length, KEPT);
  $("history-words").textContent = "";
  listHistory();
}
function listHistory() {
  $("history-part").hidden = !state.history.length;
  $("history").replaceChildren(...state.history.map((entry) => {
    const { answer, source, asked } = entry;
    const button = make("button", { type: "button", className: colourOf(answer.best) },
      make("span", { className: "swatch" }), make("span", { className: "name", textContent: answer.sure ? answer.best : "not sure" }),
      make("span", { className: "number", textContent: percent(answer.probabilities[answer.best]) }), make("span", { className: "from", textContent: source }),
      make("time", { dateTime: asked.toISOString(), textContent: asked.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }) }));
    button.addEventListener("click", () => { if (!state.listening) { complain(""); show(entry); reveal(); } });
    return make("li", {}, button);
  }));
  markHistory();
}
function markHistory() {
  state.history.forEach((entry, place) => {
    const button = $("history").children[place]?.firstChild;
    if (entry === state.shown) button?.setAttribute("aria-current", "true");
    else button?.removeAttribute("aria-current");
  });
}
/** What is shared: answers as the service gave them, with what they were about. */
const shared = () => JSON.stringify({
  model: state.model && { name: state.model.name, title: state.model.title, sha256: state.model.sha256 },
  answers: state.history.map(({ source, asked, answer, steadied }) => ({ source, asked: asked.toISOString(), ...(steadied && { steadied }), answer })),
}, null, 1);

async function copy() {
  try {
    await navigator.clipboard.writeText(shared());
    $("history-words").textContent = "Copied.";
  } catch {
    $("history-words").textContent = "This browser lets no page copy here: download it instead.";
  }
}
function download() {
  const address = URL.createObjectURL(new Blob([shared()], { type: "application/json" }));
  make("a", { href: address, download: "answers.json" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
  $("history-words").textContent = "Saved as answers.json.";
}
function forget() {
  state.history = [];
  $("history-words").textContent = "";
  listHistory();
  say("Forgotten.");
  $("listen").focus();
}

/* ---- the microphone ----------------------------------------------------------------------------------------- */

/** The last seconds heard. */
class Ring {
  constructor(size) { this.samples = new Float32Array(size); this.at = 0; this.filled = 0; }
  push(block) {
    const first = Math.min(block.length, this.samples.length - this.at);
    this.samples.set(block.subarray(0, first), this.at);
    this.samples.set(block.subarray(first), 0);
    this.at = (this.at + block.length) % this.samples.length;
    this.filled = Math.min(this.filled + block.length, this.samples.length);
  }
  last() {
    const found = new Float32Array(this.filled);
    const start = (this.at - this.filled + this.samples.length) % this.samples.length;
    const first = Math.min(this.filled, this.samples.length - start);
    found.set(this.samples.subarray(start, start + first));
    found.set(this.samples.subarray(0, this.filled - first), first);
    return found;
  }
}

/** Mono 16-bit WAV at the rate at which it was heard: the service resamples, nothing is done to the sound here. */
function wav(samples, rate) {
  const view = new DataView(new ArrayBuffer(44 + 2 * samples.length));
  const text = (at, word) => [...word].forEach((letter, place) => view.setUint8(at + place, letter.charCodeAt(0)));
  text(0, "RIFF"); view.setUint32(4, 36 + 2 * samples.length, true); text(8, "WAVEfmt ");
  view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true); view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true); view.setUint16(32, 2, true); view.setUint16(34, 16, true);
  text(36, "data"); view.setUint32(40, 2 * samples.length, true);
  for (let place = 0; place < samples.length; place++) {
    view.setInt16(44 + 2 * place, Math.max(-32768, Math.min(32767, Math.round(32768 * samples[place]))), true);
  }
  return new Blob([view], { type: "audio/wav" });
}

const REFUSALS = {
  NotAllowedError: "The microphone was refused. Allow it for this page in the browser's address bar, then press Listen again.",
  NotFoundError: "No microphone was found. Plug one in, or choose a file.",
  NotReadableError: "The microphone is there but gives nothing: another program may hold it.",
};

async function startListening() {
  complain("");
  if (!navigator.mediaDevices?.getUserMedia) return complain("Browsers give the microphone to https pages and to localhost only. Open this page there, or choose a file.");
  const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  let stream, context;
  $("listen").disabled = true;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: raw });
    context = new AudioContext();
    await context.audioWorklet.addModule("/static/listener.js");
  } catch (error) {
    stream?.getTracks().forEach((track) => track.stop());
    context?.close();
    return complain(REFUSALS[error.name] ?? `The microphone cannot be heard: ${error.message}`);
  } finally {
    $("listen").disabled = false;
  }
  state.asking?.abort();
  state.pending = null;
  document.body.classList.remove("busy");
  hush();
  const source = new MediaStreamAudioSourceNode(context, { mediaStream: stream });
  const worklet = new AudioWorkletNode(context, "listener", { numberOfOutputs: 0 });
  const analyser = new AnalyserNode(context, { fftSize: 4096, smoothingTimeConstant: 0, minDecibels: MEL.floor, maxDecibels: MEL.top });
  source.connect(worklet);
  source.connect(analyser);
  const track = stream.getAudioTracks()[0];
  const listening = {
    stream, context, worklet, analyser, ring: new Ring(SECONDS_HEARD * context.sampleRate), since: 0, asking: false, turn: 0, steady: null,
    said: null, last: null, trace: [], square: 0, peak: 0, measured: 0, shown: 0, picture: new Picture($("mel"), analyser),
    altered: Object.keys(raw).filter((name) => track.getSettings()[name] === true),
  };
  state.listening = listening;
  worklet.port.onmessage = ({ data }) => hear(listening, data);
  track.addEventListener("ended", () => { if (state.listening === listening) { stopListening(); complain("The microphone went away."); } });
  await context.resume();
  $("listen").setAttribute("aria-pressed", "true");
  $("listen-word").textContent = "Stop";
  $("live").hidden = false;
  document.body.classList.add("hears");
  $("live-words").textContent = "";
  clear("Listening", "Microphone", "The first answer comes after a second.");
  say("Listening.");
  return listening.picture.run(() => state.listening === listening);
}

function stopListening() {
  const listening = state.listening;
  state.listening = null;
  listening.worklet.port.onmessage = null;
  listening.stream.getTracks().forEach((track) => track.stop());
  listening.context.close();
  $("listen").setAttribute("aria-pressed", "false");
  $("listen-word").textContent = "Listen";
  $("live").hidden = true;
  document.body.classList.remove("hears");
  if (listening.last) {
    state.shown = { ...listening.last, asked: new Date(), id: ++state.copies };
    remember(state.shown);
    $("asked").textContent = `Microphone, stopped · the last ${seconds(listening.last.answer.clip.duration)}`;
  } else {
    clear("No answer", "Microphone, stopped", "It heard nothing to answer.");
  }
  say("Stopped listening.");
}

function hear(listening, block) {
  listening.ring.push(block);
  for (const sample of block) {
    listening.square += sample * sample;
    listening.peak = Math.max(listening.peak, Math.abs(sample));
  }
  listening.measured += block.length;
  listening.since += block.length;
  if (listening.measured >= listening.context.sampleRate / 12) showLevel(listening);
  if (listening.since >= listening.context.sampleRate && listening.ring.filled >= FIRST_ASKED * listening.context.sampleRate) {
    listening.since = 0;
    askHeard(listening);
  }
}

function showLevel(listening) {
  const level = (value) => (value > 0 ? Math.max(FLOOR, 20 * Math.log10(value)) : FLOOR);
  const rms = level(Math.sqrt(listening.square / listening.measured));
  const peak = level(listening.peak);
  Object.assign(listening, { square: 0, peak: 0, measured: 0 });
  $("meter").style.setProperty("--rms", (rms - FLOOR) / -FLOOR);
  $("meter").style.setProperty("--peak", (peak - FLOOR) / -FLOOR);
  if (++listening.shown % 4) return;
  $("meter").setAttribute("aria-valuenow", rms.toFixed(0));
  $("meter").setAttribute("aria-valuetext", `${rms.toFixed(0)} decibels below full scale`);
  $("level-words").textContent = rms <= FLOOR ? "silent" : peak > -0.1 ? "too loud" : `${decimal(rms, 0)} dBFS`;
}

/** One request at a time, about the last seconds. */
async function askHeard(listening) {
  if (listening.asking || state.away) return;
  listening.asking = true;
  const heard = performance.now();
  try {
    const samples = listening.ring.last();
    const detail = listening.turn++ % REASONS_EVERY ? "brief" : "top";
    const answer = await classify(wav(samples, listening.context.sampleRate), detail, AbortSignal.timeout(PATIENCE.microphone));
    if (state.listening === listening) showHeard(listening, answer, (performance.now() - heard) / 1000);
  } catch (error) {
    if (state.listening !== listening) return;
    if (error instanceof Away) waitForService();
    else if (error instanceof Refused) nothingHeard(listening, error);
    else if (!(error instanceof Busy)) throw error;
  } finally {
    listening.asking = false;
  }
}

/** Geometric mean of the answers, the newest with weight `NEWEST`, those before fading; then the service's own rule. */
function steadied(before, answer) {
  const genres = state.model.genres;
  const logs = genres.map((genre, place) => {
    const now = Math.log(Math.max(answer.probabilities[genre], 1e-6));
    return before ? (1 - NEWEST) * before[place] + NEWEST * now : now;
  });
  const top = Math.max(...logs);
  const sum = logs.reduce((total, each) => total + Math.exp(each - top), 0);
  const shares = logs.map((each) => Math.exp(each - top) / sum);
  const { matrix, leave } = state.model.costs;
  const costs = genres.map((_, answered) => shares.reduce((total, share, truth) => total + share * matrix[truth][answered], 0));
  const best = costs.indexOf(Math.min(...costs));
  return { logs, verdict: { sure: costs[best] <= leave, best: genres[best], probabilities: Object.fromEntries(genres.map((genre, place) => [genre, shares[place]])) } };
}

function showHeard(listening, answer, delay) {
  const { logs, verdict } = steadied(listening.steady, answer);
  listening.steady = logs;
  listening.trace = [...listening.trace.slice(-59), verdict];
  const columns = answer.explanation.columns.length;
  listening.last = { source: "Microphone", answer: { ...answer, ...verdict, genre: verdict.sure ? verdict.best : null }, steadied: { weight_of_newest: NEWEST, answers: listening.turn } };
  $("asked").textContent = `Microphone · the last ${seconds(answer.clip.duration)}`;
  const sentences = answer.novelty.unlike ? [paragraph(make("span", { className: "mark", textContent: "Unlike what it learned from." }), " The answer is a guess.")] : [];
  pronounce(verdict, answer.basis, sentences);
  traceAnswers(listening);
  if (columns) explain(answer.explanation);
  describeClip(answer);
  valueAnswer(answer.basis);
  const spelt = verdict.sure ? verdict.best : "Not sure";
  if (spelt !== listening.said) say(spelt); // a screen reader hears changes, not every second
  listening.said = spelt;
  $("live-words").textContent = liveWords(listening, delay);
}
function liveWords(listening, delay) {
  const words = [`Answered in ${delay.toFixed(2)} s. Steadied: the newest answer counts ${percent(NEWEST)}, those before fade.`];
  if (listening.altered.length) words.push(`This browser keeps changing the sound (${listening.altered.join(", ")}): answers suffer.`);
  return words.join(" ");
}
function nothingHeard(listening, error) {
  listening.steady = null; // what comes after a silence is another song
  listening.said = "";
  clear("Listening", "Microphone", error.message);
}

/** What was said so far, second by second: no controls, since it moves. */
function traceAnswers(listening) {
  const { trace } = listening;
  $("timeline-part").hidden = false;
  $("play").hidden = true;
  const wide = 1 / Math.max(trace.length, 20);
  const blocks = trace.map((verdict, place) => make("label", { className: `${colourOf(verdict.best)} ${verdict.sure ? "" : "doubt"}`, css: { "--from": place * wide, "--wide": wide, "--p": verdict.probabilities[verdict.best], "--run": 1 } }, make("span", { className: "value" })));
  const summary = trace.map((verdict) => (verdict.sure ? verdict.best : "not sure")).filter((word, place, all) => word !== all[place - 1]);
  $("timeline-title").textContent = "What it said, second by second";
  $("timeline").className = "timeline trace";
  $("timeline").replaceChildren(make("div", { className: "lane windows", attributes: { role: "img", "aria-label": `So far: ${summary.join(", then ")}` } }, ...blocks));
  $("timeline-words").textContent = "Height: how likely. Hatched: not sure.";
}

/** Loudness by pitch over the last seconds, drawn from the analyser's spectrum in mel bands. */
class Picture {
  constructor(canvas, analyser) {
    this.canvas = canvas;
    this.analyser = analyser;
    this.spectrum = new Float32Array(analyser.frequencyBinCount);
    this.values = new Float32Array(MEL.columns * MEL.bands);
    const mel = (hertz) => 2595 * Math.log10(1 + hertz / 700);
    const hertz = (value) => 700 * (10 ** (value / 2595) - 1);
    const bin = (value) => (value / analyser.context.sampleRate) * analyser.fftSize;
    const [low, high] = [mel(MEL.low), mel(MEL.high)];
    this.edges = Array.from({ length: MEL.bands + 1 }, (_, band) => bin(hertz(low + ((high - low) * band) / MEL.bands)));
    [...document.querySelectorAll(".axis i")].forEach((label, place) => label.style.setProperty("top", `${100 * (1 - (mel([8000, 1000, 250][place]) - low) / (high - low))}%`));
  }

  /** Draws while `goesOn`; once a second for those who want no motion. */
  run(goesOn) {
    let last = 0;
    const frame = (now) => {
      if (!goesOn()) return;
      if (now - last >= MEL.every) { this.add(); if (!calm.matches || now - this.drawn > 1000 || !this.drawn) this.draw(now); last = now; }
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  add() {
    this.analyser.getFloatFrequencyData(this.spectrum);
    this.values.copyWithin(0, MEL.bands);
    for (let band = 0; band < MEL.bands; band++) {
      const [start, end] = [Math.floor(this.edges[band]), Math.max(Math.floor(this.edges[band]) + 1, Math.floor(this.edges[band + 1]))];
      let loudest = MEL.floor;
      for (let at = start; at < end; at++) loudest = Math.max(loudest, this.spectrum[at]);
      this.values[(MEL.columns - 1) * MEL.bands + band] = Math.min(1, Math.max(0, (loudest - MEL.floor) / (MEL.top - MEL.floor)));
    }
  }

  draw(now) {
    this.drawn = now;
    const pen = this.canvas.getContext("2d");
    const image = pen.createImageData(MEL.columns, MEL.bands);
    const ramp = RAMPS[matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"];
    for (let column = 0; column < MEL.columns; column++) {
      for (let band = 0; band < MEL.bands; band++) {
        image.data.set(ramp[Math.round(255 * this.values[column * MEL.bands + band])], 4 * ((MEL.bands - 1 - band) * MEL.columns + column));
      }
    }
    pen.putImageData(image, 0, 0);
  }
}
/** 256 colours between those given, from silence to loud. */
const ramp = (stops) => Array.from({ length: 256 }, (_, at) => {
  const place = (at / 255) * (stops.length - 1);
  const from = Math.min(Math.floor(place), stops.length - 2);
  return [...stops[from].map((value, part) => Math.round(value + (place - from) * (stops[from + 1][part] - value))), 255];
});
const RAMPS = {
  light: ramp([[255, 254, 251], [247, 229, 208], [231, 158, 118], [163, 50, 31], [56, 16, 24]]),
  dark: ramp([[28, 26, 24], [62, 30, 36], [150, 52, 44], [255, 144, 119], [255, 236, 210]]),
};

/* ---- controls ----------------------------------------------------------------------------------------------- */

$("listen").addEventListener("click", () => (state.listening ? stopListening() : startListening()));
$("file").addEventListener("change", async ({ target }) => { const files = [...target.files]; target.value = ""; await askFiles(files); });
$("link-form").addEventListener("submit", (event) => { event.preventDefault(); askLink($("link").value); });
$("play").addEventListener("click", play);
$("copy").addEventListener("click", copy);
$("download").addEventListener("click", download);
$("forget").addEventListener("click", forget);
addEventListener("hashchange", followHash);
addEventListener("paste", (event) => {
  if (event.target instanceof HTMLInputElement) return;
  const text = event.clipboardData.getData("text/plain");
  if (event.clipboardData.files.length) askFiles([...event.clipboardData.files]);
  else if (text) { $("link").value = text; askLink(text); }
});
addEventListener("dragover", (event) => { event.preventDefault(); document.body.classList.toggle("dragged", event.dataTransfer.types.includes("Files")); });
addEventListener("dragleave", (event) => { if (!event.relatedTarget) document.body.classList.remove("dragged"); });
addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("dragged");
  const text = event.dataTransfer.getData("text/uri-list");
  if (event.dataTransfer.files.length) askFiles([...event.dataTransfer.files]);
  else if (text) askLink(text.split("\n")[0]);
});

await startUp();
followHash();
