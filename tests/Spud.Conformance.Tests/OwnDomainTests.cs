using Xunit;

namespace Spud.Conformance.Tests;

/// <summary>The one fault that takes two components to see.</summary>
public sealed class OwnDomainTests
{
    [Fact]
    public void Two_domains_of_one_name_are_caught()
    {
        Exception? caught = Record.Exception(new OwnDomainContract().Domains_of_one_name_are_one_object);
        Assert.IsType<Xunit.Sdk.SameException>(caught);
    }

    private sealed class OwnDomainContract : PluginContract
    {
        protected override string PluginFolder => FindAbove("tests/plugins/Reference/bin/{configuration}/{framework}");

        protected override IEnumerable<Variant> Variants =>
            from role in new[] { "head", "experts" }
            select new Variant { Role = role, Component = "reference", Options = """{"device":"pretend","fault":"has-own-domain"}""" };
    }
}
