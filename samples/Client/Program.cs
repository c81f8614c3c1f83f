using System.ClientModel;
using OpenAI;
using OpenAI.Chat;

ChatClient client = new("smollm2-135m-instruct-q4_1", new ApiKeyCredential("none"), new OpenAIClientOptions { Endpoint = new Uri("http://localhost:8080/v1") });
ChatCompletion answer = await client.CompleteChatAsync("What is the capital of France?");
Console.WriteLine(answer.Content[0].Text);
