// The page of a server: polls /status, and chats. Whatever comes from the server or a model is set as text, never as markup.
const $ = id => document.getElementById(id);
const keyName = "spud-key", seconds = 300;
const roles = new Set(["head", "attention", "cache", "router", "experts"]);
let samples = [], busy = null, messages = [], currency = "", nextPoll = 0;

const make = (tag, kind = "", ...children) => {
  const element = document.createElement(tag);
  element.className = kind;
  element.append(...children.filter(child => child !== null)); // Strings become text nodes.
  return element;
};
const number = (value, digits = 3) => value.toLocaleString("en", { maximumSignificantDigits: Math.max(digits, Math.ceil(Math.log10(Math.abs(value) + 1))) });
const count = value => value.toLocaleString("en");
const money = (value, unit = currency) => `${value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: value !== 0 && Math.abs(value) < 0.01 ? 9 : 4 })} ${unit}`.trim();
const setText = (id, text) => { if ($(id).textContent !== text) $(id).textContent = text; };

// Requests

class Refusal extends Error {
  constructor(status, message) { super(message); this.status = status; }
}

async function send(path, body, signal) {
  const key = sessionStorage.getItem(keyName), headers = {};
  if (key) headers.Authorization = `Bearer ${key}`;
  if (body) headers["Content-Type"] = "application/json";
  const response = await fetch(path, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body), signal, cache: "no-store", credentials: "omit" });
  if (response.ok) return response;
  const fault = await response.json().catch(() => null);
  if (response.status === 401) askKey(key ? fault?.error?.message : "");
  throw new Refusal(response.status, fault?.error?.message ?? `status ${response.status}`);
}

function askKey(note = "") {
  sessionStorage.removeItem(keyName);
  samples = [];
  $("key-note").textContent = note;
  if (!$("key-form").hidden) return;
  $("key-form").hidden = false;
  $("main").hidden = $("forget").hidden = $("account").hidden = true;
  $("key").focus();
}

$("key-form").addEventListener("submit", event => {
  event.preventDefault();
  // Whatever cannot stand in a header is no key.
  sessionStorage.setItem(keyName, $("key").value.replace(/[^\x21-\x7e]/g, ""));
  $("key").value = "";
  $("key-form").hidden = true;
  poll();
});
$("forget").addEventListener("click", () => { busy?.abort(); clear(); askKey(); });

// Status

async function poll() {
  clearTimeout(nextPoll);
  if (!$("key-form").hidden) return;
  try {
    show(await (await send(`status?after=${samples.at(-1)?.number ?? 0}`)).json());
  } catch (fault) {
    state(fault instanceof Refusal ? fault.status === 401 ? "a key is needed" : fault.message : "the server cannot be reached; trying again", "wrong");
    $("main").classList.add("stale");
    samples = []; // A server that was started again counts from 1; one that was not sends them again.
  }
  clearTimeout(nextPoll); // Of another poll that was under way.
  if (!document.hidden) nextPoll = setTimeout(poll, 1000);
}
document.addEventListener("visibilitychange", () => document.hidden ? clearTimeout(nextPoll) : poll());

function state(text, kind) {
  setText("state-text", text);
  $("state").className = `state ${kind}`;
}

function show(status) {
  $("main").hidden = false;
  $("main").classList.remove("stale");
  const loops = status.models.map(model => model.loop).filter(loop => loop), prices = loops.find(loop => loop.prices)?.prices;
  state(status.state === "ok" ? "ready" : status.state, status.state === "ok" ? "ok" : "wrong");
  showAccount(status.account);
  const known = samples.at(-1)?.number ?? 0;
  samples = [...samples, ...status.samples.filter(sample => sample.number > known)].slice(-seconds);
  setText("speed", number(samples.at(-1)?.tokens_per_second ?? 0));
  setText("running", `${loops.reduce((sum, loop) => sum + loop.running, 0)}`);
  setText("waiting", `${loops.reduce((sum, loop) => sum + loop.waiting, 0)}`);
  $("clearing-box").hidden = $("price-chart").hidden = $("bid-label").hidden = !prices;
  if (prices) setText("clearing", money(prices.clearing));
  charts.speed(sample => sample.tokens_per_second);
  charts.queue(sample => sample.running, sample => sample.waiting);
  if (prices) charts.price(sample => sample.clearing ?? 0);
  $("models").replaceChildren(...status.models.map(showModel));
  chooseModels(status.models.map(model => model.name));
  $("jobs").replaceChildren(...status.jobs.map(showJob));
  $("no-jobs").hidden = status.jobs.length > 0;
  showReceipts(status.receipts);
}

function showAccount(account) {
  $("account").hidden = !account;
  $("forget").hidden = !account;
  currency = account?.currency ?? "";
  if (account)
    $("account").replaceChildren(`${account.name}: ${money(account.balance)}`, make("small", "", account.reserved > 0 ? `, and ${money(account.reserved)} reserved` : ""));
}

function bar(label, parts, total) {
  const element = make("div", "bar", ...parts.map(([kind, value]) => {
    const part = make("i", kind);
    part.style.width = `${total > 0 ? Math.min(100, 100 * value / total) : 0}%`;
    return part;
  }));
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", label);
  return element;
}

function legend(...entries) {
  return make("ul", "legend", ...entries.map(([kind, text]) => make("li", "", make("i", kind), text)));
}

function showModel({ name, memory_bytes, loop }) {
  const memory = memory_bytes ? `${count(Math.ceil(memory_bytes / 2 ** 20))} MiB` : "";
  if (!loop) return make("div", "model", make("p", "", make("span", "name", name), memory ? `not in memory, needs ${memory}` : "not in memory"));
  const used = loop.pages - loop.free_pages - loop.kept_pages;
  const texts = [`${count(used)} used`, `${count(loop.kept_pages)} kept of ${loop.kept_texts} ${loop.kept_texts === 1 ? "text" : "texts"}`, `${count(loop.free_pages)} free`];
  return make("div", "model",
    make("p", "", make("span", "name", name), `${memory} of memory, ${count(loop.pages)} pages of keys and values`),
    bar(`Pages: ${texts.join(", ")}`, [["used", used], ["kept", loop.kept_pages]], loop.pages),
    legend(["used", texts[0]], ["kept", texts[1]], ["free", texts[2]]));
}

function showJob(job) {
  const spent = `${number(job.compute_units)} CU`, share = job.cap ? job.compute_units / job.cap : 0;
  const terms = [job.lane === "spot" ? "spot" : "", job.bid === null ? "" : `bid ${money(job.bid)}`].filter(text => text);
  const meter = make("div", "bar", make("i", share > 0.9 ? "near" : "fill"));
  meter.firstChild.style.width = `${Math.min(100, 100 * share)}%`;
  if (job.cap) {
    meter.setAttribute("role", "meter");
    for (const [name, value] of [["valuemin", 0], ["valuemax", job.cap], ["valuenow", job.compute_units], ["label", "compute spent of the cap"], ["valuetext", `${spent} of ${number(job.cap)}`]])
      meter.setAttribute(`aria-${name}`, value);
  } else {
    meter.setAttribute("aria-hidden", "true");
  }
  const doing = { waiting: "waits", prefilling: "reads", decoding: "writes" }[job.state] ?? job.state;
  const item = make("li", job.cap ? "" : "open",
    make("p", "",
      make("span", "what", `${job.id ? short(job.id) : job.model} `, make("small", "", [`${doing}, ${job.prompt_tokens} + ${job.generated_tokens} tokens`, ...terms].join(", "))),
      make("span", "spent", spent, make("small", "", job.cap ? ` of ${number(job.cap)}` : ", no cap"))),
    meter);
  item.title = [job.id, job.model].filter(text => text).join(", ");
  return item;
}

function short(id) { return id.length > 14 ? `${id.slice(0, 12)}…` : id; }

function showReceipts(receipts) {
  $("receipts").hidden = receipts.length === 0;
  $("no-receipts").hidden = receipts.length > 0;
  $("receipts").className = receipts.some(receipt => receipt.charge !== null) ? "" : "free";
  $("receipts").querySelector("th.charge").textContent = `charge, ${receipts[0]?.currency ?? ""}`;
  $("receipts").tBodies[0].replaceChildren(...receipts.map(receipt => {
    const row = make("tr", "",
      make("td", "", new Date(receipt.made).toLocaleTimeString("en-GB")),
      make("td", "", receipt.outcome.replaceAll("_", " ")),
      make("td", "", number(receipt.compute_units)),
      make("td", "charge", receipt.charge === null ? "" : money(receipt.charge, "")),
      make("td", "more", count(receipt.tokens)),
      make("td", "more", count(receipt.reused_tokens)));
    row.title = [receipt.id, receipt.model].filter(text => text).join(", ");
    return row;
  }));
}

// Charts

function chart(figure, name, format) {
  const [width, height] = [1000, 100], space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg"), read = make("span", "read"), paths = {};
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("role", "img");
  for (const kind of ["grid", "area", "second", "first", "cursor"]) {
    paths[kind] = svg.appendChild(document.createElementNS(space, "path"));
    paths[kind].setAttribute("class", kind);
  }
  paths.grid.setAttribute("d", `M0 0H${width}M0 50H${width}`);
  figure.firstElementChild.append(read);
  const begin = make("span");
  figure.append(svg, make("div", "axis", begin, make("span", "", "now")));
  let pointed = null, last = [];
  const draw = (...series) => {
    if (!series.length) return;
    last = series;
    const values = series.map(of => samples.map(of)), top = Math.max(...values.flat(), 0);
    const span = samples.length > 60 ? seconds : 60, left = span - samples.length, x = index => (left + index) * width / (span - 1);
    begin.textContent = span > 60 ? "5 minutes ago" : "1 minute ago";
    const line = row => row.map((value, index) => `${index ? "L" : "M"}${x(index)} ${top > 0 ? height - height * value / top : height}`).join("");
    paths.first.setAttribute("d", line(values[0]));
    paths.area.setAttribute("d", samples.length ? `${line(values[0])}V${height}H${x(0)}Z` : "");
    if (values[1]) paths.second.setAttribute("d", line(values[1]));
    const index = pointed === null ? -1 : Math.min(samples.length - 1, Math.max(0, Math.round(pointed * (span - 1)) - left));
    paths.cursor.setAttribute("d", index >= 0 ? `M${x(index)} 0V${height}` : "");
    read.textContent = index >= 0 ? `${samples.length - 1 - index} s ago: ${values.map(row => format(row[index])).join(" / ")}` : `peak ${format(top)}`;
    svg.setAttribute("aria-label", `${name}, last ${samples.length} seconds: now ${values.map(row => format(row.at(-1) ?? 0)).join(" and ")}, peak ${format(top)}`);
  };
  svg.addEventListener("pointermove", event => {
    const box = svg.getBoundingClientRect();
    pointed = (event.clientX - box.left) / box.width;
    draw(...last);
  });
  svg.addEventListener("pointerleave", () => { pointed = null; draw(...last); });
  return draw;
}

const charts = {
  speed: chart($("speed-chart"), "Tokens per second", value => number(value)),
  queue: chart($("queue-chart"), "Requests running and waiting", value => `${value}`),
  price: chart($("price-chart"), "Clearing price per CU", value => money(value)),
};

// Chat

function chooseModels(names) {
  $("model").hidden = names.length < 2;
  if ([...$("model").options].map(option => option.value).join("\n") !== names.join("\n"))
    $("model").replaceChildren(...names.map(name => new Option(name, name)));
}

function clear() {
  messages = [];
  $("log").replaceChildren();
  $("chat-note").textContent = "";
}
$("new").addEventListener("click", () => { busy?.abort(); clear(); $("prompt").focus(); });
$("stop").addEventListener("click", () => busy?.abort());
$("prompt").addEventListener("keydown", event => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $("ask").requestSubmit();
});

$("ask").addEventListener("submit", async event => {
  event.preventDefault();
  const text = $("prompt").value.trim();
  if (busy || !text) return;
  const talk = messages, call = busy = new AbortController(), answer = make("div", "text"), item = make("div", "busy", answer);
  talk.push({ role: "user", content: text });
  $("log").append(make("div", "user text", text), item);
  $("log").scrollTop = $("log").scrollHeight;
  $("log").setAttribute("aria-busy", "true");
  $("prompt").value = "";
  $("stop").hidden = false;
  $("send").disabled = true;
  note("");
  try {
    const usage = await stream(talk, item, answer, call.signal);
    talk.push({ role: "assistant", content: answer.textContent });
    if (usage) {
      item.append(bill(usage));
      note(`The answer is complete: ${number(usage.compute.compute_units)} CU.`);
    }
  } catch (fault) {
    // What was said counts, up to where it was stopped. A turn that failed did not take place.
    if (answer.textContent) talk.push({ role: "assistant", content: answer.textContent });
    else talk.pop();
    if (fault.name !== "AbortError") $("prompt").value ||= text;
    note(fault.name === "AbortError" ? "Stopped. What was computed until then is in the receipts." : fault.message, fault.name !== "AbortError");
    if (!answer.textContent) item.remove();
  }
  busy = null;
  item.classList.remove("busy");
  follow(true);
  $("log").removeAttribute("aria-busy");
  $("stop").hidden = true;
  $("send").disabled = false;
  poll();
});

function note(text, isBad = false) {
  $("chat-note").textContent = text;
  $("chat-note").classList.toggle("bad", isBad);
}

// The end of the text stays in sight unless the reader has scrolled up.
function follow(force = false) {
  const log = $("log");
  if (force || log.scrollHeight - log.scrollTop - log.clientHeight < 80) log.scrollTop = log.scrollHeight;
}

async function stream(talk, item, answer, signal) {
  const body = { messages: talk, stream: true, stream_options: { include_usage: true } };
  if (!$("model").hidden) body.model = $("model").value;
  const budget = $("budget").value.trim(), bid = $("bid-label").hidden ? "" : $("bid").value.trim();
  if (budget) body.budget = /^[\d.]+$/.test(budget) ? `${budget}cu` : budget;
  if (bid) body.bid = Number.isFinite(Number(bid)) ? Number(bid) : bid; // The server says what is wrong with it.
  const reader = (await send("v1/chat/completions", body, signal)).body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "", usage = null, thought = null;
  for (let part; !(part = await reader.read()).done;) {
    const lines = (rest + part.value).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      if (!line.startsWith("data: ") || line === "data: [DONE]") continue;
      const event = JSON.parse(line.slice(6)), delta = event.choices?.[0]?.delta;
      if (event.error) throw new Refusal(500, event.error.message);
      if (delta?.reasoning_content) {
        if (!thought) item.prepend(thought = make("div", "text thought"));
        thought.append(delta.reasoning_content);
      }
      if (delta?.content) answer.append(delta.content);
      usage = event.usage ?? usage;
      follow();
    }
  }
  return usage;
}

function bill(usage) {
  const compute = usage.compute, total = compute.compute_units;
  const entries = Object.entries(compute.by_role).filter(([, units]) => units > 0).sort((a, b) => b[1] - a[1]).map(([role, units]) => [`role-${roles.has(role) ? role : "other"}`, units, `${role} ${number(units)} CU`]);
  const prices = [compute.price ? money(compute.price.amount, compute.price.currency) : null, compute.market === null ? null : `${money(compute.market)} market`].filter(text => text);
  const facts = [`${usage.prompt_tokens - compute.reused_tokens} read`, `${compute.reused_tokens} reused`, `${usage.completion_tokens} generated`];
  if (compute.experts_per_token !== null) facts.push(`${number(compute.experts_per_token)} experts per token`);
  if (compute.outcome !== "finished") facts.push(compute.outcome.replaceAll("_", " "));
  const element = make("div", "bill",
    make("p", "sum", make("b", "", `${number(total)} CU`), ...prices.map(text => make("b", "", text)), ...facts.map(text => make("span", "", text))),
    bar(`Compute by role: ${entries.map(entry => entry[2]).join(", ")}`, entries, total),
    legend(...entries.map(([kind, , text]) => [kind, text])));
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", "Bill of this answer");
  return element;
}

poll();
