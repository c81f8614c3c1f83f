using Spud.Conformance;

namespace Backend.Torch.Tests;

/// <summary>The conformance kit on the libtorch backend.</summary>
public sealed class TorchContract : PluginContract
{
    private static readonly Tolerance s_half = new()
    {
        Relative = 4e-3,
        Why = "weights are rounded to 11 bits, and sums over a row's products keep that error",
    };

    private static readonly Tolerance s_brain = new()
    {
        Relative = 3e-2,
        Why = "weights and activations are rounded to 8 bits of mantissa",
    };

    protected override string PluginFolder => FindAbove("Spud.Host/bin/{configuration}/{framework}/plugins/backend.torch");

    protected override IEnumerable<Variant> Variants
    {
        get
        {
            foreach (string role in new[] { "head", "attention", "experts" })
            {
                yield return new() { Role = role, Component = "torch", Options = """{"dtype":"f16"}""", Tolerance = s_half };
                yield return new() { Role = role, Component = "torch", Options = """{"dtype":"bf16"}""", Tolerance = s_brain };
            }

            foreach (string format in new[] { "f16", "bf16" })
                yield return new() { Role = "cache", Component = "torch", Options = $$"""{"format":"{{format}}"}""" };
        }
    }
}
