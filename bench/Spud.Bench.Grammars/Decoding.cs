using System.Text.Json;
using Spud.Composition;
using Spud.Configuration;
using Spud.Generation;
using Spud.Plugins;
using Spud.Text.ChatTemplates;
using Spud.Text.Grammars;

namespace Spud.Bench.Grammars;

/// <summary>Whole decode steps of the default model, without and with a constraint, in turns.</summary>
internal static class Decoding
{
    private const int Tokens = 96;
    private const string Notes = """{"type":"array","minItems":20,"items":{"type":"object","properties":{"title":{"type":"string","maxLength":40},"text":{"type":"string"},"stars":{"type":"integer","minimum":1,"maximum":5}},"required":["title","text","stars"]}}""";

    public static void Run(string root, string model, int rounds)
    {
        DirectoryInfo output = new(AppContext.BaseDirectory);
        PluginCatalog plugins = PluginCatalog.Discover(Path.Combine(root, "Spud.Host", "bin", output.Parent!.Name, output.Name, "plugins"));
        using LanguageModel spud = LanguageModel.Load(PipelineDocument.Load(null, [$"model={model}", "context=2048"]), plugins, new PipelineOptions { Threads = 2 });
        RenderedPrompt prompt = spud.Render([new("user", "Write notes about Paris, Rome and Berlin in JSON: title, text, stars.")]);
        int[] ids = spud.Encode(prompt);
        TokenConstraint schema = spud.ConstrainToSchema(JsonDocument.Parse(Notes).RootElement);
        (string Name, TokenConstraint? Constraint, List<double> Times)[] kinds = [("free", null, []), ("array of a schema", schema, [])];
        for (int round = -2; round < rounds; round++)
        {
            foreach ((_, TokenConstraint? constraint, List<double> times) in kinds)
            {
                Request request = spud.Generate(ids, new() { Constraint = constraint, MaxTokens = Tokens, IgnoreEndOfGeneration = constraint is null, Sampling = new() { Temperature = 0.7f, Seed = (ulong)(round + 2) } });
                int read = request.ToBlockingEnumerable().Count();
                if (round >= 0 && read > Tokens / 2)
                    times.Add(request.DecodeTime.TotalMilliseconds / (request.GeneratedTokens - 1));
            }
        }

        Console.WriteLine("\n| decoding | texts | ms for each token, median | of free |\n|---|---|---|---|");
        foreach ((string name, _, List<double> times) in kinds)
            Console.WriteLine(FormattableString.Invariant($"| {name} | {times.Count} | {Median(times):0.000} | {Median(times) / Median(kinds[0].Times):0.000} |"));
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
