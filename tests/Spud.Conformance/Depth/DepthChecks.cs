using Spud.Conformance.Fixtures;
using Xunit;

namespace Spud.Conformance.Depth;

/// <summary>The suite of depth policies, over anything that makes one.</summary>
internal static class DepthChecks
{
    public static void Only_named_layers_are_left_out(Func<DepthBuild, IDepth> create)
    {
        foreach (DepthBuild build in Builds())
        {
            using IDisposable context = (IDisposable)build.Context;
            using IDepth policy = create(build);
            for (int layer = 0; layer < build.Model.Layers.Length; layer++)
                Assert.True(!policy.LeavesOut(layer) || build.Layers.Contains(layer), $"layer {layer} of {build.Model.Layers.Length} is left out, and the pipeline does not name it: {string.Join(", ", build.Layers)}");
        }
    }

    public static void A_layer_is_left_out_or_not(Func<DepthBuild, IDepth> create)
    {
        foreach (DepthBuild build in Builds())
        {
            using IDisposable context = (IDisposable)build.Context;
            using IDepth policy = create(build), other = create(build);
            bool[] first = [.. Enumerable.Range(0, build.Model.Layers.Length).Select(policy.LeavesOut)];
            for (int layer = first.Length - 1; layer >= 0; layer--)
            {
                foreach (IDepth asked in (IDepth[])[policy, other])
                    Assert.True(asked.LeavesOut(layer) == first[layer], $"layer {layer} of {first.Length} is left out once and kept once");
            }
        }
    }

    /// <summary>Dense models and mixtures of 1 to 12 layers, with some of them named; the caller disposes the contexts.</summary>
    public static IEnumerable<DepthBuild> Builds()
    {
        Random random = new(1);
        foreach (TestModel model in (TestModel[])[new(), new() { Experts = 4, ExpertsUsed = 2 }])
        {
            for (int layers = 1; layers <= 12; layers++)
            {
                int[] all = [.. Enumerable.Range(0, layers)];
                random.Shuffle(all);
                ModelDescription description = (model with { Layers = layers }).Describe();
                yield return new()
                {
                    Model = description,
                    Context = new TestBuild(description, threads: 1),
                    Layers = [.. all.Take(random.Next(1, layers + 1)).Order()],
                };
            }
        }
    }
}
