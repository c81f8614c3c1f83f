using Backend.Torch.Tests.Shared;
using Xunit;

namespace Backend.Torch.Tests.Pipelines;

/// <summary>Roles of this backend together with roles of the CPU backend.</summary>
public sealed class MixingTests
{
    public static TheoryData<string, string[]> Mixtures => new()
    {
        { "experts", ["experts.use=torch", "head.activations=f32", "attention.activations=f32", "cache.format=f32"] },
        { "router", ["router.use=torch", .. TorchPipeline.Cpu] },
        { "head", ["head.use=torch", "experts.activations=f32", "attention.activations=f32", "cache.format=f32"] },
        { "attention over plain pages", ["attention.use=torch", "cache.use=plain", "cache.format=f32", "cache.pageTokens=16", "head.activations=f32", "experts.activations=f32"] },
        { "CPU attention over one page", ["cache.use=torch", "head.activations=f32", "attention.activations=f32", "experts.activations=f32"] },
        { "layer 0 only", ["attention=[{\"layers\":\"0\",\"use\":\"torch\"},{\"use\":\"cpu\",\"activations\":\"f32\"}]", "cache.format=f32", "cache.use=plain", "head.activations=f32", "experts.activations=f32"] },
    };

    [Theory]
    [MemberData(nameof(Mixtures))]
    public void AMixtureComputesWhatItsPartsDo(string name, string[] edits)
    {
        Assert.NotEmpty(name);
        Libtorch.Require();
        int[] tokens = TorchPipeline.Tokens("families/prompt.tokens.bin");
        foreach (string family in new[] { "mixtral", "gpt-oss" })
        {
            using TorchPipeline pipeline = new(TestData.Path($"families/{family}.gguf"), edits);
            double distance = Distance.Rms(TorchPipeline.Floats($"families/{family}.logits.bin"), pipeline.Logits(tokens));
            Assert.True(distance <= 1e-5, $"{family}: off by {distance:E2} of the logits' range (RMS)");
            Assert.InRange(Distance.Rms(TorchPipeline.Floats($"families/{family}.logits.bin"), pipeline.Logits(tokens, chunk: 1)), 0, 1e-5);
        }
    }

    [Theory]
    [InlineData("q8_0")]
    [InlineData("q4_0")]
    [InlineData("f16")]
    public void AttentionReadsEveryFormatOfCachePlainAsTheCpuDoes(string format)
    {
        Libtorch.Require();
        int[] tokens = TorchPipeline.Tokens("families/prompt.tokens.bin");
        string[] rest = [$"cache.format={format}", "cache.use=plain", "head.activations=f32", "experts.activations=f32"];
        string model = TestData.Path("quantised/base-f16.gguf");
        using TorchPipeline torch = new(model, ["attention.use=torch", .. rest]), cpu = new(model, ["attention.activations=f32", .. rest]);
        Assert.InRange(Distance.Rms(cpu.Logits(tokens), torch.Logits(tokens)), 0, 1e-4); // a value at the border of two codes may fall to either
    }
}
