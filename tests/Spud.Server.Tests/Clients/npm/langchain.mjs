// LangChain's client. Prints one JSON object.
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { HumanMessage, SystemMessage } from "@langchain/core/messages";

const [baseURL, model] = process.argv.slice(2);
const configuration = { baseURL };
const chat = new ChatOpenAI({ model, apiKey: "none", temperature: 0, maxRetries: 0, configuration });
const messages = [new SystemMessage("Answer in English."), new HumanMessage("What is the capital of France?")];
const whole = await chat.invoke(messages);
let streamed = "";
for await (const chunk of await chat.stream(messages)) streamed += chunk.content;

const embeddings = await new OpenAIEmbeddings({ model, apiKey: "none", configuration }).embedDocuments(["The cat sits.", "Rates rose."]);
console.log(JSON.stringify({ whole: whole.content, tokens: whole.usage_metadata.output_tokens, streamed, dimensions: embeddings.map(vector => vector.length) }));
