using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Plugins;

namespace Spud.Tests.Execution.Mixing;

/// <summary>One model over at least 1,000 tokens: the CPU backend's predictions, and how far those of mixed pipelines lie from them.</summary>
internal sealed class MixedRun
{
    private const int Chunk = 64;
    private static readonly PluginCatalog s_plugins = PluginCatalog.Discover(TestData.Plugins);

    private readonly string _model;
    private readonly int[][] _texts;
    private readonly List<(int[] Offsets, int[] Experts, float[] Weights)> _plans = [];
    private readonly List<float[]> _baseline = [];

    /// <param name="model">Path of the model.</param>
    /// <param name="texts">Each fits the context.</param>
    public MixedRun(string model, int[][] texts)
    {
        (_model, _texts) = (model, texts);
        Read(Backend.Cpu, Backend.Cpu, repeats: false, logits => _baseline.Add(LogSoftmax(logits)));
    }

    /// <summary>Of every token: share with the same most probable next token, and mean KL divergence, nats.</summary>
    public (double SameTop, double MeanKl, int Tokens) Compare(Backend attention, Backend experts)
    {
        int same = 0, tokens = 0;
        double divergence = 0;
        Read(attention, experts, repeats: true, logits =>
        {
            float[] expected = _baseline[tokens++], got = LogSoftmax(logits);
            same += expected.IndexOf(expected.Max()) == got.IndexOf(got.Max()) ? 1 : 0;
            divergence += Divergence(expected, got);
        });
        return ((double)same / tokens, divergence / tokens, tokens);
    }

    private void Read(Backend attention, Backend experts, bool repeats, Action<Span<float>> onRow)
    {
        string[] edits =
        [
            $"model={_model}", "head.activations=f32", "cache.use=plain", "cache.format=f32",
            .. attention.As(Roles.Attention), .. experts.As(Roles.Experts),
        ];
        using Pipeline pipeline = Pipeline.Compose(PipelineDocument.Load(null, edits), s_plugins, new PipelineOptions
        {
            Threads = 2,
            Rows = Chunk,
            LogitRows = Chunk,
            RoutingProbe = (router, _) => new PinnedRouter(router, _plans, repeats),
        });
        Engine engine = pipeline.Engine;
        Batch batch = engine.NewBatch();
        foreach (int[] text in _texts)
        {
            using Sequence sequence = engine.Open();
            foreach (int[] chunk in text.Chunk(Chunk))
            {
                batch.Clear();
                batch.Add(sequence, chunk, Phase.Prefill, LogitRows.All);
                engine.Run(batch);
                for (int row = 0; row < chunk.Length; row++)
                    onRow(batch.Logits(0, row));
            }
        }
    }

    private static double Divergence(float[] expected, float[] got)
    {
        double sum = 0;
        for (int i = 0; i < expected.Length; i++)
            sum += Math.Exp(expected[i]) * ((double)expected[i] - got[i]);

        return sum;
    }

    private static float[] LogSoftmax(Span<float> logits)
    {
        double top = float.NegativeInfinity, sum = 0;
        foreach (float logit in logits)
            top = Math.Max(top, logit);
        foreach (float logit in logits)
            sum += Math.Exp(logit - top);

        double log = top + Math.Log(sum);
        float[] result = new float[logits.Length];
        for (int i = 0; i < result.Length; i++)
            result[i] = (float)(logits[i] - log);

        return result;
    }
}
