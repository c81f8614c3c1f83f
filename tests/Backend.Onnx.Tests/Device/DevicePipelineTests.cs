using Backend.Onnx.Device;
using Backend.Onnx.Tests.Parity;
using Xunit;

namespace Backend.Onnx.Tests.Device;

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
        string[] devices = [.. away.Select(role => $"{role}.device={OnnxDevice.FakeDevice}")];
        foreach (string family in new[] { "llama", "qwen2moe", "gpt-oss" })
        {
            float[] expected = PromptLogits.Reference($"families/{family}.logits.bin");
            string model = TestData.Path($"families/{family}.gguf");
            Assert.InRange(PromptLogits.Distance(expected, PromptLogits.AllRoles(devices).Of(model)), 0, 1e-5);
            Assert.InRange(PromptLogits.Distance(expected, new PromptLogits { Settings = PromptLogits.AllRoles(devices).Settings, Rows = 1 }.Of(model)), 0, 1e-5);
        }
    }

    [Theory]
    [InlineData("f16", 2e-3)]
    [InlineData("bf16", 2e-2)]
    public void HalfWidthWeightsAndPagesStayNear(string format, double tolerance)
    {
        string[] settings = [.. s_roles.Select(role => $"{role}.device={OnnxDevice.FakeDevice}"), .. s_roles.Where(role => role != "router").Select(role => $"{role}.weights={format}"), "cache.use=contiguous", $"cache.format={format}"];
        double distance = PromptLogits.Distance(PromptLogits.Reference("families/llama.logits.bin"), PromptLogits.AllRoles(settings).Of(TestData.Path("families/llama.gguf")));
        Assert.InRange(distance, 0, tolerance);
    }
}
