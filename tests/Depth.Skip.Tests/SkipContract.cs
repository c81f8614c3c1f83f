using Spud.Conformance;

namespace Depth.Skip.Tests;

/// <summary>The conformance kit on the policy.</summary>
public sealed class SkipContract : PluginContract
{
    protected override string PluginFolder => FindAbove("Spud.Host/bin/{configuration}/{framework}/plugins/depth.skip");
}
