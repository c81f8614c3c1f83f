using Backend.Onnx.Experts;
using Backend.Onnx.Native;
using Backend.Onnx.Router;
using Backend.Onnx.Tests.Parity;
using Backend.Onnx.Tests.Shared;
using Backend.Shared.Cache;
using Spud;
using Spud.Composition;
using Spud.Conformance.Fixtures;
using Xunit;

namespace Backend.Onnx.Tests;

public sealed class BadInputTests
{
    [Fact]
    public void TheProbeSaysYesWhereTheLibraryIsSetUp() => Assert.Null(new OnnxBackendPlugin().Probe());

    [Fact]
    public void AMissingLibraryIsAReasonWithACommand()
    {
        string? reason = OrtLibrary.Problem(Path.GetTempPath(), "onnxruntime-that-is-not-there");
        Assert.NotNull(reason);
        Assert.Contains("./spud setup onnx", reason);
        Assert.Contains("onnxruntime-that-is-not-there", reason);
    }

    [Fact]
    public void AnotherLibraryOfThatNameIsAReason() => Assert.Contains("not ONNX Runtime", OrtLibrary.Problem(Path.GetTempPath(), "libc.so.6"));

    [Theory]
    [InlineData("1.31.1", true)]
    [InlineData("1.32.0", true)]
    [InlineData("1.30.9", false)]
    [InlineData("2.0.0", false)]
    [InlineData("", false)]
    public void OnlyVersionsThatWereTriedServe(string version, bool serves) => Assert.Equal(serves, OrtLibrary.ProblemOf(version) is null);

    [Theory]
    [InlineData("cuda:0", "./spud setup onnx --cuda")]
    [InlineData("tpu", "Known: cpu")]
    public void AnUnknownDeviceIsRefusedWithWhatIsKnown(string device, string says)
    {
        using TestBuild build = new(new TestModel().Describe());
        RefusedException refused = Assert.Throws<RefusedException>(() => Made.Experts(build, new ExpertsOptions { Device = device }));
        Assert.Contains(device, refused.Message);
        Assert.Contains(says, refused.Message);
    }

    [Fact]
    public void ARouterOfMoreExpertsThanThereAreIsRefusedAndTheNextOneServes()
    {
        using TestBuild build = new(new TestModel { Experts = 4, ExpertsUsed = 2 }.Describe());
        Assert.Throws<RefusedException>(() => Made.Router(build, new RouterOptions { Experts = 5 }));
        using OnnxRouter router = Made.Router(build);
        Assert.Equal(2, router.MaxExpertsPerRow);
    }

    [Fact]
    public void TwoPipelinesLiveAtOnceWhateverTheirThreads()
    {
        string model = TestData.Path("families/llama.gguf");
        float[] expected = PromptLogits.AllRoles().Of(model);
        using Pipeline first = new PromptLogits { Settings = PromptLogits.AllRoles().Settings, Threads = 1 }.Compose(model);
        Assert.True(PromptLogits.Distance(expected, PromptLogits.AllRoles().Of(model)) < 1e-6);
    }

    [Fact]
    public void AContiguousCacheIsOnePageAsLongAsTheContext()
    {
        using TestBuild build = new(new TestModel().Describe());
        using ContiguousCache cache = new(new() { Format = PageFormat.BF16 }, build);
        CacheLayout layout = cache.Layout(0);
        Assert.Equal((ElementType.BF16, 2048, 2048), (layout.Keys, layout.PageTokens, layout.TokensAtMost));
    }
}
