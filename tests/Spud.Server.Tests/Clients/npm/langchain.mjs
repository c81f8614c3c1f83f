// LangChain's client. Prints one JSON object.
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { z } from "zod";
import { HumanMessage, SystemMessage } from "@langchain/core/messages";

const [baseURL, model] = process.argv.slice(2);
const configuration = { baseURL };
const chat = new ChatOpenAI({ model, apiKey: "none", temperature: 0, maxRetries: 0, maxTokens: 100, configuration });
const messages = [new SystemMessage("Answer in English."), new HumanMessage("What is the capital of France?")];
const whole = await chat.invoke(messages);
let streamed = "";
for await (const chunk of await chat.stream(messages)) streamed += chunk.content;

const embeddings = await new OpenAIEmbeddings({ model, apiKey: "none", configuration }).embedDocuments(["The cat sits.", "Rates rose."]);
const city = z.object({ city: z.enum(["Paris", "Rome"]) });
const called = await chat.bindTools([{ name: "get_weather", description: "The weather of a city.", schema: city }], { tool_choice: "required", parallel_tool_calls: false }).invoke([new HumanMessage("How is the weather in Paris?")]);
const structured = await chat.withStructuredOutput(city, { name: "city", method: "jsonSchema" }).invoke(messages);
console.log(JSON.stringify({ whole: whole.content, tokens: whole.usage_metadata.output_tokens, streamed, calls: called.tool_calls.map(call => call.args), structured, dimensions: embeddings.map(vector => vector.length) }));
