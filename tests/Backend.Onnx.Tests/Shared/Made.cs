using Backend.Onnx.Attention;
using Backend.Onnx.Experts;
using Backend.Onnx.Head;
using Backend.Onnx.Router;
using Backend.Onnx.Shared;
using Spud;
using Spud.Conformance.Fixtures;

namespace Backend.Onnx.Tests.Shared;

/// <summary>Components as the plugin makes them.</summary>
internal static class Made
{
    public static OnnxHead Head(TestBuild build, HeadOptions? options = null) => Make(build, options ?? new(), (o, s) => new OnnxHead(o, build, s));

    public static OnnxAttention Attention(TestBuild build, AttentionOptions? options = null) =>
        Make(build, options ?? new(), (o, s) => new OnnxAttention(o, build, s));

    public static OnnxRouter Router(TestBuild build, RouterOptions? options = null) => Make(build, options ?? new(), (o, s) => new OnnxRouter(o, build, s));

    public static OnnxExperts Experts(TestBuild build, ExpertsOptions? options = null) => Make(build, options ?? new(), (o, s) => new OnnxExperts(o, build, s));

    /// <summary>A plan of so many entries a row, the experts going round; weights differ.</summary>
    public static RoutingPlan Plan(TestBuild build, int experts, params int[] entries)
    {
        List<int> offsets = [0], ids = [];
        for (int row = 0; row < entries.Length; row++)
        {
            for (int i = 0; i < entries[row]; i++)
                ids.Add((row * 3 + i) % experts);
            offsets.Add(ids.Count);
        }

        float[] weights = Samples.Of("plan", Math.Max(1, ids.Count), 0.7f);
        return new()
        {
            Offsets = build.Ints(offsets.ToArray(), offsets.Count),
            Experts = build.Ints(ids.ToArray(), weights.Length),
            Weights = build.Floats(weights, weights.Length),
        };
    }

    private static TComponent Make<TOptions, TComponent>(TestBuild build, TOptions options, Func<TOptions, Sessions, TComponent> make)
        where TOptions : OnnxOptions => Sessions.Build(build, options, sessions => make(options, sessions));
}
