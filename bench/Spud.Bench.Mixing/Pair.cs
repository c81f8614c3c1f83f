using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Metering;
using Spud.Plugins;

namespace Spud.Bench.Mixing;

/// <summary>Microseconds per token, by component: everything around attention (head, attention, cache), and router with experts.</summary>
internal readonly record struct Times(double Around, double Experts)
{
    public double Sum => Around + Experts;
}

/// <summary>A pipeline with head, attention and cache of one backend and router and experts of another one.</summary>
internal sealed class Pair : IDisposable
{
    private const int PromptTokens = 256, GeneratedTokens = 64;

    private readonly Pipeline _pipeline;
    private readonly Batch _batch;
    private readonly int[] _tokens;

    public Pair(string model, PluginCatalog plugins, string attention, string experts, int threads)
    {
        (Attention, Experts) = (attention, experts);
        string[] edits =
        [
            $"model={model}", "context=1024", .. Named(Roles.Head, attention), .. Named(Roles.Attention, attention), .. Named(Roles.Experts, experts),
            $"router.use={(experts == "cpu" ? "top-k" : experts)}", .. attention == "cpu" ? new[] { "cache.format=f32" } : [],
        ];
        _pipeline = Pipeline.Compose(PipelineDocument.Load(null, edits), plugins, new PipelineOptions { Threads = threads });
        _batch = _pipeline.Engine.NewBatch();
        Random random = new(1);
        _tokens = [.. Enumerable.Range(0, PromptTokens).Select(_ => random.Next(_pipeline.Model.Vocabulary))];
    }

    public string Attention { get; }

    public string Experts { get; }

    public bool IsPure => Attention == Experts;

    /// <summary>Best of all rounds, [phase].</summary>
    public Times[] Best { get; } = [new(double.MaxValue, 0), new(double.MaxValue, 0)];

    /// <summary>Reads a prompt and generates.</summary>
    public void Measure()
    {
        using Sequence sequence = _pipeline.Engine.Open();
        Run(sequence, _tokens, Phase.Prefill);
        for (int i = 0; i < GeneratedTokens; i++)
            Run(sequence, _tokens.AsSpan(i, 1), Phase.Decode);

        Keep(sequence.Ledger[Phase.Prefill]);
        Keep(sequence.Ledger[Phase.Decode]);
    }

    public void Dispose() => _pipeline.Dispose();

    // Everybody computes in f32.
    private static string[] Named(string role, string backend) =>
        [$"{role}.use={backend}", backend switch { "cpu" => $"{role}.activations=f32", "onnx" => $"{role}.weights=f32", _ => $"{role}.dtype=f32" }];

    private void Run(Sequence sequence, ReadOnlySpan<int> tokens, Phase phase)
    {
        while (!tokens.IsEmpty)
            tokens = tokens[_pipeline.Engine.Step(_batch, sequence, tokens, phase, LogitRows.Last)..];
    }

    private void Keep(PhaseLedger ledger)
    {
        Times times = new(Of(Roles.Head, Roles.Attention, Roles.Cache), Of(Roles.Router, Roles.Experts));
        ref Times best = ref Best[(int)ledger.Phase];
        if (times.Sum < best.Sum)
            best = times;

        double Of(params ReadOnlySpan<string> roles)
        {
            double sum = 0;
            foreach (string role in roles)
                sum += ledger.Of(role).Time.TotalMicroseconds;

            return sum / ledger.Tokens;
        }
    }
}
