using System.Text.Json;
using Backend.Cpu.Cache;
using Cache.Shared;
using Spud;
using Spud.Conformance.Fixtures;
using Xunit;

namespace Backend.Cpu.Tests.Cache;

public sealed class PlainCacheTests
{
    [Fact]
    public void WithoutAWindowTheWholeContextIsKept()
    {
        using TestBuild build = new(new TestModel().Describe());
        using PlainCache cache = new(new() { Format = PageFormat.F32, PageTokens = 128 }, build);
        CacheLayout layout = cache.Layout(0);
        Assert.Equal((ElementType.F32, 128, 2048), (layout.Keys, layout.PageTokens, layout.TokensAtMost));
        History history = new(500, [(0, 255), (256, 499)]);
        cache.Review(0, history);
        Assert.Empty(history.Dropped);
    }

    [Theory]
    [InlineData("f32", ElementType.F32)]
    [InlineData("f16", ElementType.F16)]
    [InlineData("bf16", ElementType.BF16)]
    [InlineData("q8_0", ElementType.Q8_0)]
    [InlineData("q4_0", ElementType.Q4_0)]
    public void AFormatIsNamedAsInAPipeline(string name, ElementType type)
    {
        using TestBuild build = new(new TestModel().Describe());
        using PlainCache cache = new(JsonSerializer.Deserialize($$"""{"format":"{{name}}"}""", CpuJson.Default.CacheOptions)!, build);
        CacheLayout layout = cache.Layout(0);
        Assert.Equal((type, type), (layout.Keys, layout.Values));
    }

    [Fact]
    public void RunsThatNoRowWillSeeAreDropped()
    {
        using TestBuild build = new(new TestModel { Traits = new() { [Trait.Window] = 100 } }.Describe());
        using PlainCache cache = new(new(), build);
        CacheLayout layout = cache.Layout(0);
        Assert.Equal((ElementType.F16, 64, 100 + 96 + 128), (layout.Keys, layout.PageTokens, layout.TokensAtMost));

        // The next row stands at 300 and sees 201 .. 300.
        History history = new(300, [(0, 63), (64, 200), (201, 201), (202, 299)]);
        cache.Review(0, history);
        Assert.Equal([(0, 64), (64, 137)], history.Dropped);
    }

    private sealed class History(int tokens, (int First, int Last)[] runs) : IHistory
    {
        private readonly List<KeyRun> _runs = [.. runs.Select(run => new KeyRun
        {
            Page = 0,
            FirstKey = 0,
            Keys = run.Last - run.First + 1,
            FirstPosition = run.First,
            LastPosition = run.Last,
        })];

        public List<(int FirstPosition, int Keys)> Dropped { get; } = [];

        public int Tokens => tokens;

        public ReadOnlySpan<KeyRun> Runs => _runs.ToArray();

        public void Drop(int run, int firstKey, int keys) => Dropped.Add((_runs[run].FirstPosition + firstKey, keys));
    }
}
