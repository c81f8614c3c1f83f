using Spud.Composition;
using Spud.Configuration;
using Spud.Models;
using Xunit;

namespace Spud.Tests.Composition.Explanation;

public sealed class TokenCostTests
{
    public static TheoryData<string> Families => [.. ConfigNumbers.All.Select(family => family.Name)];

    [Theory]
    [MemberData(nameof(Families))]
    public void FlopsOfATokenAreThoseOfTheConfig(string family)
    {
        ConfigNumbers config = ConfigNumbers.Of(family);
        ComputeExplanation compute = Explained.Family(family).Compute;
        foreach ((TokenCost cost, int depth, bool logits) in new[]
        {
            (compute.DecodeAtStart, 0, true),
            (compute.DecodeAtFullContext, ConfigNumbers.Context - 1, true),
            (compute.PrefillAtStart, 0, false),
            (compute.PrefillAtFullContext, ConfigNumbers.Context - 1, false),
        })
        {
            long[] expected = [logits ? config.Head : 0, config.Attention(depth), config.Router, config.Experts];
            Assert.Equal([Roles.Head, Roles.Attention, Roles.Router, Roles.Experts], cost.Roles.Select(role => role.Role));
            Assert.Equal(expected, cost.Roles.Select(role => role.Flops));
            Assert.Equal((depth, expected.Sum(), expected.Sum() / 1e9), (cost.Depth, cost.Flops, cost.ComputeUnits));
            Assert.Equal(config.KeysSeen(depth) * config.KvBytes, cost.KvBytesRead);
            Assert.Equal(config.L * config.KvBytes, cost.KvBytesWritten);
        }
    }

    [Theory]
    [InlineData("llama", 250_624)] // 3 (2 64 16 12 + 2 4 32 + 2 3 64 96) + 2 64 512
    [InlineData("mixtral", 216_832)] // 3 (24,576 + 256 + 2 64 8 + 2 3 64 32 2) + 65,536
    public void TheFirstTokenCostsWhatAPencilSays(string family, long flops) =>
        Assert.Equal(flops, Explained.Family(family).Compute.DecodeAtStart.Flops);

    [Theory]
    [MemberData(nameof(Families))]
    public void ADecodedTokenReadsEveryWeightButExpertsThatItDoesNotUse(string family)
    {
        ConfigNumbers config = ConfigNumbers.Of(family);
        using Pipeline pipeline = Explained.Compose(TestData.Path($"families/{family}.gguf"));
        long expected = 0;
        foreach (GgufTensor tensor in pipeline.File.Tensors.Where(tensor => tensor.Name != "rope_freqs.weight"))
        {
            if (tensor.Name == "token_embd.weight")
                expected += tensor.Bytes / tensor.Shape[0] + (config.Tied ? tensor.Bytes : 0);
            else
                expected += tensor.Name.Contains("_exps.") ? tensor.Bytes * config.K / config.E : tensor.Bytes;
        }

        // A router reads the experts' norm too.
        if (config.E > 1)
            expected += config.L * 64 * sizeof(float);

        Assert.Equal(expected, PipelineExplanation.Of(pipeline).Compute.DecodeAtStart.WeightBytesRead);
    }

    [Fact]
    public void FewerExpertsCostLess()
    {
        ConfigNumbers two = ConfigNumbers.Of("qwen3moe") with { K = 2 };
        TokenCost cost = Explained.Family("qwen3moe", "router.experts=2").Compute.DecodeAtStart;
        Assert.Equal(two.Experts, cost.Roles[^1].Flops);
        Assert.Equal(two.Router, cost.Roles[^2].Flops);
    }

    [Fact]
    public void ComponentsOfOtherLayersAndPhasesDoNotPayTwice()
    {
        PipelineExplanation one = Explained.Family("mixtral"), several = Explained.Family(
            "mixtral",
            """attention=[{ "layers": "1", "use": "cpu", "activations": "f32" }, { "use": "cpu" }]""",
            """experts=[{ "phase": "decode", "use": "cpu", "activations": "f32" }, { "use": "cpu" }]""");

        Assert.Equal(["all", "1", "0,2", "all", "all", "all", "all"], several.Components.Select(component => component.Layers));
        Assert.Equal(one.Compute.DecodeAtFullContext.Roles, several.Compute.DecodeAtFullContext.Roles);
        Assert.Equal(one.Compute.PrefillAtStart.Roles, several.Compute.PrefillAtStart.Roles);
        Assert.Equal(["decode", "both"], several.Components.Where(component => component.Role == Roles.Experts).Select(component => component.Phase));
    }
}
