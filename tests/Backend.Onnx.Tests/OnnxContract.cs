using Backend.Onnx.Device;
using Spud.Conformance;

namespace Backend.Onnx.Tests;

/// <summary>The conformance kit on the ONNX Runtime backend.</summary>
public sealed class OnnxContract : PluginContract
{
    private static readonly Tolerance s_half = new()
    {
        Relative = 4e-3,
        Why = "weights are rounded to 11 bits, and sums over a row's products keep that error",
    };

    protected override string PluginFolder => FindAbove("Spud.Host/bin/{configuration}/{framework}/plugins/backend.onnx");

    protected override IEnumerable<Variant> Variants
    {
        get
        {
            foreach (string role in new[] { "head", "attention", "experts" })
                yield return new() { Role = role, Component = "onnx", Options = """{"weights":"f16"}""", Tolerance = s_half };

            // The processor with memory that the host may not read.
            foreach (string role in new[] { "head", "attention", "router", "experts" })
                yield return new() { Role = role, Component = "onnx", Options = $$"""{"device":"{{OnnxDevice.FakeDevice}}"}""" };

            foreach (string format in new[] { "f16", "bf16" })
                yield return new() { Role = "cache", Component = "contiguous", Options = $$"""{"format":"{{format}}"}""" };
        }
    }
}
