using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using Xunit;

namespace Spud.Tests.Execution.Mixing;

/// <summary>
/// Every pair of attention and experts from the three backends gives the CPU backend's predictions, routing pinned to its plans. Head, cache
/// and pages are the CPU backend's. The table is in docs/mixing.md.
/// </summary>
public sealed class MixingTests(ITestOutputHelper output)
{
    private static readonly string[] s_models = ["smollm2", "mixtral", "qwen3moe", "gemma3", "gpt-oss"];
    private static readonly ConcurrentDictionary<string, Lazy<MixedRun>> s_runs = new();

    public static TheoryData<string, string, string> ExactPairs => Pairs(Backend.Exact, Backend.Exact);

    public static TheoryData<string, string, string> HalfPairs
    {
        get
        {
            TheoryData<string, string, string> pairs = [];
            foreach (string model in s_models)
            {
                foreach (Backend half in Backend.Half)
                    pairs.Add(model, half.Name, half.Name);
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(ExactPairs))]
    public void In_f32_a_mixed_pipeline_predicts_what_one_backend_does(string model, string attention, string experts)
    {
        (double same, double divergence) = Compare(model, attention, experts);
        Assert.InRange(same, 0.995, 1);
        Assert.InRange(divergence, -1e-6, 1e-6);
    }

    [Theory]
    [MemberData(nameof(HalfPairs))]
    public void In_half_the_width_it_stays_near(string model, string attention, string experts)
    {
        (_, double divergence) = Compare(model, attention, experts);
        Assert.InRange(divergence, -1e-6, 5e-3);
    }

    private (double SameTop, double MeanKl) Compare(string model, string attention, string experts)
    {
        Backend.Of(attention).RequireUsable();
        Backend.Of(experts).RequireUsable();
        MixedRun run = s_runs.GetOrAdd(model, name => new(() => Open(name))).Value;
        (double same, double divergence, int tokens) = run.Compare(Backend.Of(attention), Backend.Of(experts));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {model} | {attention} | {experts} | {100 * same:0.00} % | {divergence:0.0e+0} | {tokens} |"));
        Assert.InRange(tokens, 1_000, int.MaxValue);
        return (same, divergence);
    }

    private static MixedRun Open(string model) => model == "smollm2"
        ? new MixedRun(Path.Combine(TestData.Root, "models", "smollm2-135m-instruct-q4_1.gguf"), [[.. MemoryMarshal.Cast<byte, int>(File.ReadAllBytes(TestData.Path("smollm2/wikitext.tokens.bin")))]])
        : new MixedRun(TestData.Path($"families/{model}.gguf"), [RandomText(1), RandomText(2)]);

    // The small models have a context of 512 and a vocabulary of 512; they were never trained, so that any text will do.
    private static int[] RandomText(int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, 504).Select(_ => random.Next(3, 512))];
    }

    private static TheoryData<string, string, string> Pairs(Backend[] attentions, Backend[] experts)
    {
        TheoryData<string, string, string> pairs = [];
        foreach (string model in s_models)
        {
            foreach (Backend attention in attentions)
            {
                foreach (Backend other in experts)
                    pairs.Add(model, attention.Name, other.Name);
            }
        }

        return pairs;
    }
}
