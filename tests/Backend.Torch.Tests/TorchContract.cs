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

    // A tensor of TorchSharp is an object, and each operation makes one; 40 rows of a mixture are the most of them in one call.
    private static readonly AllocationPromise s_tensors = new() { BytesPerCall = 48_000, BytesPerToken = 48_000, Why = "every operation of TorchSharp returns an object" };

    protected override string PluginFolder => FindAbove("Spud.Host/bin/{configuration}/{framework}/plugins/backend.torch");

    protected override IEnumerable<Variant> Variants
    {
        get
        {
            foreach (string role in new[] { "head", "attention", "router", "experts" })
                yield return new() { Role = role, Component = "torch", Allocation = s_tensors };

            foreach (string role in new[] { "head", "attention", "experts" })
            {
                yield return new() { Role = role, Component = "torch", Options = """{"dtype":"f16"}""", Tolerance = s_half, Allocation = s_tensors };
                yield return new() { Role = role, Component = "torch", Options = """{"dtype":"bf16"}""", Tolerance = s_brain, Allocation = s_tensors };
            }

            foreach (string format in new[] { "f16", "bf16" })
                yield return new() { Role = "cache", Component = "torch", Options = $$"""{"format":"{{format}}"}""" };
        }
    }
}
