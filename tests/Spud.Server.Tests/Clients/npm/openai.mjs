// The official client: chat, streaming, embeddings, responses, errors. Prints one JSON object.
import OpenAI from "openai";

const [baseURL, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: "none", maxRetries: 0 });
const messages = [{ role: "user", content: "What is the capital of France?" }];
const chat = await client.chat.completions.create({ model, messages, temperature: 0 });

let streamed = "", finish = null, usage = null;
for await (const chunk of await client.chat.completions.create({ model, messages, temperature: 0, stream: true, stream_options: { include_usage: true } })) {
  streamed += chunk.choices[0]?.delta?.content ?? "";
  finish = chunk.choices[0]?.finish_reason ?? finish;
  usage = chunk.usage ?? usage;
}

// The client's own accumulator throws on chunks that do not fit together.
const accumulated = await client.chat.completions.stream({ model, messages, temperature: 0 }).finalChatCompletion();
const schema = { type: "object", properties: { city: { type: "string", enum: ["Paris", "Rome"] } }, required: ["city"], additionalProperties: false };
const tools = [{ type: "function", function: { name: "get_weather", description: "The weather of a city.", parameters: schema } }];
const asked = { model, messages: [{ role: "user", content: "How is the weather in Paris?" }], tools, tool_choice: "required", parallel_tool_calls: false, temperature: 0 };
const called = (await client.chat.completions.create(asked)).choices[0].message.tool_calls[0].function;
const calledStream = (await client.chat.completions.stream(asked).finalChatCompletion()).choices[0].message.tool_calls[0].function;
const structured = await client.chat.completions.create({ model, messages, temperature: 0, response_format: { type: "json_schema", json_schema: { name: "city", schema } } });
const embeddings = await client.embeddings.create({ model, input: ["The cat sits.", "Rates rose."] });
const response = await client.responses.create({ model, input: messages[0].content, temperature: 0 });
const final = await client.responses.stream({ model, input: messages[0].content, temperature: 0 }).finalResponse();
const missing = await client.chat.completions.create({ model: "gpt-4", messages }).catch(error => ({ status: error.status, code: error.code, name: error.constructor.name }));
const models = (await client.models.list()).data.map(entry => entry.id);

console.log(JSON.stringify({
  chat: chat.choices[0].message.content, streamed, finish, tokens: usage.completion_tokens, accumulated: accumulated.choices[0].message.content,
  dimensions: embeddings.data.map(entry => entry.embedding.length), response: response.output_text, final: final.output_text, missing, models,
  called, calledStream, structured: JSON.parse(structured.choices[0].message.content),
}));
