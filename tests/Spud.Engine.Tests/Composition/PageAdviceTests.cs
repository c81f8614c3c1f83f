using Spud.Composition;
using Spud.Conformance.Fixtures;
using Xunit;

namespace Spud.Tests.Composition;

/// <summary>What a message says about settings in which a context would fit.</summary>
public sealed class PageAdviceTests
{
    [Fact]
    public void Every_setting_is_named_with_its_size()
    {
        // A key and its value take 2 * 64 * 2 bytes in f16, 2 * 68 in q8_0, and 68 + 36 with values in q4_0.
        ModelDescription model = new TestModel { QueryHeads = 4, KvHeads = 2, KeyWidth = 64, ValueWidth = 64 }.Describe();
        string advice = PageAdvice.Of(model, 1 << 20);
        Assert.Equal(
            "In f16 all keys and values take 512 MiB; with cache.format=q8_0 272 MiB; with cache=compressed, cache.keys=q8_0, cache.values=q4_0 208 MiB; with cache.keep=0.25 in addition about 52 MiB (docs/caches.md).",
            advice);
        Assert.Contains("In f16 all keys and values take 8.0 GiB;", PageAdvice.Of(model, 1 << 24));
    }

    [Fact]
    public void Formats_that_a_heads_width_rules_out_are_not_named()
    {
        ModelDescription model = new TestModel { QueryHeads = 4, KvHeads = 2, KeyWidth = 16, ValueWidth = 16 }.Describe();
        Assert.Equal("In f16 all keys and values take 128 MiB; with cache=compressed and cache.keep=0.25 about 32 MiB (docs/caches.md).", PageAdvice.Of(model, 1 << 20));
    }

    [Theory]
    [InlineData(512, "With --set cache.format=f16 they take 512 MiB (docs/caches.md).")]
    [InlineData(300, "With --set cache.format=q8_0 they take 272 MiB (docs/caches.md).")]
    [InlineData(210, "With --set cache=compressed --set cache.keys=q8_0 --set cache.values=q4_0 they take 208 MiB (docs/caches.md).")]
    [InlineData(60, "With --set cache=compressed --set cache.keys=q8_0 --set cache.values=q4_0 --set cache.keep=0.25, for which 'spud calibrate heads' makes a pack, they take 52 MiB (docs/caches.md).")]
    [InlineData(32, "No setting of the cache makes them fit; those of about 32,768 tokens do (--ctx).")]
    public void The_mildest_setting_in_which_a_text_fits_is_named(long roomMiB, string advice)
    {
        ModelDescription model = new TestModel { QueryHeads = 4, KvHeads = 2, KeyWidth = 64, ValueWidth = 64 }.Describe();
        Assert.Equal(advice, PageAdvice.ToFit(model, 1 << 20, 1L << 30, roomMiB << 20));
    }
}
