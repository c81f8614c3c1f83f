using Backend.Torch.Device;
using Backend.Torch.Tests.Shared;
using Xunit;

namespace Backend.Torch.Tests.Pipelines;

/// <summary>Whole pipelines with memory that the host may not read, and copies where the other parts are on the host.</summary>
public sealed class DevicePipelineTests
{
    private static readonly string[] s_roles = ["head", "attention", "router", "experts"];

    public static TheoryData<string, string[]> Placements => new()
    {
        { "all", s_roles },
        { "attention", ["attention"] },
        { "experts", ["experts"] },
        { "router and experts", ["router", "experts"] },
        { "router", ["router"] },
        { "head", ["head"] },
    };

    [Theory]
    [MemberData(nameof(Placements))]
    public void LogitsAreLlamaCppsWhereverTheRolesAre(string name, string[] away)
    {
        Assert.NotEmpty(name);
        Libtorch.Require();
        int[] tokens = TorchPipeline.Tokens("families/prompt.tokens.bin");
        string[] devices = [.. away.Select(role => $"{role}.device={TorchDevice.FakeDevice}")];
        foreach (string family in new[] { "llama", "qwen2moe", "gpt-oss" })
        {
            using TorchPipeline pipeline = new(TestData.Path($"families/{family}.gguf"), [.. TorchPipeline.All, .. devices]);
            float[] expected = TorchPipeline.Floats($"families/{family}.logits.bin");
            Assert.InRange(Distance.Rms(expected, pipeline.Logits(tokens)), 0, 1e-5);
            Assert.InRange(Distance.Rms(expected, pipeline.Logits(tokens, chunk: 1)), 0, 1e-5);
        }
    }
}
