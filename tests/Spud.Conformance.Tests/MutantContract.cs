namespace Spud.Conformance.Tests;

/// <summary>The reference plugin with one fault at a time. Not public, so that nothing runs its tests but <see cref="MutantTests"/>.</summary>
internal sealed class MutantContract : PluginContract
{
    protected override string PluginFolder => FindAbove("tests/plugins/Reference/bin/{configuration}/{framework}");

    protected override IEnumerable<Variant> Variants =>
        MutantTests.All.Select(mutant => new Variant { Role = mutant.Role, Component = mutant.Component, Options = mutant.Options }).Distinct();
}
