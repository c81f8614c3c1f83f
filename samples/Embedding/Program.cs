using Spud;
using Spud.Composition;
using Spud.Configuration;
using Spud.Generation;
using Spud.Plugins;
using Spud.Text.ChatTemplates;

string model = args[0], plugins = args[1], question = args[2];

PipelineDocument document = PipelineDocument.Load(null, [$"model={model}"]);
using LanguageModel spud = LanguageModel.Load(document, PluginCatalog.Discover(plugins), new PipelineOptions { Threads = 2 });

int[] prompt = spud.Encode([new ChatMessage("system", "Answer in English."), new ChatMessage("user", question)]);
GenerationOptions options = new() { MaxTokens = 32, Sampling = new() { Temperature = 0 } };
Request answer = spud.Generate(prompt, options);
await foreach (TextPiece piece in answer)
    Console.Write(piece.Text);

Console.WriteLine();
Console.Error.WriteLine($"{answer.GeneratedTokens} tokens, {answer.Finish}");
