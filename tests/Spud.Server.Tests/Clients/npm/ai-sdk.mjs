// Vercel's AI SDK through its provider for compatible servers. Prints one JSON object.
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { embed, generateText, streamText, tool } from "ai";
import { z } from "zod";

const [baseURL, model] = process.argv.slice(2);
const spud = createOpenAICompatible({ name: "spud", baseURL, apiKey: "none", includeUsage: true });
const prompt = "What is the capital of France?";
const whole = await generateText({ model: spud(model), prompt, temperature: 0, maxRetries: 0 });
const stream = streamText({ model: spud(model), prompt, temperature: 0, maxRetries: 0, onError: ({ error }) => { throw error; } });
let streamed = "";
for await (const part of stream.textStream) streamed += part;

const { embedding } = await embed({ model: spud.embeddingModel ? spud.embeddingModel(model) : spud.textEmbeddingModel(model), value: "The cat sits." });
const tools = { getWeather: tool({ description: "The weather of a city.", inputSchema: z.object({ city: z.enum(["Paris", "Rome"]) }) }) };
const asked = { model: spud(model), prompt: "How is the weather in Paris?", tools, toolChoice: "required", temperature: 0, maxRetries: 0, maxOutputTokens: 100, providerOptions: { spud: { parallel_tool_calls: false } } };
const calls = (await generateText(asked)).toolCalls.map(call => call.input);
const streamedCalls = (await streamText({ ...asked, onError: ({ error }) => { throw error; } }).toolCalls).map(call => call.input);
console.log(JSON.stringify({
  whole: whole.text, finish: whole.finishReason, streamed, streamFinish: await stream.finishReason, tokens: (await stream.usage).outputTokens, dimensions: embedding.length, calls, streamedCalls,
}));
