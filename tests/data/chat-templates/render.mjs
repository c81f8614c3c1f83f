// node render.mjs <folder of node_modules> <folder of .jinja files>: renders every template with every conversation of
// conversations.json by @huggingface/jinja and prints {template: {conversation: text or null}}.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, folder] = process.argv.slice(2);
const { Template } = await import(pathToFileURL(join(modules, "@huggingface/jinja/dist/index.js")));
const conversations = JSON.parse(readFileSync(new URL("conversations.json", import.meta.url), "utf8"));

// strftime_now asks for the date; here it is always the same.
globalThis.Date = class extends Date {
  constructor() {
    super(2024, 6, 26, 9, 5, 3);
  }
};

const results = {};
for (const file of readdirSync(folder).filter(name => name.endsWith(".jinja")).sort()) {
  results[file] = {};
  for (const { name, variables } of conversations) {
    try {
      const template = new Template(readFileSync(join(folder, file), "utf8"));
      results[file][name] = template.render({ bos_token: "<s>", eos_token: "</s>", ...structuredClone(variables) });
    } catch {
      results[file][name] = null;
    }
  }
}
console.log(JSON.stringify(results));
