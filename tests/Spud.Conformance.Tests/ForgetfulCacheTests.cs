using Xunit;

namespace Spud.Conformance.Tests;

/// <summary>A policy that forgets is held to what its author says it keeps (one that kept only the last token passed every test).</summary>
public sealed class ForgetfulCacheTests
{
    [Fact]
    public void A_policy_that_keeps_only_the_last_token_is_caught() => Caught<KeepsLastOnly>("are gone; Variant.Keeps says that they are kept");

    [Fact]
    public void A_policy_that_keeps_one_key_less_than_it_says_is_caught() => Caught<KeepsOneLess>("are gone; Variant.Keeps says that they are kept");

    [Fact]
    public void A_policy_that_keeps_everything_needs_no_rule() => Caught<KeepsEverything>("remove Variant.Keeps");

    [Fact]
    public void Long_options_are_told_apart_in_results_that_cut_them()
    {
        string[] labels = [.. new[] { "f16", "bf16" }.Select(dtype => Of($$"""{"device":"pretend","activations":"f32","weights":"repacked","dtype":"{{dtype}}"}""").Label)];
        Assert.NotEqual(labels[0][..40], labels[1][..40]);
        Assert.Equal("""reference {"keep":24}""", Of("""{"keep":24}""").Label);
    }

    private static void Caught<T>(string says)
        where T : ForgetfulContract, new()
    {
        T contract = new();
        Exception? caught = Record.Exception(() => contract.What_a_row_to_come_sees_is_kept(Of(contract.Options).Label));
        Assert.Contains(says, caught?.Message);
    }

    private static Variant Of(string options) => new() { Role = "cache", Component = "reference", Options = options };

    // Not public, so that nothing runs their tests but this class.
    private abstract class ForgetfulContract(string options, int said) : PluginContract
    {
        public string Options => options;

        protected override string PluginFolder => FindAbove("tests/plugins/Reference/bin/{configuration}/{framework}");

        protected override IEnumerable<Variant> Variants => [Of(options) with { Keeps = (tokens, position) => position >= tokens - said }];
    }

    private sealed class KeepsLastOnly() : ForgetfulContract("""{"fault":"keeps-last-only"}""", 8);

    private sealed class KeepsOneLess() : ForgetfulContract("""{"keep":24,"pageTokens":8}""", 25);

    private sealed class KeepsEverything() : ForgetfulContract("{}", 8);
}
