using Spud.Conformance;

namespace Backend.Cpu.Tests;

/// <summary>The conformance kit on the built-in backend.</summary>
public sealed class CpuContract : PluginContract
{
    private static readonly Tolerance s_rounded = new()
    {
        Relative = 3e-2,
        Why = "activations are rounded to 8 bits by block: half a step of 1/127 for each, averaged over a row",
    };

    protected override string PluginFolder => FindAbove("Spud.Host/bin/{configuration}/{framework}/plugins/backend.cpu");

    protected override IEnumerable<Variant> Variants
    {
        get
        {
            foreach (string role in new[] { "head", "attention", "experts" })
            {
                yield return new() { Role = role, Component = "cpu", Tolerance = s_rounded };
                yield return new() { Role = role, Component = "cpu", Options = """{"activations":"f32"}""" };
            }

            foreach (string format in new[] { "f32", "bf16", "q8_0", "q4_0" })
                yield return new() { Role = "cache", Component = "plain", Options = $$"""{"format":"{{format}}"}""" };
        }
    }
}
