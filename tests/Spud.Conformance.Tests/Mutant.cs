namespace Spud.Conformance.Tests;

/// <summary>A component that is wrong in one way, the test of the kit that sees it, and what the test says.</summary>
/// <param name="Role">Its role.</param>
/// <param name="Fault">As the reference plugin's options name it.</param>
/// <param name="Test">A method of <see cref="PluginContract"/>.</param>
/// <param name="Says">Part of its message.</param>
/// <param name="Case">The test's second argument, where it has one of its own.</param>
/// <param name="OnDevice">Whether it computes on the device that is none.</param>
/// <param name="Component">Its name.</param>
internal sealed record Mutant(string Role, string Fault, string Test, string Says, string? Case = null, bool OnDevice = false, string Component = "reference")
{
    /// <summary>The test, for people; unique for a role and fault.</summary>
    public string Name => (Component == "reference" ? "" : $"{Component}, ") + (Case is null ? Test : $"{Test}: {Case}");

    /// <summary>Of its variant.</summary>
    public string Options => OnDevice ? $$"""{"device":"pretend","fault":"{{Fault}}"}""" : $$"""{"fault":"{{Fault}}"}""";
}
